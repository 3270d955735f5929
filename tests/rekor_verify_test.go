package tests

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
	"stella-ops.org/attestdb/internal/testdb"
)

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
		"../../shared/data/chainloop/pkg/attestation/crafter/materials/testdata/*bundle.json",
		"../../shared/data/chainloop/pkg/attestation/crafter/materials/testdata/*.sigstore.json",
	} {
		files := glob(t, pattern)
		if len(files) == 0 {
			t.Logf("left out: there is no %s", pattern)
		}
		for _, file := range files {
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

	// A genuine envelope with its own entry, whose checkpoint another is said to have signed.
	renamed := loggedBundle(t, log, "renamed")
	unlogged = *renamed
	unlogged.LogEntries = nil
	_, err = acme.Record(ctx, &unlogged)
	require.NoError(t, err)
	require.NoError(t, forge(acme.ID(), renamed.SHA256, func(e *logentry.Entry) {
		proof := e.InclusionProof
		*e, *proof = renamed.LogEntries[0], *renamed.LogEntries[0].InclusionProof
		checkpoint := *proof.Checkpoint
		checkpoint.Note = strings.Replace(checkpoint.Note, "\n— ", "\n— evil.", 1)
		proof.Checkpoint, e.InclusionProof = &checkpoint, proof
	}))

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
	renamedID, err := acme.Attestor().IDBySHA256(ctx, renamed.SHA256)
	require.NoError(t, err)
	require.Equal(t, map[uuid.UUID]logentry.Check{
		bareID: logentry.CheckBody, victimID: logentry.CheckBody, renamedID: logentry.CheckCheckpoint, rec.ID: "",
	}, failures)

	// What the table itself refuses, and who may not write at all.
	require.ErrorContains(t, forge(acme.ID(), digest.Sum([]byte("none")), func(*logentry.Entry) {}), "no envelope")
	unknown := domaintest.Tenant(t, db, "globex")
	require.ErrorContains(t, forge(unknown.ID(), bare.SHA256, func(*logentry.Entry) {}), "no envelope")
	_, err = db.Tenancy().As(domaintest.Actor).Suspend(ctx, acme.ID())
	require.NoError(t, err)
	require.ErrorContains(t, forge(acme.ID(), bare.SHA256, func(*logentry.Entry) {}), "suspended")
	require.ErrorContains(t, forge(attestdb.TenantID(uuid.Must(uuid.NewV7())), bare.SHA256, func(*logentry.Entry) {}), "unknown tenant")
}

// What was recorded before there was a place for log entries gets them when it is
// recorded again; then it keeps them.
func TestRecordingAgainAddsLogEntriesThatAreNotThere(t *testing.T) {
	t.Parallel()
	_, acme, _ := open(t)
	whole := loggedBundle(t, domaintest.NewLog(t, 1), "app")
	early := *whole
	early.LogEntries = nil
	rec, err := acme.Record(t.Context(), &early)
	require.NoError(t, err)
	entries, err := acme.Rekor().Entries(t.Context(), rec.ID)
	require.NoError(t, err)
	require.Empty(t, entries)
	var ids []uuid.UUID
	for range 2 {
		again, err := acme.Record(t.Context(), whole)
		require.NoError(t, err)
		require.True(t, again.Existed)
		entries, err = acme.Rekor().Entries(t.Context(), rec.ID)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Equal(t, whole.LogEntries[0], entries[0].Entry)
		require.Equal(t, rec.CreatedAt, entries[0].CreatedAt)
		ids = append(ids, entries[0].ID)
	}
	require.Equal(t, ids[0], ids[1])
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

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	return files
}
