package entx_test

import (
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/packages"

	"stella-ops.org/attestdb/internal/entx"
)

// TestAppendOnlyHasNoWayToChange type-checks generated clients and looks for
// every name by which an append-only row could be updated, deleted or upserted.
func TestAppendOnlyHasNoWayToChange(t *testing.T) {
	t.Parallel()
	root, err := entx.ModuleRoot()
	require.NoError(t, err)

	t.Run("with upsert", func(t *testing.T) {
		client := typeCheck(t, overlay(t, sound()), sound().Package)
		require.Empty(t, doors(client, "Reading"))
		// What may change keeps its doors: this test sees them.
		require.Subset(t, doors(client, "Label"), []string{
			"LabelUpdate", "LabelUpdateOne", "LabelDelete", "LabelUpsertBulk", "Label.Update",
			"LabelClient.Update", "LabelClient.DeleteOneID", "LabelCreate.OnConflict", "LabelCreateBulk.OnConflictColumns",
		})
		require.Subset(t, methods(client, "ReadingClient"), []string{"Create", "CreateBulk", "MapCreateBulk", "Query", "Get"})
	})

	t.Run("attestdb", func(t *testing.T) {
		g, err := entx.Load(entx.Project(root))
		require.NoError(t, err)
		client := typeCheck(t, nil, g.Package)
		evidence := 0
		for _, n := range g.MutableNodes() {
			if entx.AppendOnly(n) {
				evidence++
				require.Empty(t, doors(client, n.Name))
			}
		}
		require.Positive(t, evidence)
	})
}

// doors lists what the package offers to change rows of the entity.
func doors(pkg *types.Package, entity string) []string {
	var found []string
	builder := regexp.MustCompile("^" + entity + "(Update|Delete|Upsert)")
	for _, name := range pkg.Scope().Names() {
		if builder.MatchString(name) {
			found = append(found, name)
		}
	}
	change := regexp.MustCompile("^(Update|Delete|OnConflict|Upsert)")
	for _, typ := range []string{entity, entity + "Client", entity + "Create", entity + "CreateBulk"} {
		for _, m := range methods(pkg, typ) {
			if change.MatchString(m) {
				found = append(found, typ+"."+m)
			}
		}
	}
	return found
}

func methods(pkg *types.Package, typ string) []string {
	obj := pkg.Scope().Lookup(typ)
	if obj == nil {
		return nil
	}
	var names []string
	set := types.NewMethodSet(types.NewPointer(obj.Type()))
	for method := range set.Methods() {
		names = append(names, method.Obj().Name())
	}
	return names
}

// overlay generates the client and places it, for the type checker only, at
// its import path.
func overlay(t *testing.T, cfg entx.Config) map[string][]byte {
	dir := t.TempDir()
	require.NoError(t, entx.Generate(cfg, dir))
	root, err := entx.ModuleRoot()
	require.NoError(t, err)
	place := filepath.Join(root, filepath.FromSlash(strings.TrimPrefix(cfg.Package, "stella-ops.org/attestdb/")))
	files := map[string][]byte{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.Join(place, rel)], err = os.ReadFile(path)
		return err
	}))
	return files
}

func typeCheck(t *testing.T, overlay map[string][]byte, path string) *types.Package {
	pkgs, err := packages.Load(&packages.Config{
		Mode:    packages.LoadTypes,
		Overlay: overlay,
	}, path)
	require.NoError(t, err)
	require.Len(t, pkgs, 1)
	for _, e := range pkgs[0].Errors {
		t.Error(e)
	}
	return pkgs[0].Types
}
