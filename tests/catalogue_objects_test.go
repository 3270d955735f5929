package tests

import (
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// What a restored copy is compared with is what the migrations make. -update writes it.
func TestCatalogueObjectsOfRestoredCopies(t *testing.T) {
	t.Parallel()
	const list = "../domain/restored_objects.txt"
	sql, err := os.ReadFile("../internal/pghealth/objects.sql")
	require.NoError(t, err)
	rows, err := testdb.New(t).Conn(t, "auditor").Query(t.Context(), string(sql), migrations.Modules)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	found := strings.Join(lines, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(list, []byte(found), 0o644))
	}
	want, err := os.ReadFile(list)
	require.NoError(t, err)
	require.Equal(t, string(want), found)
}
