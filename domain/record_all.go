package attestdb

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgfault"
)

// A batch that is larger goes in several statements of one transaction.
const (
	mostInStatement      = 5000
	mostBytesInStatement = 64 << 20
)

// RecordAll stores evidence as [TenantDB.Record] does, but all of it or none, and
// faster than one by one: a batch of up to 5,000 pieces and 64 MiB is one round
// trip, a larger one a transaction with one for each so many. Evidence is verified
// on all processors. Results are in the order of evs; of the same bytes twice, the
// second have Existed.
//
// Evidence that is refused is a *[BatchError] with its index, the first if there
// are several. In a transaction of the caller's, RecordAll is a part of it.
func (t *TenantDB) RecordAll(ctx context.Context, evs []*attestor.Evidence, opts ...RecordOption) (_ []attestor.Recorded, err error) {
	ctx, call := t.start(ctx, "record_all")
	defer call.End(&err)
	call.Set("items", len(evs))
	recs, err := t.recordAll(ctx, evs, opts)
	t.countedAll(ctx, len(evs), recs, err)
	return recs, err
}

func (t *TenantDB) recordAll(ctx context.Context, evs []*attestor.Evidence, opts []RecordOption) ([]attestor.Recorded, error) {
	entries, err := t.entries(ctx, evs, newRecordOptions(opts))
	if err != nil {
		return nil, err
	}
	distinct := make([]attestor.Entry, 0, len(entries))
	first := make(map[digest.SHA256]int, len(entries))
	for i, e := range entries {
		if _, seen := first[e.Evidence.SHA256]; !seen {
			first[e.Evidence.SHA256] = i
			distinct = append(distinct, e)
		}
	}
	// In the order in which each statement stores them too, so that two batches
	// with the same evidence wait for each other in one direction only.
	slices.SortFunc(distinct, func(a, b attestor.Entry) int {
		return bytes.Compare(a.Evidence.SHA256[:], b.Evidence.SHA256[:])
	})
	recs, err := t.recordDistinct(ctx, distinct)
	if batch, ok := errors.AsType[*fault.Batch](err); ok {
		return nil, &fault.Batch{Index: first[distinct[batch.Index].Evidence.SHA256], Err: batch.Err}
	}
	if err != nil {
		return nil, err
	}
	stored := make(map[digest.SHA256]attestor.Recorded, len(recs))
	for _, rec := range recs {
		stored[rec.SHA256] = rec
	}
	all := make([]attestor.Recorded, len(entries))
	for i, e := range entries {
		rec := stored[e.Evidence.SHA256]
		all[i] = rec
		rec.Existed = true // for who comes with the same bytes next
		stored[e.Evidence.SHA256] = rec
	}
	return all, nil
}

// entries verifies all evidence. Of several faults the first one's is returned, so
// that it does not depend on which processor was faster.
func (t *TenantDB) entries(ctx context.Context, evs []*attestor.Evidence, o *recordOptions) ([]attestor.Entry, error) {
	var (
		entries = make([]attestor.Entry, len(evs))
		faults  = make([]error, len(evs))
		next    = make(chan int)
		workers sync.WaitGroup
	)
	for i := range entries {
		entries[i].Stamp = attestor.NewStamp()
	}
	for range min(runtime.GOMAXPROCS(0), len(evs)) {
		workers.Go(func() {
			for i := range next {
				entries[i], faults[i] = t.entry(ctx, entries[i].Stamp, evs[i], o)
			}
		})
	}
	for i := range evs {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, err := range faults {
		if err != nil {
			return nil, &fault.Batch{Index: i, Err: err}
		}
	}
	return entries, nil
}

func (t *TenantDB) recordDistinct(ctx context.Context, entries []attestor.Entry) (recs []attestor.Recorded, err error) {
	first := statementOf(entries)
	switch {
	case len(entries) == 0:
		return nil, nil
	case first == len(entries):
		err = pgfault.Retry(ctx, t.retryStatement, func() (err error) {
			recs, err = recordEntries(ctx, t.conn, entries, 0)
			return err
		})
		return recs, err
	}
	err = t.InTx(ctx, func(ctx context.Context, tx *TenantDB) (err error) {
		recs, err = recordLarge(ctx, tx.conn, entries)
		return err
	})
	return recs, err
}

// statementOf returns how many of the entries, from the first, go in one statement.
func statementOf(entries []attestor.Entry) int {
	n, size := 0, 0
	for n < len(entries) && n < mostInStatement {
		if size += len(entries[n].Evidence.Content); n > 0 && size > mostBytesInStatement {
			break
		}
		n++
	}
	return n
}
