package tests

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// What `attestdb migrate plan` says of locks is what the server was seen to do, on every
// version of it that the tests run on.
func TestCatalogueOfImpactMatchesGolden(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	seen, err := migrator.Observe(t.Context(), migrator.Config{URL: db.URL("owner"), FS: migrations.FS, Modules: migrations.Modules})
	require.NoError(t, err)
	for _, module := range migrations.Modules {
		require.NotEmpty(t, seen[module])
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetIndent("", "\t")
		require.NoError(t, e.Encode(seen[module]))
		golden(t, filepath.Join("..", "migrations", module, migrator.ImpactFile), b.String())
	}
}
