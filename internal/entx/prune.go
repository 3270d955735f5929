package entx

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"

	"entgo.io/ent/entc/gen"
	"golang.org/x/tools/imports"
)

// prune takes the update, delete and upsert paths of append-only entities out
// of the generated files, and Ent's test helper, which migrates by Ent's means.
func prune(files map[string][]byte, g *gen.Graph) error {
	delete(files, "enttest/enttest.go")
	// Ent's version as the generator's own binary knows it: a test binary knows
	// none, and go.mod says it anyway.
	if err := cutFile(files, "runtime/runtime.go", map[string]map[string]bool{"Version": nil}); err != nil {
		return err
	}
	client := map[string]map[string]bool{}
	for _, t := range g.MutableNodes() {
		if !AppendOnly(t) {
			continue
		}
		delete(files, t.PackageDir()+"_update.go")
		delete(files, t.PackageDir()+"_delete.go")
		err := cutFile(files, t.PackageDir()+".go", map[string]map[string]bool{t.Name: set("Update")})
		if err != nil {
			return err
		}
		if err := cutFile(files, t.PackageDir()+"_create.go", upsertMethods(t)); err != nil {
			return err
		}
		client[t.ClientName()] = set("Update", "UpdateOne", "UpdateOneID", "Delete", "DeleteOne", "DeleteOneID", "mutate")
	}
	return cutFile(files, "client.go", client)
}

// upsertMethods names what the feature sql/upsert adds to an entity's create
// builders.
func upsertMethods(t *gen.Type) map[string]map[string]bool {
	return map[string]map[string]bool{
		t.CreateName():        set("OnConflict", "OnConflictColumns"),
		t.CreateBulkName():    set("OnConflict", "OnConflictColumns"),
		t.Name + "Upsert":     nil,
		t.Name + "UpsertOne":  nil,
		t.Name + "UpsertBulk": nil,
	}
}

func set(names ...string) map[string]bool {
	s := make(map[string]bool, len(names))
	for _, n := range names {
		s[n] = true
	}
	return s
}

type span struct{ from, to token.Pos }

// cutFile removes methods from one file, by the name of their receiver. A nil
// set stands for the type and all its methods, or for the constants declared
// together with that name. Of a method mutate only the cases go that are not
// OpCreate. It is an error if the file is not there: Ent's layout has changed
// then.
func cutFile(files map[string][]byte, name string, gone map[string]map[string]bool) error {
	src, ok := files[name]
	if !ok {
		return fmt.Errorf("prune %s: ent generated no such file", name)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return fmt.Errorf("prune %s: %w", name, err)
	}
	var cuts []span
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			methods, known := gone[receiver(d)]
			switch {
			case !known:
			case methods != nil && !methods[d.Name.Name]:
			case d.Name.Name == "mutate":
				cuts = append(cuts, casesButCreate(d)...)
			default:
				cuts = append(cuts, declaration(d, d.Doc))
			}
		case *ast.GenDecl:
			cuts = append(cuts, cutNames(d, gone)...)
		}
	}
	if len(cuts) == 0 {
		return nil
	}
	slices.SortFunc(cuts, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	last := 0
	for _, c := range cuts {
		out = append(out, src[last:fset.Position(c.from).Offset]...)
		last = fset.Position(c.to).Offset
	}
	out = append(out, src[last:]...)
	out, err = imports.Process(name, out, nil)
	if err != nil {
		return fmt.Errorf("prune %s: %w", name, err)
	}
	files[name] = out
	return nil
}

func declaration(n ast.Node, doc *ast.CommentGroup) span {
	if doc != nil {
		return span{doc.Pos(), n.End()}
	}
	return span{n.Pos(), n.End()}
}

func cutNames(d *ast.GenDecl, gone map[string]map[string]bool) []span {
	whole := func(name *ast.Ident) bool {
		methods, known := gone[name.Name]
		return known && methods == nil
	}
	var cuts []span
	for _, s := range d.Specs {
		switch spec := s.(type) {
		case *ast.ValueSpec:
			if slices.ContainsFunc(spec.Names, whole) {
				return []span{declaration(d, d.Doc)}
			}
		case *ast.TypeSpec:
			if whole(spec.Name) {
				cuts = append(cuts, declaration(spec, spec.Doc))
			}
		}
	}
	if len(cuts) > 0 && len(cuts) == len(d.Specs) {
		return []span{declaration(d, d.Doc)}
	}
	return cuts
}

func casesButCreate(mutate *ast.FuncDecl) []span {
	var cuts []span
	ast.Inspect(mutate.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CaseClause)
		if !ok {
			return true
		}
		isCreate := slices.ContainsFunc(c.List, func(e ast.Expr) bool {
			id, ok := e.(*ast.Ident)
			return ok && id.Name == "OpCreate"
		})
		if c.List != nil && !isCreate {
			cuts = append(cuts, span{c.Pos(), c.End()})
		}
		return false
	})
	return cuts
}

// receiver returns the name of the method's receiver type, "" for a function.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	typ := fn.Recv.List[0].Type
	if p, ok := typ.(*ast.StarExpr); ok {
		typ = p.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}
