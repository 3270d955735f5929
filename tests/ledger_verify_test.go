package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
)

// An erasure that is committed while the ledger is read is no tampering.
func TestErasingWhileVerifyingIsNoFault(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	const payloads = 600
	decisions := make([]verdict.Decision, payloads)
	for i := range decisions {
		decisions[i] = decided(fmt.Sprint(i))
		decisions[i].Payload = json.RawMessage(fmt.Sprintf(`"%04000d"`, i))
	}
	_, err := w.acme.Verdict().AppendBatch(t.Context(), decisions)
	require.NoError(t, err)
	var erasing sync.WaitGroup
	for first := range int64(2) {
		erasing.Go(func() {
			for seq := payloads - first; seq > 0; seq -= 2 {
				if _, err := w.db.Eraser().As("dpo").Payload(context.Background(), w.acme.ID(), seq, "r"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { erasing.Wait(); close(done) }()
	for last := false; !last; {
		select {
		case <-done:
			last = true
		default:
		}
		r, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
		require.NoError(t, err)
		require.Empty(t, r.Findings)
		if last {
			require.EqualValues(t, payloads, r.Erased)
		}
	}
}

// Whoever goes on from an earlier verification and brings a checkpoint that is older than
// that is told what it shows.
func TestOlderOutsideCheckpointsAreComparedWhenResumed(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	first := v.verify(t)
	require.True(t, first.OK())
	resume := func(outside ...[]byte) verdict.Report {
		r, err := v.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{
			Resume: first.State, Verifiers: []note.Verifier{v.verifier}, Outside: outside,
		})
		require.NoError(t, err)
		return r
	}
	for _, size := range []int64{0, 1, 16, 17, vaultSize - 1, vaultSize} {
		genuine := v.note(t, size)
		r := resume(genuine)
		require.Empty(t, r.Findings, "%d", size)
		require.Equal(t, resume().Checkpoints+1, r.Checkpoints)
		forged := v.sign(t, size, digest.Sum([]byte("another history")))
		requireFault(t, resume(genuine, forged), max(size-1, 0), verdict.FaultCheckpoint)
	}
	outside := v.note(t, 17)
	v.exec(t, "DELETE FROM verdict.ledger_nodes")
	requireFault(t, resume(outside), 16, verdict.FaultCheckpoint)
	v.restore(t)
	v.exec(t, "UPDATE verdict.ledger_entries SET leaf_hash = sha256(leaf_hash) WHERE seq = 40")
	requireFault(t, resume(outside), vaultSize-1, verdict.FaultNode)
}

func TestStateIsOfOneLedger(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	_, err := w.acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	r, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Equal(t, w.acme.ID(), r.State.Tenant)
	_, err = w.globex.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: r.State})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	require.ErrorContains(t, err, w.acme.ID().String())
	r.State.Tenant = tenant.ID{}
	_, err = w.globex.Verdict().Verify(t.Context(), verdict.VerifyRequest{Resume: r.State})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
}

// When its context ends, no ledger goes without a word.
func TestEveryLedgerIsAnsweredForWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	ids := []tenant.ID{w.acme.ID(), w.globex.ID()}
	for i := range 10 {
		ids = append(ids, domaintest.Tenant(t, w.db, fmt.Sprint("x", i)).ID())
	}
	for _, enough := range []int{0, 3} {
		ctx, cancel := context.WithCancel(t.Context())
		if enough == 0 {
			cancel()
		}
		told, unknown := map[tenant.ID]bool{}, 0
		for v := range w.db.VerifyLedgers(ctx, attestdb.LedgersRequest{Tenants: ids, Parallel: 2}) {
			require.False(t, told[v.Tenant])
			if told[v.Tenant] = true; len(told) == enough {
				cancel()
			}
			if v.Err != nil {
				require.ErrorIs(t, v.Err, context.Canceled)
				unknown++
			}
		}
		cancel()
		require.Len(t, told, len(ids))
		require.GreaterOrEqual(t, unknown, len(ids)-enough-4)
	}
	for range w.db.VerifyLedgers(t.Context(), attestdb.LedgersRequest{Tenants: ids}) {
		break // whoever has seen enough leaves nothing behind
	}
}

// Entries that go while the ledger is read are missed.
func TestTailThatGoesWhileVerifyingIsMissed(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	const size = 30_000 // more than is read ahead
	fillLedger(t, w.acme, size)
	_, err := w.super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	var once sync.Once
	r, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Progress: func(int64, int64) {
		once.Do(func() {
			_, err = w.super.Exec(t.Context(), "DELETE FROM verdict.ledger_entries WHERE tenant_id = $1 AND seq >= 24000", w.acme.ID())
			require.NoError(t, err)
		})
	}})
	require.NoError(t, err)
	require.NotEmpty(t, r.Findings)
	require.Equal(t, verdict.Finding{Seq: 24000, Fault: verdict.FaultGap, Detail: fmt.Sprintf("the entries up to %d are missing", size)}, r.Findings[0])
}

// A time that JSON has no word for would let the cursor of one question go on with
// another.
func TestLedgerCursorTellsQuestionsApart(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	for _, q := range []verdict.Query{
		verdict.ByTime(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Time{}),
		verdict.ByTime(time.Time{}, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)),
	} {
		_, _, err := w.acme.Verdict().Find(t.Context(), q, page.Request{})
		require.ErrorIs(t, err, attestdb.ErrInvalid)
		require.ErrorContains(t, err, "years 0 to 9999")
	}
}
