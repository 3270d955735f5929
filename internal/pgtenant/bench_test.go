package pgtenant_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/testdb"
)

// BenchmarkSetting is a read by each way to name a tenant, many tenants by turns.
func BenchmarkSetting(b *testing.B) {
	pool, err := pgxpool.New(b.Context(), testdb.NewEmpty(b).URL("app"))
	require.NoError(b, err)
	b.Cleanup(pool.Close)
	tenants := make([]uuid.UUID, 1000)
	for i := range tenants {
		tenants[i] = uuid.New()
	}
	for _, name := range []string{"function", "literal"} {
		b.Run(name, func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				conn := forms[name](pgtenant.New(pool, tenants[n%len(tenants)]))
				rows, err := conn.Query(b.Context(), current)
				require.NoError(b, err)
				_, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
				require.NoError(b, err)
			}
		})
	}
}
