package tests

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
	"stella-ops.org/attestdb/internal/testdb"
)

func logVerifier(t testing.TB, trustedRoot []byte) *sigstore.LogVerifier {
	t.Helper()
	v, err := sigstore.NewLogVerifier(trustedRoot)
	require.NoError(t, err)
	return v
}

// loggedBundle signs, logs and parses.
func loggedBundle(t testing.TB, log *domaintest.Log, name string) *attestor.Evidence {
	t.Helper()
	ev, err := attestor.Parse(log.Bundle(t, name, []byte(name)))
	require.NoError(t, err)
	return ev
}

// What a bundle brought is found by each key, is what it was, and verifies from
// what is stored.
func TestLogEntriesAreStoredWithTheirEnvelope(t *testing.T) {
	t.Parallel()
	_, acme, globex := open(t)
	ctx := t.Context()
	for _, version := range []int{1, 2} {
		log := domaintest.NewLog(t, version)
		v := logVerifier(t, log.TrustedRoot(t))
		for range 5 {
			loggedBundle(t, log, "filler")
		}
		ev := loggedBundle(t, log, "app")
		rec, err := acme.Record(ctx, ev)
		require.NoError(t, err)
		want := ev.LogEntries[0]

		entries, err := acme.Rekor().Entries(ctx, rec.ID)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		got := entries[0]
		require.Equal(t, want, got.Entry)
		require.Equal(t, rec.CreatedAt, got.CreatedAt)
		require.Equal(t, rec.ID, got.EnvelopeID)
		require.Zero(t, got.VerifiedAt, "nobody verified it")

		queries := map[string]rekor.Query{
			"log index":        {LogIndex: &want.LogIndex},
			"log index and id": {LogIndex: &want.LogIndex, LogID: want.LogID},
			"uuid":             {UUID: want.UUID()},
			"leaf hash":        {UUID: strings.ToUpper(want.LeafHash().String())},
			"body":             {BodySHA256: want.BodySHA256()},
			"envelope":         {Envelope: rec.ID},
			"since":            {BodySHA256: want.BodySHA256(), Since: rec.CreatedAt},
		}
		if version == 1 {
			require.Len(t, want.UUID(), 80)
			queries["integrated"] = rekor.Query{IntegratedFrom: want.IntegratedTime, IntegratedBefore: want.IntegratedTime.Add(time.Second)}
		}
		for name, q := range queries {
			found, next, err := acme.Rekor().Find(ctx, q, page.Request{})
			require.NoError(t, err, name)
			require.Empty(t, next, name)
			require.Equal(t, []rekor.Stored{got}, found, name)
			found, _, err = globex.Rekor().Find(ctx, q, page.Request{})
			require.NoError(t, err, name)
			require.Empty(t, found, name)
		}
		other := want.LogIndex + 1
		for name, q := range map[string]rekor.Query{
			"log index": {LogIndex: &other},
			"log id":    {LogIndex: &want.LogIndex, LogID: []byte{1}},
			"tree id":   {UUID: strings.Repeat("f", 16) + want.LeafHash().String()},
			"since":     {BodySHA256: want.BodySHA256(), Since: rec.CreatedAt.Add(time.Microsecond)},
			"before":    {IntegratedFrom: time.Unix(1, 0), IntegratedBefore: time.Unix(2, 0)},
		} {
			if version == 2 && name == "tree id" {
				continue // its tree has none
			}
			found, _, err := acme.Rekor().Find(ctx, q, page.Request{})
			require.NoError(t, err, name)
			require.Empty(t, found, name)
		}

		one, err := acme.Rekor().Get(ctx, got.ID)
		require.NoError(t, err)
		require.Equal(t, got, one)
		_, err = globex.Rekor().Get(ctx, got.ID)
		require.ErrorIs(t, err, attestdb.ErrNotFound)

		verified, err := acme.VerifyEntry(ctx, v, got.ID)
		require.NoError(t, err)
		require.Nil(t, verified.Failure)
		stranger, err := acme.VerifyEntry(ctx, logVerifier(t, domaintest.NewLog(t, version).TrustedRoot(t)), got.ID)
		require.NoError(t, err)
		require.Equal(t, logentry.CheckLog, stranger.Failure.Check)

		// The same bytes again add nothing.
		again, err := acme.Record(ctx, ev)
		require.NoError(t, err)
		require.True(t, again.Existed)
		after, err := acme.Rekor().Entries(ctx, rec.ID)
		require.NoError(t, err)
		require.Equal(t, entries, after)
	}
}

func TestFindingLogEntriesRefuses(t *testing.T) {
	t.Parallel()
	_, acme, _ := open(t)
	zero, negative := int64(0), int64(-1)
	for field, q := range map[string]rekor.Query{
		"query":     {LogIndex: &zero, UUID: strings.Repeat("0", 64)},
		"log_id":    {LogID: []byte{1}},
		"log_index": {LogIndex: &negative},
		"uuid":      {UUID: "0"},
		"since":     {IntegratedFrom: time.Unix(1, 0), Since: time.Unix(1, 0)},
	} {
		_, _, err := acme.Rekor().Find(t.Context(), q, page.Request{})
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, field, invalid.Field)
	}
	for _, err := range acme.VerifyEntries(t.Context(), nil, rekor.Query{}) {
		require.ErrorIs(t, err, attestdb.ErrInvalid)
	}
}

// Pages tell everything once, in each list, while others record, and a cursor is
// good for its own list only.
func TestLogEntriesComePageByPage(t *testing.T) {
	t.Parallel()
	_, acme, _ := open(t)
	ctx := t.Context()
	log := domaintest.NewLog(t, 1)
	old := map[uuid.UUID]bool{}
	var evs []*attestor.Evidence
	for i := range 25 {
		evs = append(evs, loggedBundle(t, log, fmt.Sprint(i)))
	}
	recs, err := acme.RecordAll(ctx, evs)
	require.NoError(t, err)
	for _, rec := range recs {
		old[rec.ID] = true
	}
	for name, q := range map[string]rekor.Query{
		"all":        {},
		"integrated": {IntegratedFrom: time.Unix(1, 0), IntegratedBefore: time.Now().Add(time.Hour)},
	} {
		seen := map[uuid.UUID]bool{}
		for p := (page.Request{Limit: 4}); ; {
			entries, next, err := acme.Rekor().Find(ctx, q, p)
			require.NoError(t, err)
			for _, e := range entries {
				require.False(t, seen[e.ID], "%s: twice", name)
				seen[e.ID] = true
				delete(old, e.EnvelopeID)
			}
			if next == "" {
				break
			}
			_, _, err = acme.Rekor().Find(ctx, rekor.Query{UUID: strings.Repeat("0", 64)}, page.Request{Cursor: next})
			require.ErrorIs(t, err, attestdb.ErrInvalid)
			_, err = acme.Record(ctx, loggedBundle(t, log, "while paging "+next))
			require.NoError(t, err)
			p.Cursor = next
		}
		require.Empty(t, old, name)
		for _, rec := range recs {
			old[rec.ID] = true
		}
	}
	entry := evs[0].LogEntries[0]
	found, _, err := acme.Rekor().Find(ctx, rekor.Query{Envelope: recs[0].ID}, page.Request{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, entry, found[0].Entry)
}

// Many who record at once what overlaps, in any order and with one checkpoint for
// all, are not in each other's way: nothing is there twice, nothing is missing.
func TestConcurrentRecordsShareACheckpoint(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, acme := openTapped(t, database, nil)
	log := domaintest.NewLog(t, 2)
	evs := make([]*attestor.Evidence, 40)
	for i := range evs {
		evs[i] = loggedBundle(t, log, fmt.Sprint(i))
		evs[i].LogEntries[0].InclusionProof = evs[0].LogEntries[0].InclusionProof
	}
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			mine := slices.Clone(evs)
			rand.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			if n%2 == 0 {
				_, err := acme.RecordAll(t.Context(), mine)
				if err != nil {
					t.Error(err)
				}
				return
			}
			for _, ev := range mine {
				if _, err := acme.Record(t.Context(), ev); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for table, want := range map[string]int{"log_entries": len(evs), "log_checkpoints": 1} {
		var n int
		require.NoError(t, database.Conn(t, "superuser").QueryRow(t.Context(), "SELECT count(*) FROM rekor."+table).Scan(&n))
		require.Equal(t, want, n, table)
	}
}
