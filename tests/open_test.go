package tests

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/internal/testdb"
)

func TestOpenRefusesASchemaThatDoesNotFit(t *testing.T) {
	t.Parallel()
	empty := testdb.NewEmpty(t)
	_, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: empty.URL("app")}})
	var schema *attestdb.SchemaError
	require.ErrorAs(t, err, &schema)
	require.Contains(t, schema.Fix, "attestdb migrate up")

	d := testdb.New(t)
	super := d.Conn(t, "superuser")
	exec := func(sql string) {
		t.Helper()
		_, err := super.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	cfg := attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}}

	// Older than the library: its newest file is not applied.
	exec(`CREATE TEMP TABLE kept AS SELECT * FROM atlas_attestor.atlas_schema_revisions ORDER BY version DESC LIMIT 1;
	      DELETE FROM atlas_attestor.atlas_schema_revisions r USING kept k WHERE r.version = k.version`)
	_, err = attestdb.Open(t.Context(), cfg)
	require.ErrorAs(t, err, &schema)
	require.Equal(t, "attestor", schema.Module)
	exec(`INSERT INTO atlas_attestor.atlas_schema_revisions SELECT * FROM kept`)

	// Newer than the library is no hindrance until a floor says so.
	exec(`INSERT INTO atlas_attestor.atlas_schema_revisions SELECT (r.x).* FROM (
	        SELECT jsonb_populate_record(k, '{"version": "29990101000000"}') AS x FROM kept k) r`)
	db, err := attestdb.Open(t.Context(), cfg)
	require.NoError(t, err)
	require.NoError(t, db.Close(t.Context()))
	exec(`INSERT INTO tenancy.library_floors (level, reason, raised_at) VALUES (99, 'a test', now())`)
	_, err = attestdb.Open(t.Context(), cfg)
	require.ErrorAs(t, err, &schema)
	require.Equal(t, "99", strings.TrimPrefix(schema.Need, "library level "))
}

func TestOpenWaitsForTheSchema(t *testing.T) {
	t.Parallel()
	d := testdb.NewEmpty(t)
	migrated := make(chan error, 1)
	go func() {
		time.Sleep(300 * time.Millisecond) // let Open find nothing first
		_, err := attestdb.Migrate(context.Background(), attestdb.MigrateConfig{URL: d.URL("owner")})
		migrated <- err
	}()
	var log bytes.Buffer
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: d.URL("app")}, WaitForSchema: time.Minute,
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	require.Contains(t, log.String(), "wait for the schema")
	require.NoError(t, <-migrated)
	require.NoError(t, db.Close(t.Context()))
}

func TestConfigReachesTheConnections(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	var connected int
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: "host=/nowhere", MaxConns: 3, BeforeConnect: func(_ context.Context, c *pgx.ConnConfig) error {
			connected++
			real, err := pgx.ParseConfig(d.URL("app"))
			c.Host, c.Port, c.User, c.Database = real.Host, real.Port, real.User, real.Database
			return err
		}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	require.Positive(t, connected)
	rows, err := d.Conn(t, "superuser").Query(t.Context(), `SELECT application_name FROM pg_stat_activity
		WHERE usename = 'attestdb_test_app' AND datname = current_database()`)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Contains(t, names, "attestdb")

	for name, cfg := range map[string]attestdb.Config{
		"Config":             {},
		"Config.App":         {App: attestdb.Conn{URL: d.URL("app"), Pool: d.Pool(t, "app")}},
		"Config.App.URL":     {App: attestdb.Conn{URL: "postgres://user:secret@host:port/x"}},
		"Config.Pooler":      {App: attestdb.Conn{URL: d.URL("app")}, Pooler: attestdb.PoolerTransaction, IdleTimeout: time.Second},
		"Config.App.Pool":    {App: attestdb.Conn{Pool: d.Pool(t, "app")}, LockTimeout: time.Second},
		"Config.LockTimeout": {App: attestdb.Conn{URL: d.URL("app")}, LockTimeout: -1},
	} {
		_, err := attestdb.Open(t.Context(), cfg)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, name, invalid.Field)
		require.NotContains(t, err.Error(), "secret")
	}
}

// A caller's pool stays open when attestdb closes.
func TestCloseLeavesTheCallersPoolOpen(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	pool := d.Pool(t, "app")
	db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{Pool: pool}})
	require.NoError(t, err)
	require.NoError(t, db.Close(t.Context()))
	require.NoError(t, pool.Ping(t.Context()))
}

func TestTenantsAreMadeListedAndSuspended(t *testing.T) {
	t.Parallel()
	db := domaintest.New(t)
	admin := db.Tenancy().As("ops@example.com")
	acme, existed, err := admin.Create(t.Context(), "acme")
	require.NoError(t, err)
	require.False(t, existed)
	again, existed, err := admin.Create(t.Context(), "acme")
	require.NoError(t, err)
	require.True(t, existed)
	require.Equal(t, acme, again)
	_, _, err = db.Tenancy().Create(t.Context(), "x")
	require.ErrorIs(t, err, attestdb.ErrNoActor)
	for _, bad := range []string{"", "A", "a b", "-a", "a-", "a'; DROP TABLE x; --", strings.Repeat("a", 64)} {
		_, _, err = admin.Create(t.Context(), bad)
		require.ErrorIs(t, err, attestdb.ErrInvalid, bad)
	}
	_, _, err = admin.Create(t.Context(), "beta")
	require.NoError(t, err)
	list, err := db.Tenancy().List(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, acme, list[0])
	rest, err := db.Tenancy().List(t.Context(), "acme", 10)
	require.NoError(t, err)
	require.Equal(t, list[1:], rest)

	suspended, err := admin.Suspend(t.Context(), acme.ID)
	require.NoError(t, err)
	require.Equal(t, attestdb.Actor("ops@example.com"), suspended.StatusChangedBy)
	twice, err := db.Tenancy().As("somebody else").Suspend(t.Context(), acme.ID)
	require.NoError(t, err)
	require.Equal(t, suspended, twice, "suspending again changes nothing")

	id, err := db.TenantByName(t.Context(), "acme")
	require.NoError(t, err)
	require.Equal(t, acme.ID, id)
	status, err := db.Tenant(acme.ID).Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, tenancy.Suspended, status)
	_, err = db.Tenant(attestdb.TenantID{1}).Status(t.Context())
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)
	_, err = db.TenantByName(t.Context(), "nobody")
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)
	_, err = db.Tenancy().Get(t.Context(), attestdb.TenantID{1})
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)
}

func TestTimeoutsEndStatementsThatWait(t *testing.T) {
	t.Parallel()
	for state, cfg := range map[string]attestdb.Config{
		"55P03": {LockTimeout: 100 * time.Millisecond},
		"57014": {StatementTimeout: 100 * time.Millisecond},
	} {
		d := testdb.New(t)
		cfg.App, cfg.Admin = attestdb.Conn{URL: d.URL("app")}, attestdb.Conn{URL: d.URL("admin")}
		db, err := attestdb.Open(t.Context(), cfg)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
		acme := domaintest.Tenant(t, db, "acme")
		tx, err := d.Conn(t, "superuser").Begin(t.Context())
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), "LOCK TABLE attestor.envelopes")
		require.NoError(t, err)
		_, err = acme.Record(t.Context(), domaintest.NewSigner(t).Evidence(t, "a", []byte("a")))
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg)
		require.Equal(t, state, pg.Code)
		require.NoError(t, tx.Rollback(t.Context()))
	}
}

func TestIdleTimeoutEndsAForgottenTransaction(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: d.URL("app")}, Admin: attestdb.Conn{URL: d.URL("admin")}, IdleTimeout: 100 * time.Millisecond,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	acme := domaintest.Tenant(t, db, "acme")
	err = acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		require.Eventually(t, func() bool {
			_, err := tx.Status(ctx)
			time.Sleep(300 * time.Millisecond)
			return err != nil
		}, 10*time.Second, time.Millisecond)
		_, err := tx.Status(ctx)
		return err
	})
	require.ErrorIs(t, err, attestdb.ErrUnavailable)
}
