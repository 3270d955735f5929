package tests

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is there now")

// Each golden file is a module's whole catalogue: what a reviewer signs off, what Atlas
// cannot see, and what `attestdb migrate verify` compares databases with.
func TestCatalogueMatchesGolden(t *testing.T) {
	t.Parallel()
	conn := testdb.New(t).Conn(t, "superuser")
	for _, module := range migrations.Modules {
		golden(t, filepath.Join("..", "migrations", module, migrator.CatalogueFile), catalogue(t, conn, module))
	}
}

// catalogue is what a module's schema holds, as in its golden file.
func catalogue(t *testing.T, conn *pgx.Conn, module string) string {
	t.Helper()
	ctx := context.Background()
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(ctx)) }()
	objects, err := migrator.Catalogue(ctx, tx, module)
	require.NoError(t, err)
	require.NotEmpty(t, objects, module)
	text := migrator.FormatCatalogue(objects)
	read, err := migrator.ParseCatalogue(text)
	require.NoError(t, err)
	require.Equal(t, objects, read, "what is written is read again")
	return text
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
