package tests

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/page"
)

// requireNoTenant looks at every connection that the pool has.
func requireNoTenant(t *testing.T, pool *pgxpool.Pool, after string) {
	t.Helper()
	// A connection that broke counts until the pool has closed it.
	var idle []*pgxpool.Conn
	require.Eventually(t, func() bool {
		idle = pool.AcquireAllIdle(t.Context())
		if len(idle) == int(pool.Stat().TotalConns()) {
			return true
		}
		for _, conn := range idle {
			conn.Release()
		}
		return false
	}, 10*time.Second, 10*time.Millisecond, "%s keeps a connection", after)
	require.NotEmpty(t, idle)
	for _, conn := range idle {
		var tenant, name string
		err := conn.QueryRow(t.Context(), `SELECT coalesce(current_setting('attestdb.tenant_id', true), ''),
			coalesce(current_setting('attestdb.tenant_name', true), '')`).Scan(&tenant, &name)
		conn.Release()
		require.NoError(t, err)
		require.Empty(t, tenant+name, "after %s a pooled connection carries a tenant", after)
	}
}

// No way out of a call leaves a tenant on a pooled connection, in any of the
// ways in which pgx sends a statement.
func TestNoPooledConnectionCarriesATenant(t *testing.T) {
	t.Parallel()
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			db, pool := openOnPool(t, w.DB, func(cfg *pgxpool.Config) {
				cfg.MaxConns = 2
				cfg.ConnConfig.DefaultQueryExecMode = mode
			})
			requirePoolStaysClean(t, w, db, pool)
		})
	}
}

func requirePoolStaysClean(t *testing.T, w *world, db *attestdb.DB, pool *pgxpool.Pool) {
	t.Helper()
	acme := db.Tenant(w.acme.ID()).As("clean")
	boom := errors.New("boom")
	ev := wordyEvidence(t, "clean", "clean")
	record := func(ctx context.Context, tx *attestdb.TenantDB) error {
		_, err := tx.Record(ctx, ev)
		return err
	}
	steps := []struct {
		name string
		run  func() error
		want error
	}{
		{"InTx", func() error { return acme.InTx(t.Context(), record) }, nil},
		{"InTx with an error", func() error {
			return acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
				return errors.Join(record(ctx, tx), boom)
			})
		}, boom},
		{"a panic", func() (err error) {
			defer func() { err = recover().(error) }()
			return acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
				_ = record(ctx, tx)
				panic(boom)
			})
		}, boom},
		{"a nested InTx with an error", func() error {
			return acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
				return tx.InTx(ctx, func(ctx context.Context, in *attestdb.TenantDB) error {
					return errors.Join(record(ctx, in), boom)
				})
			})
		}, boom},
		{"an InTx that is cancelled", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			return acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
				err := record(ctx, tx)
				cancel()
				return errors.Join(err, ctx.Err())
			})
		}, context.Canceled},
		{"Record", func() error { return record(t.Context(), acme) }, nil},
		{"Record for an unknown tenant", func() error {
			return record(t.Context(), db.Tenant(attestdb.TenantID(uuid.New())))
		}, attestdb.ErrUnknownTenant},
		{"Record that is cancelled", func() error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return record(ctx, acme)
		}, context.Canceled},
		{"Get of nothing", func() error {
			_, err := acme.Attestor().Get(t.Context(), uuid.New())
			return err
		}, attestdb.ErrNotFound},
		{"Content", func() error {
			_, err := acme.Attestor().Content(t.Context(), w.acmeIDs[0])
			return err
		}, nil},
		{"a loop over All that is left", func() error {
			for _, err := range acme.Attestor().All(t.Context(), attestor.Query{Subject: ev.Statement.Subject[0].Digest[0]}) {
				return err
			}
			return errors.New("nothing was found")
		}, nil},
		{"TenantByName", func() error {
			_, err := db.TenantByName(t.Context(), "globex")
			return err
		}, nil},
		{"TenantByName of nobody", func() error {
			_, err := db.TenantByName(t.Context(), "nobody")
			return err
		}, attestdb.ErrUnknownTenant},
		{"a caller's transaction", func() error {
			return pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
				h, err := db.TenantTx(t.Context(), tx, acme.ID())
				if err != nil {
					return err
				}
				return record(t.Context(), h)
			})
		}, nil},
	}
	for _, step := range steps {
		err := step.run()
		if step.want == nil {
			require.NoError(t, err, step.name)
		} else {
			require.ErrorIs(t, err, step.want, step.name)
		}
		requireNoTenant(t, pool, step.name)
	}
}

// Statements that the server is in the middle of when their time is up.
func TestDeadlinesInTheMiddleLeaveNoTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	db, pool := openOnPool(t, w.DB, func(cfg *pgxpool.Config) { cfg.MaxConns = 3 })
	acme := db.Tenant(w.acme.ID())
	subject := wordyEvidence(t, "acme", "one").Statement.Subject[0].Digest[0]
	ended := 0
	for i := range 150 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%30)*100*time.Microsecond)
		found, _, err := acme.Attestor().Find(ctx, attestor.Query{Subject: subject}, page.Request{})
		if err != nil {
			ended++
		}
		for _, m := range found {
			require.Contains(t, w.acmeIDs, m.ID)
		}
		_ = acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Record(ctx, wordyEvidence(t, "acme", "one"))
			return err
		})
		cancel()
		if pool.Stat().TotalConns() > 0 && pool.Stat().AcquiredConns() == 0 {
			for _, conn := range pool.AcquireAllIdle(t.Context()) {
				var n int
				err := conn.QueryRow(t.Context(), "SELECT count(*) FROM attestor.envelopes").Scan(&n)
				conn.Release()
				require.NoError(t, err)
				require.Zero(t, n, "a pooled connection sees a tenant's rows")
			}
		}
	}
	require.Positive(t, ended, "some deadlines were met too late")
}
