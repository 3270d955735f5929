package tests

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
)

// writers write as fast as they can, each call with a deadline, whatever happens to the
// server, and remember what was acknowledged.
type writers struct {
	handle *attestdb.TenantDB
	// patience is each call's; grace is by how much a call may be late.
	patience, grace time.Duration

	mu        sync.Mutex
	entries   map[string]int64
	envelopes map[digest.SHA256]uuid.UUID
	done      int
	failed    map[string]int
	wrong     []error
	slowest   time.Duration
	lastDone  time.Time
}

// startWriters starts n goroutines that write until the function is called.
func startWriters(t *testing.T, handle *attestdb.TenantDB, n int, patience time.Duration) (*writers, func()) {
	t.Helper()
	w := &writers{
		handle: handle.As("writer"), patience: patience, grace: 3 * time.Second,
		entries: map[string]int64{}, envelopes: map[digest.SHA256]uuid.UUID{}, failed: map[string]int{},
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for g := range n {
		all.Go(func() {
			for i := g; ctx.Err() == nil; i++ {
				w.one(t, i)
			}
		})
	}
	stop := sync.OnceFunc(func() { cancel(); all.Wait() })
	t.Cleanup(stop)
	return w, stop
}

func (w *writers) one(t *testing.T, i int) {
	ctx, cancel := context.WithTimeout(t.Context(), w.patience)
	defer cancel()
	d := plainDecision(int64(i))
	d.IdempotencyKey = uuid.NewString()
	ev := wordyEvidence(t, d.IdempotencyKey, "artifact")
	var (
		appended *verdict.Appended
		rec      *attestor.Recorded
	)
	write := func(ctx context.Context, on *attestdb.TenantDB) error {
		if i%3 != 0 {
			r, err := on.Record(ctx, ev)
			if err != nil {
				return err
			}
			rec = &r
		}
		if i%3 != 1 {
			a, err := on.Verdict().Append(ctx, d)
			if err != nil {
				return err
			}
			appended = &a
		}
		return nil
	}
	begun := time.Now()
	var err error
	if i%3 == 2 {
		err = w.handle.InTx(ctx, write)
	} else {
		err = write(ctx, w.handle)
	}
	w.took(time.Since(begun), err, appended, rec, ev)
	if err != nil {
		time.Sleep(5 * time.Millisecond)
	}
}

// outages are what callers are told of a server that is away, and of a ledger that those
// before them in it keep waiting.
var outages = map[string]error{
	"unavailable": attestdb.ErrUnavailable, "outcome unknown": attestdb.ErrOutcomeUnknown,
	"deadline": context.DeadlineExceeded, "read only": attestdb.ErrReadOnly, "busy": attestdb.ErrLedgerBusy,
}

func (w *writers) took(d time.Duration, err error, appended *verdict.Appended, rec *attestor.Recorded, ev *attestor.Evidence) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slowest = max(w.slowest, d)
	if err == nil {
		w.done++
		w.lastDone = time.Now()
		if appended != nil {
			w.entries[appended.IdempotencyKey] = appended.Seq
		}
		if rec != nil {
			w.envelopes[ev.SHA256] = rec.ID
		}
		return
	}
	explained := false
	for name, is := range outages {
		if errors.Is(err, is) {
			explained = true
			w.failed[name]++
		}
	}
	if !explained {
		w.wrong = append(w.wrong, err)
	}
}

// goOn waits until n more calls succeed than had.
func (w *writers) goOn(t *testing.T, n int, within time.Duration) {
	t.Helper()
	count := func() int { w.mu.Lock(); defer w.mu.Unlock(); return w.done }
	before := count()
	require.Eventually(t, func() bool { return count() >= before+n }, within, 10*time.Millisecond, "nothing is written any more: %s", w)
}

func (w *writers) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Sprintf("%d calls done, failed %v, wrong %v, slowest %s", w.done, w.failed, w.wrong, w.slowest)
}

// requireKept looks in a database for everything that was acknowledged.
func (w *writers) requireKept(t *testing.T, in *attestdb.TenantDB) {
	t.Helper()
	t.Log(w.String())
	require.Empty(t, w.wrong, "errors that no outage explains")
	require.Less(t, w.slowest, w.patience+w.grace, "a call hung past its deadline")
	report, err := in.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	seqs := map[string]int64{}
	for e, err := range in.Verdict().All(t.Context(), verdict.Query{}) {
		require.NoError(t, err)
		seqs[e.IdempotencyKey] = e.Seq
	}
	for key, seq := range w.entries {
		require.Contains(t, seqs, key, "entry %d was acknowledged", seq)
		require.Equal(t, seq, seqs[key])
	}
	found := map[digest.SHA256]uuid.UUID{}
	for m, err := range in.Attestor().All(t.Context(), attestor.Query{Subject: wordyEvidence(t, "x", "artifact").Statement.Subject[0].Digest[0]}) {
		require.NoError(t, err)
		found[m.SHA256] = m.ID
	}
	for sum, id := range w.envelopes {
		require.Equal(t, id, found[sum], "envelope %s was acknowledged", sum)
	}
}
