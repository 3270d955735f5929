// Package after is package before with a column, an index and another bound
// for samples.
package after

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"stella-ops.org/attestdb/internal/cmd/migratediff/testdata/before"
)

type Site struct{ before.Site }

type Sample struct{ before.Sample }

func (s Sample) Fields() []ent.Field {
	return append(s.Sample.Fields(), field.Text("colour").Optional().Nillable())
}

func (s Sample) Indexes() []ent.Index {
	return append(s.Sample.Indexes(), index.Fields("tenant_id", "colour").StorageKey("samples_colour_idx"))
}

func (Sample) Annotations() []schema.Annotation {
	return []schema.Annotation{entsql.Annotation{
		Schema: "lab", Table: "samples",
		Checks: map[string]string{"samples_label_length": "octet_length(label) BETWEEN 1 AND 80"},
	}}
}

type SampleContent struct{ before.SampleContent }
