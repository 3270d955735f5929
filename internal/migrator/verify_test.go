package migrator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/migrations"
)

// A role that passes row-level security by undoes every policy, and is in no schema. It
// is the whole server's: hence one of the test's own.
func TestVerifyFindsRolesThatAreMoreThanGroups(t *testing.T) {
	t.Parallel()
	db := &database{srv: freshServer(t), name: "postgres"}
	require.NoError(t, migrator.Bootstrap(t.Context(), db.url("postgres")))
	conn := db.conn(t, "postgres")
	run(t, conn, "CREATE ROLE deploy LOGIN IN ROLE attestdb_owner")
	cfg := migrator.Config{URL: db.url("deploy"), FS: migrations.FS, Modules: migrations.Modules}
	_, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	v, err := migrator.Verify(t.Context(), cfg)
	require.NoError(t, err)
	require.True(t, v.OK())

	run(t, conn, "ALTER ROLE attestdb_app BYPASSRLS")
	run(t, conn, "GRANT attestdb_auditor TO attestdb_app")
	v, err = migrator.Verify(t.Context(), cfg)
	require.NoError(t, err)
	require.ElementsMatch(t, []migrator.Difference{
		{Kind: "role", Object: "attestdb_app", How: "changed", Expected: "a plain group",
			Found: "attestdb_app has BYPASSRLS", Fix: "ALTER ROLE attestdb_app NOBYPASSRLS;"},
		{Kind: "role", Object: "attestdb_app", How: "changed", Expected: "a plain group",
			Found: "attestdb_app is a member of attestdb_auditor", Fix: "REVOKE attestdb_auditor FROM attestdb_app;"},
	}, v.Differences)
}

// A library whose catalogue is missing or broken cannot tell, and says so.
func TestVerifyWithoutACatalogueCannotTell(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	cfg := db.config(base.fs())
	_, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	_, err = migrator.Verify(t.Context(), cfg)
	require.ErrorContains(t, err, "what module tenancy should be")

	fsys := base.fs()
	fsys["tenancy/catalogue.golden"] = fsys["tenancy/atlas.sum"]
	cfg.FS = fsys
	_, err = migrator.Verify(t.Context(), cfg)
	require.ErrorContains(t, err, "tenancy/catalogue.golden: line 1: allowed is KIND NAME: DEFINITION")
}
