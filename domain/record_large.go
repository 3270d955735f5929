package attestdb

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// recordLarge stores what does not fit a statement, in a transaction. First come all
// envelopes, then all log entries, then all SBOMs, each in the order of what two
// batches could both bring: so they wait for each other in one direction only.
func recordLarge(ctx context.Context, conn *pgtenant.Conn, entries []attestor.Entry) ([]attestor.Recorded, error) {
	bare := slices.Clone(entries)
	for i := range bare {
		bare[i].SBOM, bare[i].SBOMProblem = nil, nil
	}
	recs := make([]attestor.Recorded, 0, len(entries))
	for rest := bare; len(rest) > 0; {
		n := statementOf(rest)
		some, err := attestor.Record(ctx, conn, rest[:n], 0)
		if batch, ok := errors.AsType[*fault.Batch](err); ok {
			return nil, &fault.Batch{Index: len(entries) - len(rest) + batch.Index, Err: batch.Err}
		}
		if err != nil {
			return nil, err
		}
		conn.Observer().RecordedTogether(ctx, n)
		recs, rest = append(recs, some...), rest[n:]
	}
	logged := recordings(entries)
	slices.SortStableFunc(logged, func(a, b rekor.Recording) int { return bytes.Compare(checkpointOf(&a), checkpointOf(&b)) })
	for some := range slices.Chunk(logged, mostInStatement) {
		var b pgx.Batch
		for _, q := range rekor.Queue(conn.Tenant(), some) {
			b.Queue(q.SQL, q.Args...)
		}
		err := conn.Batch(ctx, &b, func(br pgx.BatchResults) error {
			_, err := br.Exec()
			return err
		})
		if err != nil {
			return nil, pgfault.Map("record log entries", err)
		}
	}
	return recs, attestor.RecordSBOMs(ctx, conn, entries, recs)
}

// checkpointOf is what the checkpoints of log entries are stored in the order of.
func checkpointOf(r *rekor.Recording) []byte {
	for i := range r.Entries {
		if p := r.Entries[i].InclusionProof; p != nil && p.Checkpoint != nil {
			sum := digest.Sum([]byte(p.Checkpoint.Note))
			return sum[:]
		}
	}
	return nil
}
