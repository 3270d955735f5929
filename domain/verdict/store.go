package verdict

import (
	"context"

	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Store is a tenant's ledger. It is reached by TenantDB.Verdict and is safe for
// concurrent use; one that is bound to a transaction is as safe as the transaction,
// which is not.
type Store struct {
	conn     *pgtenant.Conn
	actor    tenant.Actor
	appender *Appender // nil in a transaction
	retry    func(error) bool
}

// NewStore is for package domain. appender is nil in a transaction.
func NewStore(conn *pgtenant.Conn, actor tenant.Actor, appender *Appender, retry func(error) bool) *Store {
	return &Store{conn: conn, actor: actor, appender: appender, retry: retry}
}

func (s *Store) tenant() tenant.ID { return tenant.ID(s.conn.Tenant()) }

type inTransaction struct{}

// WithTransaction is for package domain: it marks the context of a function that runs in
// a transaction of a tenant's.
func WithTransaction(ctx context.Context, id tenant.ID) context.Context {
	return context.WithValue(ctx, inTransaction{}, id)
}

// insideOther reports whether the call comes from within a transaction of the tenant's
// by a handle that is not in it: it would wait for the lock that the transaction holds,
// which ends after the call.
func (s *Store) insideOther(ctx context.Context) bool {
	return s.appender != nil && ctx.Value(inTransaction{}) == s.tenant()
}
