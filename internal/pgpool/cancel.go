package pgpool

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// canceller has the server cancel what a caller no longer waits for, and keeps the
// connection.
//
// A cancel names a session and not a statement: one that is still under way when the
// session has gone on cancels somebody else's. The server hangs up on who asks for a cancel
// after it has told the session, which is how one that is done is known; pgx' own handler
// waits for that no longer than for the statement. A session that was not told for certain
// is not used again.
type canceller struct {
	conn *pgconn.PgConn
	told chan error
}

const doubtful = "attestdb.doubtful"

// HandleCancel implements [ctxwatch.Handler].
func (c *canceller) HandleCancel(ctx context.Context) {
	deadline := time.Now().Add(cancelGrace)
	_ = c.conn.Conn().SetDeadline(deadline)
	c.told = make(chan error, 1)
	go func() {
		ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline)
		defer cancel()
		err := c.conn.CancelRequest(ctx)
		// pgx takes a server that has not hung up in time for one that has.
		c.told <- errors.Join(err, ctx.Err())
	}()
}

// HandleUnwatchAfterCancel implements [ctxwatch.Handler].
func (c *canceller) HandleUnwatchAfterCancel() {
	if err := <-c.told; err != nil {
		c.conn.CustomData()[doubtful] = true
	}
	_ = c.conn.Conn().SetDeadline(time.Time{})
}

// withoutDoubt drops a connection that may be cancelled in another's place.
func withoutDoubt(next prepare) prepare {
	return func(ctx context.Context, conn *pgx.Conn) (bool, error) {
		if _, is := conn.PgConn().CustomData()[doubtful]; is {
			return false, nil
		}
		return next(ctx, conn)
	}
}
