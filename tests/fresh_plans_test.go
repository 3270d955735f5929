package tests

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// A session keeps the plans that it made while the tables were empty until somebody
// analyses them, and nobody does here.
func freshLedger(t *testing.T) (*pgx.Conn, *testdb.DB) {
	t.Helper()
	database := testdb.New(t)
	superuser := database.Conn(t, "superuser")
	_, err := superuser.Exec(t.Context(), `DO $$ DECLARE c regclass; BEGIN
		FOR c IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'verdict'::regnamespace LOOP
			EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', c);
		END LOOP; END $$`)
	require.NoError(t, err)
	return superuser, database
}

// An entry and its nodes cost the same however long the ledger has become, in a session
// that began when it was empty as well.
func TestAppendsReadNoMoreAsAnEmptyLedgerFills(t *testing.T) {
	t.Parallel()
	superuser, database := freshLedger(t)
	db, pool := openOnPool(t, database, nil)
	acme := domaintest.Tenant(t, db, "acme")
	key := signingKey(t, "acme")
	for n := range 600 {
		_, err := acme.Verdict().Append(t.Context(), plainDecision(int64(n)))
		require.NoError(t, err)
		if n%100 == 17 {
			_, err := acme.Verdict().Checkpoint(t.Context(), key, "example.com/acme")
			require.NoError(t, err)
		}
	}
	pool.Reset()
	require.Empty(t, greedyScans(t, superuser, 20))
}

// A pool of attestdb's makes its plans again as the database fills.
func TestPlansAreRenewedAsADatabaseFills(t *testing.T) {
	t.Parallel()
	superuser, database := freshLedger(t)
	opened := time.Now()
	db := openWith(t, attestdb.Config{
		App: attestdb.Conn{URL: database.URL("app"), MaxConns: 1}, Admin: attestdb.Conn{URL: database.URL("admin")},
	})
	acme := domaintest.Tenant(t, db, "acme")
	n := 0
	appendWhole := func() {
		d := plainDecision(int64(n))
		d.Inputs, d.Payload = []verdict.Input{{Kind: "envelope", Digest: d.Policy.Digest}}, fmt.Appendf(nil, `{"n":%d}`, n)
		_, err := acme.Verdict().Append(t.Context(), d)
		require.NoError(t, err)
		n++
	}
	for n < 500 {
		appendWhole()
	}
	// However long that took, the plans of now are older than half of the pool's age then.
	time.Sleep(time.Since(opened) + time.Second)
	appendWhole()
	_, err := superuser.Exec(t.Context(), "SELECT pg_sleep(1.1), pg_stat_reset()")
	require.NoError(t, err)
	for range 200 {
		appendWhole()
	}
	require.NoError(t, db.Close(t.Context()))
	require.Empty(t, greedyScans(t, superuser, 100))
}

// greedyScans names the ledger's indexes that were read for more than so many rows a
// look, and its tables that were read from end to end.
func greedyScans(t testing.TB, conn *pgx.Conn, most int) []string {
	t.Helper()
	// Sessions that end say what they read.
	require.Eventually(t, func() bool {
		var left int
		require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND usename LIKE '%app'`).Scan(&left))
		return left == 0
	}, 10*time.Second, 10*time.Millisecond)
	rows, err := conn.Query(t.Context(), `
SELECT format('%s: %s rows a look', indexrelname, idx_tup_read / idx_scan)
  FROM pg_stat_user_indexes WHERE schemaname = 'verdict' AND idx_scan > 0 AND idx_tup_read / idx_scan > $1
 UNION ALL
SELECT format('%s: %s rows from end to end', relname, seq_tup_read)
  FROM pg_stat_user_tables WHERE schemaname = 'verdict' AND seq_tup_read > $1`, most)
	require.NoError(t, err)
	greedy, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return greedy
}
