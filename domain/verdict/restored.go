package verdict

import (
	"context"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgfault"
)

// LedgersOf returns whose ledgers have stored checkpoints of an origin, of those that the
// handle may see: the tenant's alone, but for the auditor's.
func (s *Store) LedgersOf(ctx context.Context, origin string) ([]tenant.ID, error) {
	var ids []tenant.ID
	err := pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, `SELECT DISTINCT c.tenant_id FROM verdict.ledger_checkpoints c WHERE c.origin = $1 ORDER BY 1`, origin)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[tenant.ID])
		return err
	})
	return ids, pgfault.Map("look up the ledgers of an origin", err)
}
