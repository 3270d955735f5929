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
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/testdb"
)

// BenchmarkSearchAt500000Against50000 compares the median time of a page in two
// databases, one with ten times the envelopes and the components of the other. The bar is that of the
// times, so that it is turned around in the ratio of speeds.
func BenchmarkSearchAt500000Against50000(b *testing.B) {
	sizes := [...]int{500_000, 50_000}
	var acme [len(sizes)]*attestdb.TenantDB
	for i, n := range sizes {
		database := testdb.New(b)
		_, acme[i] = openTapped(b, database, nil)
		fillTables(b, database, acme[i].ID(), n)
		fillSBOMs(b, database, acme[i].ID(), n)
	}
	find := func(query func(n int) attestor.Query) func(i int) (int, error) {
		return func(i int) (int, error) {
			m, _, err := acme[i].Attestor().Find(context.Background(), query(sizes[i]), page.Request{Limit: 20})
			return len(m), err
		}
	}
	for _, c := range []struct {
		name string
		call func(i int) (found int, err error)
	}{
		{"artifact", find(func(n int) attestor.Query {
			return attestor.Query{Subject: digest.Sum(fmt.Appendf(nil, "%d-1", rand.IntN(n)/3)).Digest()}
		})},
		{"san-prefix", find(func(int) attestor.Query {
			prefix := fmt.Sprintf("https://host-%d.example.com/", rand.IntN(99))
			return attestor.Query{Signer: attestor.SignerQuery{SAN: prefix, SANMatch: attestor.SANPrefix}}
		})},
		{"predicate-type", find(func(int) attestor.Query {
			return attestor.Query{PredicateType: fmt.Sprint("p", rand.IntN(99))}
		})},
		{"purl", func(i int) (int, error) {
			q := attestor.ComponentQuery{PURL: fmt.Sprintf("pkg:npm/p%d@1.0.%d", rand.IntN(997), rand.IntN(7))}
			found, err := acme[i].Attestor().Containing(context.Background(), q, page.Request{Limit: 5})
			return len(found.Containments), err
		}},
		{"purl-range", func(i int) (int, error) {
			r, err := sbom.ParseRange("vers:npm/>=1.0.2|<1.0.5")
			if err != nil {
				return 0, err
			}
			q := attestor.ComponentQuery{PURL: fmt.Sprintf("pkg:npm/p%d", rand.IntN(997)), Range: r}
			found, err := acme[i].Attestor().Containing(context.Background(), q, page.Request{Limit: 5})
			return len(found.Containments), err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				speed := func(i int) float64 {
					const calls = 500
					times := make([]float64, calls)
					for k := range times {
						began := time.Now()
						found, err := c.call(i)
						times[k] = float64(time.Since(began))
						require.NoError(b, err)
						require.Positive(b, found)
					}
					return 1e9 / median(times)
				}
				large, small, ratio := compare(b,
					func(int) float64 { return speed(0) }, func(int) float64 { return speed(1) })
				report(b, "searches", large, small, ratio, 1/1.3)
			}
		})
	}
}
