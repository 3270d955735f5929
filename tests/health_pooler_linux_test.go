package tests

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/testdb"
)

// Every check works through a pooler in transaction mode; and the self-test finds the
// tenant that another of its clients left behind on a session of the server's.
func TestHealthThroughPgBouncer(t *testing.T) {
	t.Parallel()
	tdb := testdb.New(t)
	at := pgbouncer(t, tdb)
	db := openWith(t, attestdb.Config{
		App: attestdb.Conn{URL: at}, Pooler: attestdb.PoolerTransaction, Health: attestdb.HealthConfig{Timing: fresh},
	})
	for range 20 { // whichever of the server's sessions a statement meets
		requireWell(t, db.Health(t.Context()), needMonitor...)
	}
	require.Equal(t, health.OK, db.HealthChecks().Ready(t.Context()).Status)

	cfg, err := pgx.ParseConfig(at)
	require.NoError(t, err)
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	careless, err := pgx.ConnectConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = careless.Close(context.Background()) })
	execOn(t, careless, "SET attestdb.tenant_id = '018f0000-0000-7000-8000-000000000001'")
	require.Eventually(t, func() bool {
		c, _ := db.Health(t.Context()).Get("rls.selftest")
		return c.Status == health.Fail && c.Error == "a connection of the pool carries a tenant"
	}, 10*time.Second, time.Millisecond)
}
