package tests

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
)

// wire is cut once, when the client sends something: before it leaves, or when
// the server has answered it.
type wire struct {
	at       []byte
	answered bool
	armed    atomic.Bool
}

type wiredConn struct {
	net.Conn
	w   *wire
	cut atomic.Bool
}

// on returns what makes a pool use the wire.
func (w *wire) on(cfg *pgxpool.Config) {
	dial := cfg.ConnConfig.DialFunc
	cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		return &wiredConn{Conn: conn, w: w}, err
	}
}

func (c *wiredConn) Write(b []byte) (int, error) {
	if bytes.Contains(b, c.w.at) && c.w.armed.CompareAndSwap(true, false) {
		if !c.w.answered {
			_ = c.Close()
			return 0, net.ErrClosed
		}
		c.cut.Store(true)
	}
	return c.Conn.Write(b)
}

func (c *wiredConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.cut.Load() && err == nil {
		// The server is done, and nobody will ever know.
		_ = c.Close()
		return 0, net.ErrClosed
	}
	return n, err
}

// A commit of which no answer came may have happened or not: the error says
// that, and recording again ends alike either way.
func TestLostCommitIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		t.Run(fmt.Sprintf("committed %t", answered), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			cut := &wire{at: []byte("commit\x00"), answered: answered}
			db, pool := openOnPool(t, w.DB, cut.on)
			acme := db.Tenant(w.acme.ID())
			ev := wordyEvidence(t, "lost", "lost")
			cut.armed.Store(true)
			runs := 0
			err := acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
				runs++
				return record(ctx, tx, ev)
			})
			require.ErrorIs(t, err, attestdb.ErrOutcomeUnknown)
			require.Equal(t, 1, runs, "what may be committed is not run again")
			require.False(t, cut.armed.Load())
			require.Equal(t, answered, has(t, acme, ev))
			rec, err := acme.Record(t.Context(), ev)
			require.NoError(t, err)
			require.Equal(t, answered, rec.Existed)
			requireNoTenant(t, pool, "a lost commit")
		})
	}
}

// Record needs no transaction of the caller's and is safe to repeat, so a lost
// connection is nothing that its caller hears of.
func TestRecordOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		t.Run(fmt.Sprintf("stored %t", answered), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ev := wordyEvidence(t, "lost", "lost")
			cut := &wire{at: ev.Content, answered: answered}
			db, _ := openOnPool(t, w.DB, cut.on)
			acme := db.Tenant(w.acme.ID())
			cut.armed.Store(true)
			rec, err := acme.Record(t.Context(), ev)
			require.NoError(t, err)
			require.False(t, cut.armed.Load())
			require.False(t, rec.Existed, "it is the caller's own record")
			require.True(t, has(t, acme, ev))
		})
	}
}

// The server ends the session while it commits: what came of it is not for the
// error to guess.
func TestTerminatedCommitIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.super.Exec(t.Context(), `
CREATE FUNCTION public.fall() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
  $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER fall AFTER INSERT ON attestor.envelopes DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION public.fall()`)
	require.NoError(t, err)
	ev := wordyEvidence(t, "fall", "fall")
	err = w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error { return record(ctx, tx, ev) })
	require.ErrorIs(t, err, attestdb.ErrOutcomeUnknown)
	require.False(t, has(t, w.acme, ev))
}

// Before the commit nothing is unknown: the server is away, and nothing was
// kept.
func TestConnectionLostInATransactionIsUnavailable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ev, second := wordyEvidence(t, "one", "one"), wordyEvidence(t, "two", "two")
	runs := 0
	err := w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		runs++
		require.NoError(t, record(ctx, tx, ev))
		_, err := w.super.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
			WHERE datname = current_database() AND state = 'idle in transaction'`)
		require.NoError(t, err)
		return record(ctx, tx, second)
	})
	require.ErrorIs(t, err, attestdb.ErrUnavailable)
	require.NotErrorIs(t, err, attestdb.ErrOutcomeUnknown)
	require.Equal(t, 1, runs)
	require.False(t, has(t, w.acme, ev))
	require.NoError(t, record(t.Context(), w.acme, ev), "the pool goes on")

	// A session that ends between the last statement and the commit.
	err = w.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		require.NoError(t, record(ctx, tx, second))
		_, err := w.super.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
			WHERE datname = current_database() AND state = 'idle in transaction'`)
		return err
	})
	require.ErrorIs(t, err, attestdb.ErrOutcomeUnknown)
	require.False(t, has(t, w.acme, second))
}
