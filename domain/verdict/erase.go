package verdict

import (
	"context"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Eraser erases bytes and leaves in the tenant's ledger who did, when and why, so that
// what they proved is provable still. It is reached by DB.Eraser and is safe for
// concurrent use.
type Eraser struct {
	conn  *pgtenant.Conn
	actor tenant.Actor
}

// NewEraser is for package domain.
func NewEraser(conn *pgtenant.Conn) *Eraser { return &Eraser{conn: conn} }

// As returns a handle for which actor acts. Erasing needs one.
func (e *Eraser) As(actor tenant.Actor) *Eraser { return &Eraser{conn: e.conn, actor: actor} }

// Erasure is what the ledger says of one.
type Erasure struct {
	// Seq is the act's place in the tenant's ledger.
	Seq int64
	// Existed says that the bytes had been erased before: Seq is that act's.
	Existed bool
}

// Payload erases the payload of the entry seq, with its nonce, so that nobody can find out
// by guessing what it was. The entry with its hash, reason, subject and verifier stays for
// ever, and so does an act with this reason. To erase it again changes nothing.
//
// It returns [fault.ErrNotFound] if the tenant has no such entry, or it never had a
// payload, [fault.ErrHeld] if a legal hold covers it, [fault.ErrNoActor], and a
// *[fault.Invalid] for a reason that is none.
func (e *Eraser) Payload(ctx context.Context, id tenant.ID, seq int64, reason string) (_ Erasure, err error) {
	ctx, call := e.conn.Start(ctx, "verdict.erase_payload")
	defer call.End(&err)
	return e.erase(ctx, "SELECT act_seq, existed FROM verdict.erase_payload($1, $2, $3, $4)", id, seq, reason)
}

// Envelope erases the bytes of the envelope with this digest. Its digest, signatures,
// subjects, verifications and log entries stay, and so do the components of an SBOM in
// it. Otherwise it is as [Eraser.Payload].
func (e *Eraser) Envelope(ctx context.Context, id tenant.ID, sum digest.SHA256, reason string) (_ Erasure, err error) {
	ctx, call := e.conn.Start(ctx, "verdict.erase_envelope")
	defer call.End(&err)
	return e.erase(ctx, "SELECT act_seq, existed FROM verdict.erase_envelope($1, $2, $3, $4)", id, sum[:], reason)
}

func (e *Eraser) erase(ctx context.Context, sql string, id tenant.ID, what any, reason string) (Erasure, error) {
	if err := needActor(e.actor); err != nil {
		return Erasure{}, err
	}
	if err := validateReason(reason); err != nil {
		return Erasure{}, err
	}
	var done Erasure
	// To erase again changes nothing.
	err := pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := e.conn.Query(ctx, sql, id, what, string(e.actor), reason)
		if err != nil {
			return err
		}
		done, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Erasure])
		return err
	})
	return done, mapAct("erase", err)
}
