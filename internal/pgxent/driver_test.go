package pgxent_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/ent"
	_ "stella-ops.org/attestdb/ent/runtime" // the schema's defaults
	enttenant "stella-ops.org/attestdb/ent/tenant"
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/pgxent"
	"stella-ops.org/attestdb/internal/testdb"
)

// bare returns a client on q whose login sees all tenants.
func bare(q pgtenant.DB) *ent.Client {
	return ent.NewClient(ent.Driver(pgxent.New(pgtenant.NewBare(q))))
}

func create(ctx context.Context, client *ent.Client, name string) error {
	return client.Tenant.Create().SetName(name).SetCreatedBy("x").SetStatusChangedBy("x").Exec(ctx)
}

func names(t *testing.T, client *ent.Client) []string {
	t.Helper()
	var list []string
	require.NoError(t, client.Tenant.Query().Order(enttenant.ByName()).Select(enttenant.FieldName).Scan(t.Context(), &list))
	return list
}

// An Ent client works in the transaction that its caller began, and its own
// transactions are savepoints of it.
func TestClientWorksInTheCallersTransaction(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t).Pool(t, "admin")
	tx, err := pool.Begin(t.Context())
	require.NoError(t, err)
	// The pool waits for its connection when it is closed.
	defer func() { _ = tx.Rollback(context.Background()) }()
	client := bare(tx)
	require.NoError(t, create(t.Context(), client, "kept"))

	inner, err := client.Tx(t.Context())
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), inner.Client(), "undone"))
	require.Equal(t, []string{"kept", "undone"}, names(t, inner.Client()))
	require.NoError(t, inner.Rollback())

	inner, err = client.Tx(t.Context())
	require.NoError(t, err)
	err = create(t.Context(), inner.Client(), "kept")
	require.True(t, ent.IsConstraintError(err), "Ent knows pgx' errors: %v", err)
	var pg *pgconn.PgError
	require.ErrorAs(t, err, &pg)
	require.Equal(t, "tenants_name_key", pg.ConstraintName)
	require.NoError(t, inner.Rollback())

	inner, err = client.Tx(t.Context())
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), inner.Client(), "nested"))
	require.NoError(t, inner.Commit())

	require.Empty(t, names(t, bare(pool)), "nothing is seen outside before the commit")
	require.NoError(t, tx.Commit(t.Context()))
	require.Equal(t, []string{"kept", "nested"}, names(t, bare(pool)))
	n, err := bare(pool).Tenant.Update().Where(enttenant.NameEQ("kept")).SetStatus("suspended").SetStatusChangedAt(time.Now()).Save(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

// However a call ends, its connection goes back to the pool without a tenant.
func TestDriverGivesItsConnectionBack(t *testing.T) {
	t.Parallel()
	cfg, err := pgxpool.ParseConfig(testdb.New(t).URL("app"))
	require.NoError(t, err)
	cfg.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	id := uuid.New()
	drv := pgxent.New(pgtenant.New(pool, id))
	require.Equal(t, dialect.Postgres, drv.Dialect())
	requireFree := func(what string) {
		t.Helper()
		var tenant string
		require.NoError(t, pool.QueryRow(t.Context(), "SELECT coalesce(current_setting('attestdb.tenant_id', true), '')").Scan(&tenant), what)
		require.Empty(t, tenant, what)
	}

	var rows entsql.Rows
	require.NoError(t, drv.Query(t.Context(), "SELECT n AS one, current_setting('attestdb.tenant_id') AS two FROM generate_series(1, 100) n", []any{}, &rows))
	columns, err := rows.Columns()
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two"}, columns)
	require.True(t, rows.Next())
	var n sql.NullInt64
	var tenant string
	require.NoError(t, rows.Scan(&n, &tenant))
	require.Equal(t, id.String(), tenant)
	require.NoError(t, rows.Close())
	requireFree("rows that were not read to the end")

	var pg *pgconn.PgError
	require.ErrorAs(t, drv.Exec(t.Context(), "SELECT 1/0", []any{}, nil), &pg)
	requireFree("an error")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, drv.Query(ctx, "SELECT 1", []any{}, &rows), context.Canceled)
	requireFree("a cancelled call")

	var result sql.Result
	require.NoError(t, drv.Exec(t.Context(), "SELECT generate_series(1, 3)", []any{}, &result))
	affected, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 3, affected)
	_, err = result.LastInsertId()
	require.Error(t, err)

	tx, err := drv.Tx(t.Context())
	require.NoError(t, err)
	require.NoError(t, tx.Exec(t.Context(), "SELECT 1", []any{}, nil))
	require.NoError(t, tx.Rollback())
	requireFree("a transaction")

	// What Ent never passes is told before anything is sent.
	require.ErrorContains(t, drv.Exec(t.Context(), "SELECT 1", 1, nil), "arguments")
	require.ErrorContains(t, drv.Query(t.Context(), "SELECT 1", nil, &rows), "arguments")
	require.ErrorContains(t, drv.Query(t.Context(), "SELECT 1", []any{}, new(pgx.Rows)), "query into")
	requireFree("refused arguments")
}
