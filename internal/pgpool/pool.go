// Package pgpool makes pools of connections as attestdb wants them, and sends through
// them what package pgtenant puts together.
//
// What it adds to pgxpool: waiting for a connection ends; a caller who gives up costs no
// connection; a dead peer is noticed; and a commit that the server gave up replicating is
// not called done.
package pgpool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"

	"stella-ops.org/attestdb/domain/fault"
)

// Pool sends through a *pgxpool.Pool.
type Pool struct {
	pool     *pgxpool.Pool
	patience time.Duration
}

// New returns a Pool that waits at most patience for a connection, and at most until the
// call's context ends.
func New(pool *pgxpool.Pool, patience time.Duration) *Pool {
	return &Pool{pool: pool, patience: patience}
}

// Pgx returns the pool that p sends through, nil for a nil p.
func (p *Pool) Pgx() *pgxpool.Pool {
	if p == nil {
		return nil
	}
	return p.pool
}

// Acquire returns a connection, or an error that wraps [fault.ErrUnavailable] if none
// became free in time: nothing was sent then.
func (p *Pool) Acquire(ctx context.Context) (*pgxpool.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	begun := time.Now()
	conn, err := p.pool.Acquire(waiting)
	switch {
	case errors.Is(err, puddle.ErrClosedPool):
		return nil, fmt.Errorf("%w: it was closed", fault.ErrUnavailable)
	case err == nil, waiting.Err() == nil, !errors.Is(err, waiting.Err()):
		return conn, err
	}
	if ctx.Err() == nil {
		err = errors.New("the time to wait is over")
	}
	if s := p.pool.Stat(); s.AcquiredConns() == s.MaxConns() {
		return nil, fmt.Errorf("%w: all %d connections of the pool were in use for %s: %w",
			fault.ErrUnavailable, s.MaxConns(), time.Since(begun).Round(time.Millisecond), err)
	}
	return nil, fmt.Errorf("%w: no connection within %s: %w",
		fault.ErrUnavailable, time.Since(begun).Round(time.Millisecond), err)
}

// SendBatch sends a batch through a connection of the pool.
func (p *Pool) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	return &results{BatchResults: conn.SendBatch(ctx, b), conn: conn}
}

// Begin begins a transaction (the pool's default isolation) on a connection of the pool.
func (p *Pool) Begin(ctx context.Context) (pgx.Tx, error) {
	conn, err := p.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return begin(ctx, conn, pgx.TxOptions{})
}

func begin(ctx context.Context, conn *pgxpool.Conn, opts pgx.TxOptions) (pgx.Tx, error) {
	t, err := conn.BeginTx(ctx, opts)
	if err != nil {
		conn.Release()
		return nil, err
	}
	return &tx{Tx: t, conn: conn}, nil
}

// results gives its connection back when it is closed.
type results struct {
	pgx.BatchResults
	conn *pgxpool.Conn
}

func (r *results) Close() error {
	err := r.BatchResults.Close()
	if r.conn != nil {
		err = Replicated(r.conn, err)
		r.conn.Release()
		r.conn = nil
	}
	return err
}

type tx struct {
	pgx.Tx
	conn *pgxpool.Conn
}

func (t *tx) Commit(ctx context.Context) error {
	err := t.Tx.Commit(ctx)
	if t.conn != nil {
		err = Replicated(t.conn, err)
	}
	t.release()
	return err
}

func (t *tx) Rollback(ctx context.Context) error {
	err := t.Tx.Rollback(ctx)
	t.release()
	return err
}

func (t *tx) release() {
	if t.conn != nil {
		t.conn.Release()
		t.conn = nil
	}
}

const unreplicated = "attestdb.unreplicated"

// notice marks a session whose server stopped waiting for a synchronous standby: it says
// so in a warning and answers as if the commit had been replicated.
func notice(conn *pgconn.PgConn, n *pgconn.Notice) {
	if n.Routine == "SyncRepWaitForLSN" {
		conn.CustomData()[unreplicated] = true
	}
}

// Replicated returns err, or in place of none one that wraps [fault.ErrOutcomeUnknown] if
// what the connection committed may be on no standby.
func Replicated(conn *pgxpool.Conn, err error) error {
	data := conn.Conn().PgConn().CustomData()
	if _, is := data[unreplicated]; !is {
		return err
	}
	delete(data, unreplicated)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: it is committed, and the wait for a synchronous standby was cut short", fault.ErrOutcomeUnknown)
}
