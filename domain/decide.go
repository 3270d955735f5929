package attestdb

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/dssesign"
)

// DecideOption changes what [TenantDB.Decide] does.
type DecideOption func(*decideOptions)

type decideOptions struct {
	receipt bool
	signer  crypto.Signer
	record  []RecordOption
}

// SignReceipt has the decision's receipt made, signed by signer and recorded with the
// options of [TenantDB.Record]; a tenant that requires verified evidence needs [Verify].
// The signer's key is of Ed25519, of ECDSA on P-256, P-384 or P-521, or of RSA with at
// least 2048 bits; the signature's keyid is the hexadecimal SHA-256 of its
// SubjectPublicKeyInfo. It is asked while the ledger is held: one that is slow keeps
// others of the tenant waiting.
func SignReceipt(signer crypto.Signer, opts ...RecordOption) DecideOption {
	return func(o *decideOptions) { o.receipt, o.signer, o.record = true, signer, opts }
}

// Decided is what [TenantDB.Decide] returns.
type Decided struct {
	verdict.Appended
	// Receipt is the envelope of the receipt; nil without [SignReceipt].
	Receipt *attestor.Recorded
}

// Decide appends a decision to the tenant's ledger, as [verdict.Store.Append] does, and
// with [SignReceipt] records a receipt of it in the same transaction: both or neither.
//
// The receipt is an in-toto Statement in a DSSE envelope. For PASS and FAIL its predicate
// is a SLSA verification summary ([attestor.PredicateTypeVSA]), for WARN one of ours
// ([attestor.PredicateTypeWarning]). Its subject is the decision's, so that it is found by
// the artifact, and it names the entry by place and leaf hash ([ReceiptEntryField]). The
// envelope has the entry's id; [TenantDB.Receipt] finds it. A receipt needs a Verifier in
// the decision.
//
// With an idempotency key the first entry and its receipt are the answer, both with
// Existed set; one that has no receipt gets it. In a transaction of the caller's what
// Decide did is undone if it fails, and nothing else. Its errors are those of Append and
// of [TenantDB.Record]. After [ErrOutcomeUnknown] the same idempotency key settles
// whether entry and receipt are there.
func (t *TenantDB) Decide(ctx context.Context, d verdict.Decision, opts ...DecideOption) (decided Decided, err error) {
	ctx, call := t.start(ctx, "decide")
	defer call.End(&err)
	o := &decideOptions{}
	for _, opt := range opts {
		opt(o)
	}
	if !o.receipt {
		a, err := t.ledger.Append(ctx, d)
		return Decided{Appended: a}, err
	}
	signer, err := dssesign.New(o.signer)
	if err != nil {
		return Decided{}, err
	}
	if d.Verifier == "" {
		return Decided{}, &fault.Invalid{Field: "verifier", Allowed: "the URI of who decided, since a receipt names it"}
	}
	if err := t.ledger.Validate(ctx, d); err != nil {
		return Decided{}, err
	}
	err = t.InTx(ctx, func(ctx context.Context, tx *TenantDB) (err error) {
		decided, err = tx.decide(ctx, d, signer, o.record)
		return err
	})
	if err != nil {
		return Decided{}, err
	}
	return decided, nil
}

// decide runs in a transaction.
func (t *TenantDB) decide(ctx context.Context, d verdict.Decision, signer *dssesign.Signer, opts []RecordOption) (Decided, error) {
	a, err := t.ledger.Append(ctx, d)
	if err != nil {
		return Decided{}, err
	}
	decided := Decided{Appended: a}
	if a.Existed {
		have, err := t.Receipt(ctx, a.Entry)
		if err == nil {
			decided.Receipt = &attestor.Recorded{ID: have.ID, SHA256: have.SHA256, CreatedAt: have.CreatedAt, Existed: true, Erased: have.Erased, Verification: have.Verification}
			return decided, nil
		} else if !errors.Is(err, fault.ErrNotFound) {
			return Decided{}, err
		}
	}
	rec, err := t.recordReceipt(ctx, a.Entry, signer, opts)
	if err != nil {
		return Decided{}, fmt.Errorf("receipt: %w", err)
	}
	decided.Receipt = &rec
	return decided, nil
}

func (t *TenantDB) recordReceipt(ctx context.Context, e verdict.Entry, signer *dssesign.Signer, opts []RecordOption) (attestor.Recorded, error) {
	statement, err := receiptStatement(e)
	if err != nil {
		return attestor.Recorded{}, err
	}
	raw, err := signer.Envelope(ctx, attestor.PayloadTypeInToto, statement)
	if err != nil {
		return attestor.Recorded{}, err
	}
	ev, err := attestor.Parse(raw)
	if err != nil {
		return attestor.Recorded{}, err
	}
	stamp := attestor.NewStamp()
	stamp.ID = e.ID
	return t.recordStamped(ctx, stamp, ev, opts)
}
