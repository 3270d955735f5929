package tests

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
)

// bareTables are those of attestor with the same columns, keys, indexes and
// foreign keys, and nothing else: no checks, triggers, policies.
const bareTables = `
CREATE TABLE public.envelopes (LIKE attestor.envelopes INCLUDING INDEXES);
CREATE TABLE public.envelope_contents (LIKE attestor.envelope_contents INCLUDING INDEXES);
CREATE TABLE public.envelope_signatures (LIKE attestor.envelope_signatures INCLUDING INDEXES INCLUDING GENERATED);
CREATE TABLE public.statements (LIKE attestor.statements INCLUDING INDEXES);
CREATE TABLE public.statement_subjects (LIKE attestor.statement_subjects INCLUDING INDEXES);
ALTER TABLE public.envelope_contents ADD FOREIGN KEY (tenant_id, id) REFERENCES public.envelopes;
ALTER TABLE public.envelope_signatures ADD FOREIGN KEY (tenant_id, envelope_id) REFERENCES public.envelopes;
ALTER TABLE public.statements ADD FOREIGN KEY (tenant_id, id) REFERENCES public.envelopes;
ALTER TABLE public.statement_subjects ADD FOREIGN KEY (tenant_id, statement_id) REFERENCES public.statements`

// BenchmarkRecordAllAgainstBareUnnest compares rows per second over all tables.
func BenchmarkRecordAllAgainstBareUnnest(b *testing.B) {
	const size = 1000
	s := startSteadyServer(b)
	db := s.open(b, 2)
	acme := domaintest.Tenant(b, db, "acme")
	s.exec(b, ownDatabase, bareTables)
	pool := s.pool(b, 1)
	ctx := context.Background()
	for b.Loop() {
		ours, bare, ratio := compare(b,
			func(int) float64 {
				evs := evidences(b, size)
				began := time.Now()
				_, err := acme.RecordAll(ctx, evs)
				require.NoError(b, err)
				return 5 * size / time.Since(began).Seconds()
			},
			func(int) float64 {
				evs := evidences(b, size)
				began := time.Now()
				require.NoError(b, bareUnnest(ctx, pool, acme.ID().UUID(), evs))
				return 5 * size / time.Since(began).Seconds()
			})
		report(b, "rows", ours, bare, ratio, 0.7)
	}
}

// bareUnnest stores evidence with one signature and one subject each.
func bareUnnest(ctx context.Context, pool *pgxpool.Pool, tenant uuid.UUID, evs []*attestor.Evidence) error {
	_, err := bareUnnestIn(ctx, pool, tenant, evs)
	return err
}

// bareUnnestIn is bareUnnest on a pool or in a transaction; it returns the
// envelopes' ids.
func bareUnnestIn(ctx context.Context, on interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}, tenant uuid.UUID, evs []*attestor.Evidence) ([]uuid.UUID, error) {
	var (
		n                                          = len(evs)
		ids, sigIDs, subjectIDs                    = make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n)
		sums, payloads, contents, sigs, digests    = make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
		media, types, keys, predicates, names, alg = make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
		sizes                                      = make([]int64, n)
		now                                        = time.Now()
	)
	for i, ev := range evs {
		ids[i], sigIDs[i], subjectIDs[i] = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		sums[i], payloads[i], contents[i], sizes[i] = ev.SHA256[:], ev.Envelope.PayloadSHA256[:], ev.Content, int64(len(ev.Content))
		media[i], types[i] = ev.MediaType, ev.Envelope.PayloadType
		keys[i], sigs[i] = ev.Envelope.Signatures[0].KeyID, ev.Envelope.Signatures[0].Sig
		predicates[i] = ev.Statement.PredicateType
		subject := ev.Statement.Subject[0]
		names[i], alg[i], digests[i] = subject.Name, subject.Digest[0].Algorithm(), subject.Digest[0].Bytes()
	}
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO public.envelopes SELECT $1, u.*, NULL
		FROM (SELECT i, $2::timestamptz, m, t, s, p, z FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::bigint[]) AS u (i, m, t, s, p, z)) u`,
		tenant, now, ids, media, types, sums, payloads, sizes)
	batch.Queue(`INSERT INTO public.envelope_contents SELECT $1, i, $2, c FROM unnest($3::uuid[], $4::bytea[]) AS u (i, c)`,
		tenant, now, ids, contents)
	batch.Queue(`INSERT INTO public.envelope_signatures SELECT $1, i, $2, e, 0, k, s FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[]) AS u (i, e, k, s)`,
		tenant, now, sigIDs, ids, keys, sigs)
	batch.Queue(`INSERT INTO public.statements SELECT $1, i, $2, 'https://in-toto.io/Statement/v1', p FROM unnest($3::uuid[], $4::text[]) AS u (i, p)`,
		tenant, now, ids, predicates)
	batch.Queue(`INSERT INTO public.statement_subjects SELECT $1, i, $2, e, 0, n, a, d FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bytea[]) AS u (i, e, n, a, d)`,
		tenant, now, subjectIDs, ids, names, alg, digests)
	return ids, on.SendBatch(ctx, batch).Close()
}
