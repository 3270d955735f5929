package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"
)

func TestRehashKeepsLandedMigrations(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	git := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	write := func(name, sql string) {
		require.NoError(t, os.WriteFile(filepath.Join(root, "lab", name), []byte(sql), 0o644))
	}
	valid := func() error {
		d, err := migrate.NewLocalDir(filepath.Join(root, "lab"))
		require.NoError(t, err)
		return migrate.Validate(d)
	}
	git("init", "-q")
	require.NoError(t, os.Mkdir(filepath.Join(root, "lab"), 0o755))
	write("20260102030405_create_tables.sql", "CREATE SCHEMA lab;\n")
	require.NoError(t, rehash(t.Context(), root, []string{"lab"}), "nothing has landed yet")
	require.NoError(t, valid())
	git("add", ".")
	git("commit", "-q", "-m", "land")

	write("20260102030406_add_view.sql", "CREATE VIEW lab.v AS SELECT 1;\n")
	require.Error(t, valid())
	require.NoError(t, rehash(t.Context(), root, []string{"lab"}))
	require.NoError(t, valid())

	write("20260102030405_create_tables.sql", "CREATE SCHEMA lab; --\n")
	err := rehash(t.Context(), root, []string{"lab"})
	require.ErrorIs(t, err, errNo)
	require.ErrorContains(t, err, "lab/20260102030405_create_tables.sql")
	require.Error(t, valid(), "atlas.sum was rewritten")

	require.NoError(t, os.Remove(filepath.Join(root, "lab", "20260102030405_create_tables.sql")))
	require.ErrorIs(t, rehash(t.Context(), root, []string{"lab"}), errNo)
}

func TestNamesOfMigrations(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "changes", "Add_Column", "add-column", "add column", "../add_x"} {
		_, err := Write(t.TempDir(), name, nil, time.Now())
		require.ErrorContains(t, err, "say in two or more lower case words", "name %q", name)
	}
}
