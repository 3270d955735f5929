package tests

import (
	"fmt"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"
)

// The exported API of domain, as a golden file: a change of it is a decision.
// Nothing generated and nothing of database/sql appears in it.
func TestExportedAPIMatchesGolden(t *testing.T) {
	t.Parallel()
	pkgs, err := packages.Load(&packages.Config{
		// Types from export data: reading every dependency's source takes minutes.
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedExportFile,
		Dir:  "..",
	}, "./domain/...")
	require.NoError(t, err)
	require.NotEmpty(t, pkgs)
	var b strings.Builder
	for _, pkg := range pkgs {
		require.Empty(t, pkg.Errors, pkg.PkgPath)
		fmt.Fprintf(&b, "package %s // %s\n", pkg.Name, strings.TrimPrefix(pkg.PkgPath, module))
		qualify := func(p *types.Package) string {
			if p == pkg.Types {
				return ""
			}
			return strings.TrimPrefix(p.Path(), module)
		}
		scope := pkg.Types.Scope()
		for _, name := range scope.Names() {
			if obj := scope.Lookup(name); obj.Exported() {
				describe(&b, obj, qualify)
			}
		}
		b.WriteString("\n")
	}
	api := b.String()
	for line := range strings.Lines(api) {
		require.NotRegexp(t, `\b(ent|schema)/|entgo\.io|database/sql\.`, line)
		if strings.Contains(line, "internal/") {
			// These are for package domain: nobody else can make their arguments.
			require.Regexp(t, `^\s*(func (NewStore|NewAppender|NewEraser|NewRetention|Record|RecordSBOMs?|AssembleChain|Queue)\(|type (Migrate|Planned))`, line)
		}
	}
	golden(t, filepath.Join("testdata", "api.golden"), api)
}

// describe prints an exported object; of a struct its exported fields alone.
func describe(b *strings.Builder, obj types.Object, q types.Qualifier) {
	named, isNamed := obj.Type().(*types.Named)
	_, isType := obj.(*types.TypeName)
	if !isType || !isNamed || named.Obj() != obj {
		fmt.Fprintf(b, "  %s\n", types.ObjectString(obj, q))
		return
	}
	if st, ok := named.Underlying().(*types.Struct); ok {
		fmt.Fprintf(b, "  type %s struct\n", obj.Name())
		for f := range st.Fields() {
			if f.Exported() {
				fmt.Fprintf(b, "    %s %s\n", f.Name(), types.TypeString(f.Type(), q))
			}
		}
	} else {
		fmt.Fprintf(b, "  %s\n", types.ObjectString(obj, q))
	}
	var methods []string
	for m := range named.Methods() {
		if m.Exported() {
			methods = append(methods, types.ObjectString(m, q))
		}
	}
	slices.Sort(methods)
	for _, m := range methods {
		fmt.Fprintf(b, "    %s\n", m)
	}
}
