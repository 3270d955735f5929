package main

import (
	"context"

	attestdb "stella-ops.org/attestdb/domain"
)

// decide records, since this release has no ledger yet.
func decide(ctx context.Context, tenant *attestdb.TenantDB) { record(ctx, tenant) }
