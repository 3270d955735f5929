package main

import (
	"context"
	"fmt"
	"slices"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	entschema "entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/entc/gen"

	"stella-ops.org/attestdb/internal/entx"
	"stella-ops.org/attestdb/internal/migrator"
)

// ModulePlan is what brings one module's migrations into step with the
// declarations.
type ModulePlan struct {
	Module string
	// Statements are the pending statements in their order, without ";", none
	// if the module is in step.
	Statements []string
	// LeftAlone describes what the migrations create and the declarations do
	// not: hand-written objects on declared tables, or things whose
	// declaration is gone. Dropping is never planned.
	LeftAlone []string

	changes []*migrate.Change
}

// Diff replays the migration directories of all modules below dir, in version
// order over all of them, on a scratch database of the server at serverURL, and
// compares the outcome with the declarations in the package at schemaPath. It
// returns one plan per module, in the order of modules, which is the order that
// foreign keys must respect.
//
// The server gets attestdb's roles, if it lacks them, and two scratch databases
// that are gone when Diff returns. The login must be a superuser. Nothing is
// written to dir.
func Diff(ctx context.Context, serverURL, dir, schemaPath string, modules []string) ([]ModulePlan, error) {
	dirs, err := openDirs(dir, modules)
	if err != nil {
		return nil, err
	}
	g, err := entx.Load(entx.Config{Schema: schemaPath, Package: entPackage, Features: entx.Features})
	if err != nil {
		return nil, err
	}
	// Hand-written SQL grants to the roles.
	if err := migrator.Bootstrap(ctx, serverURL); err != nil {
		return nil, err
	}
	desired, err := desiredRealm(ctx, serverURL, g, modules)
	if err != nil {
		return nil, fmt.Errorf("declarations: %w", err)
	}
	current, err := openScratch(ctx, serverURL)
	if err != nil {
		return nil, err
	}
	defer current.close(ctx)
	if err := replay(ctx, current, dirs); err != nil {
		return nil, err
	}
	realm, err := current.drv.InspectRealm(ctx, &atlas.InspectRealmOption{Schemas: modules, Mode: atlas.InspectSchemas | atlas.InspectTables})
	if err != nil {
		return nil, err
	}
	plans := make([]ModulePlan, 0, len(modules))
	for _, m := range modules {
		plan, err := diffModule(ctx, current.drv, m, realm, desired)
		if err != nil {
			return nil, fmt.Errorf("module %s: %w", m, err)
		}
		plans = append(plans, plan)
	}
	return plans, nil
}

const entPackage = "stella-ops.org/attestdb/ent"

// desiredRealm is the realm that the declarations ask for, in the form that
// PostgreSQL itself would give it.
func desiredRealm(ctx context.Context, serverURL string, g *gen.Graph, modules []string) (*atlas.Realm, error) {
	tables, err := g.Tables()
	if err != nil {
		return nil, err
	}
	scratch, err := openScratch(ctx, serverURL)
	if err != nil {
		return nil, err
	}
	defer scratch.close(ctx)
	// Atlas normalises in an empty database only.
	if _, err := scratch.db.ExecContext(ctx, "DROP SCHEMA public"); err != nil {
		return nil, err
	}
	m, err := entschema.NewMigrate(entsql.OpenDB(dialect.Postgres, scratch.db), entschema.WithForeignKeys(true))
	if err != nil {
		return nil, err
	}
	realm, err := m.StateReader(tables...).ReadState(ctx)
	if err != nil {
		return nil, err
	}
	if err := patch(realm, g, modules); err != nil {
		return nil, err
	}
	return scratch.drv.(atlas.Normalizer).NormalizeRealm(ctx, realm)
}

func diffModule(ctx context.Context, drv migrate.Driver, module string, current, desired *atlas.Realm) (ModulePlan, error) {
	plan := ModulePlan{Module: module}
	to, ok := desired.Schema(module)
	if !ok {
		to = atlas.New(module)
	}
	var changes []atlas.Change
	from, ok := current.Schema(module)
	if !ok {
		changes = append(changes, &atlas.AddSchema{S: atlas.New(module)})
		from = atlas.New(module)
	}
	keepComments(from, to)
	// Both sides come from PostgreSQL. Without this option Atlas overlooks that a
	// check of the same name has another expression.
	diff, err := drv.SchemaDiff(from, to, atlas.DiffNormalized())
	if err != nil {
		return plan, err
	}
	for _, c := range diff {
		kept, leftAlone := withoutDrops(c)
		if kept != nil {
			changes = append(changes, kept)
		}
		plan.LeftAlone = append(plan.LeftAlone, leftAlone...)
	}
	slices.Sort(plan.LeftAlone)
	if len(changes) == 0 {
		return plan, nil
	}
	p, err := drv.PlanChanges(ctx, module, changes, func(o *migrate.PlanOptions) { o.Indent = "  " })
	if err != nil {
		return plan, err
	}
	for _, c := range p.Changes {
		namePrimaryKey(c)
		plan.changes = append(plan.changes, c)
		plan.Statements = append(plan.Statements, c.Cmd)
	}
	return plan, nil
}

// keepComments copies to the desired schema what only hand-written SQL says:
// comments and, of the schema itself, every attribute.
func keepComments(from, to *atlas.Schema) {
	to.Attrs = from.Attrs
	for _, t := range to.Tables {
		old, ok := from.Table(t.Name)
		if !ok {
			continue
		}
		keepComment(old.Attrs, &t.Attrs)
		for _, c := range t.Columns {
			if old, ok := old.Column(c.Name); ok {
				keepComment(old.Attrs, &c.Attrs)
			}
		}
	}
}

func keepComment(from []atlas.Attr, to *[]atlas.Attr) {
	isComment := func(a atlas.Attr) bool { _, ok := a.(*atlas.Comment); return ok }
	if i := slices.IndexFunc(from, isComment); i >= 0 && !slices.ContainsFunc(*to, isComment) {
		*to = append(*to, from[i])
	}
}

// withoutDrops returns the part of the change that drops nothing, nil if there
// is none, and describes the rest.
func withoutDrops(c atlas.Change) (atlas.Change, []string) {
	switch c := c.(type) {
	case *atlas.AddTable:
		return c, nil
	case *atlas.ModifyTable:
		var leftAlone []string
		kept := slices.DeleteFunc(slices.Clone(c.Changes), func(m atlas.Change) bool {
			what := describeDrop(m)
			if what != "" {
				leftAlone = append(leftAlone, fmt.Sprintf("%s of table %s", what, c.T.Name))
			}
			return what != ""
		})
		if len(kept) == 0 {
			return nil, leftAlone
		}
		return &atlas.ModifyTable{T: c.T, Changes: kept}, leftAlone
	case *atlas.DropTable:
		return nil, []string{"table " + c.T.Name}
	default:
		return nil, []string{fmt.Sprintf("%T", c)}
	}
}

func describeDrop(c atlas.Change) string {
	switch c := c.(type) {
	case *atlas.DropColumn:
		return "column " + c.C.Name
	case *atlas.DropIndex:
		return "index " + c.I.Name
	case *atlas.DropCheck:
		return "check " + c.C.Name
	case *atlas.DropForeignKey:
		return "foreign key " + c.F.Symbol
	case *atlas.DropPrimaryKey:
		return "primary key " + c.P.Name
	case *atlas.DropAttr:
		return fmt.Sprintf("attribute %T", c.A)
	}
	return ""
}
