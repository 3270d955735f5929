package verdict

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

// RunRequest says how [Retention.Run] runs.
type RunRequest struct {
	// DryRun counts what would be erased, and erases nothing.
	DryRun bool
	// Batch is how many contents are looked at in one transaction, 1 to 1000; 0 is 200.
	// While a batch erases, nobody else appends to the tenant's ledger.
	Batch int
	// Progress is called after each batch with what is done so far; nil is silence.
	Progress func(Expired)
}

// Expired counts what a run erased, or would.
type Expired struct {
	// Looked is how many contents were looked at.
	Looked int64
	// Envelopes and Payloads were erased; HeldEnvelopes and HeldPayloads have expired and
	// are kept by a hold.
	Envelopes, Payloads         int64
	HeldEnvelopes, HeldPayloads int64
}

// Run erases what has been kept for as long as the tenant's rules say and is not held.
// Each erasure is an act in the tenant's ledger, as if [Eraser] had done it, and the
// reason says that it is retention. What is young enough, what a rule keeps for ever, and
// what no rule is about stays; so does everything but the bytes.
//
// It goes in batches, each of them a transaction, and returns what was done before an
// error, too: the next run goes on. Several runs at once erase nothing twice. A suspended
// tenant's contents expire as well.
//
// It returns [fault.ErrNoActor], [fault.ErrUnknownTenant], [fault.ErrLedgerBusy] if others
// keep the ledger for too long, and a *[fault.Invalid].
func (r *Retention) Run(ctx context.Context, id tenant.ID, req RunRequest) (done Expired, err error) {
	ctx, call := r.conn.Start(ctx, "verdict.run_retention")
	defer call.End(&err)
	if err := needActor(r.actor); err != nil {
		return done, err
	}
	if req.Batch == 0 {
		req.Batch = 200
	}
	if req.Batch < 0 || req.Batch > 1000 {
		return done, &fault.Invalid{Field: "batch", Allowed: "1 to 1000, or 0 for 200"}
	}
	for _, kind := range []ContentKind{EnvelopeContents, EntryPayloads} {
		if err := r.expire(ctx, id, kind, req, &done); err != nil {
			return done, err
		}
	}
	return done, nil
}

const expireSQL = "SELECT looked, erased, held, last_at, last_id FROM verdict.expire($1, $2, $3, $4, $5, $6, $7)"

// expired is what one batch did.
type expired struct {
	Looked, Erased, Held int64
	LastAt               *time.Time
	LastID               *uuid.UUID
}

func (r *Retention) expire(ctx context.Context, id tenant.ID, kind ContentKind, req RunRequest, done *Expired) error {
	var b expired
	for {
		at, last := b.LastAt, b.LastID
		// A batch that was committed without our hearing of it is not counted, and does
		// nothing when it is run again.
		err := pgfault.Retry(ctx, pgfault.Transient, func() error {
			rows, err := r.conn.Query(ctx, expireSQL, id, string(kind), string(r.actor), req.DryRun, req.Batch, at, last)
			if err != nil {
				return err
			}
			b, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[expired])
			return err
		})
		if err != nil {
			return mapAct("run retention", err)
		}
		done.Looked += b.Looked
		if kind == EnvelopeContents {
			done.Envelopes += b.Erased
			done.HeldEnvelopes += b.Held
		} else {
			done.Payloads += b.Erased
			done.HeldPayloads += b.Held
		}
		if req.Progress != nil {
			req.Progress(*done)
		}
		if b.Looked < int64(req.Batch) {
			return nil
		}
	}
}
