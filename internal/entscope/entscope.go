// Package entscope makes Ent clients that know one tenant: every query is
// narrowed to it, every row created is its, and nothing that is append-only can
// be changed. It is the second line behind the database's own rules and holds
// without them.
package entscope

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/ent"
	"stella-ops.org/attestdb/ent/intercept"
	_ "stella-ops.org/attestdb/ent/runtime" // the schema's defaults
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/pgxent"
)

const tenantColumn = "tenant_id"

// Client returns an Ent client for conn's tenant.
func Client(conn *pgtenant.Conn) *ent.Client {
	tenant := conn.Tenant()
	client := ent.NewClient(ent.Driver(pgxent.New(conn)))
	client.Intercept(intercept.TraverseFunc(func(_ context.Context, q intercept.Query) error {
		switch q.Type() {
		case ent.TypeLibraryFloor: // nobody's in particular
		case ent.TypeTenant:
			q.WhereP(sql.FieldEQ("id", tenant))
		default:
			q.WhereP(sql.FieldEQ(tenantColumn, tenant))
		}
		return nil
	}))
	client.Use(func(next ent.Mutator) ent.Mutator {
		return ent.MutateFunc(func(ctx context.Context, m ent.Mutation) (ent.Value, error) {
			// No entity that a tenant owns is changeable yet; one that becomes
			// so is let through by name.
			if !m.Op().Is(ent.OpCreate) {
				return nil, fmt.Errorf("%s of %s: %w", m.Op(), m.Type(), fault.ErrAppendOnly)
			}
			if set, ok := m.Field(tenantColumn); ok && set != ent.Value(tenant) {
				return nil, fmt.Errorf("create %s: %w", m.Type(), fault.ErrTenantMismatch)
			}
			if err := m.SetField(tenantColumn, tenant); err != nil {
				return nil, fmt.Errorf("create %s: it is not a tenant's to create: %w", m.Type(), err)
			}
			return next.Mutate(ctx, m)
		})
	})
	return client
}
