package entscope_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"stella-ops.org/attestdb/ent"
	"stella-ops.org/attestdb/ent/envelope"
	"stella-ops.org/attestdb/internal/entscope"
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/testdb"
)

// BenchmarkReadByKeyAgainstPlainEnt compares a read by key as attestdb does it,
// with the tenant in the same round trip and row-level security, with what Ent
// does out of the box, over database/sql and as a superuser, for whom no policy
// holds. The two take turns; a ratio of the medians over 1.1 by more than 5 %
// fails.
func BenchmarkReadByKeyAgainstPlainEnt(b *testing.B) {
	const rows, turns, reads = 2000, 15, 3000
	db := testdb.New(b)
	ctx := context.Background()
	super := poolOf(b, db.URL("superuser"), 8)
	tenant := uuid.Must(uuid.NewV7())
	_, err := super.Exec(ctx, "INSERT INTO tenancy.tenants SELECT $1, 'acme', 'active', now(), 'x', now(), 'x'", tenant)
	require.NoError(b, err)
	ids := make([]uuid.UUID, rows)
	for i := range ids {
		ids[i] = uuid.Must(uuid.NewV7())
	}
	conn := db.Conn(b, "superuser")
	_, err = conn.Exec(ctx, "SELECT set_config('attestdb.tenant_id', $1, false)", tenant.String())
	require.NoError(b, err)
	_, err = conn.Exec(ctx, `INSERT INTO attestor.envelopes
		SELECT $1, id, now(), 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json',
		       sha256(uuid_send(id)), sha256(uuid_send(id)), 1500, 'bench' FROM unnest($2::uuid[]) id`, tenant, ids)
	require.NoError(b, err)
	_, err = super.Exec(ctx, "VACUUM ANALYZE attestor.envelopes")
	require.NoError(b, err)

	ours := entscope.Client(pgtenant.New(poolOf(b, db.URL("app"), 8), tenant))
	plain := ent.NewClient(ent.Driver(entsql.OpenDB(dialect.Postgres, stdlib.OpenDBFromPool(super))))
	read := func(id uuid.UUID) error {
		_, err := ours.Envelope.Get(ctx, id)
		return err
	}
	plainRead := func(id uuid.UUID) error {
		_, err := plain.Envelope.Query().Where(envelope.TenantID(tenant), envelope.ID(id)).Only(ctx)
		return err
	}
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			measure := func(read func(id uuid.UUID) error) float64 {
				begun := time.Now()
				var all errgroup.Group
				for client := range clients {
					all.Go(func() error {
						for i := range reads / clients {
							if err := read(ids[(client*reads+i)%rows]); err != nil {
								return err
							}
						}
						return nil
					})
				}
				require.NoError(b, all.Wait())
				return float64(time.Since(begun).Nanoseconds()) / reads
			}
			for b.Loop() {
				var a, p, ratios []float64
				for turn := range turns {
					x, y := measure(read), measure(plainRead)
					if turn > 0 { // caches warm up
						a, p, ratios = append(a, x), append(p, y), append(ratios, x/y)
					}
				}
				ratio := median(ratios)
				b.ReportMetric(median(a), "ns/read")
				b.ReportMetric(median(p), "ns/plain-read")
				b.ReportMetric(ratio, "ratio")
				b.ReportMetric(0, "ns/op")
				if ratio > 1.1*1.05 {
					b.Fatalf("a read takes %.0f ns, with plain Ent %.0f ns: ratio %.2f, and 1.10 is the bar", median(a), median(p), ratio)
				}
			}
		})
	}
}

func poolOf(b *testing.B, url string, conns int32) *pgxpool.Pool {
	b.Helper()
	cfg, err := pgxpool.ParseConfig(url)
	require.NoError(b, err)
	cfg.MaxConns = conns
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	require.NoError(b, err)
	b.Cleanup(pool.Close)
	return pool
}

func median(v []float64) float64 {
	return slices.Sorted(slices.Values(v))[len(v)/2]
}
