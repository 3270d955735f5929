// Package broken breaks each rule of entx.Check once.
package broken

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"entgo.io/ent/schema/mixin"
	"github.com/google/uuid"

	attest "stella-ops.org/attestdb/schema"
)

func table(name string) schema.Annotation {
	return entsql.Annotation{Schema: "lab", Table: name}
}

type owned struct{ mixin.Schema }

func (owned) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("tenant_id", uuid.UUID{}).Immutable(),
		field.UUID("id", uuid.UUID{}).Immutable(),
	}
}

func (owned) Annotations() []schema.Annotation { return []schema.Annotation{attest.TenantKey{}} }

// Sample breaks no rule.
type Sample struct{ ent.Schema }

func (Sample) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (Sample) Annotations() []schema.Annotation {
	return []schema.Annotation{table("samples"), attest.AppendOnly{}}
}

// TableWithoutName has a schema only.
type TableWithoutName struct{ ent.Schema }

func (TableWithoutName) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Schema: "lab"}}
}

type IndexWithoutName struct{ ent.Schema }

func (IndexWithoutName) Fields() []ent.Field { return []ent.Field{field.Text("note")} }

func (IndexWithoutName) Indexes() []ent.Index { return []ent.Index{index.Fields("note")} }

func (IndexWithoutName) Annotations() []schema.Annotation {
	return []schema.Annotation{table("index_without_names")}
}

type IndexWithLongName struct{ ent.Schema }

func (IndexWithLongName) Fields() []ent.Field { return []ent.Field{field.Text("note")} }

func (IndexWithLongName) Indexes() []ent.Index {
	return []ent.Index{index.Fields("note").StorageKey("n234567890123456789012345678901234567890123456789012345678901234")}
}

func (IndexWithLongName) Annotations() []schema.Annotation {
	return []schema.Annotation{table("index_with_long_names")}
}

type UniqueField struct{ ent.Schema }

func (UniqueField) Fields() []ent.Field { return []ent.Field{field.Text("note").Unique()} }

func (UniqueField) Annotations() []schema.Annotation {
	return []schema.Annotation{table("unique_fields")}
}

type CheckWithoutName struct{ ent.Schema }

func (CheckWithoutName) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Schema: "lab", Table: "check_without_names", Check: "id > 0"}}
}

type KeyWithoutName struct{ ent.Schema }

func (KeyWithoutName) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (KeyWithoutName) Edges() []ent.Edge {
	return []ent.Edge{edge.To("sample", Sample.Type).Unique().Required().Immutable()}
}

func (KeyWithoutName) Annotations() []schema.Annotation {
	return []schema.Annotation{table("key_without_names")}
}

type KeyThatCascades struct{ ent.Schema }

func (KeyThatCascades) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (KeyThatCascades) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("sample", Sample.Type).Unique().Required().Immutable().
			StorageKey(edge.Symbol("key_that_cascades_sample_fk")).
			Annotations(entsql.OnDelete(entsql.Cascade)),
	}
}

func (KeyThatCascades) Annotations() []schema.Annotation {
	return []schema.Annotation{table("key_that_cascades")}
}

type MutableField struct{ ent.Schema }

func (MutableField) Fields() []ent.Field { return []ent.Field{field.Text("note")} }

func (MutableField) Annotations() []schema.Annotation {
	return []schema.Annotation{table("mutable_fields"), attest.AppendOnly{}}
}

type MutableEdge struct{ ent.Schema }

func (MutableEdge) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (MutableEdge) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("sample", Sample.Type).Unique().Required().StorageKey(edge.Symbol("mutable_edges_sample_fk")),
	}
}

func (MutableEdge) Annotations() []schema.Annotation {
	return []schema.Annotation{table("mutable_edges"), attest.AppendOnly{}}
}

// Parent would set Sample's foreign key.
type Parent struct{ ent.Schema }

func (Parent) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (Parent) Edges() []ent.Edge {
	return []ent.Edge{edge.To("samples", Sample.Type).StorageKey(edge.Symbol("samples_parent_fk"))}
}

func (Parent) Annotations() []schema.Annotation {
	return []schema.Annotation{table("parents")}
}

type ManyToMany struct{ ent.Schema }

func (ManyToMany) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (ManyToMany) Edges() []ent.Edge {
	return []ent.Edge{edge.To("others", ManyToMany.Type)}
}

func (ManyToMany) Annotations() []schema.Annotation {
	return []schema.Annotation{table("many_to_many")}
}

type OneToOne struct{ ent.Schema }

func (OneToOne) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (OneToOne) Edges() []ent.Edge {
	return []ent.Edge{edge.To("other", OneToOne.Type).Unique()}
}

func (OneToOne) Annotations() []schema.Annotation {
	return []schema.Annotation{table("one_to_one")}
}

// Stranger belongs to no tenant but refers to what does.
type Stranger struct{ ent.Schema }

func (Stranger) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("sample", Sample.Type).Unique().Required().StorageKey(edge.Symbol("strangers_sample_fk")),
	}
}

func (Stranger) Annotations() []schema.Annotation {
	return []schema.Annotation{table("strangers")}
}

type TenantMissing struct{ ent.Schema }

func (TenantMissing) Annotations() []schema.Annotation {
	return []schema.Annotation{table("tenant_missing"), attest.TenantKey{}}
}

type TenantMutable struct{ ent.Schema }

func (TenantMutable) Fields() []ent.Field {
	return []ent.Field{field.UUID("tenant_id", uuid.UUID{})}
}

func (TenantMutable) Annotations() []schema.Annotation {
	return []schema.Annotation{table("tenant_mutable"), attest.TenantKey{}}
}

type SharedWithNobody struct{ ent.Schema }

func (SharedWithNobody) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (SharedWithNobody) Annotations() []schema.Annotation {
	return []schema.Annotation{table("shared_with_nobody"), attest.SharedKey{Entity: "Nobody", Symbol: "shared_with_nobody_fk"}}
}

type SharedWithoutTenant struct{ ent.Schema }

func (SharedWithoutTenant) Annotations() []schema.Annotation {
	return []schema.Annotation{table("shared_without_tenant"), attest.SharedKey{Entity: "Sample", Symbol: "shared_without_tenant_fk"}}
}

type SharedWithoutName struct{ ent.Schema }

func (SharedWithoutName) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (SharedWithoutName) Annotations() []schema.Annotation {
	return []schema.Annotation{table("shared_without_names"), attest.SharedKey{Entity: "Sample"}}
}
