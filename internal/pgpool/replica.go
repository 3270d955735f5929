package pgpool

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Replica reads through a pool that leads to standbys, and through the primary's when
// none of them has what is asked for. It writes through neither.
type Replica struct {
	replicas, primary *Pool
	after             string
	wait              time.Duration
}

// NewReplica returns a Replica. after is a position in the write-ahead log (pg_lsn) that
// a standby must have replayed before it is read from; empty is none. A standby has wait
// to get there, and to answer.
func NewReplica(replicas, primary *Pool, after string, wait time.Duration) *Replica {
	return &Replica{replicas: replicas, primary: primary, after: after, wait: wait}
}

const readOnly = "SELECT pg_catalog.set_config('transaction_read_only', 'on', true)"

// SendBatch sends a batch whose statements can only read.
func (r *Replica) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	conn, err := r.Acquire(ctx)
	if err != nil {
		return pgx.FailedBatchResults(b, err)
	}
	all := &pgx.Batch{}
	all.Queue(readOnly)
	all.QueuedQueries = append(all.QueuedQueries, b.QueuedQueries...)
	br := &results{BatchResults: conn.SendBatch(ctx, all), conn: conn}
	if _, err := br.Exec(); err != nil {
		_ = br.Close()
		return pgx.FailedBatchResults(b, err)
	}
	return br
}

// ReadOnly marks it: whoever begins a transaction on a connection of it begins one that
// can only read.
func (*Replica) ReadOnly() {}

// Begin begins a transaction that can only read.
func (r *Replica) Begin(ctx context.Context) (pgx.Tx, error) {
	conn, err := r.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	return begin(ctx, conn, pgx.TxOptions{AccessMode: pgx.ReadOnly})
}

// Acquire returns a connection to read on.
func (r *Replica) Acquire(ctx context.Context) (*pgxpool.Conn, error) {
	if conn := r.caughtUp(ctx); conn != nil {
		return conn, nil
	}
	return r.primary.Acquire(ctx)
}

// Of a primary, which a standby may have become, its own log counts.
const caughtUp = `SELECT CASE WHEN pg_catalog.pg_is_in_recovery()
	THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_flush_lsn() END >= $1::pg_catalog.pg_lsn`

// pause is how long to wait before asking a standby again.
const pause = 2 * time.Millisecond

// caughtUp returns a connection to a standby that has what is asked for, or nil. It asks
// on the connection that is read from: the next one may lead to another standby.
func (r *Replica) caughtUp(ctx context.Context) *pgxpool.Conn {
	ctx, cancel := context.WithTimeout(ctx, r.wait)
	defer cancel()
	conn, err := r.replicas.Acquire(ctx)
	if err != nil {
		return nil
	}
	for wait := pause; r.after != ""; wait *= 2 {
		var has bool
		if err := conn.QueryRow(ctx, caughtUp, r.after).Scan(&has); err == nil && has {
			break
		} else if err != nil {
			conn.Release()
			return nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			conn.Release()
			return nil
		}
	}
	return conn
}
