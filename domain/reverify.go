package attestdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/page"
)

// Reverified is what a verifier says today of evidence that was stored before.
type Reverified struct {
	// Stored has, as its Verification, the newest one of before.
	attestor.Stored
	// Today is what the verifier says now. It is zero if Err is set.
	Today attestor.Verification
	// Err is why the verifier could not tell: the bytes were erased, as the ledger says
	// ([ErrErased]), or are gone without that ([ErrNotFound]), or can no longer be read (*[InvalidError]), or the verifier's own error.
	Err error
}

// Changed reports whether the outcome today is another one than before.
func (r Reverified) Changed() bool { return r.Err == nil && r.Today.Outcome != r.Verification.Outcome }

// ReverifyConfig says what [TenantDB.Reverify] looks at and what becomes of it.
type ReverifyConfig struct {
	// Verifier is who is asked. It is required.
	Verifier attestor.Verifier
	// Query says which evidence is looked at; the zero Query is all of it.
	Query attestor.Query
	// Keep stores what the verifier says, where it is not what it said last: it is
	// then the newest verification of the evidence.
	Keep bool
}

// Evidence is read in portions, so that few bytes are in memory at a time.
const (
	mostReverified      = 256
	mostBytesReverified = 32 << 20
)

// Reverify asks a verifier about evidence that is stored, by the bytes that are
// stored: which would fail today, under this trusted root or these keys? All
// processors verify; answers come in the order of Find, and no connection is held
// between two of them. What comes while it runs may be left out. With Keep, what was
// yielded is stored. An error ends it.
func (t *TenantDB) Reverify(ctx context.Context, cfg ReverifyConfig) iter.Seq2[Reverified, error] {
	return func(yield func(Reverified, error) bool) {
		if cfg.Verifier == nil {
			yield(Reverified{}, &fault.Invalid{Field: "ReverifyConfig.Verifier", Allowed: "a verifier"})
			return
		}
		for p := (page.Request{Limit: mostReverified}); ; {
			matches, next, err := t.store.Find(ctx, cfg.Query, p)
			if err != nil {
				yield(Reverified{}, err)
				return
			}
			for len(matches) > 0 {
				n := portion(matches)
				answers, err := t.reverify(ctx, cfg, matches[:n])
				if err != nil {
					yield(Reverified{}, err)
					return
				}
				for _, a := range answers {
					if !yield(a, nil) {
						return
					}
				}
				matches = matches[n:]
			}
			if next == "" {
				return
			}
			p.Cursor = next
		}
	}
}

// portion returns how many of the matches, from the first, are read at once.
func portion(matches []attestor.Match) int {
	n, size := 0, int64(0)
	for n < len(matches) {
		if size += matches[n].Size; n > 0 && size > mostBytesReverified {
			break
		}
		n++
	}
	return n
}

func (t *TenantDB) reverify(ctx context.Context, cfg ReverifyConfig, matches []attestor.Match) (_ []Reverified, err error) {
	ctx, call := t.start(ctx, "reverify")
	defer call.End(&err)
	call.Set("items", len(matches))
	ids := make([]uuid.UUID, len(matches))
	answers := make([]Reverified, len(matches))
	for i, m := range matches {
		ids[i], answers[i].Stored = m.ID, m.Stored
	}
	contents, err := t.store.Contents(ctx, ids)
	if err != nil {
		return nil, err
	}
	gone, err := t.gone(ctx, matches, contents)
	if err != nil {
		return nil, err
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(matches)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(matches); i = int(next.Add(1)) - 1 {
				if answers[i].Err = gone[ids[i]]; answers[i].Err == nil {
					answers[i].Today, answers[i].Err = today(ctx, cfg.Verifier, &matches[i].Stored, contents[ids[i]])
				}
			}
		})
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if !cfg.Keep {
		return answers, nil
	}
	var kept []uuid.UUID
	var said []attestor.Verification
	seen := make(map[uuid.UUID]bool, len(answers)) // several names may find the same
	for i := range answers {
		if answers[i].Err == nil && !seen[ids[i]] {
			seen[ids[i]] = true
			kept, said = append(kept, ids[i]), append(said, answers[i].Today)
		}
	}
	if len(kept) == 0 {
		return answers, nil
	}
	return answers, t.store.AddVerifications(ctx, kept, said)
}

// gone says why there are no bytes of those of the matches that have none.
func (t *TenantDB) gone(ctx context.Context, matches []attestor.Match, contents map[uuid.UUID][]byte) (map[uuid.UUID]error, error) {
	why := map[uuid.UUID]error{}
	var sums []digest.SHA256
	for _, m := range matches {
		if contents[m.ID] == nil {
			why[m.ID] = fmt.Errorf("envelope content: %w", fault.ErrNotFound)
			sums = append(sums, m.SHA256)
		}
	}
	erased, err := t.ledger.EnvelopeErasures(ctx, sums)
	for _, m := range matches {
		if seq, ok := erased[m.SHA256]; ok && contents[m.ID] == nil {
			why[m.ID] = fmt.Errorf("envelope content: %w: entry %d of the ledger says who did and why", fault.ErrErased, seq)
		}
	}
	return why, err
}

func today(ctx context.Context, v attestor.Verifier, s *attestor.Stored, content []byte) (attestor.Verification, error) {
	// Whatever verifies, it is not this evidence.
	if other, is := errors.AsType[*fault.Verification](s.CheckContent(content)); is {
		return attestor.FailedVerification(other.Verifier, "sha256 of what is stored", other.Reason), nil
	}
	ev, err := attestor.Parse(content)
	if err != nil {
		return attestor.Verification{}, err
	}
	o := recordOptions{verifier: v, keepFailed: true}
	return o.verify(ctx, ev)
}
