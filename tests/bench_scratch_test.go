package tests

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	_ "unsafe"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
)

//go:linkname recordSQL stella-ops.org/attestdb/domain/attestor.recordSQL
var recordSQL string

func cpuOf(pid int) float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	n, _ := strconv.ParseFloat(strings.Fields(string(b))[0], 64)
	return n / 1e3
}

func selfCPU() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e3
}

func TestScratch(t *testing.T) {
	s := startServer(t, true, nil)
	pool := s.pool(t, "app", 1)
	var pid int
	require.NoError(t, pool.QueryRow(context.Background(), "select pg_backend_pid()").Scan(&pid))
	db, err := attestdb.Open(context.Background(), attestdb.Config{App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: s.url("admin")}})
	require.NoError(t, err)
	acme := domaintest.Tenant(t, db, "acme")
	s.exec(t, database, `CREATE TABLE public.bare (
		id uuid PRIMARY KEY, sha256 bytea NOT NULL UNIQUE, content bytea NOT NULL); GRANT ALL ON public.bare TO app`)
	const n = 1500
	measure := func(name string, f func(ctx context.Context, i int) error) {
		for r := range 2 {
			c0, p0 := selfCPU(), cpuOf(pid)
			inParallel(t, 1, n, func(ctx context.Context, i int) error { return f(ctx, i+r*n) })
			c1, p1 := selfCPU(), cpuOf(pid)
			if r == 1 {
				fmt.Printf("%-40s server %6.1f us  client %6.1f us\n", name, (p1-p0)/n, (c1-c0)/n)
			}
		}
	}
	evs := evidences(t, 2*n)
	bare := func() {
		evs := evidences(t, 2*n)
		measure("bare", func(ctx context.Context, i int) error {
			_, err := pool.Exec(ctx, "INSERT INTO public.bare VALUES ($1, $2, $3)", uuid.Must(uuid.NewV7()), evs[i].SHA256[:], evs[i].Content)
			return err
		})
	}
	record := func(name string) {
		evs = evidences(t, 2*n)
		measure(name, func(ctx context.Context, i int) error { _, err := acme.Record(ctx, evs[i]); return err })
	}
	bare()
	record("record")
	for _, step := range strings.Split(os.Getenv("STEPS"), ";;") {
		if step == "" {
			continue
		}
		if f, ok := strings.CutPrefix(step, "@"); ok {
			b, err := os.ReadFile(f)
			require.NoError(t, err)
			recordSQL = string(b)
			record(f)
			continue
		}
		s.exec(t, database, step)
		pool.Reset()
		require.NoError(t, pool.QueryRow(context.Background(), "select pg_backend_pid()").Scan(&pid))
		record(step[:min(38, len(step))])
	}
	bare()
}
