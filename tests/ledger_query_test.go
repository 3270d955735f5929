package tests

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// ledgerSubject is one of a few artifacts; the same bytes are the digest of two
// algorithms.
func ledgerSubject(t testing.TB, n int) digest.Digest {
	t.Helper()
	sum := digest.Sum(fmt.Append(nil, n/2))
	algorithm := []string{"sha256", "sha3_256"}[n%2]
	d, err := digest.FromBytes(algorithm, sum[:])
	require.NoError(t, err)
	return d
}

func ledgerInput(n int) verdict.Input {
	return verdict.Input{Kind: []string{"envelope", "sbom", "entry"}[n%3], Digest: digest.Sum(fmt.Append(nil, "input ", n/3))}
}

// anyDecision has few values of each kind, so that searches meet.
func anyDecision(t testing.TB, r *rand.Rand) verdict.Decision {
	t.Helper()
	d := verdict.Decision{
		Subject: verdict.Subject{Digest: ledgerSubject(t, r.IntN(6))},
		Result:  []verdict.Result{verdict.Pass, verdict.Fail, verdict.Warn}[r.IntN(3)],
		Policy:  verdict.Policy{URI: ledgerPolicies[r.IntN(len(ledgerPolicies))]},
	}
	for range r.IntN(4) {
		d.Inputs = append(d.Inputs, ledgerInput(r.IntN(9)))
	}
	return d
}

// Policies that are easily taken for each other, in whatever collation.
var ledgerPolicies = []string{"https://policies.example/a", "https://policies.example/A", "https://policies.example/a/", "https-policies.example/a", "é"}

func anyLedgerQuery(t testing.TB, r *rand.Rand, all []verdict.Entry) verdict.Query {
	t.Helper()
	var q verdict.Query
	some := func(of int) bool { return r.IntN(of) == 0 }
	if some(3) {
		q.Subject = ledgerSubject(t, r.IntN(7))
	}
	if some(3) {
		q.PolicyURI = ledgerPolicies[r.IntN(len(ledgerPolicies))]
	}
	if q.Subject.IsZero() && q.PolicyURI == "" && some(4) {
		q.Action = []string{"tenant.create", "tenant.suspend"}[r.IntN(2)]
	}
	if some(2) {
		q.Input = ledgerInput(r.IntN(9))
		if some(2) {
			q.Input.Kind = ""
		}
	}
	if some(3) {
		q.Since = all[r.IntN(len(all))].RecordedAt
	}
	if some(3) {
		if q.Until = all[r.IntN(len(all))].RecordedAt; !q.Since.Before(q.Until) {
			q.Until = time.Now().Add(time.Hour)
		}
	}
	return q
}

// finds is what the test itself knows of q.
func finds(q verdict.Query, e verdict.Entry) bool {
	return (q.Subject.IsZero() || e.Subject.Digest == q.Subject) && (q.PolicyURI == "" || e.Policy.URI == q.PolicyURI) &&
		(q.Action == "" || e.Action == q.Action) &&
		(q.Input == verdict.Input{} || slices.ContainsFunc(e.Inputs, func(in verdict.Input) bool {
			return in.Digest == q.Input.Digest && (q.Input.Kind == "" || in.Kind == q.Input.Kind)
		})) && !e.RecordedAt.Before(q.Since) && (q.Until.IsZero() || e.RecordedAt.Before(q.Until))
}

// Whatever is asked of a ledger, the pages together are the list, newest first, while
// more is appended between them.
func TestLedgerPagesAreTheListWhileMoreIsAppended(t *testing.T) {
	t.Parallel()
	acme, globex := domaintestPair(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	created, err := acme.Verdict().Get(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Act, created.Kind)
	all := []verdict.Entry{created}
	add := func(n int) {
		for ; n > 0; n -= 10 { // some share a time
			decisions := make([]verdict.Decision, min(n, 10))
			for i := range decisions {
				decisions[i] = anyDecision(t, r)
			}
			_, err := globex.Verdict().AppendBatch(t.Context(), decisions[:len(decisions)/2])
			require.NoError(t, err)
			appended, err := acme.Verdict().AppendBatch(t.Context(), decisions)
			require.NoError(t, err)
			for _, a := range appended {
				all = append(all, a.Entry)
			}
		}
	}
	add(300)
	used := 0
	for round := range 200 {
		q := anyLedgerQuery(t, r, all)
		var want, got []verdict.Entry
		for _, e := range slices.Backward(all) {
			if finds(q, e) {
				want = append(want, e)
			}
		}
		p := page.Request{Limit: 1 + r.IntN(40)}
		for {
			entries, next, err := acme.Verdict().Find(t.Context(), q, p)
			require.NoError(t, err, "%+v", q)
			got = append(got, entries...)
			if next == "" {
				break
			}
			require.Len(t, entries, p.Limit)
			if round%10 == 0 {
				add(2)
			}
			p.Cursor = next
		}
		require.Equal(t, want, got, "%+v", q)
		used += min(len(want), 1)
	}
	require.Greater(t, used, 80, "the queries find something")

	var whole []verdict.Entry
	for e, err := range acme.Verdict().All(t.Context(), verdict.Query{}) {
		require.NoError(t, err)
		whole = append(whole, e)
	}
	slices.Reverse(whole)
	require.Equal(t, all, whole)
}

func TestCurrentDecisionIsTheNewest(t *testing.T) {
	t.Parallel()
	acme, globex := domaintestPair(t)
	store := acme.Verdict()
	d := decided("a")
	key := verdict.Key{Subject: d.Subject.Digest, PolicyURI: d.Policy.URI}
	_, err := store.Current(t.Context(), key)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	for _, result := range []verdict.Result{verdict.Pass, verdict.Fail, verdict.Warn} {
		d.Result = result
		want, err := store.Append(t.Context(), d)
		require.NoError(t, err)
		other := d
		other.Result, other.Policy.URI = verdict.Pass, d.Policy.URI+"/other"
		_, err = store.Append(t.Context(), other)
		require.NoError(t, err)
		other = d
		other.Result, other.Subject.Digest = verdict.Pass, artifactDigest(t, "b")
		_, err = store.Append(t.Context(), other)
		require.NoError(t, err)
		_, err = globex.Verdict().Append(t.Context(), decided("a"))
		require.NoError(t, err)
		got, err := store.Current(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, want.Entry, got)
	}
	for field, key := range map[string]verdict.Key{
		"subject": {PolicyURI: key.PolicyURI}, "policy uri": {Subject: key.Subject},
	} {
		_, err := store.Current(t.Context(), key)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, field, invalid.Field)
	}
}

func TestEntriesAndPayloadsAreRead(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db := openOn(t, database)
	acme, globex := domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")
	store := acme.Verdict()
	with, err := store.Append(t.Context(), decided("a"))
	require.NoError(t, err)
	d := decided("b")
	d.Payload = nil
	without, err := store.Append(t.Context(), d)
	require.NoError(t, err)

	for _, want := range []verdict.Entry{with.Entry, without.Entry} {
		got, err := store.Get(t.Context(), want.Seq)
		require.NoError(t, err)
		require.Equal(t, want, got)
		got, err = store.ByID(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
		_, err = globex.Verdict().ByID(t.Context(), want.ID)
		require.ErrorIs(t, err, attestdb.ErrNotFound)
	}
	for _, seq := range []int64{-1, 99} {
		_, err = store.Get(t.Context(), seq)
		require.ErrorIs(t, err, attestdb.ErrNotFound)
		_, err = store.Payload(t.Context(), seq)
		require.ErrorIs(t, err, attestdb.ErrNotFound)
	}
	_, err = store.ByID(t.Context(), uuid.Nil)
	require.ErrorIs(t, err, attestdb.ErrNotFound)

	payload, err := store.Payload(t.Context(), with.Seq)
	require.NoError(t, err)
	require.Equal(t, json.RawMessage(`{"about":"a","score":9}`), payload)
	_, err = store.Payload(t.Context(), without.Seq)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = globex.Verdict().Payload(t.Context(), with.Seq)
	require.ErrorIs(t, err, attestdb.ErrNotFound)

	// Only an act about this very entry makes it erased.
	lost, err := store.Append(t.Context(), decided("a"))
	require.NoError(t, err)
	changed, err := store.Append(t.Context(), decided("a"))
	require.NoError(t, err)
	_, err = db.Eraser().As("dpo").Payload(t.Context(), acme.ID(), with.Seq, "asked to")
	require.NoError(t, err)
	_, err = store.Payload(t.Context(), with.Seq)
	require.ErrorIs(t, err, attestdb.ErrErased)
	d.Inputs = []verdict.Input{{Kind: ledger.InputEntry, Digest: lost.LeafHash}, {Kind: ledger.InputEntry, Digest: with.LeafHash}}
	_, err = store.Append(t.Context(), d)
	require.NoError(t, err)
	super := database.Conn(t, "superuser")
	_, err = super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), "DELETE FROM verdict.ledger_payloads WHERE id = $1", lost.ID)
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), `UPDATE verdict.ledger_payloads SET content = '{"score":1}' WHERE id = $1`, changed.ID)
	require.NoError(t, err)
	for _, seq := range []int64{lost.Seq, changed.Seq} {
		_, err = store.Payload(t.Context(), seq)
		require.ErrorContains(t, err, "verify the ledger")
		require.NotErrorIs(t, err, attestdb.ErrErased)
		require.NotErrorIs(t, err, attestdb.ErrNotFound)
	}

	// A row that no entry is like is no mistake of the caller's.
	_, err = super.Exec(t.Context(), `ALTER TABLE verdict.ledger_entries DROP CONSTRAINT ledger_entries_leaf_hash_length`)
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), `UPDATE verdict.ledger_entries SET leaf_hash = '\x00' WHERE id = $1`, changed.ID)
	require.NoError(t, err)
	_, err = store.Get(t.Context(), changed.Seq)
	require.ErrorContains(t, err, "verify the ledger")
	require.NotErrorIs(t, err, attestdb.ErrInvalid)
}

func TestLedgerSearchRefusesWhatNothingCanMeet(t *testing.T) {
	t.Parallel()
	acme, _ := domaintestPair(t)
	at := time.Now()
	for field, q := range map[string]verdict.Query{
		"policy uri":   verdict.ByPolicy("a\x00"),
		"action":       verdict.ByAction("Suspend"),
		"input kind":   verdict.ByInput("Envelope", digest.Sum(nil)),
		"input digest": verdict.ByInput("envelope", digest.SHA256{}),
		"until":        verdict.ByTime(at, at),
	} {
		_, _, err := acme.Verdict().Find(t.Context(), q, page.Request{})
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid, field)
		require.Equal(t, field, invalid.Field)
		for _, err := range acme.Verdict().All(t.Context(), q) {
			require.ErrorAs(t, err, &invalid, field)
		}
	}
	_, _, err := acme.Verdict().Find(t.Context(), verdict.Query{Action: "tenant.create", PolicyURI: "p"}, page.Request{})
	require.ErrorContains(t, err, "neither a subject nor a policy")
	entries, next, err := acme.Verdict().Find(t.Context(), verdict.ByTime(at.Add(time.Hour), time.Time{}), page.Request{})
	require.NoError(t, err)
	require.Empty(t, entries)
	require.Empty(t, next)
}

// What is read of a ledger names the tenant itself, so that it stays apart even where
// row-level security is off.
func TestLedgersAreReadApartWithoutTheDatabasesHelp(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db := openOn(t, database)
	acme, globex := domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")
	// An entry at the same place that differs in what is asked for.
	d := decided("a")
	d.Policy.URI, d.Inputs, d.Payload = "ours", nil, nil
	_, err := acme.Verdict().Append(t.Context(), d)
	require.NoError(t, err)
	theirs, err := globex.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	_, err = database.Conn(t, "superuser").Exec(t.Context(), `DO $$ DECLARE r regclass; BEGIN
		FOR r IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'verdict'::regnamespace LOOP
			EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY', r);
		END LOOP; END $$`)
	require.NoError(t, err)
	store := acme.Verdict()
	for _, q := range []verdict.Query{
		verdict.ByPolicy(theirs.Policy.URI), verdict.ByInput("", theirs.Inputs[0].Digest),
		{Subject: theirs.Subject.Digest, Input: theirs.Inputs[0]},
	} {
		entries, _, err := globex.Verdict().Find(t.Context(), q, page.Request{})
		require.NoError(t, err)
		require.Len(t, entries, 1)
		entries, _, err = store.Find(t.Context(), q, page.Request{})
		require.NoError(t, err)
		require.Empty(t, entries)
	}
	entries, _, err := store.Find(t.Context(), verdict.ByTime(theirs.RecordedAt, time.Time{}), page.Request{})
	require.NoError(t, err)
	require.Empty(t, entries)
	entries, _, err = store.Find(t.Context(), verdict.ByTime(time.Time{}, theirs.RecordedAt), page.Request{})
	require.NoError(t, err)
	require.Len(t, entries, 2, "the first of theirs then ends no list of ours")
	entries, _, err = store.Find(t.Context(), verdict.BySubject(theirs.Subject.Digest), page.Request{})
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, acme.ID(), entries[0].Tenant)
	_, err = store.ByID(t.Context(), theirs.ID)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = store.Payload(t.Context(), theirs.Seq)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	_, err = store.Current(t.Context(), verdict.Key{Subject: theirs.Subject.Digest, PolicyURI: theirs.Policy.URI})
	require.ErrorIs(t, err, attestdb.ErrNotFound)
}
