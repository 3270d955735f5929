package tests

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

// A verifier that takes for ever holds up who asked it and nobody else: no
// connection, no place in a common transaction, not even when they are few.
func TestStoringNeverWaitsForAnotherCallsVerifier(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db := openWith(t, attestdb.Config{
		App: attestdb.Conn{URL: database.URL("app"), MaxConns: 1}, Admin: attestdb.Conn{URL: database.URL("admin")},
	})
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	release, asked := make(chan struct{}), make(chan struct{}, 64)
	slow := attestdb.Verify(slowVerifier{signer.Verifier(t), func() {
		asked <- struct{}{}
		<-release
	}})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, err := acme.Record(t.Context(), signer.Evidence(t, fmt.Sprint("slow", i), fmt.Append(nil, "slow", i)), slow)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		_, err := acme.RecordAll(t.Context(), manyEvidences(t, signer, "slow batch", 4), slow)
		if err != nil {
			t.Error(err)
		}
	})
	for range 9 {
		<-asked
	}
	for i := range 20 {
		rec, err := acme.Record(t.Context(), signer.Evidence(t, fmt.Sprint(i), fmt.Append(nil, i)), attestdb.Verify(signer.Verifier(t)))
		require.NoError(t, err)
		require.Equal(t, attestor.Verified, rec.Verification.Outcome)
	}
	require.Equal(t, 20, countRows(t, database, "envelopes"))
	close(release)
	wg.Wait()
	require.Equal(t, 32, countRows(t, database, "envelopes"))
}

// As many are verified at a time as there are processors: they all wait here for the
// last of them to come.
func TestAllProcessorsVerify(t *testing.T) {
	t.Parallel()
	_, acme := openTapped(t, testdb.New(t), nil)
	signer := domaintest.NewSigner(t)
	evs := manyEvidences(t, signer, "a", 4*runtime.GOMAXPROCS(0))
	all := int64(runtime.GOMAXPROCS(0))
	together := func() attestor.Verifier {
		var here atomic.Int64
		met := make(chan struct{})
		return slowVerifier{signer.Verifier(t), func() {
			if here.Add(1) == all {
				close(met)
			}
			select {
			case <-met:
			case <-t.Context().Done():
			}
		}}
	}
	_, err := acme.RecordAll(t.Context(), evs, attestdb.Verify(together()))
	require.NoError(t, err)
	n := 0
	for r := range acme.RecordEach(t.Context(), sourcesOf(evs), attestdb.Verify(together())) {
		require.NoError(t, r.Err)
		n++
	}
	require.Equal(t, len(evs), n)
	for r, err := range acme.Reverify(t.Context(), attestdb.ReverifyConfig{Verifier: together()}) {
		require.NoError(t, err)
		require.NoError(t, r.Err)
		n--
	}
	require.Zero(t, n)
}

func sourcesOf(evs []*attestor.Evidence) func(func(attestor.Source) bool) {
	return func(yield func(attestor.Source) bool) {
		for i, ev := range evs {
			if !yield(attestor.Source{Name: fmt.Sprint(i), Raw: ev.Content}) {
				return
			}
		}
	}
}

// A source that is slow to verify is yielded in its turn, and those behind it are
// stored meanwhile.
func TestRecordEachStoresBehindASlowOne(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, acme := openTapped(t, database, nil)
	signer := domaintest.NewSigner(t)
	evs := manyEvidences(t, signer, "a", 4)
	first := signer.Verifier(t)
	stored, pool := make(chan struct{}), database.Pool(t, "superuser")
	verifier := verifierFunc(func(ctx context.Context, ev *attestor.Evidence) (attestor.Verification, error) {
		if ev.SHA256 == evs[0].SHA256 {
			<-stored
		}
		return first.Verify(ctx, ev)
	})
	go func() {
		defer close(stored)
		for n := 0; n < 3 && t.Context().Err() == nil; time.Sleep(5 * time.Millisecond) {
			if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM attestor.envelopes").Scan(&n); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	var names []string
	for r := range acme.RecordEach(t.Context(), sourcesOf(evs), attestdb.Verify(verifier)) {
		require.NoError(t, r.Err)
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"0", "1", "2", "3"}, names)
}

type verifierFunc func(context.Context, *attestor.Evidence) (attestor.Verification, error)

func (f verifierFunc) Verify(ctx context.Context, ev *attestor.Evidence) (attestor.Verification, error) {
	return f(ctx, ev)
}
