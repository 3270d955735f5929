// Package sound declares one entity that only grows and one that may change.
package sound

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"github.com/google/uuid"

	attest "stella-ops.org/attestdb/schema"
)

// Label may change.
type Label struct{ ent.Schema }

func (Label) Fields() []ent.Field {
	return []ent.Field{field.UUID("id", uuid.UUID{}).Immutable(), field.Text("name")}
}

func (Label) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{Schema: "lab", Table: "labels"}}
}

// Reading only grows.
type Reading struct{ ent.Schema }

func (Reading) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("id", uuid.UUID{}).Immutable(),
		field.Text("value").Immutable(),
	}
}

func (Reading) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("label", Label.Type).Unique().Required().Immutable().
			StorageKey(edge.Symbol("readings_label_fk")),
	}
}

func (Reading) Annotations() []schema.Annotation {
	return []schema.Annotation{attest.AppendOnly{}, entsql.Annotation{Schema: "lab", Table: "readings"}}
}
