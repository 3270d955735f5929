package attestdb

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/pgfault"
)

// AssembleChain makes a proof chain of a subject's evidence, in one round trip,
// and stores it whole or not at all. The database orders and hashes it itself.
// If the subject's current chain is exactly this, that chain is the answer, with
// Existed set; else the new chain supersedes it, and the history keeps both. Of
// two calls at once the later one supersedes the earlier one's chain.
//
// It returns an *[InvalidError] for what no chain may have, an
// *[SegmentError] for a segment that the tenant lacks, whose bytes were erased, or that is
// about another artifact, [ErrUnknownTenant], or [ErrTenantSuspended]. Transient errors
// are retried: a chain that a lost connection had stored is found again by its id.
func (t *TenantDB) AssembleChain(ctx context.Context, req attestor.ChainRequest) (a attestor.AssembledChain, err error) {
	ctx, call := t.start(ctx, "assemble_chain")
	defer call.End(&err)
	a, err = t.assembleChain(ctx, req)
	t.counted(ctx, kindChain, a.Existed, err)
	return a, err
}

func (t *TenantDB) assembleChain(ctx context.Context, req attestor.ChainRequest) (a attestor.AssembledChain, err error) {
	if t.actor != "" {
		if err := t.actor.Validate(); err != nil {
			return a, err
		}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return a, err
	}
	c, err := attestor.PrepareChain(req, id, t.actor)
	if err != nil {
		return a, err
	}
	err = pgfault.Retry(ctx, t.retryStatement, func() (err error) {
		a, err = attestor.AssembleChain(ctx, t.conn, c)
		return err
	})
	return a, err
}

// VerifyChain is [attestor.Store.VerifyChain] and tells what was erased, as the tenant's
// ledger says, from what is missing.
func (t *TenantDB) VerifyChain(ctx context.Context, id uuid.UUID, progress func(done, total int)) (_ attestor.ChainVerification, err error) {
	ctx, call := t.start(ctx, "verify_chain")
	defer call.End(&err)
	v, err := t.store.VerifyChain(ctx, id, progress)
	if err != nil {
		return v, err
	}
	var missing []digest.SHA256
	for _, f := range v.Findings {
		if f.Problem == proofchain.Missing && f.Kind != "" {
			missing = append(missing, f.Digest)
		}
	}
	erased, err := t.ledger.EnvelopeErasures(ctx, missing)
	if err != nil {
		return attestor.ChainVerification{}, err
	}
	for i := range v.Findings {
		f := &v.Findings[i]
		if seq, ok := erased[f.Digest]; ok && f.Problem == proofchain.Missing {
			f.Problem, f.Detail = proofchain.Erased, fmt.Sprintf("entry %d of the ledger says who did and why", seq)
		}
	}
	return v, nil
}
