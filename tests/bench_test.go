package tests

import (
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
)

// The benchmarks compare two sides within one run, in turns, since machines
// differ and drift: only their ratio means something. What is below its bar
// fails.

const (
	// turns is how often each side runs; the medians are compared.
	turns = 17
	// batch is how many envelopes a side stores in a turn.
	batch = 2000
)

// evidences makes n pieces of signed evidence of about 1.5 kB with one subject
// each, all different.
func evidences(t testing.TB, n int) []*attestor.Evidence {
	t.Helper()
	signer := domaintest.NewSigner(t)
	evs := make([]*attestor.Evidence, n)
	run := uuid.NewString()
	for i := range evs {
		payload := statementOf(fmt.Sprintf("%s-%d", run, i))
		ev, err := attestor.Parse(signer.Envelope(attestor.PayloadTypeInToto, payload))
		require.NoError(t, err)
		evs[i] = ev
	}
	require.InDelta(t, 1500, len(evs[0].Content), 150)
	return evs
}

// statementOf returns a Statement about the artifact name, of so many bytes
// that its envelope has 1.5 kB.
func statementOf(name string) []byte {
	const size = 980 // base64 makes it a third longer
	b := string(domaintest.Statement(name, []byte(name)))
	pad := fmt.Sprintf(`"predicate":{"pad":%q,`, strings.Repeat("x", size-len(b)))
	return []byte(strings.Replace(b, `"predicate":{`, pad, 1))
}

// inParallel calls f for 0 to n-1 from so many goroutines and returns the calls
// per second.
func inParallel(t testing.TB, clients, n int, f func(ctx context.Context, i int) error) float64 {
	t.Helper()
	var (
		next  atomic.Int64
		wg    sync.WaitGroup
		first atomic.Value
		start = time.Now()
	)
	for range clients {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := f(context.Background(), i); err != nil {
					first.CompareAndSwap(nil, err)
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	if err := first.Load(); err != nil {
		require.NoError(t, err.(error))
	}
	return float64(n) / took.Seconds()
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// compare runs the two sides in turns and returns the median of their ratios,
// turn by turn, so that what both suffer from cancels out.
func compare(b *testing.B, a, base func(turn int) float64) (rateA, rateBase, ratio float64) {
	b.Helper()
	var as, bs, rs []float64
	for turn := range turns {
		x, y := a(turn), base(turn)
		if turn == 0 {
			continue // caches warm up
		}
		as, bs, rs = append(as, x), append(bs, y), append(rs, x/y)
	}
	return median(as), median(bs), median(rs)
}

func report(b *testing.B, name string, ours, theirs, ratio, bar float64) {
	b.Helper()
	b.ReportMetric(ours, name+"/s")
	b.ReportMetric(theirs, "base/s")
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(0, "ns/op")
	if ratio < bar {
		b.Fatalf("%.0f %s/s against %.0f/s: ratio %.2f, and %.2f is the bar", ours, name, theirs, ratio, bar)
	}
}

// startSteadyServer starts a durable server on disk whose log has been around:
// a server that has just begun makes and zeroes the files of its log while it
// is measured, one that has run for a while uses the old ones again.
func startSteadyServer(t testing.TB) *ownServer {
	t.Helper()
	s := startServer(t, false, map[string]string{"min_wal_size": "1GB", "max_wal_size": "4GB", "checkpoint_timeout": "1h"})
	for range 24 { // of 16 MB
		s.exec(t, ownDatabase, "SELECT pg_logical_emit_message(true, 'warm', 'up'), pg_switch_wal()")
	}
	s.exec(t, ownDatabase, "CHECKPOINT")
	return s
}

// One tenant's calls go together, those of eight tenants do not: for them no bar
// is set.
func BenchmarkRecordAgainstBareInsert(b *testing.B) {
	s := startSteadyServer(b)
	db := s.open(b, 8)
	s.exec(b, ownDatabase, `CREATE TABLE public.bare (
		id uuid PRIMARY KEY, sha256 bytea NOT NULL UNIQUE, content bytea NOT NULL)`)
	pool := s.pool(b, 8)
	for _, tenants := range []int{1, 8} {
		handles := make([]*attestdb.TenantDB, tenants)
		for i := range handles {
			handles[i] = domaintest.Tenant(b, db, fmt.Sprintf("tenant-%d-%d", tenants, i))
		}
		b.Run(fmt.Sprintf("tenants=%d", tenants), func(b *testing.B) {
			for b.Loop() {
				evs := make([][]*attestor.Evidence, turns)
				for i := range evs {
					evs[i] = evidences(b, batch)
				}
				ours, bare, ratio := compare(b,
					func(turn int) float64 {
						return inParallel(b, 8, batch, func(ctx context.Context, i int) error {
							_, err := handles[i%tenants].Record(ctx, evs[turn][i])
							return err
						})
					},
					func(turn int) float64 {
						return inParallel(b, 8, batch, func(ctx context.Context, i int) error {
							content := evs[turn][i].Content
							sum := sha256.Sum256(content)
							_, err := pool.Exec(ctx, "INSERT INTO public.bare VALUES ($1, $2, $3)",
								uuid.Must(uuid.NewV7()), sum[:], content)
							return err
						})
					})
				bar := 0.4
				if tenants > 1 {
					bar = 0
				}
				report(b, "records", ours, bare, ratio, bar)
			}
		})
	}
}

func BenchmarkRecordAt32ClientsAgainst8(b *testing.B) {
	s := startSteadyServer(b)
	acme := domaintest.Tenant(b, s.open(b, 1), "acme")
	few, many := s.open(b, 8).Tenant(acme.ID()), s.open(b, 32).Tenant(acme.ID())
	for b.Loop() {
		at32, at8, ratio := compare(b,
			func(int) float64 { return recordAll(b, many, 32, evidences(b, batch)) },
			func(int) float64 { return recordAll(b, few, 8, evidences(b, batch)) })
		report(b, "records", at32, at8, ratio, 0.9)
	}
}

func BenchmarkGetBy1000GoroutinesOn20ConnectionsAgainst20(b *testing.B) {
	s := startServer(b, true, nil)
	acme := domaintest.Tenant(b, s.open(b, 20), "acme")
	var ids []uuid.UUID
	for _, ev := range evidences(b, 100) {
		rec, err := acme.Record(context.Background(), ev)
		require.NoError(b, err)
		ids = append(ids, rec.ID)
	}
	// A collection scans every goroutine's stack, and the few megabytes of a benchmark
	// are collected many times a second: it has the heap of a small service.
	heap := make([]byte, 64<<20)
	defer runtime.KeepAlive(heap)
	const calls = 50_000 // a turn: starting the goroutines must not count
	var waits []float64
	read := func(clients int) float64 {
		var longest atomic.Int64
		rate := inParallel(b, clients, calls, func(ctx context.Context, i int) error {
			begun := time.Now()
			_, err := acme.Attestor().Get(ctx, ids[i%len(ids)])
			for took := int64(time.Since(begun)); ; {
				if was := longest.Load(); took <= was || longest.CompareAndSwap(was, took) {
					return err
				}
			}
		})
		if clients == 1000 {
			// Served in order, each call takes as long as 1,000 calls take.
			waits = append(waits, time.Duration(longest.Load()).Seconds()*rate/1000)
		}
		return rate
	}
	for b.Loop() {
		waits = nil
		many, few, ratio := compare(b,
			func(int) float64 { return read(1000) }, func(int) float64 { return read(20) })
		b.ReportMetric(median(waits), "longest-wait/fair")
		report(b, "reads", many, few, ratio, 0.9)
		if w := median(waits); w > 3 {
			b.Fatalf("a call took %.1f times as long as in turn", w)
		}
	}
}

func recordAll(t testing.TB, acme *attestdb.TenantDB, clients int, evs []*attestor.Evidence) float64 {
	t.Helper()
	return inParallel(t, clients, len(evs), func(ctx context.Context, i int) error {
		_, err := acme.Record(ctx, evs[i])
		return err
	})
}

// pool returns a superuser's pool that is independent of attestdb.
func (s *ownServer) pool(t testing.TB, conns int32) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(s.url("postgres"))
	require.NoError(t, err)
	cfg.MaxConns = conns
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}
