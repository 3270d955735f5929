package attestdb

import (
	"context"
	"fmt"
	"iter"
	"runtime"

	"golang.org/x/sync/errgroup"

	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/pgfault"
)

// LedgersRequest says which ledgers [DB.VerifyLedgers] verifies.
type LedgersRequest struct {
	// Tenants are whose; each needs none of its own rights.
	Tenants []tenant.ID
	// Request returns what a tenant's ledger is compared with; nil is the zero request
	// for all. It may be called from several goroutines.
	Request func(tenant.ID) verdict.VerifyRequest
	// Parallel is how many are verified at once; 0 is as many as Go uses processors.
	Parallel int
}

// VerifiedLedger is what [DB.VerifyLedgers] found of one tenant's ledger.
type VerifiedLedger struct {
	Tenant tenant.ID
	verdict.Report
	// Err is why it could not be told.
	Err error
}

// VerifyLedgers verifies the ledgers of many tenants, several at once, and yields each as
// it is done. It needs Config.Auditor. That a ledger could not be verified ends nothing:
// its Err says so, of every one that is left when ctx ends as well.
func (db *DB) VerifyLedgers(ctx context.Context, req LedgersRequest) iter.Seq[VerifiedLedger] {
	return func(yield func(VerifiedLedger) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		left := make(chan struct{})
		defer close(left)
		parallel := req.Parallel
		if parallel <= 0 {
			parallel = runtime.GOMAXPROCS(0)
		}
		done := make(chan VerifiedLedger)
		go func() {
			defer close(done)
			var group errgroup.Group
			group.SetLimit(parallel)
			for _, id := range req.Tenants {
				group.Go(func() error {
					select {
					case done <- db.verifyLedger(ctx, id, req.Request):
					case <-left:
					}
					return nil
				})
			}
			_ = group.Wait() // nothing of it fails
		}()
		for v := range done {
			if !yield(v) {
				return
			}
		}
	}
}

func (db *DB) verifyLedger(ctx context.Context, id tenant.ID, request func(tenant.ID) verdict.VerifyRequest) VerifiedLedger {
	v := VerifiedLedger{Tenant: id}
	if db.auditor == nil {
		v.Err = noPool("Auditor").err
		return v
	}
	var req verdict.VerifyRequest
	if request != nil {
		req = request(id)
	}
	store := verdict.NewStore(db.conn(db.auditor, id), "", nil, pgfault.Transient)
	v.Report, v.Err = store.Verify(ctx, req)
	db.verified.note(v)
	if v.Err != nil {
		v.Err = fmt.Errorf("tenant %s: %w", id, v.Err)
	}
	return v
}
