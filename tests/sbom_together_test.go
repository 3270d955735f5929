package tests

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// However many give the same and overlapping documents at once, there is one record
// of each, whole, and nobody fails.
func TestConcurrentImportsOfTheSameSBOMs(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	signer := domaintest.NewSigner(t)
	docs := make([][]byte, 6)
	for i := range docs {
		docs[i] = cycloneDX(t, fmt.Sprint("app-", i), npm("a", fmt.Sprint("1.0.", i)), npm("b", fmt.Sprint("1.0.", i)))
	}
	var all sync.WaitGroup
	faults := make(chan error, 100)
	for w := range 8 {
		all.Go(func() {
			for i := range docs {
				i := (i*(w%2*4+1) + w) % len(docs)
				if _, err := acme.ImportSBOM(t.Context(), docs[i], attestdb.About("", artifactDigest(t, "x"), artifactDigest(t, "y"))); err != nil {
					faults <- err
				}
				var evs []*attestor.Evidence
				for j := range docs {
					evs = append(evs, attested(t, signer, fmt.Sprint("artifact-", (i+j)%3), attestor.PredicateTypeCycloneDX, docs[(i+j)%len(docs)]))
				}
				if _, err := acme.RecordAll(t.Context(), evs); err != nil {
					faults <- err
				}
			}
		})
	}
	all.Wait()
	close(faults)
	for err := range faults {
		require.NoError(t, err)
	}
	// A predicate is written without spaces, as these documents are: the same bytes.
	n := countRows(t, database, "sboms")
	require.Equal(t, n*2, countRows(t, database, "sbom_entries"))
	require.Equal(t, n*2, countRows(t, database, "sbom_entry_digests"))
	require.Equal(t, 6, n)
	require.Equal(t, 6, countRows(t, database, "sbom_contents"))
	require.Equal(t, 6*2+countRows(t, database, "envelopes"), countRows(t, database, "sbom_artifacts"))
}

// Calls that have the same documents under envelopes of their own wait for each other
// in one direction only: the server breaks no deadlock up.
func TestBatchesWithTheSameSBOMsDoNotDeadlock(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	signer := domaintest.NewSigner(t)
	for round := range 8 {
		docs := make([][]byte, 60)
		for i := range docs {
			docs[i] = cycloneDX(t, fmt.Sprint("app-", round, i), npm("a", fmt.Sprint("1.0.", i)))
		}
		batches := make([][]*attestor.Evidence, 4)
		for w := range batches {
			for i, doc := range docs {
				batches[w] = append(batches[w], attested(t, signer, fmt.Sprint("artifact-", round, w, i), attestor.PredicateTypeCycloneDX, doc))
			}
		}
		var all sync.WaitGroup
		faults := make([]error, len(batches))
		for w, evs := range batches {
			all.Go(func() { _, faults[w] = acme.RecordAll(t.Context(), evs) })
		}
		all.Wait()
		for _, err := range faults {
			require.NoError(t, err)
		}
	}
	require.Equal(t, 8*60, countRows(t, database, "sboms"))
	require.Equal(t, 8*60*4, countRows(t, database, "sbom_artifacts"))
	requireNoDeadlock(t, database)
}

// Batches of several statements store what they could both bring in one order, over all
// their statements: two with the same SBOMs at other ends do not deadlock.
func TestLargeBatchesWithTheSameSBOMsDoNotDeadlock(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db, acme := openTapped(t, database, nil)
	signer := domaintest.NewSigner(t)
	shared := [2][]byte{cycloneDX(t, "one", npm("a", "1.0.0")), cycloneDX(t, "two", npm("b", "1.0.0"))}
	batch := func(name string, first int) []*attestor.Evidence {
		evs := manyEvidences(t, signer, name, 5200)
		slices.SortFunc(evs, func(a, b *attestor.Evidence) int { return bytes.Compare(a.SHA256[:], b.SHA256[:]) })
		// One SBOM is at the front of the order of envelopes, and one at the end.
		for end, doc := range [][]byte{shared[first], shared[1-first]} {
			for n := 0; ; n++ {
				ev := attested(t, signer, fmt.Sprint(name, end, n), attestor.PredicateTypeCycloneDX, doc)
				if end == 0 && ev.SHA256[0] < 8 || end == 1 && ev.SHA256[0] > 247 {
					evs = append(evs, ev)
					break
				}
			}
		}
		return evs
	}
	batches := [][]*attestor.Evidence{batch("x", 0), batch("y", 1)}
	var wg sync.WaitGroup
	for _, evs := range batches {
		wg.Go(func() {
			recs, err := db.Tenant(acme.ID()).RecordAll(t.Context(), evs)
			if err != nil {
				t.Error(err)
				return
			}
			for i, rec := range recs[5200:] {
				if rec.SBOM == nil || rec.SBOM.Problem != nil || rec.SBOM.Components != 1 {
					t.Errorf("SBOM %d: %+v", i, rec.SBOM)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 2*5202, countRows(t, database, "envelopes"))
	require.Equal(t, 2, countRows(t, database, "sboms"))
	require.Equal(t, 4, countRows(t, database, "sbom_artifacts"))
	requireNoDeadlock(t, database)
}

// requireNoDeadlock fails if the server broke one up.
func requireNoDeadlock(t *testing.T, database *testdb.DB) {
	t.Helper()
	conn := database.Conn(t, "superuser")
	// Sessions report what they met a little later.
	for range 6 {
		time.Sleep(500 * time.Millisecond)
		var deadlocks int
		require.NoError(t, conn.QueryRow(t.Context(), "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&deadlocks))
		require.Zero(t, deadlocks)
	}
}
