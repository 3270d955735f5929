package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Tenant is one party whose evidence is kept apart from everybody else's.
type Tenant struct{ ent.Schema }

// Fields of the Tenant.
func (Tenant) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("id", uuid.UUID{}).Immutable().Default(newID),
		field.Text("name").Immutable(),
		field.Text("status").Default("active"),
		timestamp("created_at", now),
		field.Text("created_by").Immutable(),
		field.Time("status_changed_at").SchemaType(timestamptz).Default(now),
		field.Text("status_changed_by"),
		field.Bool("require_verified").Default(false).Comment("no evidence is taken that does not verify"),
		field.Bool("require_in_toto").Default(false).Comment("no evidence is taken but in-toto Statements"),
		field.Time("requirements_changed_at").SchemaType(timestamptz).Optional().Nillable(),
		field.Text("requirements_changed_by").Optional().Nillable(),
	}
}

// Indexes of the Tenant.
func (Tenant) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the tenant that a name means; names are unique.
		index.Fields("name").Unique().StorageKey("tenants_name_key"),
	}
}

// Annotations of the Tenant.
func (Tenant) Annotations() []schema.Annotation {
	return []schema.Annotation{
		table("tenancy", "tenants", map[string]string{
			"name_slug":                      "name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'",
			"status_known":                   "status IN ('active', 'suspended')",
			"created_by_length":              bytesBetween("created_by", 1, 256),
			"id_not_nil":                     "id <> '00000000-0000-0000-0000-000000000000'",
			"status_changed_by_length":       bytesBetween("status_changed_by", 1, 256),
			"times_finite":                   finite("created_at", "status_changed_at"),
			"requirements_changed_at_finite": finite("requirements_changed_at"),
			"requirements_changed_by_length": bytesBetween("requirements_changed_by", 1, 256),
			"requirements_changed_whole":     "(requirements_changed_at IS NULL) = (requirements_changed_by IS NULL)",
		}),
	}
}

// LibraryFloor says from which level on a library may use the database. A
// migration that older libraries could not live with adds a row.
type LibraryFloor struct{ ent.Schema }

// Fields of the LibraryFloor.
func (LibraryFloor) Fields() []ent.Field {
	manual := false
	return []ent.Field{
		field.Int("id").StorageKey("level").Immutable().
			Annotations(entsql.Annotation{Incremental: &manual}),
		field.Text("reason").Immutable(),
		timestamp("raised_at", now),
	}
}

// Annotations of the LibraryFloor.
func (LibraryFloor) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("tenancy", "library_floors", map[string]string{
			"level_positive": "level > 0",
			"reason_length":  bytesBetween("reason", 1, 1024),
		}),
	}
}
