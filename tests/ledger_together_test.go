package tests

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// Who appends in a transaction of its own making holds the ledger until that ends:
// others of the tenant hear so at their deadline, other tenants feel nothing.
func TestOpenTransactionKeepsOnlyItsOwnLedgerBusy(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	appended, release := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Verdict().Append(ctx, decided("slow"))
			close(appended)
			<-release
			return err
		})
	}()
	<-appended
	for name, appendOne := range map[string]func(context.Context) error{
		"alone": func(ctx context.Context) error {
			_, err := w.acme.Verdict().Append(ctx, decided("late"))
			return err
		},
		"batch": func(ctx context.Context) error {
			_, err := w.acme.Verdict().AppendBatch(ctx, []verdict.Decision{decided("late")})
			return err
		},
		"in a transaction": func(ctx context.Context) error {
			return w.acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
				_, err := tx.Verdict().Append(ctx, decided("late"))
				return err
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			const patience = 700 * time.Millisecond
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			begun := time.Now()
			err := appendOne(ctx)
			require.ErrorIs(t, err, attestdb.ErrLedgerBusy)
			require.NotErrorIs(t, err, attestdb.ErrOutcomeUnknown)
			require.WithinDuration(t, begun.Add(patience), time.Now(), patience/2)

			begun = time.Now()
			_, err = w.globex.Verdict().Append(t.Context(), decided("other"))
			require.NoError(t, err)
			require.Less(t, time.Since(begun), patience)
		})
	}
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		_, err := w.acme.Verdict().Append(ctx, decided("late"))
		require.ErrorIs(t, err, context.Canceled)
		require.NotErrorIs(t, err, attestdb.ErrOutcomeUnknown, "it was certainly not appended")
	})
	t.Run("too late", func(t *testing.T) {
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer cancel()
		for _, h := range []*attestdb.TenantDB{w.acme, w.globex} {
			_, err := h.Verdict().Append(ctx, decided("late"))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, attestdb.ErrLedgerBusy)
			_, err = h.Verdict().AppendBatch(ctx, []verdict.Decision{decided("late")})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, attestdb.ErrLedgerBusy)
		}
	})
	t.Run("checkpoint", func(t *testing.T) {
		hasty, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: w.URL("app")}, LockTimeout: 200 * time.Millisecond})
		require.NoError(t, err)
		defer func() { require.NoError(t, hasty.Close(context.Background())) }()
		_, err = hasty.Tenant(w.acme.ID()).Verdict().Checkpoint(t.Context(), signingKey(t, "attestdb/"+w.acme.ID().String()), "")
		require.ErrorIs(t, err, attestdb.ErrLedgerBusy)
	})
	waiting := make(chan error, 1)
	go func() {
		_, err := w.acme.Verdict().Append(t.Context(), decided("patient"))
		waiting <- err
	}()
	close(release)
	require.NoError(t, <-ended)
	require.NoError(t, <-waiting)
	requireSound(t, w.acme, 3)
}

// The handle that is outside would wait for the transaction that it is called in.
func TestOuterHandleInsideATransactionIsTold(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	err := w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		if _, err := tx.Verdict().Append(ctx, decided("inner")); err != nil {
			return err
		}
		var invalid *attestdb.InvalidError
		_, err := w.acme.Verdict().Append(ctx, decided("outer"))
		require.ErrorAs(t, err, &invalid)
		_, err = w.acme.Verdict().AppendBatch(ctx, []verdict.Decision{decided("outer")})
		require.ErrorAs(t, err, &invalid)
		_, err = w.globex.Verdict().Append(ctx, decided("other"))
		return err
	})
	require.NoError(t, err)
	requireSound(t, w.acme, 2)
	requireSound(t, w.globex, 2)
}

// What is rolled back leaves no gap, in a nested transaction neither.
func TestRolledBackAppendsLeaveNoGap(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	refused := errors.New("refused")
	for range 3 {
		err := w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Verdict().Append(ctx, decided("kept"))
			require.NoError(t, err)
			err = tx.InTx(ctx, func(ctx context.Context, inner *attestdb.TenantDB) error {
				_, err := inner.Verdict().Append(ctx, decided("gone"))
				require.NoError(t, err)
				return refused
			})
			require.ErrorIs(t, err, refused)
			return nil
		})
		require.NoError(t, err)
		err = w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Verdict().AppendBatch(ctx, []verdict.Decision{decided("gone"), decided("too")})
			require.NoError(t, err)
			return refused
		})
		require.ErrorIs(t, err, refused)
	}
	requireSound(t, w.acme, 4)
}

// One request that the database refuses does not fail those that shared its transaction.
func TestRefusedDecisionDoesNotFailItsNeighbours(t *testing.T) {
	t.Parallel()
	w := newLedger(t)
	_, err := w.super.Exec(t.Context(), "ALTER TABLE verdict.ledger_entries ADD CONSTRAINT refused CHECK (subject_name <> 'pkg:oci/refused')")
	require.NoError(t, err)
	var wg sync.WaitGroup
	errs := make([]error, 60)
	for i := range errs {
		wg.Go(func() {
			name := fmt.Sprint(i)
			if i%20 == 7 {
				name = "refused"
			}
			_, errs[i] = w.acme.Verdict().Append(t.Context(), decided(name))
		})
	}
	wg.Wait()
	for i, err := range errs {
		require.Equal(t, i%20 == 7, err != nil, "%d: %v", i, err)
	}
	requireSound(t, w.acme, 1+57)
}

// An append whose commit was not answered was made or was not: Append finds out.
func TestAppendOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"begin\x00", "lock_ledger", "append_entries", "commit\x00"} {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprintf("%.14s answered %t", at, answered), func(t *testing.T) {
				t.Parallel()
				tdb := testdb.New(t)
				cut := &wire{at: []byte(at), answered: answered}
				db, _ := openOnPool(t, tdb, func(cfg *pgxpool.Config) { cut.on(cfg) })
				acme := domaintest.Tenant(t, db, "acme").As("ci")
				for i := range 3 {
					cut.armed.Store(i != 1)
					d := decided(fmt.Sprint(i))
					if i == 2 {
						d.IdempotencyKey = "key"
					}
					got, err := acme.Verdict().Append(t.Context(), d)
					require.NoError(t, err)
					require.False(t, got.Existed, "it is the caller's own")
					require.EqualValues(t, i+1, got.Seq)
				}
				batch := []verdict.Decision{decided("a"), decided("b"), decided("c")}
				cut.armed.Store(true)
				all, err := acme.Verdict().AppendBatch(t.Context(), batch)
				require.NoError(t, err)
				require.EqualValues(t, 6, all[2].Seq)
				requireSound(t, acme, 7)
			})
		}
	}
}

// Many write at once, leave, roll back and are cut off; the server restarts nothing but
// ends their sessions. After each round every ledger is whole, has what was acknowledged,
// and nothing twice. ATTESTDB_LEDGER_ROUNDS is the number of rounds.
func TestLedgersStandWhateverHappensToTheirWriters(t *testing.T) {
	t.Parallel()
	rounds, writers := numberFrom(t, "ATTESTDB_LEDGER_ROUNDS", 4), 200
	if testing.Short() {
		rounds, writers = 2, 60
	}
	tdb := testdb.New(t)
	db, _ := openOnPool(t, tdb, func(cfg *pgxpool.Config) { cfg.MaxConns = 16 })
	super := tdb.Conn(t, "superuser")
	tenants := make([]*attestdb.TenantDB, 20)
	for i := range tenants {
		tenants[i] = domaintest.Tenant(t, db, fmt.Sprint("tenant-", i)).As("ci")
	}
	acknowledged := make([]map[string]int64, len(tenants))
	var mu sync.Mutex
	for i := range acknowledged {
		acknowledged[i] = map[string]int64{}
	}
	for round := range rounds {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for g := range writers {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(round, uint64(g)))
				for n := range 6 {
					of := rng.IntN(len(tenants))
					key := fmt.Sprintf("%d/%d/%d", round, g, n)
					if seq, ok := appendSomehow(t.Context(), rng, tenants[of], key); ok {
						mu.Lock()
						acknowledged[of][key] = seq
						mu.Unlock()
					}
				}
			})
		}
		var killer sync.WaitGroup
		killer.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(40 * time.Millisecond):
					_, err := super.Exec(context.Background(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
						WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename LIKE '%app' ORDER BY random() LIMIT 2`)
					if err != nil {
						panic(err)
					}
				}
			}
		})
		wg.Wait()
		close(stop)
		killer.Wait()
		for i, h := range tenants {
			requireAcknowledged(t, super, h, acknowledged[i])
		}
	}
}

// appendSomehow appends one decision in one of the ways that there are, which may fail, and
// settles by its key what came of it. ok is false if it is not there.
func appendSomehow(ctx context.Context, rng *rand.Rand, h *attestdb.TenantDB, key string) (seq int64, ok bool) {
	d := decided(key)
	d.IdempotencyKey = key
	short, cancel := context.WithTimeout(ctx, time.Duration(rng.IntN(60))*time.Millisecond+time.Millisecond)
	defer cancel()
	var got verdict.Appended
	var err error
	switch rng.IntN(5) {
	case 0:
		got, err = h.Verdict().Append(short, d)
	case 1:
		err = h.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) (err error) {
			got, err = tx.Verdict().Append(ctx, d)
			return err
		})
	case 2: // takes it back
		_ = h.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Verdict().Append(ctx, d)
			return errors.Join(err, context.Canceled)
		})
		return 0, false
	case 3:
		var all []verdict.Appended
		if all, err = h.Verdict().AppendBatch(ctx, []verdict.Decision{d, decided(key + " too")}); err == nil {
			got = all[0]
		}
	default:
		got, err = h.Verdict().Append(ctx, d)
	}
	if err == nil {
		return got.Seq, true
	}
	if rng.IntN(2) == 0 {
		return 0, false
	}
	// What is not known is asked again.
	again, err := h.Verdict().Append(ctx, d)
	return again.Seq, err == nil
}

func requireAcknowledged(t *testing.T, super *pgx.Conn, h *attestdb.TenantDB, acknowledged map[string]int64) {
	t.Helper()
	r, err := h.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	rows, err := super.Query(t.Context(), "SELECT idempotency_key, seq FROM verdict.ledger_entries WHERE tenant_id = $1 AND idempotency_key <> ''", h.ID())
	require.NoError(t, err)
	there := map[string]int64{}
	var key string
	var seq int64
	_, err = pgx.ForEachRow(rows, []any{&key, &seq}, func() error {
		require.NotContains(t, there, key)
		there[key] = seq
		return nil
	})
	require.NoError(t, err)
	for key, seq := range acknowledged {
		require.Equal(t, seq, there[key], "%s was acknowledged", key)
	}
}
