package tests

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
)

// bareLogTables are those of rekor with the same columns, keys, indexes and foreign
// keys, and nothing else.
const bareLogTables = bareTables + `;
CREATE TABLE public.log_checkpoints (LIKE rekor.log_checkpoints INCLUDING INDEXES);
CREATE TABLE public.log_entries (LIKE rekor.log_entries INCLUDING INDEXES);
ALTER TABLE public.log_entries ADD FOREIGN KEY (tenant_id, envelope_id) REFERENCES public.envelopes;
ALTER TABLE public.log_entries ADD FOREIGN KEY (tenant_id, checkpoint_id) REFERENCES public.log_checkpoints`

// BenchmarkRecordAllBundlesAgainstBareUnnest compares rows per second over all
// tables, for bundles with a log entry and a checkpoint each.
func BenchmarkRecordAllBundlesAgainstBareUnnest(b *testing.B) {
	const size = 1000
	s := startSteadyServer(b)
	db := s.open(b, 2)
	acme := domaintest.Tenant(b, db, "acme")
	s.exec(b, ownDatabase, bareLogTables)
	pool := s.pool(b, 1)
	ctx := context.Background()
	log := domaintest.NewLog(b, 1)
	n := 0
	bundles := func() []*attestor.Evidence {
		evs := make([]*attestor.Evidence, size)
		for i := range evs {
			n++
			evs[i] = loggedBundle(b, log, fmt.Sprint(n))
		}
		return evs
	}
	for b.Loop() {
		ours, bare, ratio := compare(b,
			func(int) float64 {
				evs := bundles()
				began := time.Now()
				_, err := acme.RecordAll(ctx, evs)
				require.NoError(b, err)
				return 7 * size / time.Since(began).Seconds()
			},
			func(int) float64 {
				evs := bundles()
				began := time.Now()
				require.NoError(b, bareUnnestLogged(ctx, pool, acme.ID().UUID(), evs))
				return 7 * size / time.Since(began).Seconds()
			})
		report(b, "rows", ours, bare, ratio, 0.7)
	}
}

// bareUnnestLogged stores bundles with one log entry each, in one transaction.
func bareUnnestLogged(ctx context.Context, pool *pgxpool.Pool, tenant uuid.UUID, evs []*attestor.Evidence) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		ids, err := bareUnnestIn(ctx, tx, tenant, evs)
		if err != nil {
			return err
		}
		var (
			n                                      = len(evs)
			entryIDs, checkpoints                  = make([]uuid.UUID, n), make([]uuid.UUID, n)
			logIDs, bodies, sums, leaves, promises = make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
			roots, hashes, notes, noteSums         = make([][]byte, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
			indexes, proofIndexes, sizes           = make([]int64, n), make([]int64, n), make([]int64, n)
			kinds, versions, origins               = make([]string, n), make([]string, n), make([]string, n)
			integrated                             = make([]time.Time, n)
			now                                    = time.Now()
		)
		for i, ev := range evs {
			e := &ev.LogEntries[0]
			p := e.InclusionProof
			body, leaf, note := e.BodySHA256(), e.LeafHash(), digest.Sum([]byte(p.Checkpoint.Note))
			entryIDs[i], checkpoints[i] = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
			logIDs[i], bodies[i], sums[i], leaves[i], promises[i] = e.LogID, e.CanonicalizedBody, body[:], leaf[:], e.InclusionPromise
			roots[i], hashes[i], notes[i], noteSums[i] = p.RootHash, slices.Concat(p.Hashes...), []byte(p.Checkpoint.Note), note[:]
			indexes[i], proofIndexes[i], sizes[i] = e.LogIndex, p.LogIndex, p.TreeSize
			kinds[i], versions[i], origins[i], integrated[i] = e.Kind, e.Version, p.Checkpoint.Origin, e.IntegratedTime
		}
		batch := &pgx.Batch{}
		batch.Queue(`INSERT INTO public.log_checkpoints SELECT $1, i, $2, o, s, r, n, d
			FROM unnest($3::uuid[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bytea[]) AS u (i, o, s, r, n, d)`,
			tenant, now, checkpoints, origins, sizes, roots, notes, noteSums)
		batch.Queue(`INSERT INTO public.log_entries SELECT $1, i, $2, e, 0, l, x, k, v, t, b, bs, lh, ip, pi, ps, pr, ph, c, NULL
			FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::bigint[], $7::text[], $8::text[], $9::timestamptz[], $10::bytea[], $11::bytea[],
			            $12::bytea[], $13::bytea[], $14::bigint[], $15::bigint[], $16::bytea[], $17::bytea[], $18::uuid[])
			     AS u (i, e, l, x, k, v, t, b, bs, lh, ip, pi, ps, pr, ph, c)`,
			tenant, now, entryIDs, ids, logIDs, indexes, kinds, versions, integrated, bodies, sums, leaves, promises,
			proofIndexes, sizes, roots, hashes, checkpoints)
		return tx.SendBatch(ctx, batch).Close()
	})
}
