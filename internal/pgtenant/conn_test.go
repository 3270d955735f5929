package pgtenant_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/testdb"
)

const current = "SELECT coalesce(current_setting('attestdb.tenant_id', true), '')"

// single returns a pool of one connection, so that a call that keeps it would
// make the next one hang, and the next one meets what it left.
func single(t *testing.T, db *testdb.DB, mode pgx.QueryExecMode) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(db.URL("app"))
	require.NoError(t, err)
	cfg.MaxConns = 1
	cfg.ConnConfig.DefaultQueryExecMode = mode
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// forms are the ways to name a tenant.
var forms = map[string]func(*pgtenant.Conn) *pgtenant.Conn{
	"function": func(c *pgtenant.Conn) *pgtenant.Conn { return c },
	"literal":  (*pgtenant.Conn).Literal,
}

func text(t *testing.T, q interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
},
) string {
	t.Helper()
	var s string
	require.NoError(t, q.QueryRow(t.Context(), current).Scan(&s))
	return s
}

func seen(t *testing.T, c *pgtenant.Conn) string {
	t.Helper()
	rows, err := c.Query(t.Context(), current)
	require.NoError(t, err)
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return s
}

func TestEveryStatementTravelsWithItsTenant(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	for _, mode := range []pgx.QueryExecMode{
		pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec,
		pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol,
	} {
		t.Run(mode.String(), func(t *testing.T) {
			pool := single(t, db, mode)
			for n := range 6 { // cached statements, too
				id := uuid.New()
				conn := forms[[]string{"function", "literal"}[n%2]](pgtenant.New(pool, id))
				require.Equal(t, id, conn.Tenant())
				require.Equal(t, id.String(), seen(t, conn))
				require.Empty(t, text(t, pool))

				tag, err := conn.Exec(t.Context(), current)
				require.NoError(t, err)
				require.EqualValues(t, 1, tag.RowsAffected())
				require.Empty(t, text(t, pool))

				_, err = conn.Exec(t.Context(), "SELECT 1/0")
				var pg *pgconn.PgError
				require.ErrorAs(t, err, &pg)
				require.Equal(t, "22012", pg.Code)
				require.Empty(t, text(t, pool))

				rows, err := conn.Query(t.Context(), "SELECT n, 1/(n-900) FROM generate_series(1, 1000) n")
				for err == nil && rows.Next() {
					err = rows.Err()
				}
				if err == nil {
					err = rows.Err()
				}
				require.ErrorAs(t, err, &pg, "an error behind the first rows is told")
				require.Empty(t, text(t, pool))

				rows, err = conn.Query(t.Context(), "SELECT generate_series(1, 1000)")
				require.NoError(t, err)
				require.True(t, rows.Next())
				rows.Close() // the rest unread
				require.NoError(t, rows.Err())
				require.Empty(t, text(t, pool))

				boom := errors.New("boom")
				b := &pgx.Batch{}
				b.Queue(current)
				b.Queue(current)
				err = conn.Batch(t.Context(), b, func(br pgx.BatchResults) error {
					require.Zero(t, pool.Stat().IdleConns())
					for range 2 {
						var s string
						require.NoError(t, br.QueryRow().Scan(&s))
						require.Equal(t, id.String(), s)
					}
					return boom
				})
				require.ErrorIs(t, err, boom)
				require.Empty(t, text(t, pool))
			}
			require.Empty(t, seen(t, pgtenant.NewBare(pool)))
		})
	}
}

// names are arbitrary.
var names = []string{"o'neill", `x', true); SET app.admin = 'on'; --`, `\'; SET app.admin = 'on'; --`, "$1", "日本", `\`, `''`, "a\nb", "?"}

// named is the name that a statement sees, and what an injected one would have set.
func named(t *testing.T, c *pgtenant.Conn) (got [2]string) {
	t.Helper()
	rows, err := c.Query(t.Context(), "SELECT current_setting('attestdb.tenant_name'), coalesce(current_setting('app.admin', true), '')")
	require.NoError(t, err)
	_, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&got[0], &got[1])
	})
	require.NoError(t, err)
	return got
}

// A name is data wherever it goes: none runs as SQL.
func TestSettingIsSentAsAParameter(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		pool := single(t, db, mode)
		for _, name := range names {
			for _, form := range forms {
				require.Equal(t, [2]string{name, ""}, named(t, form(pgtenant.NewNamed(pool, name))))
			}
		}
	}
}

func TestTransactionsKeepTheirTenant(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			pool := single(t, db, pgx.QueryExecModeCacheStatement)
			a, b := uuid.New(), uuid.New()
			base := form(pgtenant.New(pool, a))
			tx, err := base.Begin(t.Context())
			require.NoError(t, err)
			// The pool waits for its connection when it is closed.
			defer func() { _ = tx.Rollback(context.Background()) }()
			one, other := base.With(tx).Guarded(), form(pgtenant.New(tx, b)).Guarded()
			require.Empty(t, text(t, tx), "the transaction itself names nobody")

			// Rolling back to a savepoint takes the setting back, and the next statement
			// brings it again.
			sp, err := one.Begin(t.Context())
			require.NoError(t, err)
			require.Equal(t, a.String(), seen(t, one.With(sp)))
			require.NoError(t, sp.Rollback(t.Context()))
			require.Empty(t, text(t, tx))
			require.Equal(t, a.String(), seen(t, one))

			// Another tenant's handle neither runs nor changes whose transaction it is.
			_, err = other.Exec(t.Context(), current)
			require.ErrorIs(t, err, fault.ErrTenantMismatch)
			require.Equal(t, a.String(), text(t, tx))
			require.Equal(t, a.String(), seen(t, one))
			_, err = other.Exec(t.Context(), "SELECT 1/0")
			require.ErrorIs(t, err, fault.ErrTenantMismatch)
			require.NoError(t, tx.Rollback(t.Context()))
			require.Empty(t, text(t, pool))
			_, err = one.Exec(t.Context(), current)
			require.ErrorIs(t, err, pgx.ErrTxClosed)
		})
	}
}

// Some versions' policies were reported to miss a setting that nothing had read
// yet. The table has a WITH CHECK and no trigger that would read it first, and
// the INSERT is the first statement of its connection.
func TestSettingIsSeenByWithCheckOnAFreshConnection(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	_, err := db.Conn(t, "superuser").Exec(t.Context(), `
CREATE SCHEMA own;
CREATE TABLE own.t (tenant_id uuid NOT NULL);
ALTER TABLE own.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON own.t TO attestdb_app USING (false)
  WITH CHECK (tenant_id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
GRANT USAGE ON SCHEMA own TO attestdb_app;
GRANT INSERT ON own.t TO attestdb_app`)
	require.NoError(t, err)
	const insert = "INSERT INTO own.t VALUES ($1)"
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		a, b := uuid.New(), uuid.New()
		for _, form := range forms {
			_, err = form(pgtenant.New(single(t, db, mode), a)).Exec(t.Context(), insert, a)
			require.NoError(t, err, mode)
		}

		conn := pgtenant.New(single(t, db, mode), a)
		tx, err := conn.Begin(t.Context())
		require.NoError(t, err)
		_, err = conn.With(tx).Exec(t.Context(), insert, a)
		require.NoError(t, err, mode)
		require.NoError(t, tx.Commit(t.Context()))

		for _, strange := range []*pgtenant.Conn{
			pgtenant.New(single(t, db, mode), a), pgtenant.New(single(t, db, mode), a).Literal(), pgtenant.NewBare(single(t, db, mode)),
		} {
			_, err = strange.Exec(t.Context(), insert, b)
			var pg *pgconn.PgError
			require.ErrorAs(t, err, &pg, mode)
			require.Equal(t, "42501", pg.Code)
		}
	}
}
