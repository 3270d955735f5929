package tests

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// BenchmarkRetention is a run over 20,000 envelopes that are older than the shortest rule:
// what it costs to look at those that are kept, and to erase those that are not.
func BenchmarkRetention(b *testing.B) {
	const n = 20_000
	database := testdb.New(b)
	db := openOn(b, database)
	acme := domaintest.Tenant(b, db, "acme")
	fillTables(b, database, acme.ID(), n)
	time.Sleep(time.Second)
	keep := db.Retention().As("bench")
	set := func(predicate string, d time.Duration) {
		_, err := keep.Set(b.Context(), acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, PredicateType: predicate, Keep: d})
		require.NoError(b, err)
	}
	set("p0", time.Second)
	set("", 10*365*day)
	_, err := keep.Run(b.Context(), acme.ID(), verdict.RunRequest{})
	require.NoError(b, err)
	_, err = database.Conn(b, "superuser").Exec(b.Context(), "ANALYZE") // as autovacuum does
	require.NoError(b, err)
	b.Run("looked", func(b *testing.B) {
		var looked int64
		for b.Loop() {
			done, err := keep.Run(b.Context(), acme.ID(), verdict.RunRequest{})
			require.NoError(b, err)
			require.Zero(b, done.Envelopes)
			looked += done.Looked
		}
		b.ReportMetric(float64(looked)/b.Elapsed().Seconds(), "looked/s")
	})
	b.Run("erased", func(b *testing.B) {
		set("", time.Second)
		b.ResetTimer()
		done, err := keep.Run(b.Context(), acme.ID(), verdict.RunRequest{})
		require.NoError(b, err)
		if done.Envelopes > 0 { // once
			b.ReportMetric(float64(done.Envelopes)/b.Elapsed().Seconds(), "erased/s")
		}
	})
}
