package schema

import "entgo.io/ent/schema"

// AppendOnly marks an entity whose rows are evidence: the generated client has
// no way to update, delete or upsert them, and the database refuses it too.
type AppendOnly struct{}

// Name implements [schema.Annotation].
func (AppendOnly) Name() string { return "AppendOnly" }

// TenantKey marks an entity that belongs to a tenant. Its primary key becomes
// (tenant_id, id), and tenant_id leads every foreign key to another such
// entity; Ent itself goes on to know only id.
type TenantKey struct{}

// Name implements [schema.Annotation].
func (TenantKey) Name() string { return "TenantKey" }

// SharedKey marks an entity that has exactly one row, or none, for a row of
// another: its (tenant_id, id) is also a foreign key. Ent has no edge for that.
type SharedKey struct {
	// Entity is the Ent type whose key this entity shares.
	Entity string
	// Symbol names the foreign key.
	Symbol string
}

// Name implements [schema.Annotation].
func (SharedKey) Name() string { return "SharedKey" }

// Generated marks a field whose column PostgreSQL computes and stores: nobody
// writes it.
type Generated struct {
	// Expr is the SQL expression over the row's other columns.
	Expr string
}

// Name implements [schema.Annotation].
func (Generated) Name() string { return "Generated" }

// NullsNotDistinct has a unique index take NULLs for equal. Ent has no way to say
// that.
type NullsNotDistinct struct {
	// Index is the index's name.
	Index string
}

// Name implements [schema.Annotation].
func (NullsNotDistinct) Name() string { return "NullsNotDistinct" }

var _ = []schema.Annotation{AppendOnly{}, TenantKey{}, SharedKey{}, Generated{}, NullsNotDistinct{}}
