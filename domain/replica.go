package attestdb

import (
	"context"
	"regexp"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgpool"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Position is a place in the server's write-ahead log, as PostgreSQL's pg_lsn writes it
// (16/B374D848). Whoever wrote something can hand it to whoever reads it, in a cookie or
// a header, say. The empty Position is before everything.
type Position string

var positionForm = regexp.MustCompile(`^[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}$`)

// Validate returns nil or an *[InvalidError].
func (p Position) Validate() error {
	if p != "" && !positionForm.MatchString(string(p)) {
		return &fault.Invalid{Field: "position", Allowed: "what Position returned, such as 16/B374D848"}
	}
	return nil
}

// Position returns a position that is behind everything that was written before the
// call. It asks the primary. With synchronous_commit off it may be before what is not on
// the primary's disk either.
func (t *TenantDB) Position(ctx context.Context) (p Position, err error) {
	ctx, call := t.start(ctx, "position")
	defer call.End(&err)
	err = pgfault.Retry(ctx, t.retryStatement, func() error {
		rows, err := t.primary().Query(ctx, "SELECT pg_catalog.pg_current_wal_flush_lsn()::text")
		if err != nil {
			return err
		}
		p, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[Position])
		return err
	})
	return p, pgfault.Map("ask for the position", err)
}

func (t *TenantDB) primary() *pgtenant.Conn {
	if t.inTx || t.db.app == nil {
		return t.conn
	}
	return t.conn.With(t.db.app)
}

// OnReplica returns a handle that reads on a standby ([Config].Replica), from one that
// has everything up to after: with what [TenantDB.Position] returned a caller finds what
// it wrote. If no standby has, within [Config].ReplicaWait, or none answers, the primary
// is read. Without a Replica it is always the primary.
//
// Calls of the handle that write fail with [ErrReadOnly], and all of them with an
// *[InvalidError] if after is no position. A handle of a transaction is returned as it
// is: it reads in its transaction.
func (t *TenantDB) OnReplica(after Position) *TenantDB {
	if t.inTx || t.db.app == nil {
		return t
	}
	var via pgtenant.DB
	if err := after.Validate(); err != nil {
		via = noDB{err}
	} else {
		replicas := t.db.replica
		if replicas == nil {
			replicas = t.db.app
		}
		via = pgpool.NewReplica(replicas, t.db.app, string(after), t.db.replicaWait)
	}
	b := *t
	b.readOnly = true
	return bind(&b, t.conn.With(via), false)
}
