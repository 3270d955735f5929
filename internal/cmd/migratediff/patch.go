package main

import (
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	atlas "ariga.io/atlas/sql/schema"
	"entgo.io/ent/entc/gen"

	"stella-ops.org/attestdb/internal/entx"
)

// patch turns the realm that Ent asks for into attestdb's: tenant_id leads the
// keys of tenant entities, shared keys become foreign keys, generated columns get
// their expressions, and no foreign key acts when its parent changes. It refuses a foreign key to a later module.
func patch(realm *atlas.Realm, g *gen.Graph, modules []string) error {
	tables := map[string]*atlas.Table{} // by entity
	for _, t := range g.MutableNodes() {
		sql := t.EntSQL()
		s, ok := realm.Schema(sql.Schema)
		if !ok || !slices.Contains(modules, sql.Schema) {
			return fmt.Errorf("%s: schema %q is no module: add it to migrations.Modules", t.Name, sql.Schema)
		}
		if tables[t.Name], ok = s.Table(sql.Table); !ok {
			return fmt.Errorf("%s: table %s.%s is not in Ent's realm", t.Name, sql.Schema, sql.Table)
		}
		orderColumns(tables[t.Name], t)
		if err := generateColumns(tables[t.Name], t); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	tenant := map[*atlas.Table]bool{}
	for _, t := range g.MutableNodes() {
		if entx.TenantKey(t) {
			tenant[tables[t.Name]] = true
			if err := leadPrimaryKey(tables[t.Name]); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
	}
	for _, t := range g.MutableNodes() {
		for _, fk := range tables[t.Name].ForeignKeys {
			if tenant[fk.Table] && tenant[fk.RefTable] {
				fk.Columns = append([]*atlas.Column{tenantID(fk.Table)}, fk.Columns...)
				fk.RefColumns = append([]*atlas.Column{tenantID(fk.RefTable)}, fk.RefColumns...)
			}
		}
		key, err := entx.SharedKey(t)
		if err != nil {
			return err
		}
		if key != nil {
			child, parent := tables[t.Name], tables[key.Entity]
			child.AddForeignKeys(atlas.NewForeignKey(key.Symbol).
				AddColumns(keyColumns(child)...).
				SetRefTable(parent).
				AddRefColumns(keyColumns(parent)...))
		}
		if err := joinNulls(tables[t.Name], t); err != nil {
			return err
		}
		for _, fk := range tables[t.Name].ForeignKeys {
			fk.SetOnDelete(atlas.NoAction).SetOnUpdate(atlas.NoAction)
			from, to := fk.Table.Schema.Name, fk.RefTable.Schema.Name
			if slices.Index(modules, to) > slices.Index(modules, from) {
				return fmt.Errorf("%s: foreign key %s leads from module %s to the later module %s", t.Name, fk.Symbol, from, to)
			}
		}
	}
	return nil
}

// joinNulls has the index of a NullsNotDistinct take NULLs for equal.
func joinNulls(table *atlas.Table, t *gen.Type) error {
	a, err := entx.NullsNotDistinct(t)
	if a == nil || err != nil {
		return err
	}
	for _, i := range table.Indexes {
		if i.Name == a.Index {
			i.AddAttrs(&postgres.IndexNullsDistinct{V: false})
			return nil
		}
	}
	return fmt.Errorf("%s: NullsNotDistinct names %q: there is no such index", t.Name, a.Index)
}

// orderColumns puts a new table's columns in the order of their declaration,
// after tenant_id and id. Ent would put the columns of edges last; those of
// edges without a field stay there.
func orderColumns(table *atlas.Table, t *gen.Type) {
	order := []string{"tenant_id", t.ID.StorageKey()}
	for _, f := range t.Fields {
		order = append(order, f.StorageKey())
	}
	place := func(c *atlas.Column) int {
		if i := slices.Index(order, c.Name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(table.Columns, func(a, b *atlas.Column) int { return place(a) - place(b) })
}

// generateColumns makes stored generated columns of fields that say so.
func generateColumns(table *atlas.Table, t *gen.Type) error {
	for _, f := range t.Fields {
		g, err := entx.Generated(f)
		if err != nil {
			return err
		}
		if g == nil {
			continue
		}
		c, ok := table.Column(f.StorageKey())
		if !ok {
			return fmt.Errorf("field %s has no column", f.Name)
		}
		c.SetGeneratedExpr(&atlas.GeneratedExpr{Expr: g.Expr, Type: "STORED"})
	}
	return nil
}

func leadPrimaryKey(t *atlas.Table) error {
	if t.PrimaryKey == nil || len(t.PrimaryKey.Parts) != 1 || t.PrimaryKey.Parts[0].C == nil {
		return fmt.Errorf("a TenantKey entity needs an id of one column")
	}
	id := t.PrimaryKey.Parts[0].C
	t.PrimaryKey = nil
	t.SetPrimaryKey(atlas.NewPrimaryKey(tenantID(t), id))
	return nil
}

func tenantID(t *atlas.Table) *atlas.Column {
	c, _ := t.Column("tenant_id")
	return c
}

func keyColumns(t *atlas.Table) []*atlas.Column {
	columns := make([]*atlas.Column, 0, len(t.PrimaryKey.Parts))
	for _, p := range t.PrimaryKey.Parts {
		columns = append(columns, p.C)
	}
	return columns
}

// namePrimaryKey names the primary key of a new table, which Atlas leaves to
// PostgreSQL. The name is the one that PostgreSQL would give it.
func namePrimaryKey(c *migrate.Change) {
	add, ok := c.Source.(*atlas.AddTable)
	if !ok {
		return
	}
	const unnamed = "\n  PRIMARY KEY ("
	c.Cmd = strings.Replace(c.Cmd, unnamed, fmt.Sprintf("\n  CONSTRAINT \"%s_pkey\" PRIMARY KEY (", add.T.Name), 1)
}
