package tests

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

func planned(t *testing.T, db *testdb.DB, role, file string) attestdb.PlannedMigration {
	t.Helper()
	plan, err := attestdb.PlanMigrations(t.Context(), attestdb.MigrateConfig{URL: db.URL(role), LockTimeout: 100 * time.Millisecond})
	require.NoError(t, err)
	for _, f := range plan {
		require.True(t, f.Measured, f.Name)
		if f.Name == file {
			return f
		}
	}
	t.Fatalf("%s is not planned", file)
	return attestdb.PlannedMigration{}
}

// An old database with data in it: the plan says what waits, and how much there is to do.
func TestPlanSaysWhatIsLockedAndHowLargeItIs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const rewriting = "20261124200000_add_searchable_names.sql"
	db := thaw(t, "0002_whole_envelopes")
	conn := db.Conn(t, "superuser")
	_, err := conn.Exec(ctx, "ANALYZE attestor.envelope_signatures")
	require.NoError(t, err)
	var rows, bytes int64
	require.NoError(t, conn.QueryRow(ctx, `SELECT count(*), pg_total_relation_size('attestor.envelope_signatures')
		FROM attestor.envelope_signatures`).Scan(&rows, &bytes))
	require.Positive(t, rows)

	for _, role := range []string{"owner", "app", "admin", "auditor"} {
		f := planned(t, db, role, rewriting)
		require.Len(t, f.Statements, 1)
		s := f.Statements[0]
		require.Equal(t, 5, s.Line)
		require.Len(t, s.Tables, 1)
		table := s.Tables[0]
		require.Equal(t, "attestor.envelope_signatures", table.Table)
		require.Equal(t, "ACCESS EXCLUSIVE", table.Lock)
		require.Equal(t, "reads and writes", table.Blocks)
		require.True(t, table.Rewrites)
		require.True(t, table.Exists)
		require.Equal(t, rows, *table.Rows)
		require.Equal(t, bytes, *table.Bytes)
	}
	// What an earlier file of the plan makes is not there yet, and nobody waits for it.
	later := planned(t, db, "app", "20261125020008_validate_names_of_algorithms.sql").Statements[0].Tables[0]
	require.Equal(t, "verdict.ledger_entries", later.Table)
	require.False(t, later.Exists)
	require.Nil(t, later.Rows)
	require.Nil(t, later.Bytes)

	// The plan waits for nobody: of a table that is locked it says what is known.
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "LOCK TABLE attestor.envelope_signatures IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	table := planned(t, db, "app", rewriting).Statements[0].Tables[0]
	require.Equal(t, rows, *table.Rows)
	require.Positive(t, *table.Bytes)
	require.Less(t, *table.Bytes, bytes, "without its indexes")
	require.NoError(t, tx.Rollback(ctx))
}

// What was seen of another file is not said of this one.
func TestPlanOfAFileThatWasNotLookedAtSaysSo(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	dir := changedFS{migrations.FS, "tenancy/impact.json", func(b []byte) []byte { return []byte("{}") }}
	plan, err := migrator.Plan(t.Context(), migrator.Config{URL: db.URL("owner"), FS: dir, Modules: migrations.Modules})
	require.NoError(t, err)
	for _, f := range plan {
		require.Equal(t, f.Module != "tenancy", f.Measured, f.Name)
		require.NotEmpty(t, f.Statements)
	}
}
