package tests

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/verdict"
)

// plainDecision has what most have, and neither inputs nor payload.
func plainDecision(n int64) verdict.Decision {
	return verdict.Decision{
		Subject: verdict.Subject{Digest: digest.Sum(fmt.Append(nil, n)).Digest(), Name: fmt.Sprint("pkg:oci/app@", n)},
		Result:  verdict.Pass, Policy: verdict.Policy{URI: "https://policies.example/release", Digest: digest.Sum(nil)},
		Verifier: "https://verifier.example",
	}
}

// bareEntries is a table with the ledger's columns and keys, and nothing that looks at
// what is put there.
const bareEntries = `CREATE TABLE public.bare_entries (LIKE verdict.ledger_entries INCLUDING INDEXES)`

const bareEntriesSQL = `INSERT INTO public.bare_entries (tenant_id, id, seq, recorded_at, prev_hash, kind, subject_algorithm,
	subject_digest, subject_name, result, policy_uri, policy_digest, verifier, decision_digest, actor, leaf_hash)
	SELECT $1, i, q, now(), p, 'decision', 'sha256', d, n, 'PASS', u, p, v, d, 'ci', d
	  FROM unnest($2::uuid[], $3::bigint[], $4::bytea[], $5::bytea[], $6::text[], $7::text[], $8::text[]) AS x (i, q, p, d, n, u, v)`

// insertBare inserts n entries behind first.
func insertBare(ctx context.Context, pool *pgxpool.Pool, tenant uuid.UUID, first int64, n int) error {
	ids, seqs := make([]pgtype.UUID, n), make([]int64, n)
	prevs, sums := make([][]byte, n), make([][]byte, n)
	names, policies, verifiers := make([]string, n), make([]string, n), make([]string, n)
	for i := range n {
		d := plainDecision(first + int64(i))
		ids[i], seqs[i] = pgtype.UUID{Bytes: uuid.Must(uuid.NewV7()), Valid: true}, first+int64(i)
		prevs[i], sums[i] = d.Policy.Digest[:], d.Subject.Digest.Bytes()
		names[i], policies[i], verifiers[i] = d.Subject.Name, d.Policy.URI, d.Verifier
	}
	_, err := pool.Exec(ctx, bareEntriesSQL, tenant, ids, seqs, prevs, sums, names, policies, verifiers)
	return err
}

func BenchmarkAppendBy64GoroutinesAgainst1(b *testing.B) {
	s := startSteadyServer(b)
	acme := domaintest.Tenant(b, s.open(b, 8), "acme").As("ci").Verdict()
	var n atomic.Int64
	rate := func(goroutines, calls int) float64 {
		return inParallel(b, goroutines, calls, func(ctx context.Context, _ int) error {
			_, err := acme.Append(ctx, plainDecision(n.Add(1)))
			return err
		})
	}
	for b.Loop() {
		many, one, ratio := compare(b, func(int) float64 { return rate(64, 8000) }, func(int) float64 { return rate(1, 200) })
		report(b, "appends", many, one, ratio, 10)
	}
}

func BenchmarkAppendOf64TenantsAgainstBareInsert(b *testing.B) {
	s := startSteadyServer(b)
	db := s.open(b, 8)
	handles := make([]*verdict.Store, 64)
	for i := range handles {
		handles[i] = domaintest.Tenant(b, db, fmt.Sprint("tenant-", i)).As("ci").Verdict()
	}
	s.exec(b, ownDatabase, bareEntries)
	pool := s.pool(b, 8)
	var n atomic.Int64
	tenant := uuid.New()
	for b.Loop() {
		ours, bare, ratio := compare(b,
			func(int) float64 {
				return inParallel(b, 64*16, 16_000, func(ctx context.Context, i int) error {
					_, err := handles[i%len(handles)].Append(ctx, plainDecision(n.Add(1)))
					return err
				})
			},
			func(int) float64 {
				return inParallel(b, 8, 6_000, func(ctx context.Context, _ int) error {
					return insertBare(ctx, pool, tenant, n.Add(1), 1)
				})
			})
		report(b, "appends", ours, bare, ratio, 1.3)
	}
}

func BenchmarkAppendBatchAgainstBareUnnest(b *testing.B) {
	const size = 1000
	s := startSteadyServer(b)
	acme := domaintest.Tenant(b, s.open(b, 2), "acme").As("ci")
	s.exec(b, ownDatabase, bareEntries)
	pool := s.pool(b, 1)
	ctx := context.Background()
	var n int64
	for b.Loop() {
		ours, bare, ratio := compare(b,
			func(int) float64 {
				decisions := make([]verdict.Decision, size)
				for i := range decisions {
					n++
					decisions[i] = plainDecision(n)
				}
				began := time.Now()
				_, err := acme.Verdict().AppendBatch(ctx, decisions)
				require.NoError(b, err)
				return size / time.Since(began).Seconds()
			},
			func(int) float64 {
				n += size
				began := time.Now()
				require.NoError(b, insertBare(ctx, pool, acme.ID().UUID(), n, size))
				return size / time.Since(began).Seconds()
			})
		report(b, "entries", ours, bare, ratio, 0.5)
	}
}

// fillLedger appends so many entries.
func fillLedger(tb testing.TB, h *attestdb.TenantDB, size int64) {
	tb.Helper()
	for n := int64(0); n < size; {
		decisions := make([]verdict.Decision, min(size-n, verdict.MaxBatch))
		for i := range decisions {
			decisions[i] = plainDecision(n + int64(i))
		}
		_, err := h.Verdict().AppendBatch(context.Background(), decisions)
		require.NoError(tb, err)
		n += int64(len(decisions))
	}
}

// BenchmarkVerifyAgainstReading compares with pgx that reads the same columns of the same
// rows and does nothing with them.
func BenchmarkVerifyAgainstReading(b *testing.B) {
	const size = 100_000
	s := startServer(b, true, nil)
	acme := domaintest.Tenant(b, s.open(b, 4), "acme").As("ci")
	fillLedger(b, acme, size)
	s.exec(b, ownDatabase, "VACUUM ANALYZE")
	pool := s.pool(b, 1)
	ctx := context.Background()
	for b.Loop() {
		ours, bare, ratio := compare(b,
			func(int) float64 {
				began := time.Now()
				r, err := acme.Verdict().Verify(ctx, verdict.VerifyRequest{})
				require.NoError(b, err)
				require.Empty(b, r.Findings)
				return size / time.Since(began).Seconds()
			},
			func(int) float64 {
				began := time.Now()
				rows, err := pool.Query(ctx, `SELECT tenant_id, id, seq, recorded_at, prev_hash, kind, action, subject_algorithm, subject_digest,
					subject_name, result, policy_uri, policy_digest, reason, inputs, verifier, verified_at, payload_hash, decision_digest,
					actor, idempotency_key, leaf_hash FROM verdict.ledger_entries WHERE tenant_id = $1 ORDER BY seq`, acme.ID())
				require.NoError(b, err)
				var r struct {
					tenant, id                           pgtype.UUID
					seq                                  int64
					at, verified                         pgtype.Timestamptz
					kind, action, alg, name, result, uri pgtype.Text
					reason, verifier, actor, key         pgtype.Text
					prev, subject, policy, inputs, hash  []byte
					decision, leaf                       []byte
				}
				_, err = pgx.ForEachRow(rows, []any{
					&r.tenant, &r.id, &r.seq, &r.at, &r.prev, &r.kind, &r.action, &r.alg, &r.subject, &r.name, &r.result, &r.uri,
					&r.policy, &r.reason, &r.inputs, &r.verifier, &r.verified, &r.hash, &r.decision, &r.actor, &r.key, &r.leaf,
				}, func() error { return nil })
				require.NoError(b, err)
				return size / time.Since(began).Seconds()
			})
		report(b, "entries", ours, bare, ratio, 0.5)
	}
}

// Hashing alone, from memory.
func BenchmarkHashLeaves(b *testing.B) {
	e := ledger.Entry{Kind: ledger.Decision, Subject: plainDecision(1).Subject, Policy: plainDecision(1).Policy, Result: ledger.Pass, Actor: "ci"}
	b.RunParallel(func(pb *testing.PB) {
		var buf []byte
		for pb.Next() {
			buf = e.AppendLeaf(buf[:0])
			_ = digest.Sum(buf)
		}
	})
}
