package pgpool

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// prepare looks at a connection before each use and tells whether it still serves.
type prepare = func(context.Context, *pgx.Conn) (bool, error)

// renewPlans returns a hook for a pool that opens now, by which no plan is much older than
// half of the pool's age. A session keeps a plan until somebody analyses its tables; one
// that was made while a table was empty may read all of it for each row, and does so ever
// longer in a database that fills for the first time.
func renewPlans() prepare {
	const planned = "attestdb.planned"
	opened := time.Now()
	return func(ctx context.Context, conn *pgx.Conn) (bool, error) {
		data, now := conn.PgConn().CustomData(), time.Now()
		since, known := data[planned].(time.Time)
		switch {
		case !known:
			data[planned] = now
			return true, nil
		case now.Sub(since) < max(since.Sub(opened), time.Second):
			return true, nil
		}
		data[planned] = now
		// Without it the connection is of no use: the pool makes another one.
		_, err := conn.PgConn().Exec(ctx, "DISCARD PLANS").ReadAll()
		return err == nil, nil
	}
}

// primaryOnly drops a connection whose server became a standby, which takes no writes.
func primaryOnly(next prepare) prepare {
	return func(ctx context.Context, conn *pgx.Conn) (bool, error) {
		if conn.PgConn().ParameterStatus("in_hot_standby") == "on" {
			return false, nil
		}
		return next(ctx, conn)
	}
}
