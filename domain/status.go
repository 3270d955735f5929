package attestdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/internal/pgfault"
)

// Status says whether the tenant may write. It returns [ErrUnknownTenant] if
// there is no such tenant, which reads do not tell: they find nothing.
func (t *TenantDB) Status(ctx context.Context) (status tenancy.Status, err error) {
	ctx, call := t.start(ctx, "status")
	defer call.End(&err)
	err = pgfault.Retry(ctx, t.retryStatement, func() error {
		rows, err := t.conn.Query(ctx, "SELECT t.status FROM tenancy.tenants t WHERE t.id = $1", t.id)
		if err != nil {
			return err
		}
		status, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[tenancy.Status])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("tenant %s: %w", t.id, fault.ErrUnknownTenant)
	}
	return status, pgfault.Map("read tenant's status", err)
}
