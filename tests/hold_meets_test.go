package tests

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
)

// waits reports when so many sessions of the database wait for a lock.
func (w *retentionWorld) waits(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool {
		var waiting int
		err := w.super.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		return err == nil && waiting >= n
	}, 10*time.Second, 5*time.Millisecond)
}

// A hold and an erasure that meet: whichever has the tenant's ledger first is done first,
// and the other sees it.
func TestHoldAndErasureThatMeet(t *testing.T) {
	t.Parallel()
	const placeSQL = "SELECT verdict.place_hold($1, gen_random_uuid(), 'envelope', NULL, NULL, $2, NULL, 'dpo', 'r')"
	const eraseSQL = "SELECT verdict.erase_envelope($1, $2, 'dpo', 'r')"
	for name, x := range map[string]struct {
		first  string // in a transaction that is open when second begins
		commit bool
		second func(*retentionWorld, context.Context, attestor.Recorded) error
		want   error
		there  bool
	}{
		"a hold before an erasure": {placeSQL, true, (*retentionWorld).erasing, attestdb.ErrHeld, true},
		"a hold before a run":      {placeSQL, true, (*retentionWorld).running, nil, true},
		"a hold that is undone":    {placeSQL, false, (*retentionWorld).erasing, nil, false},
		"an erasure before a hold": {eraseSQL, true, (*retentionWorld).holding, attestdb.ErrErased, false},
		"an erasure that is undone": {
			eraseSQL, false, (*retentionWorld).holding, nil, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newRetention(t)
			rec := w.envelope(t, w.acme, "a", "p")
			w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, Keep: day})
			w.age(t, 2*day)
			tx := begin(t, w.Conn(t, "admin"))
			_, err := tx.Exec(t.Context(), x.first, w.acme.ID(), rec.SHA256[:])
			require.NoError(t, err)
			second := make(chan error, 1)
			go func() { second <- x.second(w, t.Context(), rec) }()
			w.waits(t, 1)
			if x.commit {
				require.NoError(t, tx.Commit(t.Context()))
			} else {
				require.NoError(t, tx.Rollback(t.Context()))
			}
			err = <-second
			if x.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, x.want)
			}
			require.Equal(t, x.there, w.there(t, w.acme, rec))
			soundly(t, w.acme)
		})
	}
}

func (w *retentionWorld) erasing(ctx context.Context, rec attestor.Recorded) error {
	_, err := w.db.Eraser().As("dpo").Envelope(ctx, w.acme.ID(), rec.SHA256, "r")
	return err
}

func (w *retentionWorld) running(ctx context.Context, _ attestor.Recorded) error {
	_, err := w.keep.Run(ctx, w.acme.ID(), verdict.RunRequest{})
	return err
}

func (w *retentionWorld) holding(ctx context.Context, rec attestor.Recorded) error {
	_, err := w.keep.Hold(ctx, w.acme.ID(), verdict.OneEnvelope(rec.SHA256), "r")
	return err
}

// A DELETE of the owner's meets a hold as an erasure does, although it did not ask for the
// ledger before.
func TestHoldAndPlainDeleteThatMeet(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	rec := w.envelope(t, w.acme, "a", "p")
	owner := w.Conn(t, "owner")
	_, err := owner.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", w.acme.ID().String())
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), "SELECT verdict.append_act($1, 'envelope.erase', 'me', 'r', NULL, 'envelope', $2)", w.acme.ID(), rec.SHA256[:])
	require.NoError(t, err)
	tx := begin(t, w.Conn(t, "admin"))
	_, err = tx.Exec(t.Context(), "SELECT verdict.place_hold($1, gen_random_uuid(), 'tenant', NULL, NULL, NULL, NULL, 'dpo', 'r')", w.acme.ID())
	require.NoError(t, err)
	second := make(chan error, 1)
	go func() {
		_, err := owner.Exec(t.Context(), "DELETE FROM attestor.envelope_contents WHERE id = $1", rec.ID)
		second <- err
	}()
	w.waits(t, 1)
	require.NoError(t, tx.Commit(t.Context()))
	require.Equal(t, "AD030", codeOf(t, <-second))
	require.True(t, w.there(t, w.acme, rec))

	// Under an old snapshot, which would not see the hold, nothing is deleted.
	old, err := owner.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	require.NoError(t, err)
	_, err = old.Exec(t.Context(), "DELETE FROM attestor.envelope_contents WHERE id = $1", rec.ID)
	var pg *pgconn.PgError
	require.ErrorAs(t, err, &pg)
	require.Equal(t, "AD021", pg.Code)
	require.NoError(t, old.Rollback(t.Context()))
}

// While runs erase whatever they can, holds are placed: what was there when a hold had
// returned is there for ever.
func TestNothingIsErasedAfterItIsHeld(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	const n = 80
	recs := make([]attestor.Recorded, n)
	for i := range recs {
		recs[i] = w.envelope(t, w.acme, fmt.Sprint(i), "p")
	}
	w.age(t, 2*day)
	w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, Keep: day})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	runs := make(chan error, 2)
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := w.keep.Run(t.Context(), w.acme.ID(), verdict.RunRequest{Batch: 2}); err != nil {
					runs <- err
					return
				}
			}
		})
	}
	kept := map[int]bool{}
	for i := n - 1; i >= 0; i-- { // towards the runs, which begin with the oldest
		_, err := w.keep.Hold(t.Context(), w.acme.ID(), verdict.AboutSubject(digest.Sum(fmt.Append(nil, i)).Digest()), "r")
		require.NoError(t, err)
		kept[i] = w.there(t, w.acme, recs[i])
	}
	time.Sleep(50 * time.Millisecond)
	close(stop)
	wg.Wait()
	select {
	case err := <-runs:
		require.NoError(t, err)
	default:
	}
	_, err := w.keep.Run(t.Context(), w.acme.ID(), verdict.RunRequest{})
	require.NoError(t, err)
	some := 0
	for i, rec := range recs {
		require.Equal(t, kept[i], w.there(t, w.acme, rec), i)
		if kept[i] {
			some++
		}
	}
	require.Positive(t, some)
	require.Less(t, some, n, "they met")
	soundly(t, w.acme)
}
