package tests

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// openOne opens the database with one connection for the application.
func openOne(t *testing.T, database *testdb.DB, change func(*attestdb.Config)) *attestdb.DB {
	t.Helper()
	cfg := attestdb.Config{
		App: attestdb.Conn{URL: database.URL("app"), MaxConns: 1}, Admin: attestdb.Conn{URL: database.URL("admin")},
	}
	if change != nil {
		change(&cfg)
	}
	return openWith(t, cfg)
}

// sessions returns the processes that serve the application.
func sessions(t *testing.T, superuser *pgx.Conn) []int32 {
	t.Helper()
	rows, err := superuser.Query(t.Context(), `SELECT pid FROM pg_stat_activity
		WHERE datname = current_database() AND usename = 'attestdb_test_app' ORDER BY pid`)
	require.NoError(t, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	require.NoError(t, err)
	return pids
}

// holdLedgers keeps all appends waiting until the test ends or the function is called.
func holdLedgers(t *testing.T, superuser *pgx.Conn) func() {
	t.Helper()
	tx := begin(t, superuser)
	_, err := tx.Exec(t.Context(), "LOCK TABLE verdict.ledgers IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	return func() { _ = tx.Rollback(context.Background()) }
}

func TestCancelKeepsTheConnection(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	superuser, watcher := database.Conn(t, "superuser"), database.Conn(t, "superuser")
	acme := domaintest.Tenant(t, openOne(t, database, nil), "acme")
	_, err := acme.Status(t.Context())
	require.NoError(t, err)
	before := sessions(t, watcher)
	require.Len(t, before, 1)

	release := holdLedgers(t, superuser)
	for name, call := range map[string]func(context.Context) error{
		"a statement": func(ctx context.Context) error { _, err := acme.Verdict().Get(ctx, 0); return err },
		"rows":        func(ctx context.Context) error { _, err := acme.Verdict().Size(ctx); return err },
		"a transaction": func(ctx context.Context) error {
			return acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
				_, err := tx.Verdict().Size(ctx)
				return err
			})
		},
	} {
		_, err := superuser.Exec(t.Context(), "LOCK TABLE verdict.ledger_entries IN ACCESS EXCLUSIVE MODE")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		begun := time.Now()
		err = call(ctx)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		require.Less(t, time.Since(begun), 2*time.Second, name)
		require.Equal(t, before, sessions(t, watcher), "after %s was cancelled", name)
	}
	release()
	_, err = acme.Verdict().Append(t.Context(), plainDecision(1))
	require.NoError(t, err)
	require.Equal(t, before, sessions(t, watcher))
}

// A stuck client holds all connections: others are told so when their time is over, and
// go on when it lets go.
func TestExhaustedPoolFailsClearly(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOne(t, database, func(cfg *attestdb.Config) {
		cfg.AcquireTimeout = 300 * time.Millisecond
	}), "acme")
	stuck, release := make(chan struct{}), make(chan struct{})
	held := make(chan error)
	go func() {
		held <- acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Status(ctx)
			close(stuck)
			<-release
			return err
		})
	}()
	<-stuck
	for name, call := range map[string]func(context.Context) error{
		"read":        func(ctx context.Context) error { _, err := acme.Status(ctx); return err },
		"record":      func(ctx context.Context) error { return record(ctx, acme, wordyEvidence(t, "a", "b")) },
		"append":      func(ctx context.Context) error { _, err := acme.Verdict().Append(ctx, plainDecision(1)); return err },
		"transaction": func(ctx context.Context) error { return acme.InTx(ctx, nil) },
	} {
		begun := time.Now()
		err := call(t.Context())
		require.ErrorIs(t, err, attestdb.ErrUnavailable, name)
		require.ErrorContains(t, err, "all 1 connections of the pool were in use", name)
		require.NotErrorIs(t, err, attestdb.ErrOutcomeUnknown, name)
		require.Less(t, time.Since(begun), 3*time.Second, name)

		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		begun = time.Now()
		require.ErrorIs(t, call(ctx), context.DeadlineExceeded, name)
		require.Less(t, time.Since(begun), 3*time.Second, name)
		cancel()
	}
	close(release)
	require.NoError(t, <-held)
	_, err := acme.Status(t.Context())
	require.NoError(t, err)
}

// What the server does not have for a process is refused when it starts, and not found
// out when the last of them comes.
func TestPoolsFitTheServer(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	superuser := database.Conn(t, "superuser")
	var name string
	require.NoError(t, superuser.QueryRow(t.Context(), "SELECT current_database()").Scan(&name))
	_, err := superuser.Exec(t.Context(), "ALTER DATABASE "+pgx.Identifier{name}.Sanitize()+" CONNECTION LIMIT 10")
	require.NoError(t, err)
	open := func(maxConns int32, instances int) error {
		db, err := attestdb.Open(t.Context(), attestdb.Config{
			App: attestdb.Conn{URL: database.URL("app"), MaxConns: maxConns}, Instances: instances,
		})
		if err == nil {
			require.NoError(t, db.Close(t.Context()))
		}
		return err
	}
	for _, ok := range []struct {
		maxConns  int32
		instances int
	}{{0, 0}, {10, 1}, {5, 2}, {0, 10}} {
		require.NoError(t, open(ok.maxConns, ok.instances), "%+v", ok)
	}
	for _, wrong := range []struct {
		maxConns  int32
		instances int
		field     string
	}{{11, 0, "Config.App.MaxConns"}, {6, 2, "Config.App.MaxConns"}, {0, 11, "Config.Instances"}, {1, -1, "Config.Instances"}} {
		err := open(wrong.maxConns, wrong.instances)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid, "%+v", wrong)
		require.Equal(t, wrong.field, invalid.Field)
	}
}

// A handle that outlives its DB says what is wrong.
func TestClosedPoolSaysSo(t *testing.T) {
	t.Parallel()
	db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: testdb.New(t).URL("app")}})
	require.NoError(t, err)
	acme := db.Tenant(attestdb.TenantID{1})
	require.NoError(t, db.Close(t.Context()))
	_, err = acme.Status(t.Context())
	require.ErrorIs(t, err, attestdb.ErrUnavailable)
	require.ErrorContains(t, err, "it was closed")
}
