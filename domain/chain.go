package attestdb

import (
	"context"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/internal/pgfault"
)

// AssembleChain makes a proof chain of a subject's evidence, in one round trip,
// and stores it whole or not at all. The database orders and hashes it itself.
// If the subject's current chain is exactly this, that chain is the answer, with
// Existed set; else the new chain supersedes it, and the history keeps both. Of
// two calls at once the later one supersedes the earlier one's chain.
//
// It returns an *[InvalidError] for what no chain may have, an
// *[SegmentError] for a segment that the tenant lacks or that is about
// another artifact, [ErrUnknownTenant], or [ErrTenantSuspended]. Transient errors
// are retried: a chain that a lost connection had stored is found again by its id.
func (t *TenantDB) AssembleChain(ctx context.Context, req attestor.ChainRequest) (a attestor.AssembledChain, err error) {
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
