package schema

import (
	"fmt"
	"strings"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"
	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/digest"
)

// tenantOwned gives an entity the columns of every tenant table.
type tenantOwned struct{ mixin.Schema }

func (tenantOwned) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("tenant_id", uuid.UUID{}).Immutable(),
		field.UUID("id", uuid.UUID{}).Immutable().Default(newID),
		timestamp("created_at", now),
	}
}

func (tenantOwned) Annotations() []schema.Annotation {
	return []schema.Annotation{TenantKey{}}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// now is truncated because PostgreSQL keeps microseconds: what is read back
// must equal what was written.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

var timestamptz = map[string]string{dialect.Postgres: "timestamptz"}

func timestamp(name string, def func() time.Time) ent.Field {
	return field.Time(name).SchemaType(timestamptz).Immutable().Default(def)
}

func sha256Bytes(name string) ent.Field {
	return field.Bytes(name).GoType(digest.SHA256{}).Immutable()
}

// generated declares a text column that PostgreSQL computes, in byte order, which
// is what prefixes are searched in.
func generated(name, expr string) ent.Field {
	return field.Text(name).Immutable().Optional().Nillable().
		Annotations(Generated{Expr: expr}, entsql.Annotation{Collation: "C"})
}

// table names an entity's table. Each check becomes a constraint
// <table>_<key>, so that an error names what is wrong.
func table(module, name string, checks map[string]string) schema.Annotation {
	named := make(map[string]string, len(checks))
	for key, expr := range checks {
		named[name+"_"+key] = expr
	}
	return entsql.Annotation{Schema: module, Table: name, Checks: named}
}

// bytesBetween bounds a column's length in bytes. The bound stands in the
// database because Ent's length validators hold for Ent's writers only.
func bytesBetween(column string, least, most int) string {
	return fmt.Sprintf("octet_length(%s) BETWEEN %d AND %d", column, least, most)
}

// finite refuses the infinities of timestamptz, which Go cannot hold.
func finite(columns ...string) string {
	var expr strings.Builder
	for i, c := range columns {
		if i > 0 {
			expr.WriteString(" AND ")
		}
		expr.WriteString("isfinite(" + c + ")")
	}
	return expr.String()
}
