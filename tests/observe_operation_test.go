package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every public call that may talk to the database is measured under a name of its own,
// or by the calls of which it is made, and the documentation has the names.
func TestEveryCallIsMeasured(t *testing.T) {
	t.Parallel()
	// What is measured piece by piece, or not at all, and why.
	exempt := map[string]string{
		"attestdb.Bootstrap":              "before there is a configuration",
		"attestdb.DB.Close":               "it sends nothing",
		"attestdb.DB.Open":                "by open",
		"attestdb.Open":                   "by DB.open",
		"attestdb.DB.VerifyLedgers":       "each ledger by verdict.Store.Verify",
		"attestdb.CheckRestored":          "an operator's look at a copy",
		"attestdb.ConfigureLogin":         "an administrator's, once",
		"attestdb.VerifySchema":           "an operator's look at the schema",
		"attestdb.Diagnose":               "an operator's look",
		"attestdb.DistributeSQL":          "an administrator's, once",
		"attestdb.DB.Health":              "it measures itself",
		"attestdb.DB.LedgerOverview":      "for health",
		"verdict.Store.Overview":          "for health",
		"verdict.Store.LedgersOf":         "for CheckRestored",
		"attestor.Store.CheckRows":        "for CheckRestored",
		"attestor.Store.ChainIDs":         "for CheckRestored",
		"attestor.Store.CheckContents":    "for CheckRestored",
		"attestdb.TenantDB.Record":        "by recordStamped",
		"attestdb.TenantDB.RecordEach":    "each source by recordStamped",
		"attestdb.TenantDB.Reverify":      "each portion by reverify",
		"attestdb.TenantDB.VerifyEntries": "each page by verifyPage",
		"attestor.Store.All":              "each page by Find",
		"rekor.Store.All":                 "each page by Find",
		"verdict.Store.All":               "each page by Find",
		"verdict.Store.Range":             "each page by rangeRows",
		"verdict.Store.Checkpoints":       "each page by checkpoints",
		"verdict.Retention.Holds":         "each page by holds",
		"verdict.WithTransaction":         "it sends nothing",
		"verdict.Store.Validate":          "it sends nothing",
		"attestor.AssembleChain":          "for package domain, by TenantDB.AssembleChain",
		"attestor.Record":                 "for package domain, by TenantDB.Record",
		"attestor.RecordSBOM":             "for package domain, by TenantDB.ImportSBOM",
		"attestor.RecordSBOMs":            "for package domain, by TenantDB.RecordAll",
	}
	operations := map[string]string{}
	seen := map[string]bool{}
	for _, dir := range []string{"../domain", "../domain/attestor", "../domain/rekor", "../domain/tenancy", "../domain/verdict", "../internal/migrator"} {
		for name, f := range functions(t, dir) {
			for _, op := range operationsOf(f) {
				require.NotContains(t, operations, op, "%s has the operation of another call", name)
				operations[op] = name
			}
			if dir == "../internal/migrator" || !f.Name.IsExported() || !takesContext(f) || !isHandle(f) {
				continue
			}
			seen[name] = true
			if _, is := exempt[name]; is {
				require.Empty(t, operationsOf(f), "%s needs no exemption", name)
				continue
			}
			require.Len(t, operationsOf(f), 1, "%s is not measured: begin it with Start, and defer End", name)
		}
	}
	for name := range exempt {
		if name != "attestdb.DB.Open" {
			require.Contains(t, seen, name)
		}
	}
	documented := firstCells(t, "Operations")
	for op, name := range operations {
		require.Contains(t, documented, op, "the operation of %s is not in docs/observability.md", name)
	}
	for _, op := range documented {
		require.Contains(t, operations, op)
	}
	require.Greater(t, len(documented), 50)
}

// functions returns those of a package by name, methods with their type.
func functions(t *testing.T, dir string) map[string]*ast.FuncDecl {
	t.Helper()
	all := map[string]*ast.FuncDecl{}
	paths, err := filepath.Glob(dir + "/*.go")
	require.NoError(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is {
				name := file.Name.Name + "."
				if r := receiver(f); r != "" {
					name += r + "."
				}
				all[name+f.Name.Name] = f
			}
		}
	}
	return all
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	if star, is := typ.(*ast.StarExpr); is {
		typ = star.X
	}
	if id, is := typ.(*ast.Ident); is {
		return id.Name
	}
	return "?"
}

// isHandle reports whether a function is one of a handle's, or of a package.
func isHandle(f *ast.FuncDecl) bool {
	return slices.Contains([]string{"", "DB", "TenantDB", "Store", "Eraser", "Retention"}, receiver(f))
}

func takesContext(f *ast.FuncDecl) bool {
	for _, p := range f.Type.Params.List {
		if sel, is := p.Type.(*ast.SelectorExpr); is && sel.Sel.Name == "Context" {
			return true
		}
	}
	return false
}

// operationsOf returns the operations that a function begins.
func operationsOf(f *ast.FuncDecl) (ops []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, is := n.(*ast.CallExpr)
		if !is || len(call.Args) < 2 {
			return true
		}
		sel, is := call.Fun.(*ast.SelectorExpr)
		if !is || !slices.Contains([]string{"Start", "start", "StartShared"}, sel.Sel.Name) {
			return true
		}
		if lit, is := call.Args[1].(*ast.BasicLit); is && lit.Kind == token.STRING {
			op, _ := strconv.Unquote(lit.Value)
			ops = append(ops, op)
		}
		return true
	})
	return ops
}
