package attestdb

import (
	"context"
	"fmt"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
)

// RecordOption changes what [TenantDB.Record] does.
type RecordOption func(*recordOptions)

type recordOptions struct {
	verifier   attestor.Verifier
	keepFailed bool
}

// Verify has the evidence verified before it is stored. Evidence that fails is
// refused unless [KeepFailed] is given as well.
func Verify(v attestor.Verifier) RecordOption {
	return func(o *recordOptions) { o.verifier = v }
}

// KeepFailed stores evidence that does not verify, with the outcome failed and
// the reason. It goes with [Verify].
func KeepFailed() RecordOption {
	return func(o *recordOptions) { o.keepFailed = true }
}

// Record stores evidence for the tenant: its bytes, its signatures with their
// identities, its Statement with its subjects, and what the verifier said. All
// of it is stored or nothing, in one round trip; bytes that are there already
// take a second one.
//
// The same bytes again return the first record, with Existed set; a new
// verdict of a verifier is then added to it. Without [Verify] the outcome is
// unverified, and that is what the record says.
//
// It returns a *[VerificationError] for evidence that does not verify,
// [ErrUnknownTenant], [ErrTenantSuspended], or an *[InvalidError]. Transient
// errors are retried, since recording again is safe; after a connection broke,
// Existed may thus be true for the caller's own record.
func (t *TenantDB) Record(ctx context.Context, ev *attestor.Evidence, opts ...RecordOption) (attestor.Recorded, error) {
	var o recordOptions
	for _, opt := range opts {
		opt(&o)
	}
	if ev == nil {
		return attestor.Recorded{}, &fault.Invalid{Field: "evidence", Allowed: "what attestor.Parse returned"}
	}
	if t.actor != "" {
		if err := t.actor.Validate(); err != nil {
			return attestor.Recorded{}, err
		}
	}
	if o.keepFailed && o.verifier == nil {
		return attestor.Recorded{}, &fault.Invalid{Field: "KeepFailed", Allowed: "together with Verify"}
	}
	v := attestor.Verification{Outcome: attestor.Unverified}
	if o.verifier != nil {
		var err error
		if v, err = o.verifier.Verify(ctx, ev); err != nil {
			return attestor.Recorded{}, fmt.Errorf("verify: %w", err)
		}
		if err := v.Validate(len(ev.Envelope.Signatures)); err != nil {
			return attestor.Recorded{}, fmt.Errorf("the verifier's answer: %w", err)
		}
		if v.Outcome != attestor.Verified && !o.keepFailed {
			return attestor.Recorded{}, &fault.Verification{Verifier: v.Verifier, Reason: v.Reason}
		}
	}
	return attestor.Record(ctx, t.conn, t.retryStatement, t.actor, ev, v)
}
