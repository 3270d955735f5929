package pgrole

import (
	"context"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/internal/pgfault"
)

// Of returns the one role of attestdb's that q's login is a member of, and "" if it is a
// member of none or of several, as superusers are.
func Of(ctx context.Context, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
},
) (Role, error) {
	rows, err := q.Query(ctx, `SELECT r.rolname::text FROM pg_catalog.pg_roles r
		WHERE r.rolname = ANY ($1) AND pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')`, names())
	if err != nil {
		return "", pgfault.Map("look up role", err)
	}
	roles, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return "", pgfault.Map("look up role", err)
	}
	if len(roles) != 1 {
		return "", nil
	}
	return Role(roles[0]), nil
}
