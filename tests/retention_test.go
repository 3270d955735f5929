package tests

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

const day = 24 * time.Hour

// retentionWorld is a ledger of two tenants, whose clock can be moved on.
type retentionWorld struct {
	*world
	signer *domaintest.Signer
	keep   *verdict.Retention
}

func newRetention(t *testing.T) *retentionWorld {
	t.Helper()
	w := newLedger(t)
	return &retentionWorld{w, domaintest.NewSigner(t), w.db.Retention().As("dpo")}
}

// envelope records evidence about an artifact, of a predicate type.
func (w *retentionWorld) envelope(t *testing.T, h *attestdb.TenantDB, artifact, predicateType string) attestor.Recorded {
	t.Helper()
	rec, err := h.Record(t.Context(), attested(t, w.signer, artifact, predicateType, []byte(`{"of":"`+artifact+`"}`)))
	require.NoError(t, err)
	return rec
}

// decide appends a decision with a payload about what text stands for.
func (w *retentionWorld) decide(t *testing.T, h *attestdb.TenantDB, text string) verdict.Entry {
	t.Helper()
	e, err := h.Verdict().Append(t.Context(), decided(text))
	require.NoError(t, err)
	return e.Entry
}

// age makes all contents that are there older: nothing that is hashed says how old they are.
func (w *retentionWorld) age(t *testing.T, by time.Duration) {
	t.Helper()
	conn := w.Conn(t, "superuser")
	for _, sql := range []string{
		"SET session_replication_role = replica",
		fmt.Sprintf("UPDATE attestor.envelope_contents SET created_at = created_at - interval '%d seconds'", int(by.Seconds())),
		fmt.Sprintf("UPDATE verdict.ledger_payloads SET created_at = created_at - interval '%d seconds'", int(by.Seconds())),
	} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
}

func (w *retentionWorld) set(t *testing.T, id attestdb.TenantID, rule verdict.Rule) verdict.Said {
	t.Helper()
	said, err := w.keep.Set(t.Context(), id, rule)
	require.NoError(t, err)
	return said
}

// there reports whether an envelope's bytes are.
func (w *retentionWorld) there(t *testing.T, h *attestdb.TenantDB, rec attestor.Recorded) bool {
	t.Helper()
	_, err := h.Attestor().Content(t.Context(), rec.ID)
	if !errors.Is(err, attestdb.ErrErased) {
		require.NoError(t, err)
	}
	return err == nil
}

// payloads are the places of the entries whose payloads are there.
func (w *retentionWorld) payloads(t *testing.T, id attestdb.TenantID) []int64 {
	t.Helper()
	rows, err := w.super.Query(t.Context(), `SELECT e.seq FROM verdict.ledger_entries e JOIN verdict.ledger_payloads p
		ON p.tenant_id = e.tenant_id AND p.id = e.id WHERE e.tenant_id = $1 ORDER BY 1`, id)
	require.NoError(t, err)
	seqs, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	require.NoError(t, err)
	return seqs
}

// acts are what the tenant's ledger says was done, with who did it and why.
func (w *retentionWorld) acts(t *testing.T, id attestdb.TenantID, action string) []string {
	t.Helper()
	rows, err := w.super.Query(t.Context(), `SELECT concat_ws('|', actor, subject_name, subject_algorithm, reason)
		FROM verdict.ledger_entries WHERE tenant_id = $1 AND action = $2 ORDER BY seq`, id, action)
	require.NoError(t, err)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return lines
}

func (w *retentionWorld) run(t *testing.T, id attestdb.TenantID, req verdict.RunRequest) verdict.Expired {
	t.Helper()
	done, err := w.keep.Run(t.Context(), id, req)
	require.NoError(t, err)
	return done
}

// Contents go when their time is over, by the rule that is about them; everything that
// they proved stays, and proves it.
func TestRetentionErasesWhatHasExpired(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	scan := w.envelope(t, w.acme, "a", "https://example.com/scan")
	build := w.envelope(t, w.acme, "b", "https://example.com/build")
	release := w.envelope(t, w.acme, "c", "https://example.com/release")
	theirs := w.envelope(t, w.globex, "a", "https://example.com/scan")
	old := w.decide(t, w.acme, "old")
	theirEntry := w.decide(t, w.globex, "old")
	key := signingKey(t, ledger.Origin(w.acme.ID()))
	before, err := w.acme.Verdict().Checkpoint(t.Context(), key, "")
	require.NoError(t, err)

	require.Zero(t, w.run(t, w.acme.ID(), verdict.RunRequest{}), "without a rule everything is kept")
	w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, Keep: 365 * day})
	w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, PredicateType: "https://example.com/scan", Keep: 30 * day})
	w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, PredicateType: "https://example.com/release", Keep: verdict.Forever})
	w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EntryPayloads, Keep: 100 * day})
	require.Zero(t, w.run(t, w.acme.ID(), verdict.RunRequest{}), "all is young")

	w.age(t, 31*day)
	young := w.envelope(t, w.acme, "young", "https://example.com/scan")
	dry := w.run(t, w.acme.ID(), verdict.RunRequest{DryRun: true})
	require.Equal(t, verdict.Expired{Looked: 3, Envelopes: 1}, dry)
	require.True(t, w.there(t, w.acme, scan), "a dry run erases nothing")
	require.Empty(t, w.acts(t, w.acme.ID(), "envelope.erase"))
	require.Equal(t, dry, w.run(t, w.acme.ID(), verdict.RunRequest{}))
	require.False(t, w.there(t, w.acme, scan))

	w.age(t, 335*day)
	newer := w.decide(t, w.acme, "newer")
	// A page is a batch: what is kept does not keep the run from what comes behind it.
	var steps []verdict.Expired
	done := w.run(t, w.acme.ID(), verdict.RunRequest{Batch: 1, Progress: func(e verdict.Expired) { steps = append(steps, e) }})
	require.Equal(t, verdict.Expired{Looked: 4, Envelopes: 2, Payloads: 1}, done)
	require.Greater(t, len(steps), 4)
	require.False(t, w.there(t, w.acme, build))
	require.False(t, w.there(t, w.acme, young))
	require.True(t, w.there(t, w.acme, release), "kept for ever")
	require.Equal(t, []int64{newer.Seq}, w.payloads(t, w.acme.ID()))
	require.True(t, w.there(t, w.globex, theirs), "another tenant's rules are its own")
	require.Equal(t, []int64{theirEntry.Seq}, w.payloads(t, w.globex.ID()))

	require.Equal(t, verdict.Expired{Looked: 1}, w.run(t, w.acme.ID(), verdict.RunRequest{}), "a second run finds nothing")
	acts := append(w.acts(t, w.acme.ID(), "envelope.erase"), w.acts(t, w.acme.ID(), "payload.erase")...)
	require.Len(t, acts, 4)
	for _, act := range acts {
		require.Regexp(t, `^dpo\|retention: kept for \d+ s, from 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ on$`, act)
	}

	// What stays.
	for _, rec := range []attestor.Recorded{scan, build, young} {
		m, err := w.acme.Attestor().Get(t.Context(), rec.ID)
		require.NoError(t, err)
		require.True(t, m.Erased)
		require.Equal(t, rec.SHA256, m.SHA256)
		require.NotEmpty(t, m.PredicateType)
		require.NotEmpty(t, m.Subject)
	}
	var signatures int
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT count(*) FROM attestor.envelope_signatures WHERE tenant_id = $1", w.acme.ID()).Scan(&signatures))
	require.Equal(t, 4, signatures)
	found, _, err := w.acme.Attestor().Find(t.Context(), attestor.Query{PredicateType: "https://example.com/scan"}, page.Request{})
	require.NoError(t, err)
	require.Len(t, found, 2)
	verifiers := []note.Verifier{verifierOf(t, key)}
	report, err := w.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{Verifiers: verifiers, Outside: [][]byte{before.Note}})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.EqualValues(t, 4, report.Erased)
	_, err = w.acme.Verdict().Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	dir := t.TempDir()
	_, err = w.acme.Verdict().Export(t.Context(), dir, verdict.ExportRequest{})
	require.NoError(t, err)
	_, err = ledger.VerifyExport(t.Context(), dir, verifiers, nil)
	require.NoError(t, err)
	proof, err := w.acme.Verdict().Prove(t.Context(), old.Seq, verdict.ProofRequest{From: before.TreeSize})
	require.NoError(t, err)
	proven, err := proof.Verify(verifiers...)
	require.NoError(t, err)
	require.Equal(t, old.PayloadHash, proven.Entry.PayloadHash)
}

// What is said of retention is an act, and what was said last counts.
func TestRetentionRulesAreActs(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	id := w.acme.ID()
	rules, err := w.keep.Rules(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, rules)
	all := verdict.Rule{Kind: verdict.EnvelopeContents, Keep: 30 * day}
	typed := verdict.Rule{Kind: verdict.EnvelopeContents, PredicateType: "https://example.com/scan", Keep: time.Second}
	require.Equal(t, verdict.Said{Seq: -1, Existed: true}, w.set(t, id, verdict.Rule{Kind: verdict.EntryPayloads}), "so it is by default")
	require.Equal(t, verdict.Said{Seq: 1}, w.set(t, id, all))
	require.Equal(t, verdict.Said{Seq: 1, Existed: true}, w.set(t, id, all))
	require.Equal(t, verdict.Said{Seq: 2}, w.set(t, id, typed))
	require.Equal(t, verdict.Said{Seq: 3}, w.set(t, id, verdict.Rule{Kind: verdict.EntryPayloads, Keep: 7 * day}))
	said, err := w.keep.Unset(t.Context(), id, "https://example.com/other")
	require.NoError(t, err)
	require.Equal(t, verdict.Said{Seq: -1, Existed: true}, said)

	rules, err = w.keep.Rules(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, rules, 3)
	for i, want := range []verdict.Rule{all, typed, {Kind: verdict.EntryPayloads, Keep: 7 * day}} {
		require.Equal(t, attestdb.Actor("dpo"), rules[i].SetBy)
		require.WithinDuration(t, time.Now(), rules[i].SetAt, time.Minute)
		want.Seq, want.SetAt, want.SetBy = int64(i+1), rules[i].SetAt, rules[i].SetBy
		require.Equal(t, want, rules[i])
	}
	said, err = w.keep.Unset(t.Context(), id, typed.PredicateType)
	require.NoError(t, err)
	require.Equal(t, verdict.Said{Seq: 4}, said)
	require.Equal(t, verdict.Said{Seq: 5}, w.set(t, id, verdict.Rule{Kind: verdict.EnvelopeContents}))
	rules, err = w.keep.Rules(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, []time.Duration{verdict.Forever, 7 * day}, []time.Duration{rules[0].Keep, rules[1].Keep})
	require.Equal(t, []string{
		"dpo|envelope|keep=2592000s", "dpo|envelope https://example.com/scan|keep=1s", "dpo|payload|keep=604800s",
		"dpo|envelope https://example.com/scan|keep=default", "dpo|envelope|keep=forever",
	}, w.acts(t, id, "retention.set"))
	requireSound(t, w.acme, 6)
	requireSound(t, w.globex, 1)

	for name, rule := range map[string]verdict.Rule{
		"no kind": {Keep: day}, "half a second": {Kind: verdict.EntryPayloads, Keep: time.Second / 2},
		"negative": {Kind: verdict.EntryPayloads, Keep: -day}, "a fraction": {Kind: verdict.EntryPayloads, Keep: day + time.Millisecond},
		"too long": {Kind: verdict.EntryPayloads, Keep: 290 * 365 * day}, "predicate of payloads": {Kind: verdict.EntryPayloads, PredicateType: "a", Keep: day},
		"NUL": {Kind: verdict.EnvelopeContents, PredicateType: "a\x00", Keep: day},
	} {
		_, err := w.keep.Set(t.Context(), id, rule)
		require.ErrorIs(t, err, attestdb.ErrInvalid, name)
	}
	_, err = w.keep.Unset(t.Context(), id, "")
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	_, err = w.keep.Run(t.Context(), id, verdict.RunRequest{Batch: 1001})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	for _, call := range []func(*verdict.Retention, attestdb.TenantID) error{
		func(r *verdict.Retention, id attestdb.TenantID) error {
			_, err := r.Set(t.Context(), id, all)
			return err
		},
		func(r *verdict.Retention, id attestdb.TenantID) error {
			_, err := r.Unset(t.Context(), id, "a")
			return err
		},
		func(r *verdict.Retention, id attestdb.TenantID) error {
			_, err := r.Run(t.Context(), id, verdict.RunRequest{})
			return err
		},
		func(r *verdict.Retention, id attestdb.TenantID) error {
			_, err := r.Hold(t.Context(), id, verdict.WholeTenant(), "r")
			return err
		},
		func(r *verdict.Retention, id attestdb.TenantID) error {
			_, err := r.Release(t.Context(), id, uuid.New(), "r")
			return err
		},
	} {
		require.ErrorIs(t, call(w.db.Retention(), id), attestdb.ErrNoActor)
		require.ErrorIs(t, call(w.keep, attestdb.TenantID(uuid.New())), attestdb.ErrUnknownTenant)
	}
	requireSound(t, w.acme, 6)
}

// A suspended tenant's contents expire as well, and are held.
func TestRetentionOfASuspendedTenant(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	rec := w.envelope(t, w.acme, "a", "https://example.com/scan")
	_, err := w.db.Tenancy().As("root").Suspend(t.Context(), w.acme.ID())
	require.NoError(t, err)
	w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, Keep: day})
	w.age(t, 2*day)
	hold, err := w.keep.Hold(t.Context(), w.acme.ID(), verdict.WholeTenant(), "r")
	require.NoError(t, err)
	require.Equal(t, verdict.Expired{Looked: 1, HeldEnvelopes: 1}, w.run(t, w.acme.ID(), verdict.RunRequest{}))
	_, err = w.keep.Release(t.Context(), w.acme.ID(), hold.ID, "r")
	require.NoError(t, err)
	require.Equal(t, verdict.Expired{Looked: 1, Envelopes: 1}, w.run(t, w.acme.ID(), verdict.RunRequest{}))
	require.False(t, w.there(t, w.acme, rec))
}

// What a run did before it was broken off stays done, and the next one does the rest;
// several at once erase nothing twice.
func TestRetentionRunsGoOnAndDoNotCollide(t *testing.T) {
	t.Parallel()
	w := newRetention(t)
	const n = 60
	for i := range n {
		w.envelope(t, w.acme, fmt.Sprint(i), "https://example.com/scan")
	}
	w.set(t, w.acme.ID(), verdict.Rule{Kind: verdict.EnvelopeContents, Keep: day})
	w.age(t, 2*day)
	ctx, cancel := context.WithCancel(t.Context())
	first, err := w.keep.Run(ctx, w.acme.ID(), verdict.RunRequest{Batch: 7, Progress: func(e verdict.Expired) {
		if e.Envelopes >= 14 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.EqualValues(t, 14, first.Envelopes)
	require.Len(t, w.acts(t, w.acme.ID(), "envelope.erase"), 14)

	type result struct {
		done verdict.Expired
		err  error
	}
	results := make(chan result)
	const runs = 4
	for range runs {
		go func() {
			done, err := w.keep.Run(t.Context(), w.acme.ID(), verdict.RunRequest{Batch: 5})
			results <- result{done, err}
		}()
	}
	var sum int64
	for range runs {
		r := <-results
		require.NoError(t, r.err)
		sum += r.done.Envelopes
	}
	require.EqualValues(t, n-14, sum)
	require.Len(t, w.acts(t, w.acme.ID(), "envelope.erase"), n)
	require.EqualValues(t, n, soundly(t, w.acme).Erased)
}
