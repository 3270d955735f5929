package attestdb

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"stella-ops.org/attestdb/domain/attestor"
)

// SourceResult is what became of a source that [TenantDB.RecordEach] was given.
type SourceResult struct {
	// Name is the source's.
	Name string
	// Evidence is what the source holds, nil if it could not be read or parsed.
	Evidence *attestor.Evidence
	// Recorded says what recording came to, if Err is nil.
	Recorded attestor.Recorded
	// Err is why the source is not recorded: its own error, or one of
	// [attestor.Parse] or [TenantDB.Record].
	Err error
}

// RecordEach parses, verifies and records what sources yields, each by itself: one
// that is refused leaves the others be. Several are under way at a time, as many
// as keep all processors busy, but results come in the order of the sources. In a
// transaction there is one at a time.
//
// Breaking off the iteration, or ending ctx, ends what is under way; what was
// yielded without an error is stored. When ctx ended, the last result has its error
// and no name.
func (t *TenantDB) RecordEach(ctx context.Context, sources iter.Seq[attestor.Source], opts ...RecordOption) iter.Seq[SourceResult] {
	return func(yield func(SourceResult) bool) {
		if t.inTx {
			for s := range sources {
				if !yield(t.recordSource(ctx, attestor.NewStamp(), s, opts)) {
					return
				}
			}
			return
		}
		outer := ctx
		ctx, cancel := context.WithCancel(ctx)
		var all sync.WaitGroup
		defer all.Wait()
		defer cancel()
		// The channel's room is how many are under way besides the one waited for.
		results := make(chan chan SourceResult, 4*runtime.GOMAXPROCS(0))
		all.Go(func() {
			defer close(results)
			for s := range sources {
				result := make(chan SourceResult, 1)
				select {
				case results <- result:
				case <-ctx.Done():
					return
				}
				// Newest first is then the order of the sources, though one that
				// is slow to verify comes into the database late.
				stamp := attestor.NewStamp()
				all.Go(func() { result <- t.recordSource(ctx, stamp, s, opts) })
			}
		})
		for result := range results {
			if !yield(<-result) {
				return
			}
		}
		if err := context.Cause(outer); err != nil {
			yield(SourceResult{Err: err})
		}
	}
}

func (t *TenantDB) recordSource(ctx context.Context, stamp attestor.Stamp, s attestor.Source, opts []RecordOption) SourceResult {
	r := SourceResult{Name: s.Name, Err: s.Err}
	if r.Err == nil {
		if r.Evidence, r.Err = attestor.Parse(s.Raw); r.Err != nil {
			t.counted(ctx, kindEvidence, false, r.Err)
		}
	}
	if r.Err == nil {
		r.Recorded, r.Err = t.recordStamped(ctx, stamp, r.Evidence, opts)
	}
	return r
}
