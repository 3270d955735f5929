package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/internal/testdb"
)

// BenchmarkSearchAt500000Against50000 compares the median time of a page of 20 in two
// databases, one with ten times the envelopes of the other. The bar is that of the
// times, so that it is turned around in the ratio of speeds.
func BenchmarkSearchAt500000Against50000(b *testing.B) {
	sizes := [...]int{500_000, 50_000}
	var acme [len(sizes)]*attestdb.TenantDB
	for i, n := range sizes {
		database := testdb.New(b)
		_, acme[i] = openTapped(b, database, nil)
		fillTables(b, database, acme[i].ID(), n)
	}
	for _, c := range []struct {
		name  string
		query func(n int) attestor.Query
	}{
		{"artifact", func(n int) attestor.Query {
			return attestor.Query{Subject: digest.Sum(fmt.Appendf(nil, "%d-1", rand.IntN(n)/3)).Digest()}
		}},
		{"san-prefix", func(int) attestor.Query {
			prefix := fmt.Sprintf("https://host-%d.example.com/", rand.IntN(99))
			return attestor.Query{Signer: attestor.SignerQuery{SAN: prefix, SANMatch: attestor.SANPrefix}}
		}},
		{"predicate-type", func(int) attestor.Query {
			return attestor.Query{PredicateType: fmt.Sprint("p", rand.IntN(99))}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				median := func(i int) float64 {
					const calls = 500
					times := make([]float64, calls)
					for k := range times {
						began := time.Now()
						m, _, err := acme[i].Attestor().Find(context.Background(), c.query(sizes[i]), page.Request{Limit: 20})
						times[k] = float64(time.Since(began))
						require.NoError(b, err)
						require.NotEmpty(b, m)
					}
					return 1e9 / median(times)
				}
				large, small, ratio := compare(b,
					func(int) float64 { return median(0) }, func(int) float64 { return median(1) })
				report(b, "searches", large, small, ratio, 1/1.3)
			}
		})
	}
}
