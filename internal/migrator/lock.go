package migrator

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// lockKey is the advisory lock of migrators, per database: "attestdb" in ASCII.
const lockKey int64 = 0x6174746573746462

// lock takes the migrators' lock for the life of the session. It asks again and
// again instead of waiting in the server, since a waiting statement holds a
// snapshot, for which a CREATE INDEX CONCURRENTLY of the holder would wait in
// turn.
func (s *session) lock(ctx context.Context) error {
	start := time.Now()
	var holders []Holder
	for said := false; ; {
		var got bool
		err := s.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", lockKey).Scan(&got)
		if got {
			return nil
		}
		if err == nil {
			var h []Holder
			if h, err = queryHolders(ctx, s.conn, `
SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND classid = ($1::bigint >> 32)::oid AND objid = ($1::bigint & 4294967295)::oid`, lockKey); len(h) > 0 {
				holders = h
			}
		}
		if err != nil && ctx.Err() == nil {
			return serverError(err)
		}
		if !said {
			s.log.InfoContext(ctx, "another migrator is at work; waiting for it", "holders", holders)
			said = true
		}
		if sleep(ctx, jitter(150*time.Millisecond)) != nil {
			if errors.Is(context.Cause(ctx), errTimeout) {
				return &LockError{Waited: time.Since(start), Holders: holders}
			}
			return context.Cause(ctx)
		}
	}
}

// An observer looks from a second connection at who blocks the first one. It
// connects only when there is something to look at.
type observer struct {
	s     *session
	conn  *pgx.Conn
	every time.Duration
	seen  []Holder // by the last look that saw any
}

// during runs do and looks, while it runs, at who blocks it.
func (o *observer) during(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for sleep(ctx, o.every) == nil {
			if err := o.look(ctx); err != nil && ctx.Err() == nil {
				o.s.log.DebugContext(ctx, "look for the holder of a lock", "error", err)
			}
		}
	}()
	err := do()
	cancel()
	<-done
	return err
}

func (o *observer) look(ctx context.Context) error {
	if o.conn == nil || o.conn.IsClosed() {
		cc := o.s.config.Copy()
		cc.RuntimeParams["application_name"] = applicationName + " (observer)"
		conn, err := pgx.ConnectConfig(ctx, cc)
		if err != nil {
			return err
		}
		o.conn = conn
	}
	h, err := queryHolders(ctx, o.conn, "SELECT unnest(pg_blocking_pids($1))", o.s.pid)
	if len(h) > 0 {
		o.seen = h
	}
	return err
}

func (o *observer) close(ctx context.Context) {
	if o.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if err := o.conn.Close(ctx); err != nil {
		o.s.log.DebugContext(ctx, "close the observer's connection", "error", err)
	}
}

// queryHolders describes the sessions whose process ids pids selects.
func queryHolders(ctx context.Context, conn *pgx.Conn, pids string, arg any) ([]Holder, error) {
	rows, err := conn.Query(ctx, `
SELECT a.pid, coalesce(a.usename::text, ''), coalesce(a.application_name, ''), coalesce(a.state, ''), a.query_start
  FROM pg_stat_activity a WHERE a.pid IN (`+pids+`) ORDER BY a.pid`, arg)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Holder, error) {
		var (
			h  Holder
			at *time.Time
		)
		err := row.Scan(&h.PID, &h.User, &h.ApplicationName, &h.State, &at)
		if at != nil {
			h.QueryStart = *at
		}
		return h, err
	})
}

// jitter spreads d over half to one and a half of it.
func jitter(d time.Duration) time.Duration {
	return d/2 + rand.N(d)
}

// sleep waits for d, or returns early with the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
