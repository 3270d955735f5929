package tests

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
)

// erase erases the bytes of an envelope of acme's.
func (w *chainWorld) erase(t *testing.T, sum digest.SHA256) int64 {
	t.Helper()
	e, err := w.db.Eraser().As("dpo").Envelope(t.Context(), w.acme.ID(), sum, "the customer asked")
	require.NoError(t, err)
	require.False(t, e.Existed)
	return e.Seq
}

// Whoever brings erased bytes again hears that they are not stored.
func TestErasedBytesAreNotAcknowledgedAsStored(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	w.erase(t, w.evidence[1])
	var evs []*attestor.Evidence
	for n := range 2 {
		evs = append(evs, w.signer.Evidence(t, fmt.Sprint("evidence ", n+1), []byte("a")))
	}
	evs = append(evs, evs[0], w.signer.Evidence(t, "new", []byte("a")))
	recs, err := w.acme.RecordAll(t.Context(), evs)
	require.NoError(t, err)
	for i, want := range []struct{ existed, erased bool }{{true, true}, {true, false}, {true, true}, {false, false}} {
		require.Equal(t, want.existed, recs[i].Existed, i)
		require.Equal(t, want.erased, recs[i].Erased, i)
	}
	rec, err := w.acme.Record(t.Context(), evs[0], attestdb.Verify(w.signer.Verifier(t)))
	require.NoError(t, err)
	require.True(t, rec.Existed)
	require.True(t, rec.Erased)

	d, err := w.acme.Attestor().Get(t.Context(), rec.ID)
	require.NoError(t, err)
	require.True(t, d.Erased)
	erased := 0
	for m, err := range w.acme.Attestor().All(t.Context(), attestor.Query{Subject: w.about}) {
		require.NoError(t, err)
		require.Equal(t, m.ID == rec.ID, m.Erased)
		if m.Erased {
			erased++
		}
	}
	require.Equal(t, 1, erased)
}

// Two bring the same bytes at once: the second waits for the first, and what that one
// stored is not taken for erased.
func TestBytesThatAnotherStoredMeanwhileAreNotErased(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	ev := w.signer.Evidence(t, "both", []byte("a"))
	type answer struct {
		rec attestor.Recorded
		err error
	}
	second := make(chan answer, 1)
	tx := begin(t, w.Conn(t, "app"))
	first, err := w.db.TenantTx(t.Context(), tx, w.acme.ID())
	require.NoError(t, err)
	_, err = first.Record(t.Context(), ev)
	require.NoError(t, err)
	go func() {
		rec, err := w.acme.Record(t.Context(), ev)
		second <- answer{rec, err}
	}()
	super := w.Conn(t, "superuser")
	require.Eventually(t, func() bool {
		var waits int
		err := super.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waits)
		return err == nil && waits > 0
	}, 10*time.Second, 5*time.Millisecond)
	require.NoError(t, tx.Commit(t.Context()))
	got := <-second
	require.NoError(t, got.err)
	require.True(t, got.rec.Existed)
	require.False(t, got.rec.Erased)
}

// No chain is broken when it is made, and one whose evidence is erased later says so.
func TestErasedSegmentIsNamedAsErased(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	req := w.request()
	a := w.assemble(t, req)
	seq := w.erase(t, w.evidence[1])

	v, err := w.acme.VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Equal(t, []proofchain.Finding{{
		Position: v.Findings[0].Position, Kind: proofchain.Evidence, Digest: w.evidence[1], Problem: proofchain.Erased,
		Detail: fmt.Sprintf("entry %d of the ledger says who did and why", seq),
	}}, v.Findings)
	d, err := w.acme.Attestor().Chain(t.Context(), a.ID)
	require.NoError(t, err)
	for _, s := range d.Segments {
		require.Equal(t, s.Digest == w.evidence[1], s.Size == 0)
		require.False(t, s.Size == 0 && s.EnvelopeID == uuid.Nil)
	}
	var file bytes.Buffer
	require.NoError(t, w.acme.Attestor().ExportChain(t.Context(), a.ID, &file))

	for _, kind := range []proofchain.Kind{proofchain.Evidence, proofchain.Reasoning} {
		again := w.request()
		again.Segments = append(again.Segments[:1:1], attestor.ChainSegment{Kind: kind, Digest: w.evidence[1]})
		_, err = w.acme.AssembleChain(t.Context(), again)
		require.ErrorIs(t, err, attestdb.ErrErased)
		var at *attestor.SegmentError
		require.ErrorAs(t, err, &at)
		require.Equal(t, &attestor.SegmentError{Kind: kind, Digest: w.evidence[1], Problem: proofchain.Erased}, at)
	}

	// What is gone without an entry of the ledger is missing, not erased.
	super := w.Conn(t, "superuser")
	_, err = super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), "DELETE FROM attestor.envelope_contents c USING attestor.envelopes e WHERE e.id = c.id AND e.sha256 = $1", w.evidence[2][:])
	require.NoError(t, err)
	v, err = w.acme.VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	problems := map[digest.SHA256]proofchain.Problem{}
	for _, f := range v.Findings {
		problems[f.Digest] = f.Problem
	}
	require.Equal(t, map[digest.SHA256]proofchain.Problem{w.evidence[1]: proofchain.Erased, w.evidence[2]: proofchain.Missing}, problems)

	answers, _ := reverify(t, w.acme, attestdb.ReverifyConfig{Verifier: w.signer.Verifier(t), Keep: true})
	require.Len(t, answers, 3)
	for _, r := range answers {
		switch r.SHA256 {
		case w.evidence[1]:
			require.ErrorIs(t, r.Err, attestdb.ErrErased)
			require.ErrorContains(t, r.Err, fmt.Sprintf("entry %d of the ledger", seq))
		case w.evidence[2]:
			require.ErrorIs(t, r.Err, attestdb.ErrNotFound)
		default:
			require.NoError(t, r.Err)
		}
	}
}
