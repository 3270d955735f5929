package entx

import (
	"errors"
	"fmt"
	"slices"

	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/entc/load"
	"entgo.io/ent/schema/field"
)

// maxName is PostgreSQL's limit for a name, in bytes. Longer ones are cut
// silently.
const maxName = 63

// Check returns every breach of these rules, joined, each with its entity:
//
//   - An entity names its schema and its table. Every index, check and foreign
//     key has a name of its own, of at most 63 bytes. No foreign key acts when
//     its parent goes.
//   - Nothing about an append-only entity can change: every field is immutable,
//     every edge too, and no other entity has an edge that would set its
//     foreign key.
//   - A TenantKey entity has an immutable, required tenant_id of type uuid, and
//     an entity without one refers to none that has.
//   - A SharedKey names an entity of the graph; both have a TenantKey.
//   - Many-to-many and one-to-one edges are not used: their join tables and
//     unique constraints would not start with tenant_id.
func Check(g *gen.Graph) error {
	declared := map[string]*load.Schema{}
	for _, s := range g.Schemas {
		declared[s.Name] = s
	}
	c := &checker{graph: g}
	for _, t := range g.MutableNodes() {
		c.entity = t
		c.table()
		c.indexes(declared[t.Name])
		c.edges()
		c.appendOnly()
		c.tenantKey()
		c.sharedKey()
	}
	return errors.Join(c.errs...)
}

type checker struct {
	graph  *gen.Graph
	entity *gen.Type
	errs   []error
}

func (c *checker) failf(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %s", c.entity.Name, fmt.Sprintf(format, args...)))
}

func (c *checker) name(kind, name string) {
	if len(name) > maxName {
		c.failf("%s %q has %d bytes: PostgreSQL keeps %d", kind, name, len(name), maxName)
	}
}

func (c *checker) table() {
	sql := c.entity.EntSQL()
	if sql == nil || sql.Schema == "" || sql.Table == "" {
		c.failf("no schema or no table name: annotate it with entsql.Annotation{Schema, Table}")
		return
	}
	c.name("table", sql.Table)
	if sql.Check != "" {
		c.failf("a check has no name: use entsql.Annotation.Checks")
	}
	for name := range sql.Checks {
		c.name("check", name)
	}
}

func (c *checker) indexes(s *load.Schema) {
	for _, i := range s.Indexes {
		if i.StorageKey == "" {
			c.failf("index on %v has no name: add StorageKey", append(slices.Clone(i.Fields), i.Edges...))
		}
		c.name("index", i.StorageKey)
	}
	for _, f := range s.Fields {
		if f.Unique {
			c.failf("field %s: its unique constraint has no name: use a unique index with a StorageKey", f.Name)
		}
	}
}

func (c *checker) edges() {
	for _, e := range c.entity.Edges {
		switch {
		case e.M2M():
			c.failf("edge %s is many-to-many: declare an entity for the pair", e.Name)
			continue
		case e.O2O():
			c.failf("edge %s is one-to-one: use SharedKey, or a unique index that starts with tenant_id", e.Name)
			continue
		}
		if AppendOnly(e.Type) && !e.OwnFK() {
			c.failf("edge %s sets %s's foreign key, but %s is append-only: declare the edge on %s only",
				e.Name, e.Type.Name, e.Type.Name, e.Type.Name)
		}
		if e.OwnFK() && !TenantKey(c.entity) && TenantKey(e.Type) {
			c.failf("edge %s refers to %s, which belongs to a tenant: add TenantKey", e.Name, e.Type.Name)
		}
		if e.IsInverse() {
			continue
		}
		key, err := e.StorageKey()
		if err != nil || key == nil || len(key.Symbols) == 0 {
			c.failf("edge %s: its foreign key has no name: add StorageKey(edge.Symbol(…))", e.Name)
			continue
		}
		c.name("foreign key", key.Symbols[0])
		if sql := e.EntSQL(); sql != nil && sql.OnDelete != "" && sql.OnDelete != entsql.NoAction {
			c.failf("edge %s: ON DELETE %s: a foreign key acts on nothing here, use entsql.NoAction", e.Name, sql.OnDelete)
		}
	}
}

func (c *checker) appendOnly() {
	if !AppendOnly(c.entity) {
		return
	}
	for _, f := range c.entity.Fields {
		if !f.Immutable {
			c.failf("field %s of an append-only entity is not Immutable", f.Name)
		}
	}
	for _, e := range c.entity.Edges {
		if e.OwnFK() && !e.Immutable {
			c.failf("edge %s of an append-only entity is not Immutable", e.Name)
		}
	}
}

func (c *checker) tenantKey() {
	if !TenantKey(c.entity) {
		return
	}
	f, ok := c.entity.FieldBy(func(f *gen.Field) bool { return f.StorageKey() == "tenant_id" })
	switch {
	case !ok:
		c.failf("TenantKey without a field tenant_id")
	case f.Type.Type != field.TypeUUID, !f.Immutable, f.Optional, f.Nillable:
		c.failf("field tenant_id: a TenantKey wants field.UUID, Immutable, neither Optional nor Nillable")
	}
}

func (c *checker) sharedKey() {
	key, err := SharedKey(c.entity)
	if err != nil {
		c.errs = append(c.errs, err)
		return
	}
	if key == nil {
		return
	}
	if key.Symbol == "" {
		c.failf("SharedKey with %s: its foreign key has no name: set Symbol", key.Entity)
	}
	c.name("foreign key", key.Symbol)
	i := slices.IndexFunc(c.graph.Nodes, func(t *gen.Type) bool { return t.Name == key.Entity })
	switch {
	case i < 0:
		c.failf("SharedKey names %q: there is no such entity", key.Entity)
	case !TenantKey(c.entity), !TenantKey(c.graph.Nodes[i]):
		c.failf("SharedKey with %s: both need TenantKey", key.Entity)
	}
}
