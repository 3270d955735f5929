package observe

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/domain/fault"
)

// outcome says whose matter it is how a call ended.
type outcome string

const (
	// ok: the call did what it was asked.
	ok outcome = "ok"
	// refused: the answer is no, and the caller can do something about it.
	refused outcome = "refused"
	// failed: database, network or library could not; somebody on call can.
	failed outcome = "failed"
	// canceled: the caller gave up.
	canceled outcome = "canceled"
)

// reason is why a call did not do what it was asked.
type reason struct {
	outcome outcome
	kind    string // error.type, "" if there is none
}

// sentinels are the values of error.type, in the order in which they are looked for: an
// append that ended with its context has both a sentinel and the context's error.
var sentinels = []struct {
	err error
	reason
}{
	{fault.ErrOutcomeUnknown, reason{failed, "outcome_unknown"}},
	{fault.ErrLedgerBusy, reason{failed, "ledger_busy"}},
	{context.Canceled, reason{canceled, "canceled"}},
	{context.DeadlineExceeded, reason{failed, "deadline_exceeded"}},
	{fault.ErrUnavailable, reason{failed, "unavailable"}},
	{fault.ErrStorageFull, reason{failed, "storage_full"}},
	{fault.ErrReadOnly, reason{failed, "read_only"}},
	{fault.ErrRole, reason{failed, "role"}},
	{fault.ErrServer, reason{failed, "server"}},
	{fault.ErrSchema, reason{failed, "schema"}},
	{fault.ErrLedgerLaw, reason{failed, "ledger_law"}},
	{fault.ErrAppendOnly, reason{failed, "append_only"}},
	{fault.ErrTenantMismatch, reason{failed, "tenant_mismatch"}},
	{fault.ErrInvalid, reason{refused, "invalid"}},
	{fault.ErrVerification, reason{refused, "verification"}},
	{fault.ErrRequirement, reason{refused, "requirement"}},
	{fault.ErrUnknownTenant, reason{refused, "unknown_tenant"}},
	{fault.ErrTenantSuspended, reason{refused, "tenant_suspended"}},
	{fault.ErrIdempotencyConflict, reason{refused, "idempotency_conflict"}},
	{fault.ErrNoActor, reason{refused, "no_actor"}},
	{fault.ErrErased, reason{refused, "erased"}},
	{fault.ErrHeld, reason{refused, "held"}},
	{fault.ErrNotFound, reason{refused, "not_found"}},
	{errPanic, reason{failed, "panic"}},
}

// other is the value that the semantic conventions have for an error without a name.
const other = "_OTHER"

// reasonOf names what went wrong: by a sentinel, by what a module calls it, or by the
// server's code.
func (o *Observer) reasonOf(err error) reason {
	if err == nil {
		return reason{outcome: ok}
	}
	for i := range sentinels {
		if errors.Is(err, sentinels[i].err) {
			return sentinels[i].reason
		}
	}
	if o.errorType != nil {
		if kind := o.errorType(err); kind != "" {
			return reason{failed, kind}
		}
	}
	if state := sqlState(err); state != "" {
		return reason{failed, state}
	}
	return reason{failed, other}
}

func sqlState(err error) string {
	if pg, is := errors.AsType[*pgconn.PgError](err); is {
		return pg.Code
	}
	return ""
}
