package tests

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
)

// has reports whether the tenant has the evidence.
func has(t *testing.T, h *attestdb.TenantDB, ev *attestor.Evidence) bool {
	t.Helper()
	_, err := h.Attestor().IDBySHA256(t.Context(), ev.SHA256)
	if err != nil {
		require.ErrorIs(t, err, attestdb.ErrNotFound)
	}
	return err == nil
}

func record(ctx context.Context, h *attestdb.TenantDB, ev *attestor.Evidence) error {
	_, err := h.Record(ctx, ev)
	return err
}

var errBoom = errors.New("boom")

func TestInTxKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	_, acme, _ := open(t)
	a, b := wordyEvidence(t, "a", "a"), wordyEvidence(t, "b", "b")
	require.NoError(t, acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		require.NoError(t, record(ctx, tx, a))
		require.True(t, has(t, tx, a), "a transaction sees what it wrote")
		require.False(t, has(t, acme, a), "nobody else does")
		return nil
	}))
	require.True(t, has(t, acme, a))

	err := acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		return errors.Join(record(ctx, tx, b), errBoom)
	})
	require.ErrorIs(t, err, errBoom)
	require.False(t, has(t, acme, b))

	require.PanicsWithValue(t, "boom", func() {
		_ = acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
			require.NoError(t, record(ctx, tx, b))
			panic("boom")
		})
	})
	require.False(t, has(t, acme, b))
}

// An inner failure, of the function or of the database, takes back the inner
// part alone, and the handle goes on with its tenant.
func TestNestedInTxIsASavepoint(t *testing.T) {
	t.Parallel()
	db, acme, _ := open(t)
	before, inner, after := wordyEvidence(t, "before", "x"), wordyEvidence(t, "inner", "x"), wordyEvidence(t, "after", "x")
	require.NoError(t, acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		// The savepoint comes first, so that rolling back to it takes back the
		// setting of the tenant as well.
		err := tx.InTx(ctx, func(ctx context.Context, in *attestdb.TenantDB) error {
			return errors.Join(record(ctx, in, inner), errBoom)
		})
		require.ErrorIs(t, err, errBoom)
		require.False(t, has(t, tx, inner))
		require.NoError(t, record(ctx, tx, before))

		err = tx.InTx(ctx, func(ctx context.Context, in *attestdb.TenantDB) error {
			require.NoError(t, record(ctx, in, inner))
			return record(ctx, in, &attestor.Evidence{}) // breaks a CHECK
		})
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg)
		require.NotEqual(t, "25P02", pg.Code)

		require.Panics(t, func() {
			_ = tx.InTx(ctx, func(context.Context, *attestdb.TenantDB) error { panic("inner") })
		})
		require.NoError(t, tx.InTx(ctx, func(ctx context.Context, in *attestdb.TenantDB) error {
			return in.InTx(ctx, func(ctx context.Context, in *attestdb.TenantDB) error { return record(ctx, in, after) })
		}))
		return nil
	}))
	require.True(t, has(t, acme, before))
	require.True(t, has(t, acme, after))
	require.False(t, has(t, acme, inner))
	_ = db
}

// Whoever ignores a failed statement learns at the commit that nothing is kept.
func TestIgnoredFailureFailsTheCommit(t *testing.T) {
	t.Parallel()
	_, acme, _ := open(t)
	a := wordyEvidence(t, "a", "a")
	err := acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		require.NoError(t, record(ctx, tx, a))
		require.Error(t, record(ctx, tx, &attestor.Evidence{}))
		return nil
	})
	require.ErrorIs(t, err, pgx.ErrTxCommitRollback)
	require.False(t, has(t, acme, a))
}

func TestHandlesInTheCallersTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pool := w.Pool(t, "app")
	a, b, c := wordyEvidence(t, "a", "x"), wordyEvidence(t, "b", "x"), wordyEvidence(t, "c", "x")
	tx := begin(t, pool)
	one, err := w.db.TenantTx(t.Context(), tx, w.acme.ID())
	require.NoError(t, err)

	// ROLLBACK TO restores the setting of before: none.
	sp, err := tx.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, record(t.Context(), one, a))
	require.NoError(t, sp.Rollback(t.Context()))
	require.False(t, has(t, one, a))
	require.NoError(t, record(t.Context(), one, b))

	// A second handle of the tenant sees the first one's work, and the caller's
	// own SQL sees both.
	two, err := w.db.TenantTx(t.Context(), tx, w.acme.ID())
	require.NoError(t, err)
	require.True(t, has(t, two, b))
	require.NoError(t, two.InTx(t.Context(), func(ctx context.Context, in *attestdb.TenantDB) error { return record(ctx, in, c) }))
	require.True(t, has(t, one, c))
	require.False(t, has(t, w.acme, c))
	var n int
	require.NoError(t, tx.QueryRow(t.Context(), "SELECT count(*) FROM attestor.envelopes").Scan(&n))
	were, err := w.acme.Attestor().Count(t.Context(), attestor.Query{})
	require.NoError(t, err)
	require.EqualValues(t, were+2, n)
	require.NoError(t, tx.Commit(t.Context()))
	require.True(t, has(t, w.acme, b))
	require.True(t, has(t, w.acme, c))
	require.False(t, has(t, w.acme, a))
}

func TestAnotherTenantsHandleInATransactionIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pool := w.Pool(t, "app")
	before := w.fingerprint(t, w.acme.ID())
	for name, use := range map[string]func(h *attestdb.TenantDB) error{
		"Record": func(h *attestdb.TenantDB) error { return record(t.Context(), h, wordyEvidence(t, "x", "x")) },
		"Get":    func(h *attestdb.TenantDB) error { _, err := h.Attestor().Get(t.Context(), w.globexIDs[0]); return err },
		"Content": func(h *attestdb.TenantDB) error {
			_, err := h.Attestor().Content(t.Context(), w.globexIDs[0])
			return err
		},
		"Get others": func(h *attestdb.TenantDB) error { _, err := h.Attestor().Get(t.Context(), w.acmeIDs[0]); return err },
		"nested": func(h *attestdb.TenantDB) error {
			return h.InTx(t.Context(), func(ctx context.Context, in *attestdb.TenantDB) error {
				return record(ctx, in, wordyEvidence(t, "x", "x"))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			tx := begin(t, pool)
			// Both join before either has said anything.
			acme, err := w.db.TenantTx(t.Context(), tx, w.acme.ID())
			require.NoError(t, err)
			globex, err := w.db.TenantTx(t.Context(), tx, w.globex.ID())
			require.NoError(t, err)
			_, err = acme.Attestor().Get(t.Context(), w.acmeIDs[0])
			require.NoError(t, err)
			sp, err := tx.Begin(t.Context())
			require.NoError(t, err)
			err = use(globex)
			require.ErrorIs(t, err, attestdb.ErrTenantMismatch)
			require.False(t, leaks(err.Error()))
			require.NoError(t, sp.Rollback(t.Context()))
			// The transaction stays the first tenant's.
			_, err = acme.Attestor().Get(t.Context(), w.acmeIDs[0])
			require.NoError(t, err)
			_, err = w.db.TenantTx(t.Context(), tx, w.globex.ID())
			require.ErrorIs(t, err, attestdb.ErrTenantMismatch)
			require.NoError(t, tx.Commit(t.Context()))
		})
	}
	require.Equal(t, before, w.fingerprint(t, w.acme.ID()))
}

func TestTenantTxRefusesOtherRolesAndIsolationLevels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, role := range []string{"superuser", "owner", "auditor", "admin", "worker"} {
		tx := begin(t, w.Conn(t, role))
		_, err := w.db.TenantTx(t.Context(), tx, w.acme.ID())
		require.ErrorIs(t, err, attestdb.ErrRole, role)
		require.NoError(t, tx.Commit(t.Context()), "the refusal breaks nothing")
	}
	conn := w.Conn(t, "app")
	for level, want := range map[pgx.TxIsoLevel]error{
		pgx.Serializable: attestdb.ErrInvalid, pgx.RepeatableRead: attestdb.ErrInvalid, pgx.ReadCommitted: nil,
	} {
		tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: level})
		require.NoError(t, err)
		_, err = w.db.TenantTx(t.Context(), tx, w.acme.ID())
		require.ErrorIs(t, err, want, level)
		require.NoError(t, tx.Commit(t.Context()))
	}
	tx, err := conn.BeginTx(t.Context(), pgx.TxOptions{AccessMode: pgx.ReadOnly})
	require.NoError(t, err)
	h, err := w.db.TenantTx(t.Context(), tx, w.acme.ID())
	require.NoError(t, err)
	_, err = h.Attestor().Get(t.Context(), w.acmeIDs[0])
	require.NoError(t, err)
	require.ErrorIs(t, record(t.Context(), h, wordyEvidence(t, "x", "x")), attestdb.ErrReadOnly)
	require.NoError(t, tx.Rollback(t.Context()))
	_, err = w.db.TenantTx(t.Context(), tx, w.acme.ID())
	require.ErrorIs(t, err, pgx.ErrTxClosed)
}

// failFirst makes the first n inserts of envelopes fail with an SQLSTATE, and
// returns a count of all attempts.
func (w *world) failFirst(t *testing.T, n int, state string) (attempts func() int) {
	t.Helper()
	_, err := w.super.Exec(t.Context(), fmt.Sprintf(`
DROP SEQUENCE IF EXISTS public.attempts CASCADE;
CREATE SEQUENCE public.attempts MINVALUE 0 START 0;
SELECT nextval('public.attempts');
CREATE OR REPLACE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF nextval('public.attempts') <= %d THEN RAISE EXCEPTION 'not yet' USING ERRCODE = '%s'; END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER fail BEFORE INSERT ON attestor.envelopes FOR EACH STATEMENT EXECUTE FUNCTION public.fail()`, n, state))
	require.NoError(t, err)
	return func() (count int) {
		require.NoError(t, w.super.QueryRow(t.Context(), "SELECT last_value FROM public.attempts").Scan(&count))
		return count
	}
}

func TestTransientFailuresAreRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inTx := func(ev *attestor.Evidence) error {
		return w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error { return record(ctx, tx, ev) })
	}
	alone := func(ev *attestor.Evidence) error { return record(t.Context(), w.acme, ev) }
	joined := func(ev *attestor.Evidence) error {
		return pgx.BeginFunc(t.Context(), w.Pool(t, "app"), func(tx pgx.Tx) error {
			h, err := w.db.TenantTx(t.Context(), tx, w.acme.ID())
			require.NoError(t, err)
			return h.InTx(t.Context(), func(ctx context.Context, in *attestdb.TenantDB) error { return record(ctx, in, ev) })
		})
	}
	for i, c := range []struct {
		name     string
		run      func(*attestor.Evidence) error
		state    string
		failures int
		attempts int
		ok       bool
	}{
		{"Record", alone, "40001", 3, 4, true},
		{"Record", alone, "40P01", 3, 4, true},
		{"Record", alone, "23503", 3, 4, true},
		{"Record", alone, "23514", 3, 1, false},
		{"Record", alone, "40001", 1000, 8, false},
		{"InTx", inTx, "40001", 3, 4, true},
		{"InTx", inTx, "40P01", 3, 4, true},
		{"InTx", inTx, "40P01", 1000, 8, false},
		{"InTx", inTx, "23514", 3, 1, false},
		// Only the caller can run its transaction again.
		{"in the caller's transaction", joined, "40001", 3, 1, false},
		{"in the caller's transaction", joined, "23503", 3, 1, false},
	} {
		name := fmt.Sprintf("%s, %d times %s", c.name, c.failures, c.state)
		attempts := w.failFirst(t, c.failures, c.state)
		ev := wordyEvidence(t, "retry", fmt.Sprint(i))
		err := c.run(ev)
		require.Equal(t, c.attempts, attempts(), name)
		require.Equal(t, c.ok, has(t, w.acme, ev), name)
		if c.ok {
			require.NoError(t, err, name)
			continue
		}
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg, name)
		require.Equal(t, c.state, pg.Code, name)
	}
}

// Two transactions that record the same two envelopes the other way round wait
// for each other; the one that PostgreSQL ends is run again.
func TestDeadlockIsRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.super.Exec(t.Context(), "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''50ms''', current_database()); END $$")
	require.NoError(t, err)
	db := openOn(t, w.DB) // its connections have the setting
	acme := db.Tenant(w.acme.ID())
	a, b := wordyEvidence(t, "a", "a"), wordyEvidence(t, "b", "b")
	var runs atomic.Int32
	var both sync.WaitGroup
	both.Add(2)
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, order := range [][2]*attestor.Evidence{{a, b}, {b, a}} {
		wg.Go(func() {
			var met sync.Once
			errs[i] = acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
				runs.Add(1)
				if err := record(ctx, tx, order[0]); err != nil {
					return err
				}
				met.Do(func() { both.Done(); both.Wait() })
				return record(ctx, tx, order[1])
			})
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	// Both, if the server ends both, or the one that is run again meets the other again.
	require.GreaterOrEqual(t, runs.Load(), int32(3), "one of the two was run again")
	require.True(t, has(t, acme, a))
	require.True(t, has(t, acme, b))
}

// A cancelled context ends the retries and keeps the cause.
func TestCancelEndsTheRetries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	attempts := w.failFirst(t, 1000, "40001")
	ctx, cancel := context.WithCancel(t.Context())
	err := w.acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
		err := record(ctx, tx, wordyEvidence(t, "x", uuid.NewString()))
		cancel()
		return err
	})
	var pg *pgconn.PgError
	require.ErrorAs(t, err, &pg)
	require.Equal(t, "40001", pg.Code)
	require.Equal(t, 1, attempts())
}
