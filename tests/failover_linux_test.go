package tests

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
)

// eitherOf is the URL of two servers, of which one takes writes.
func eitherOf(login string, a, b *ownServer) string {
	return fmt.Sprintf("postgres://%s@/%s?%s", login, ownDatabase, url.Values{
		"host": {a.SocketDir() + "," + b.SocketDir()}, "port": {"5432,5432"},
	}.Encode())
}

// The primary is killed while many write, its synchronous standby takes over: nothing
// that was acknowledged is lost, no call hangs, and the pool finds the new primary.
func TestFailoverLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	rounds, _ := strconv.Atoi(os.Getenv("ATTESTDB_FAILOVER_ROUNDS"))
	for range max(rounds, 1) {
		t.Run("", func(t *testing.T) {
			primary := startPrimary(t, nil)
			standby := primary.standby(t)
			acme := domaintest.Tenant(t, primary.open(t, 4), "acme")
			primary.exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'one'")
			primary.exec(t, "postgres", "SELECT pg_reload_conf()")
			db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: eitherOf("app", primary, standby), MaxConns: 8}})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })

			writers, stop := startWriters(t, db.Tenant(acme.ID()), 12, 4*time.Second)
			writers.goOn(t, 200, 30*time.Second)
			require.NoError(t, primary.Kill())
			killed := time.Now()
			standby.exec(t, "postgres", "SELECT pg_promote()")
			writers.goOn(t, 200, 30*time.Second)
			t.Logf("200 calls succeeded again %s after the kill", time.Since(killed).Round(time.Millisecond))
			stop()
			writers.requireKept(t, standby.open(t, 4).Tenant(acme.ID()))
		})
	}
}
