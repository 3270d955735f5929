package tests

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
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

// Every published bundle that has entries goes in, comes out as it was, and its
// entries verify from what is stored; each says when the verifier that stood at
// the door verified it.
func TestPublishedBundlesEntriesVerifyFromWhatIsStored(t *testing.T) {
	t.Parallel()
	_, acme, _ := open(t)
	ctx := t.Context()
	const dir = "../domain/verifier/sigstore/testdata/"
	trustedRoot, err := os.ReadFile(dir + "trusted_root.json")
	require.NoError(t, err)
	verifier, err := sigstore.New(trustedRoot, sigstore.WithAnyIdentity())
	require.NoError(t, err)
	stored := 0
	for _, raw := range publishedBundles(t) {
		ev, err := attestor.Parse(raw)
		if err != nil {
			require.ErrorContains(t, err, "messageSignature")
			continue
		}
		verification, err := verifier.Verify(ctx, ev)
		require.NoError(t, err)
		rec, err := acme.Record(ctx, ev, attestdb.Verify(verifier), attestdb.KeepFailed())
		require.NoError(t, err)
		content, err := acme.Attestor().Content(ctx, rec.ID)
		require.NoError(t, err)
		require.Equal(t, string(raw), string(content))
		entries, err := acme.Rekor().Entries(ctx, rec.ID)
		require.NoError(t, err)
		require.Len(t, entries, len(ev.LogEntries))
		if !rec.Existed {
			stored += len(entries)
		}
		for i, e := range entries {
			require.Equal(t, ev.LogEntries[i], e.Entry)
			require.Equal(t, slices.Contains(verification.LogEntries, i), !e.VerifiedAt.IsZero())
			require.Equal(t, verification.Outcome == attestor.Verified, !e.VerifiedAt.IsZero())
		}
	}
	require.Positive(t, stored)
	n := 0
	for r, err := range acme.VerifyEntries(ctx, logVerifier(t, trustedRoot), rekor.Query{}) {
		require.NoError(t, err)
		require.Nil(t, r.Failure)
		n++
	}
	require.Equal(t, stored, n)
}

// publishedBundles is the bundles of this repository and, where it stands, of the
// shared data.
func publishedBundles(t *testing.T) [][]byte {
	t.Helper()
	var all [][]byte
	for _, pattern := range []string{
		"../domain/attestor/testdata/bundle-*.json", "../domain/verifier/sigstore/testdata/*.sigstore.json",
		"../../shared/data/sigstore-go/examples/bundle-*.json", "../../shared/data/sigstore-go/pkg/testing/data/bundles/*sigstore.js*.json",
		"../../shared/data/sigstore-go/pkg/testing/data/bundles/dsse.sigstore.json",
	} {
		for _, file := range glob(t, pattern) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			all = append(all, raw)
		}
	}
	return all
}

// Whoever has the application's rights can hang an entry on an envelope that is
// not about it. Verifying finds that, and it keeps no genuine entry out.
func TestVerifyFindsForgedEntries(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db, acme := openTapped(t, database, nil)
	ctx := t.Context()
	log := domaintest.NewLog(t, 1)
	v := logVerifier(t, log.TrustedRoot(t))
	genuine := loggedBundle(t, log, "app")
	bare := domaintest.NewSigner(t).Evidence(t, "bare", []byte("bare"))
	_, err := acme.Record(ctx, bare)
	require.NoError(t, err)

	forge := func(tenant attestdb.TenantID, envelope digest.SHA256, change func(e *logentry.Entry)) error {
		e := genuine.LogEntries[0]
		proof := *e.InclusionProof
		e.InclusionProof = &proof
		change(&e)
		var origin, note any
		if c := proof.Checkpoint; c != nil {
			origin, note = []string{c.Origin}, [][]byte{[]byte(c.Note)}
		}
		conn := database.Conn(t, "app")
		tx, err := conn.Begin(ctx)
		require.NoError(t, err)
		defer func() { require.NoError(t, tx.Commit(context.Background())) }()
		_, err = tx.Exec(ctx, "SELECT set_config('attestdb.tenant_id', $1, true)", tenant.String())
		require.NoError(t, err)
		sub, err := tx.Begin(ctx)
		require.NoError(t, err)
		_, err = sub.Exec(ctx, `SELECT rekor.record_entries($1, ARRAY[$2::uuid], ARRAY[$3::bytea], '{0}', ARRAY[$4::bytea], ARRAY[$5::bigint],
			ARRAY[$6], ARRAY[$7], ARRAY[$8::timestamptz], ARRAY[$9::bytea], ARRAY[$10::bytea], ARRAY[$11::bigint], ARRAY[$12::bigint],
			ARRAY[$13::bytea], ARRAY[$14::bytea], ARRAY[$15::uuid], $16::text[], $17::bytea[], ARRAY[now()])`,
			tenant.String(), uuid.Must(uuid.NewV7()), envelope[:], e.LogID, e.LogIndex, e.Kind, e.Version, e.IntegratedTime, e.CanonicalizedBody,
			e.InclusionPromise, proof.LogIndex, proof.TreeSize, proof.RootHash, append([]byte{}, slices.Concat(proof.Hashes...)...), uuid.Must(uuid.NewV7()), origin, note)
		if err != nil {
			require.NoError(t, sub.Rollback(ctx))
			return err
		}
		return sub.Commit(ctx)
	}
	require.NoError(t, forge(acme.ID(), bare.SHA256, func(*logentry.Entry) {}))
	rec, err := acme.Record(ctx, genuine)
	require.NoError(t, err)

	// A genuine envelope whose entry came from elsewhere, with another proof.
	victim := loggedBundle(t, log, "victim")
	unlogged := *victim
	unlogged.LogEntries = nil
	_, err = acme.Record(ctx, &unlogged)
	require.NoError(t, err)
	require.NoError(t, forge(acme.ID(), victim.SHA256, func(e *logentry.Entry) { *e.InclusionProof = *victim.LogEntries[0].InclusionProof }))

	failures := map[uuid.UUID]logentry.Check{}
	for r, err := range acme.VerifyEntries(ctx, v, rekor.Query{}) {
		require.NoError(t, err)
		check := logentry.Check("")
		if r.Failure != nil {
			check = r.Failure.Check
		}
		failures[r.Entry.EnvelopeID] = check
	}
	bareID, err := acme.Attestor().IDBySHA256(ctx, bare.SHA256)
	require.NoError(t, err)
	victimID, err := acme.Attestor().IDBySHA256(ctx, victim.SHA256)
	require.NoError(t, err)
	require.Equal(t, map[uuid.UUID]logentry.Check{bareID: logentry.CheckBody, victimID: logentry.CheckBody, rec.ID: ""}, failures)

	// What the table itself refuses, and who may not write at all.
	require.ErrorContains(t, forge(acme.ID(), digest.Sum([]byte("none")), func(*logentry.Entry) {}), "no envelope")
	unknown := domaintest.Tenant(t, db, "globex")
	require.ErrorContains(t, forge(unknown.ID(), bare.SHA256, func(*logentry.Entry) {}), "no envelope")
	_, err = db.Tenancy().As(domaintest.Actor).Suspend(ctx, acme.ID())
	require.NoError(t, err)
	require.ErrorContains(t, forge(acme.ID(), bare.SHA256, func(*logentry.Entry) {}), "suspended")
	require.ErrorContains(t, forge(attestdb.TenantID(uuid.Must(uuid.NewV7())), bare.SHA256, func(*logentry.Entry) {}), "unknown tenant")
}

// Whatever the application gives, a body's digest and leaf hash are its own, and
// a checkpoint's columns are its note's.
func TestPlainSQLCannotBendALogEntry(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, acme := openTapped(t, database, nil)
	log := domaintest.NewLog(t, 2)
	_, err := acme.Record(t.Context(), loggedBundle(t, log, "app"))
	require.NoError(t, err)
	conn := database.Conn(t, "superuser")
	for constraint, set := range map[string]string{
		"log_entries_body_sha256_of_body":     "UPDATE rekor.log_entries SET body_sha256 = sha256('x')",
		"log_entries_leaf_hash_of_body":       "UPDATE rekor.log_entries SET leaf_hash = sha256('x')",
		"log_entries_proof_whole":             "UPDATE rekor.log_entries SET proof_hashes = NULL",
		"log_entries_proof_log_index_range":   "UPDATE rekor.log_entries SET proof_log_index = proof_tree_size",
		"log_checkpoints_note_says_so":        "UPDATE rekor.log_checkpoints SET tree_size = tree_size + 1",
		"log_checkpoints_note_sha256_of_note": "UPDATE rekor.log_checkpoints SET note_sha256 = sha256('x')",
		"log_entries_proof_hashes_length":     "UPDATE rekor.log_entries SET proof_hashes = '\\x00'",
		"log_entries_times_finite":            "UPDATE rekor.log_entries SET integrated_time = 'infinity'",
	} {
		_, err := conn.Exec(t.Context(), "BEGIN; ALTER TABLE rekor.log_entries DISABLE TRIGGER USER; ALTER TABLE rekor.log_checkpoints DISABLE TRIGGER USER; "+set)
		require.ErrorContains(t, err, constraint)
		_, err = conn.Exec(t.Context(), "ROLLBACK")
		require.NoError(t, err)
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

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	return files
}
