package attestdb

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"sync"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/rekor"
)

// EntryVerification is what verifying a stored log entry again came to.
type EntryVerification struct {
	// Entry is what is stored.
	Entry rekor.Stored
	// Failure is nil if the entry verified, and otherwise names the check that it
	// did not stand, the first of them.
	Failure *logentry.Failure
}

// VerifyEntries verifies stored log entries again, from what is stored alone: each
// must be about the payload, a signature and the certificate of the envelope that
// it belongs to, its proof must lead to its checkpoint, and v must vouch for it.
// Nothing is written and nobody is asked over a network.
//
// Results come in the order of [rekor.Store.Find]. Entries are read page by page
// and verified on all processors, a page at a time; no connection is held between
// two results. An error ends the iteration; an entry that does not verify is none.
func (t *TenantDB) VerifyEntries(ctx context.Context, v logentry.Verifier, q rekor.Query) iter.Seq2[EntryVerification, error] {
	return func(yield func(EntryVerification, error) bool) {
		for p := (page.Request{}); ; {
			entries, next, err := t.rekor.Find(ctx, q, p)
			if err != nil {
				yield(EntryVerification{}, err)
				return
			}
			results, err := t.verifyPage(ctx, v, entries)
			if err != nil {
				yield(EntryVerification{}, err)
				return
			}
			for _, r := range results {
				if !yield(r, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			p.Cursor = next
		}
	}
}

// VerifyEntry verifies one stored log entry again, as [TenantDB.VerifyEntries]
// does. It returns [ErrNotFound] if the tenant has none of this id.
func (t *TenantDB) VerifyEntry(ctx context.Context, v logentry.Verifier, id uuid.UUID) (_ EntryVerification, err error) {
	ctx, call := t.start(ctx, "verify_entry")
	defer call.End(&err)
	entry, err := t.rekor.Get(ctx, id)
	if err != nil {
		return EntryVerification{}, err
	}
	results, err := t.verifyPage(ctx, v, []rekor.Stored{entry})
	if err != nil {
		return EntryVerification{}, err
	}
	return results[0], nil
}

func (t *TenantDB) verifyPage(ctx context.Context, v logentry.Verifier, entries []rekor.Stored) (_ []EntryVerification, err error) {
	ctx, call := t.start(ctx, "verify_entries")
	defer call.End(&err)
	call.Set("items", len(entries))
	if v == nil {
		return nil, &fault.Invalid{Field: "verifier", Allowed: "one of logs, as sigstore.NewLogVerifier makes"}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		results = make([]EntryVerification, len(entries))
		next    = make(chan int)
		workers sync.WaitGroup
		several = runtime.GOMAXPROCS(0)
	)
	if t.inTx {
		several = 1 // it has one connection
	}
	for range min(several, len(entries)) {
		workers.Go(func() {
			for i := range next {
				failure, err := t.verifyStored(ctx, v, &entries[i])
				if err != nil {
					cancel(err)
				}
				results[i] = EntryVerification{Entry: entries[i], Failure: failure}
			}
		})
	}
	for i := range entries {
		next <- i
	}
	close(next)
	workers.Wait()
	return results, context.Cause(ctx)
}

func (t *TenantDB) verifyStored(ctx context.Context, v logentry.Verifier, s *rekor.Stored) (*logentry.Failure, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	content, err := t.store.Content(ctx, s.EnvelopeID)
	var other *fault.Verification
	switch {
	case errors.Is(err, fault.ErrErased):
		return &logentry.Failure{Check: logentry.CheckBody, Reason: "the bytes of its envelope were erased"}, nil
	case errors.Is(err, fault.ErrNotFound):
		return &logentry.Failure{Check: logentry.CheckBody, Reason: "its envelope is not there"}, nil
	case errors.As(err, &other):
		return &logentry.Failure{Check: logentry.CheckBody, Reason: other.Reason}, nil
	case err != nil:
		return nil, err
	}
	ev, err := attestor.Parse(content)
	if err != nil {
		return &logentry.Failure{Check: logentry.CheckBody, Reason: "its envelope cannot be read: " + err.Error()}, nil
	}
	if err := ev.CheckLogEntry("entry", &s.Entry); err != nil {
		return &logentry.Failure{Check: logentry.CheckBody, Reason: err.Error()}, nil
	}
	if err := s.Entry.CheckInclusion("entry"); err != nil {
		return &logentry.Failure{Check: logentry.CheckInclusion, Reason: err.Error()}, nil
	}
	if p := s.Entry.InclusionProof; p != nil && p.Checkpoint != nil {
		if _, err := logentry.ParseCheckpoint("checkpoint", p.Checkpoint.Note); err != nil {
			return &logentry.Failure{Check: logentry.CheckCheckpoint, Reason: err.Error()}, nil
		}
	}
	var failure *logentry.Failure
	if err := v.VerifyEntry(ctx, &s.Entry); err != nil && !errors.As(err, &failure) {
		return nil, err
	}
	return failure, nil
}
