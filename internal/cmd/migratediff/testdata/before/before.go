// Package before declares two modules, base and lab; package after goes on
// from it.
package before

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

type owned struct{ mixin.Schema }

func (owned) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("tenant_id", uuid.UUID{}).Immutable(),
		field.UUID("id", uuid.UUID{}).Immutable(),
	}
}

func (owned) Annotations() []schema.Annotation { return []schema.Annotation{attest.TenantKey{}} }

// Site is in module base.
type Site struct{ ent.Schema }

func (Site) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (Site) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Schema: "base", Table: "sites"}}
}

// Sample is in module lab and refers to module base.
type Sample struct{ ent.Schema }

func (Sample) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (Sample) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("site_id", uuid.UUID{}).Immutable(),
		field.Text("label"),
	}
}

func (Sample) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("site", Site.Type).Unique().Required().Immutable().Field("site_id").
			StorageKey(edge.Symbol("samples_site_fk")),
	}
}

func (Sample) Indexes() []ent.Index {
	return []ent.Index{index.Fields("tenant_id", "label").Unique().StorageKey("samples_label_key")}
}

func (Sample) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{
		Schema: "lab", Table: "samples",
		Checks: map[string]string{"samples_label_length": "octet_length(label) BETWEEN 1 AND 64"},
	}}
}

// SampleContent shares Sample's key.
type SampleContent struct{ ent.Schema }

func (SampleContent) Mixin() []ent.Mixin { return []ent.Mixin{owned{}} }

func (SampleContent) Fields() []ent.Field { return []ent.Field{field.Bytes("content")} }

func (SampleContent) Annotations() []schema.Annotation {
	return []schema.Annotation{
		attest.SharedKey{Entity: "Sample", Symbol: "sample_contents_sample_fk"},
		entsql.Annotation{Schema: "lab", Table: "sample_contents"},
	}
}
