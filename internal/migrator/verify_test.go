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

// Who may set session_replication_role runs no trigger, who may ALTER SYSTEM has the
// server run any program; no schema and no login's settings show it.
func TestVerifyFindsRightsOnSettings(t *testing.T) {
	t.Parallel()
	db := &database{srv: freshServer(t), name: "postgres"}
	require.NoError(t, migrator.Bootstrap(t.Context(), db.url("postgres")))
	conn := db.conn(t, "postgres")
	run(t, conn, "CREATE ROLE deploy LOGIN IN ROLE attestdb_owner")
	cfg := migrator.Config{URL: db.url("deploy"), FS: migrations.FS, Modules: migrations.Modules}
	_, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	run(t, conn, `CREATE ROLE "a login" LOGIN IN ROLE attestdb_app`)
	run(t, conn, `CREATE ROLE tuners; GRANT tuners TO "a login"`)
	run(t, conn, `CREATE ROLE stranger LOGIN`)
	// What is others' business, or does no harm.
	run(t, conn, `GRANT SET, ALTER SYSTEM ON PARAMETER session_replication_role, archive_command TO stranger`)
	run(t, conn, `GRANT SET ON PARAMETER log_min_duration_statement TO attestdb_app`)
	v, err := migrator.Verify(t.Context(), cfg)
	require.NoError(t, err)
	require.True(t, v.OK(), v.Differences)

	for grant, want := range map[string]migrator.Difference{
		`GRANT SET ON PARAMETER session_replication_role TO attestdb_app`: {
			Object: "parameter session_replication_role to attestdb_app", Found: "SET", Fix: "REVOKE SET ON PARAMETER session_replication_role FROM attestdb_app;",
		},
		`GRANT SET ON PARAMETER session_replication_role TO PUBLIC`: {
			Object: "parameter session_replication_role to PUBLIC", Found: "SET", Fix: "REVOKE SET ON PARAMETER session_replication_role FROM PUBLIC;",
		},
		`GRANT SET ON PARAMETER session_replication_role TO "a login" WITH GRANT OPTION`: {
			Object: `parameter session_replication_role to "a login"`, Found: "SET", Fix: `REVOKE SET ON PARAMETER session_replication_role FROM "a login" CASCADE;`,
		},
		`GRANT SET ON PARAMETER zero_damaged_pages TO tuners`: {
			Object: "parameter zero_damaged_pages to tuners", Found: "SET", Fix: "REVOKE SET ON PARAMETER zero_damaged_pages FROM tuners;",
		},
		`GRANT ALTER SYSTEM ON PARAMETER archive_command TO attestdb_admin`: {
			Object: "parameter archive_command to attestdb_admin", Found: "ALTER SYSTEM", Fix: "REVOKE ALTER SYSTEM ON PARAMETER archive_command FROM attestdb_admin;",
		},
	} {
		run(t, conn, grant)
		v, err := migrator.Verify(t.Context(), cfg)
		require.NoError(t, err)
		want.Kind, want.How = "grant", "unexpected"
		require.Equal(t, []migrator.Difference{want}, v.Differences, grant)
		run(t, conn, v.Differences[0].Fix)
		v, err = migrator.Verify(t.Context(), cfg)
		require.NoError(t, err)
		require.True(t, v.OK(), v.Differences)
	}
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
