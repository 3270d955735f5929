package tests

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verifier/publickey"
	"stella-ops.org/attestdb/internal/testdb"
)

// reverify collects the answers by id.
func reverify(t *testing.T, acme *attestdb.TenantDB, cfg attestdb.ReverifyConfig) (answers map[uuid.UUID]attestdb.Reverified, order []uuid.UUID) {
	t.Helper()
	answers = map[uuid.UUID]attestdb.Reverified{}
	for r, err := range acme.Reverify(t.Context(), cfg) {
		require.NoError(t, err)
		answers[r.ID] = r
		order = append(order, r.ID)
	}
	return answers, order
}

// Which evidence would fail today, say after a key was revoked?
func TestReverifyTellsWhatWouldFailToday(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, acme := openTapped(t, database, nil)
	kept, revoked := domaintest.NewSigner(t), domaintest.NewSigner(t)
	both, err := publickey.New([]publickey.Key{{Public: kept.Public()}, {Public: revoked.Public()}})
	require.NoError(t, err)
	// More than one portion and one page of them.
	var evs []*attestor.Evidence
	for i := range 700 {
		signer := kept
		if i%7 == 0 {
			signer = revoked
		}
		evs = append(evs, signer.Evidence(t, fmt.Sprint(i), fmt.Append(nil, i)))
	}
	recs, err := acme.RecordAll(t.Context(), evs, attestdb.Verify(both))
	require.NoError(t, err)
	n, err := acme.Attestor().Count(t.Context(), attestor.Query{})
	require.NoError(t, err)
	require.EqualValues(t, 700, n)

	one := kept.Verifier(t)
	for _, keep := range []bool{false, true} {
		answers, order := reverify(t, acme, attestdb.ReverifyConfig{Verifier: one, Keep: keep})
		require.Len(t, order, 700)
		require.Len(t, answers, 700)
		for i, rec := range recs {
			require.Equal(t, rec.ID, order[len(order)-1-i], "newest first")
			r := answers[rec.ID]
			require.NoError(t, r.Err)
			require.Equal(t, attestor.Verified, r.Verification.Outcome, "as it was")
			require.Equal(t, i%7 == 0, r.Changed())
		}
	}
	// Kept: the newest verification is today's, and the older one is still there.
	failed, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Subject: evs[7].Statement.Subject[0].Digest[0]}, firstPage)
	require.NoError(t, err)
	require.Equal(t, attestor.Failed, failed[0].Verification.Outcome)
	rows := countRows(t, database, "envelope_verifications")
	require.Equal(t, 1400, rows)
	_, _ = reverify(t, acme, attestdb.ReverifyConfig{Verifier: one, Keep: true})
	require.Equal(t, rows, countRows(t, database, "envelope_verifications"), "who says the same again adds nothing")

	// A part of it, by a query.
	answers, _ := reverify(t, acme, attestdb.ReverifyConfig{Verifier: one, Query: attestor.Query{Subject: evs[3].Statement.Subject[0].Digest[0]}})
	require.Len(t, answers, 1)

	// Bytes that are gone, or no longer what they were, do not end it.
	super := database.Conn(t, "superuser")
	for _, sql := range []string{
		"SET session_replication_role = replica",
		fmt.Sprintf("DELETE FROM attestor.envelope_contents WHERE id = '%s'", recs[1].ID),
		fmt.Sprintf(`UPDATE attestor.envelope_contents SET content = '{}' WHERE id = '%s'`, recs[2].ID),
	} {
		_, err := super.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	answers, _ = reverify(t, acme, attestdb.ReverifyConfig{Verifier: one, Keep: true})
	require.Len(t, answers, 700)
	require.ErrorIs(t, answers[recs[1].ID].Err, attestdb.ErrNotFound)
	require.NoError(t, answers[recs[2].ID].Err)
	require.Equal(t, attestor.Failed, answers[recs[2].ID].Today.Outcome, "they are not what was recorded")
	require.False(t, answers[recs[3].ID].Changed())
}

func TestReverifyEndsWithItsContextAndNeedsAVerifier(t *testing.T) {
	t.Parallel()
	_, acme := openTapped(t, testdb.New(t), nil)
	signer := domaintest.NewSigner(t)
	_, err := acme.RecordAll(t.Context(), manyEvidences(t, signer, "a", 20))
	require.NoError(t, err)
	for _, err := range acme.Reverify(t.Context(), attestdb.ReverifyConfig{}) {
		require.ErrorIs(t, err, attestdb.ErrInvalid)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	slow := slowVerifier{signer.Verifier(t), func() { cancel(gone) }}
	var last error
	for _, err := range acme.Reverify(ctx, attestdb.ReverifyConfig{Verifier: slow, Keep: true}) {
		last = err
	}
	require.ErrorIs(t, last, gone)
	m, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Since: time.Unix(0, 0)}, firstPage)
	require.NoError(t, err)
	require.Len(t, m, 20)
	require.Equal(t, attestor.Unverified, m[0].Verification.Outcome)
}

// slowVerifier does something before it verifies.
type slowVerifier struct {
	attestor.Verifier
	before func()
}

func (v slowVerifier) Verify(ctx context.Context, ev *attestor.Evidence) (attestor.Verification, error) {
	v.before()
	return v.Verifier.Verify(ctx, ev)
}

// The verification that the database got last counts, whatever the clocks of those say who
// verified, and those of rows from before.
func TestTheLastVerificationCountsWhateverClocksSay(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	_, acme := openTapped(t, database, nil)
	signer, other := domaintest.NewSigner(t), domaintest.NewSigner(t)
	ev := signer.Evidence(t, "a", []byte("a"))
	rec, err := acme.Record(t.Context(), ev, attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	newest := func() attestor.Verification {
		d, err := acme.Attestor().Get(t.Context(), rec.ID)
		require.NoError(t, err)
		return d.Verification
	}
	ahead := fmt.Sprintf(`INSERT INTO attestor.envelope_verifications
		(tenant_id, id, created_at, envelope_id, outcome, verifier, policy, reason, signatures, time_verified)
		SELECT '%s', gen_random_uuid(), now() + interval '10 minutes', '%s', 'failed', 'ahead', 'p', n::text, '[]', now()
		  FROM generate_series(1, 3) n`, acme.ID(), rec.ID)
	app, super := database.Conn(t, "app"), database.Conn(t, "superuser")
	_, err = app.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", acme.ID().String())
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	keep := func(verifier attestor.Verifier) {
		_, _ = reverify(t, acme, attestdb.ReverifyConfig{Verifier: verifier, Keep: true})
	}

	// A host whose clock is ahead, and times that are there and are.
	_, err = app.Exec(t.Context(), ahead)
	require.NoError(t, err)
	require.Equal(t, "3", newest().Reason, "the last one of a statement")
	keep(signer.Verifier(t))
	require.Equal(t, attestor.Verified, newest().Outcome)
	var future int
	count := "SELECT count(*) FROM attestor.envelope_verifications WHERE created_at > clock_timestamp()"
	require.NoError(t, super.QueryRow(t.Context(), count).Scan(&future))
	require.Zero(t, future)

	_, err = super.Exec(t.Context(), ahead)
	require.NoError(t, err)
	require.Equal(t, attestor.Failed, newest().Outcome)
	keep(signer.Verifier(t))
	require.Equal(t, attestor.Verified, newest().Outcome)
	again, err := acme.Record(t.Context(), ev, attestdb.Verify(other.Verifier(t)), attestdb.KeepFailed())
	require.NoError(t, err)
	require.Equal(t, attestor.Failed, again.Verification.Outcome)
	require.Equal(t, again.Verification.Reason, newest().Reason, "what Record returns is what counts")
	again, err = acme.Record(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, newest(), again.Verification)
	var distinct bool
	require.NoError(t, super.QueryRow(t.Context(), `SELECT count(*) = count(DISTINCT created_at) + 2 AND min(created_at) > now() - interval '1 hour'
		FROM attestor.envelope_verifications`).Scan(&distinct))
	require.True(t, distinct, "but of those three that came past the trigger")
}
