package tests

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/health"
)

// A server that hangs, as one whose disk or machine does, takes connections and answers
// nothing. Whoever asks for health hears so in time, however many ask, and nobody is left
// waiting when it goes on.
func TestHealthOfAServerThatHangs(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, nil)
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App:    attestdb.Conn{URL: s.url("app"), MaxConns: 4},
		Health: attestdb.HealthConfig{Timing: health.Config{Cache: time.Nanosecond}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	require.NotEqual(t, health.Fail, db.Health(t.Context()).Status)
	server := httptest.NewServer(db.HealthHandler())
	t.Cleanup(server.Close)

	pidFile, err := os.ReadFile(filepath.Join(s.cfg.Dir, "data", "postmaster.pid"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(pidFile), "\n")
	postmaster, err := strconv.Atoi(first)
	require.NoError(t, err)
	rows, err := s.conn(t, "postgres").Query(t.Context(), "SELECT pid::int FROM pg_stat_activity WHERE usename = 'app'")
	require.NoError(t, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	require.NoError(t, err)
	require.NotEmpty(t, pids)
	pids = append(pids, postmaster)
	signal := func(sig syscall.Signal) {
		for _, pid := range pids {
			_ = syscall.Kill(pid, sig) // a session may have ended
		}
	}
	signal(syscall.SIGSTOP)
	t.Cleanup(func() { signal(syscall.SIGCONT) })

	time.Sleep(time.Second) // what readiness knew from before holds so long
	for range 3 {
		var group sync.WaitGroup
		for range 50 {
			group.Go(func() {
				begun := time.Now()
				code, report := probe(t, server.URL+"/readyz")
				require.Less(t, time.Since(begun), 2500*time.Millisecond)
				require.Equal(t, 503, code)
				requireCheck(t, report, "connection.app", health.Unknown)
			})
		}
		group.Wait()
	}
	begun := time.Now()
	require.Equal(t, health.Unknown, db.Health(t.Context()).Status)
	require.Less(t, time.Since(begun), 10500*time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begun = time.Now()
	require.Equal(t, health.Unknown, db.Health(ctx).Status)
	require.Less(t, time.Since(begun), time.Second, "and at the caller's own deadline")

	signal(syscall.SIGCONT)
	require.Eventually(t, func() bool {
		code, _ := probe(t, server.URL+"/readyz")
		return code == 200
	}, 10*time.Second, 50*time.Millisecond)
}
