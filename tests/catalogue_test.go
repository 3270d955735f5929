package tests

import (
	_ "embed"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is there now")

//go:embed catalogue.sql
var catalogueSQL string

// Each golden file is a module's whole catalogue: what a reviewer signs off, and
// what Atlas cannot see.
func TestCatalogueMatchesGolden(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	conn := db.Conn(t, "superuser")
	for _, schema := range migrations.Modules {
		rows, err := conn.Query(t.Context(), catalogueSQL, schema)
		require.NoError(t, err)
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		require.NotEmpty(t, lines, schema)
		golden(t, filepath.Join("testdata", "catalogue", schema+".golden"), strings.Join(lines, "\n")+"\n")
	}
}

// golden compares got with a file, or rewrites the file with -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "%s differs; if the change is meant, run the test with -update and review the file", path)
}
