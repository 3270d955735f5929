package tests

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
)

// BenchmarkAppendUnderASnapshotAgainstWithout has a report that reads for a minute: rows
// that are updated would pile up behind it.
func BenchmarkAppendUnderASnapshotAgainstWithout(b *testing.B) {
	const held = 60 * time.Second
	s := startSteadyServer(b)
	acme := domaintest.Tenant(b, s.open(b, 8), "acme").As("ci").Verdict()
	pool := s.pool(b, 1)
	var n atomic.Int64
	rate := func(during time.Duration) float64 {
		began, before := time.Now(), n.Load()
		deadline := began.Add(during)
		var writers sync.WaitGroup
		for range 64 {
			writers.Go(func() {
				for time.Now().Before(deadline) {
					if _, err := acme.Append(context.Background(), plainDecision(n.Add(1))); err != nil {
						panic(err)
					}
				}
			})
		}
		writers.Wait()
		return float64(n.Load()-before) / time.Since(began).Seconds()
	}
	for b.Loop() {
		rate(5 * time.Second)
		before := rate(held / 3)
		tx, err := pool.BeginTx(context.Background(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
		require.NoError(b, err)
		_, err = tx.Exec(context.Background(), "SELECT count(*) FROM verdict.ledgers")
		require.NoError(b, err)
		under := rate(held)
		require.NoError(b, tx.Rollback(context.Background()))
		after := rate(held / 3)
		// The machine drifts, and the ledger grows: what is without it stands on both sides.
		report(b, "appends", under, (before+after)/2, under/((before+after)/2), 0.85)
	}
}

// BenchmarkLongestAppend compares the 99th percentile with the median of the transactions
// that calls share.
func BenchmarkLongestAppend(b *testing.B) {
	s := startSteadyServer(b)
	acme := domaintest.Tenant(b, s.open(b, 8), "acme").As("ci").Verdict()
	for b.Loop() {
		const calls = 40_000
		took := make([]time.Duration, calls)
		inParallel(b, 64, calls, func(ctx context.Context, i int) error {
			began := time.Now()
			_, err := acme.Append(ctx, plainDecision(int64(i)))
			took[i] = time.Since(began)
			return err
		})
		slices.Sort(took)
		// Who comes while a transaction is under way waits for it and for the next one.
		p50, p99 := took[calls/2], took[calls*99/100]
		b.ReportMetric(float64(p50.Microseconds()), "p50-µs")
		b.ReportMetric(float64(p99.Microseconds()), "p99-µs")
		b.ReportMetric(float64(p99)/float64(p50), "p99/p50")
		b.ReportMetric(0, "ns/op")
		if p99 > 3*p50 {
			b.Fatalf("the 99th percentile is %.1f times the median", float64(p99)/float64(p50))
		}
	}
}

// lockedHead is the chain that everybody writes first: a head that is locked and updated,
// one row a call.
const lockedHead = `
CREATE TABLE public.chain_head (tenant_id uuid PRIMARY KEY, seq bigint NOT NULL, hash bytea NOT NULL);
CREATE FUNCTION public.chain_append(tenant uuid, subject bytea, name text, uri text, who text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE head public.chain_head; h bytea;
BEGIN
  SELECT * INTO head FROM public.chain_head WHERE tenant_id = tenant FOR UPDATE;
  h := sha256(head.hash || int8send(head.seq + 1) || subject || convert_to(name || uri || who, 'UTF8'));
  INSERT INTO public.bare_entries (tenant_id, id, seq, recorded_at, prev_hash, kind, subject_algorithm, subject_digest, subject_name,
    result, policy_uri, policy_digest, verifier, decision_digest, actor, leaf_hash)
  VALUES (tenant, gen_random_uuid(), head.seq + 1, clock_timestamp(), head.hash, 'decision', 'sha256', subject, name, 'PASS', uri, h, who, h, 'ci', h);
  UPDATE public.chain_head SET seq = head.seq + 1, hash = h WHERE tenant_id = tenant;
  RETURN head.seq + 1;
END $$`

// BenchmarkAppendAgainstALockedHead stands beside a plain PL/pgSQL hash chain; no bar is
// set for one writer, who has nobody to go together with.
func BenchmarkAppendAgainstALockedHead(b *testing.B) {
	s := startSteadyServer(b)
	acme := domaintest.Tenant(b, s.open(b, 8), "acme").As("ci")
	s.exec(b, ownDatabase, bareEntries)
	s.exec(b, ownDatabase, lockedHead)
	s.exec(b, ownDatabase, fmt.Sprintf("INSERT INTO public.chain_head VALUES ('%s', -1, sha256(''))", acme.ID()))
	pool := s.pool(b, 8)
	var n atomic.Int64
	for _, writers := range []int{1, 8} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			for b.Loop() {
				ours, theirs, ratio := compare(b,
					func(int) float64 {
						return inParallel(b, writers, 200*writers, func(ctx context.Context, _ int) error {
							_, err := acme.Verdict().Append(ctx, plainDecision(n.Add(1)))
							return err
						})
					},
					func(int) float64 {
						return inParallel(b, writers, 200*writers, func(ctx context.Context, _ int) error {
							d := plainDecision(n.Add(1))
							_, err := pool.Exec(ctx, "SELECT public.chain_append($1, $2, $3, $4, $5)",
								acme.ID(), d.Subject.Digest.Bytes(), d.Subject.Name, d.Policy.URI, d.Verifier)
							return err
						})
					})
				bar := 0.0
				if writers > 1 {
					bar = 1
				}
				report(b, "appends", ours, theirs, ratio, bar)
			}
		})
	}
}

// BenchmarkLedgerOf10MillionAgainst10000 compares proofs, and appends that are durable on
// return. The entries are put there by the same function, many at a time. For batches no
// bar is set: a digest has no place that is near the last one's, so that each new one
// writes another page of two large indexes, and after a checkpoint the whole page is logged.
func BenchmarkLedgerOf10MillionAgainst10000(b *testing.B) {
	const large, small = 10_000_000, 10_000
	s := startServer(b, false, map[string]string{
		"max_wal_size": "16GB", "checkpoint_timeout": "1h", "synchronous_commit": "off", "shared_buffers": "2GB",
	})
	filling := s.open(b, 1)
	ids := map[int64]attestdb.TenantID{}
	for _, size := range []int64{small, large} {
		h := domaintest.Tenant(b, filling, fmt.Sprint("tenant-", size)).As("ci")
		ids[size] = h.ID()
		fillLedger(b, h, size)
	}
	s.exec(b, ownDatabase, "VACUUM ANALYZE verdict.ledger_entries, verdict.ledger_nodes")
	s.exec(b, ownDatabase, "CHECKPOINT")
	s.exec(b, ownDatabase, "ALTER ROLE app SET synchronous_commit = on")
	db := s.open(b, 1)
	ledgers := map[int64]*attestdb.TenantDB{small: db.Tenant(ids[small]).As("ci"), large: db.Tenant(ids[large]).As("ci")}
	var n atomic.Int64
	for b.Loop() {
		for _, c := range []struct {
			name string
			bar  float64
			rate func(size int64, turn int) float64
		}{
			{"proofs", 1.0 / 3, func(size int64, turn int) float64 { return proofRate(b, ledgers[size], size, turn) }},
			{"appends", 0.9, func(size int64, _ int) float64 {
				return inParallel(b, 1, 300, func(ctx context.Context, _ int) error {
					_, err := ledgers[size].Verdict().Append(ctx, plainDecision(n.Add(1)<<20))
					return err
				})
			}},
			{"batched", 0, func(size int64, turn int) float64 { return batchRate(b, ledgers[size], int64(turn)) }},
		} {
			many, few, ratio := compare(b,
				func(turn int) float64 { return c.rate(large, turn) },
				func(turn int) float64 { return c.rate(small, turn) })
			b.Logf("%s: %.0f/s at %d entries, %.0f/s at %d, ratio %.2f", c.name, many, int64(large), few, int64(small), ratio)
			report(b, c.name, many, few, ratio, c.bar)
		}
	}
}

func batchRate(b *testing.B, h *attestdb.TenantDB, turn int64) float64 {
	b.Helper()
	const calls = 20
	decisions := make([]verdict.Decision, 200)
	began := time.Now()
	for c := range int64(calls) {
		for i := range decisions {
			decisions[i] = plainDecision(turn<<32 + c<<16 + int64(i))
		}
		_, err := h.Verdict().AppendBatch(context.Background(), decisions)
		require.NoError(b, err)
	}
	return calls * float64(len(decisions)) / time.Since(began).Seconds()
}

// proofRate proves entries spread over the ledger.
func proofRate(b *testing.B, h *attestdb.TenantDB, size int64, turn int) float64 {
	b.Helper()
	const calls = 200
	began := time.Now()
	for i := range int64(calls) {
		_, err := h.Verdict().ProveInclusion(context.Background(), (i*7919+int64(turn)*104729)%size, size)
		require.NoError(b, err)
	}
	return calls / time.Since(began).Seconds()
}
