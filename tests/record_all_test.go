package tests

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// manyEvidences are n pieces of signed evidence about artifacts name-0 and so on.
func manyEvidences(t testing.TB, signer *domaintest.Signer, name string, n int) []*attestor.Evidence {
	t.Helper()
	evs := make([]*attestor.Evidence, n)
	for i := range evs {
		artifact := fmt.Sprintf("%s-%d", name, i)
		evs[i] = signer.Evidence(t, artifact, []byte(artifact))
	}
	return evs
}

func TestRecordAllStoresABatchInFewRoundTrips(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	pool, turns := countingPool(t, database.URL("app"))
	db := openWith(t, attestdb.Config{App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: database.URL("admin")}})
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	_, err := acme.RecordAll(t.Context(), manyEvidences(t, signer, "warm", 2), attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err) // statements are prepared

	evs := manyEvidences(t, signer, "a", 1000)
	evs = append(evs, evs[7])
	before := turns.Load()
	recs, err := acme.RecordAll(t.Context(), evs, attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	require.EqualValues(t, 1, turns.Load()-before)
	require.Len(t, recs, 1001)
	for i, rec := range recs[:1000] {
		require.Equal(t, evs[i].SHA256, rec.SHA256)
		require.False(t, rec.Existed)
		require.Equal(t, attestor.Verified, rec.Verification.Outcome)
	}
	require.True(t, recs[1000].Existed, "the same bytes twice in a batch")
	require.Equal(t, recs[7].ID, recs[1000].ID)
	require.Equal(t, 1002, countRows(t, database, "envelopes"))
	require.Equal(t, 1002, countRows(t, database, "envelope_verifications"))
	requireWhole(t, database.Pool(t, "superuser"))

	// The order of the batch is that of its times and ids.
	for i := range recs[:999] {
		require.LessOrEqual(t, recs[i].CreatedAt, recs[i+1].CreatedAt)
		require.Less(t, recs[i].ID.String(), recs[i+1].ID.String())
	}

	// More than a statement takes is a transaction with several.
	large := manyEvidences(t, signer, "large", 5001)
	before = turns.Load()
	again, err := acme.RecordAll(t.Context(), append(large, evs[3]))
	require.NoError(t, err)
	require.LessOrEqual(t, turns.Load()-before, int64(6))
	require.True(t, again[5001].Existed)
	require.Equal(t, recs[3].ID, again[5001].ID)
	require.Equal(t, attestor.Verified, again[5001].Verification.Outcome, "what the first record's verifier said")
	require.Equal(t, 1002+5001, countRows(t, database, "envelopes"))
}

func TestRecordAllKeepsAllOrNone(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	signer, other := domaintest.NewSigner(t), domaintest.NewSigner(t)
	evs := manyEvidences(t, signer, "a", 10)
	bad := slices.Clone(evs)
	bad[4], bad[8] = other.Evidence(t, "x", []byte("x")), other.Evidence(t, "y", []byte("y"))
	verify := attestdb.Verify(signer.Verifier(t))

	var batch *attestdb.BatchError
	_, err := acme.RecordAll(t.Context(), bad, verify)
	require.ErrorIs(t, err, attestdb.ErrVerification)
	require.ErrorAs(t, err, &batch)
	require.Equal(t, 4, batch.Index, "the first of those at fault")
	_, err = acme.RecordAll(t.Context(), []*attestor.Evidence{evs[0], nil})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	require.ErrorAs(t, err, &batch)
	require.Equal(t, 1, batch.Index)
	require.Zero(t, countRows(t, database, "envelopes"))

	recs, err := acme.RecordAll(t.Context(), bad, verify, attestdb.KeepFailed())
	require.NoError(t, err)
	require.Equal(t, attestor.Failed, recs[4].Verification.Outcome)
	require.Equal(t, attestor.Verified, recs[5].Verification.Outcome)
	recs, err = acme.RecordAll(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, recs)

	// In a transaction, with the rest of it.
	rollback := errors.New("roll back")
	err = acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		recs, err := tx.RecordAll(ctx, manyEvidences(t, signer, "tx", 5001))
		require.NoError(t, err)
		require.Len(t, recs, 5001)
		return rollback
	})
	require.ErrorIs(t, err, rollback)
	require.Equal(t, 10, countRows(t, database, "envelopes"))
}

// Batches with the same evidence in other orders, and single calls between them,
// wait for each other and do not deadlock.
func TestOverlappingBatchesAreOneRecordEach(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	evs := manyEvidences(t, domaintest.NewSigner(t), "a", 60)
	var (
		wg  sync.WaitGroup
		mu  sync.Mutex
		ids = map[uuid.UUID]bool{}
		new int
	)
	note := func(recs ...attestor.Recorded) {
		mu.Lock()
		defer mu.Unlock()
		for _, rec := range recs {
			ids[rec.ID] = true
			if !rec.Existed {
				new++
			}
		}
	}
	for range 12 {
		wg.Go(func() {
			mine := slices.Clone(evs)
			rand.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			recs, err := acme.RecordAll(t.Context(), mine[:40])
			if err == nil {
				note(recs...)
				var rec attestor.Recorded
				rec, err = acme.Record(t.Context(), mine[59])
				note(rec)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Equal(t, len(ids), new, "each envelope was new once")
	require.Equal(t, len(ids), countRows(t, database, "envelopes"))
	requireNoDeadlock(t, database)
}

// namedSources are pieces of evidence by name, some of them unfit.
func namedSources(raw map[string]string) iter.Seq[attestor.Source] {
	return func(yield func(attestor.Source) bool) {
		for name := range sortedKeys(raw) {
			if !yield(attestor.Source{Name: name, Raw: []byte(raw[name])}) {
				return
			}
		}
	}
}

func sortedKeys(m map[string]string) iter.Seq[string] {
	return slices.Values(slices.Sorted(func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}))
}

func TestRecordEachTakesWhatIsFitInOrder(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	signer, other := domaintest.NewSigner(t), domaintest.NewSigner(t)
	verify := attestdb.Verify(signer.Verifier(t))
	raw := map[string]string{}
	for i := range 40 {
		name := fmt.Sprintf("%02d", i)
		switch i % 10 {
		case 3:
			raw[name] = "garbage"
		case 6:
			raw[name] = string(other.Evidence(t, name, []byte(name)).Content)
		default:
			raw[name] = string(signer.Evidence(t, name, []byte(name)).Content)
		}
	}
	var names []string
	var recs []attestor.Recorded
	for r := range acme.RecordEach(t.Context(), namedSources(raw), verify) {
		names = append(names, r.Name)
		switch {
		case strings.HasSuffix(r.Name, "3"):
			require.ErrorIs(t, r.Err, attestdb.ErrInvalid)
			require.Nil(t, r.Evidence)
		case strings.HasSuffix(r.Name, "6"):
			require.ErrorIs(t, r.Err, attestdb.ErrVerification)
		default:
			require.NoError(t, r.Err)
			recs = append(recs, r.Recorded)
		}
	}
	require.Equal(t, slices.Collect(sortedKeys(raw)), names)
	require.Equal(t, 32, countRows(t, database, "envelopes"))
	for i := range recs[1:] {
		require.Less(t, recs[i].ID.String(), recs[i+1].ID.String(), "newest first is the order of the sources")
	}

	// Breaking off: what was yielded is there, and nothing is left running.
	for r := range acme.RecordEach(t.Context(), namedSources(raw), verify) {
		require.True(t, r.Recorded.Existed)
		break
	}
	// The context ends: the last result says so.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last attestdb.SourceResult
	for r := range acme.RecordEach(ctx, namedSources(raw), verify) {
		cancel()
		last = r
	}
	require.ErrorIs(t, last.Err, context.Canceled)
	require.Empty(t, last.Name)

	// In a transaction, with the rest of it.
	rollback := errors.New("roll back")
	fresh := map[string]string{"a": string(signer.Evidence(t, "tx", []byte("tx")).Content), "b": "garbage"}
	err := acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		var outcomes []bool
		for r := range tx.RecordEach(ctx, namedSources(fresh), verify) {
			outcomes = append(outcomes, r.Err == nil)
		}
		require.Equal(t, []bool{true, false}, outcomes)
		return rollback
	})
	require.ErrorIs(t, err, rollback)
	require.Equal(t, 32, countRows(t, database, "envelopes"))
}
