package tests

import (
	"context"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/health"
)

// A primary without its synchronous standby answers every read and lets every write wait:
// whoever requires writes is not ready, and health says who is missing, with pg_monitor
// and without.
func TestHealthMissesASynchronousStandby(t *testing.T) {
	t.Parallel()
	primary := startPrimary(t, nil)
	standby := primary.standby(t)
	standby.follows(t, primary)
	reload := func(names string) {
		primary.exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = '"+names+"'")
		primary.exec(t, "postgres", "SELECT pg_reload_conf()")
	}
	monitor := func(is bool) {
		sql := "REVOKE pg_monitor FROM auditor"
		if is {
			sql = "GRANT pg_monitor TO auditor"
		}
		primary.exec(t, ownDatabase, "SET synchronous_commit = local; "+sql) // no standby is there to wait for
	}
	open := func(writes bool) *attestdb.DB {
		db, err := attestdb.Open(t.Context(), attestdb.Config{
			App: attestdb.Conn{URL: primary.url("app"), MaxConns: 4}, Admin: attestdb.Conn{URL: primary.url("admin")},
			Health: attestdb.HealthConfig{RequireWrites: writes, Timing: fresh},
		})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
		return db
	}
	db, reads := open(true), open(false)
	server := httptest.NewServer(db.HealthHandler())
	t.Cleanup(server.Close)
	const hangs = "connected and does not answer"
	// becomes waits until readiness and the server's check say so of writes.
	becomes := func(status health.Status, text string) {
		t.Helper()
		code := map[health.Status]int{health.OK: 200, health.Fail: 503}[status]
		var said health.Result
		require.Eventually(t, func() bool {
			got, report := probe(t, server.URL+"/readyz")
			said, _ = report.Get("writes.app")
			return got == code && said.Status == status && strings.Contains(said.Value+" "+said.Error, text)
		}, 30*time.Second, 50*time.Millisecond, text)
		for _, is := range []bool{true, false} {
			monitor(is)
			c, ok := primary.diagnose(t, health.Thresholds{}).Get("server.replication")
			require.True(t, ok)
			switch {
			case !is && (status == health.OK || text == hangs): // of a connected standby it sees no more
				require.Equal(t, health.Skipped, c.Status, "%+v", c)
				require.Contains(t, c.Value, "without pg_monitor nobody sees whether they are in sync")
			default:
				require.Equal(t, status, c.Status, "%+v", c)
				require.Contains(t, c.Value+" "+c.Error, text)
			}
		}
		require.Equal(t, 200, readiness(t, reads), "it serves those who read")
	}

	requireCheck(t, db.Health(t.Context()), "writes.app", health.OK)
	acme := domaintest.Tenant(t, db, "acme")
	reload("one")
	becomes(health.OK, `commits wait for 1 of synchronous_standby_names "one", 1 are `)
	require.Contains(t, requireCheck(t, db.Health(t.Context()), "writes.app", health.OK).Value, "without pg_monitor nobody sees whether they are in sync")

	// It is connected, and writes nothing down.
	var receiver int
	standby.query(t, "SELECT pid FROM pg_stat_wal_receiver", &receiver)
	require.NoError(t, syscall.Kill(receiver, syscall.SIGSTOP))
	t.Cleanup(func() { _ = syscall.Kill(receiver, syscall.SIGCONT) })
	appended := make(chan error, 1)
	go func() {
		_, err := acme.Verdict().Append(t.Context(), decided("a"))
		appended <- err
	}()
	becomes(health.Fail, hangs)
	require.Empty(t, appended)
	require.NoError(t, syscall.Kill(receiver, syscall.SIGCONT))
	require.NoError(t, <-appended)
	becomes(health.OK, "1 are ")

	reload("ANY 2 (one, two)")
	becomes(health.Fail, "missing (1 of 2)")
	reload("FIRST 1 (one, two)")
	becomes(health.OK, "1 are ")
	reload("other")
	becomes(health.Fail, `0 are `)
	reload("*")
	becomes(health.OK, "1 are ")

	reload("one")
	require.NoError(t, standby.Kill())
	becomes(health.Fail, "nobody is connected")
	report := db.Health(t.Context())
	require.Contains(t, requireCheck(t, report, "writes.app", health.Fail).Fix, "synchronous_standby_names")
	requireCheck(t, report, "schema", health.OK)
	require.Contains(t, requireCheck(t, reads.Health(t.Context()), "server.replication", health.Fail).Error, "missing (1 of 1)")

	// Whose commits do not wait is not kept waiting.
	primary.exec(t, "postgres", "SET synchronous_commit = local; ALTER ROLE app SET synchronous_commit = local; ALTER ROLE admin SET synchronous_commit = local")
	requireCheck(t, open(true).HealthChecks().Ready(t.Context()), "writes.app", health.OK)
	requireCheck(t, db.HealthChecks().Ready(t.Context()), "writes.app", health.Fail)
	standby.start(t)
	becomes(health.OK, "1 are ")
}

func readiness(t *testing.T, db *attestdb.DB) int {
	t.Helper()
	server := httptest.NewServer(db.HealthHandler())
	defer server.Close()
	code, _ := probe(t, server.URL+"/readyz")
	return code
}
