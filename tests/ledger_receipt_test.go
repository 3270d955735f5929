package tests

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/domain/verifier/publickey"
	"stella-ops.org/attestdb/internal/testdb"
)

func receiptKey(t testing.TB) (*ecdsa.PrivateKey, *publickey.Verifier) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	verifier, err := publickey.New([]publickey.Key{{Public: key.Public()}})
	require.NoError(t, err)
	return key, verifier
}

// ledgerSize is how many entries a tenant's ledger has.
func ledgerSize(t testing.TB, h *attestdb.TenantDB) int64 {
	t.Helper()
	entries, _, err := h.Verdict().Find(t.Context(), verdict.Query{}, page.Request{Limit: 1})
	require.NoError(t, err)
	return entries[0].Seq + 1
}

func evidenceAbout(t testing.TB, h *attestdb.TenantDB, artifact string) []attestor.Match {
	t.Helper()
	matches, _, err := h.Attestor().Find(t.Context(), attestor.Query{Subject: artifactDigest(t, artifact)}, page.Request{})
	require.NoError(t, err)
	return matches
}

func TestDecisionsHaveReceipts(t *testing.T) {
	t.Parallel()
	acme, globex := domaintestPair(t)
	key, verifier := receiptKey(t)
	at := time.Date(2026, 11, 25, 12, 30, 0, 123456000, time.UTC)
	for result, want := range map[verdict.Result]struct{ predicateType, rest string }{
		verdict.Pass: {"https://slsa.dev/verification_summary/v1", `"verificationResult": "PASSED", "verifiedLevels": ["SLSA_BUILD_LEVEL_0"]`},
		verdict.Fail: {"https://slsa.dev/verification_summary/v1", `"verificationResult": "FAILED", "verifiedLevels": ["FAILED"]`},
		verdict.Warn: {"https://stella-ops.org/attestdb/verdict-warning/v1", `"verificationResult": "WARNED", "reason": "nothing is wrong with WARN"`},
	} {
		name := string(result)
		d := decided(name)
		d.Result, d.TimeVerified = result, at
		got, err := acme.Decide(t.Context(), d, attestdb.SignReceipt(key, attestdb.Verify(verifier)))
		require.NoError(t, err)
		require.False(t, got.Existed)
		require.False(t, got.Receipt.Existed)
		require.Equal(t, attestor.Verified, got.Receipt.Verification.Outcome)
		stored, err := acme.Verdict().Get(t.Context(), got.Seq)
		require.NoError(t, err)
		require.Equal(t, stored, got.Entry)

		// It is found by the artifact, and by the entry.
		matches := evidenceAbout(t, acme, name)
		require.Len(t, matches, 1)
		require.Equal(t, got.Receipt.ID, matches[0].ID)
		require.Equal(t, want.predicateType, matches[0].PredicateType)
		require.Equal(t, []string{d.Subject.Name}, matches[0].SubjectNames)
		require.Equal(t, proofchain.Verdict, attestor.SegmentKind(matches[0].PredicateType))
		receipt, err := acme.Receipt(t.Context(), got.Entry)
		require.NoError(t, err)
		require.Equal(t, matches[0].Stored, receipt.Stored)
		_, err = globex.Receipt(t.Context(), got.Entry)
		require.ErrorIs(t, err, attestdb.ErrNotFound)

		// It verifies, and says what the entry says.
		raw, err := acme.Attestor().Content(t.Context(), got.Receipt.ID)
		require.NoError(t, err)
		ev, err := attestor.Parse(raw)
		require.NoError(t, err)
		v, err := verifier.Verify(t.Context(), ev)
		require.NoError(t, err)
		require.Equal(t, attestor.Verified, v.Outcome, v.Reason)
		require.Contains(t, v.Policy, "spki sha256:"+ev.Envelope.Signatures[0].KeyID)
		recordedAt, err := json.Marshal(got.RecordedAt)
		require.NoError(t, err)
		require.JSONEq(t, fmt.Sprintf(`{"_type": "https://in-toto.io/Statement/v1",
			"subject": [{"name": %q, "digest": {"sha256": %q}}],
			"predicateType": %q,
			"predicate": {
				"verifier": {"id": "https://verifier.example"}, "timeVerified": "2026-11-25T12:30:00.123456Z", "resourceUri": %[1]q,
				"policy": {"uri": "https://policies.example/release", "digest": {"sha256": %[4]q}},
				"inputAttestations": [{"digest": {"sha256": %[5]q}, "annotations": {"kind": "envelope"}},
					{"digest": {"sha256": %[6]q}, "annotations": {"kind": "sbom"}}],
				"https://stella-ops.org/attestdb/ledger-entry/v1": {"tenantId": %[7]q, "seq": %[8]d, "id": %[9]q, "leafHash": %[10]q,
					"decisionDigest": %[11]q, "recordedAt": %[12]s}, %[13]s}}`,
			d.Subject.Name, d.Subject.Digest.Encoded(), want.predicateType, d.Policy.Digest, got.Inputs[0].Digest, got.Inputs[1].Digest,
			acme.ID(), got.Seq, got.ID, got.LeafHash, got.DecisionDigest, recordedAt, want.rest), string(ev.Envelope.Payload))
	}
	report, err := acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
}

// What a decision leaves out, its receipt says otherwise where a summary must say it.
func TestReceiptOfASmallDecision(t *testing.T) {
	t.Parallel()
	acme, _ := domaintestPair(t)
	key, _ := receiptKey(t)
	d := verdict.Decision{
		Subject: verdict.Subject{Digest: artifactDigest(t, "a"), Name: "app.tar"}, Result: verdict.Pass,
		Policy: verdict.Policy{URI: "release"}, Verifier: "https://verifier.example",
	}
	got, err := acme.Decide(t.Context(), d, attestdb.SignReceipt(key))
	require.NoError(t, err)
	require.Equal(t, attestor.Unverified, got.Receipt.Verification.Outcome)
	raw, err := acme.Attestor().Content(t.Context(), got.Receipt.ID)
	require.NoError(t, err)
	ev, err := attestor.Parse(raw)
	require.NoError(t, err)
	var predicate map[string]any
	require.NoError(t, json.Unmarshal(ev.Statement.Predicate, &predicate))
	require.Equal(t, d.Subject.Digest.String(), predicate["resourceUri"], "a name that is no URI names no resource")
	require.Equal(t, got.RecordedAt.Format(time.RFC3339Nano), predicate["timeVerified"])
	require.Equal(t, map[string]any{"uri": "release"}, predicate["policy"])
	require.NotContains(t, predicate, "inputAttestations")

	plain, err := acme.Decide(t.Context(), d)
	require.NoError(t, err)
	require.Nil(t, plain.Receipt)
	require.Len(t, evidenceAbout(t, acme, "a"), 1)
	_, err = acme.Receipt(t.Context(), plain.Entry)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
}

func TestRepeatedDecisionHasOneEntryAndOneReceipt(t *testing.T) {
	t.Parallel()
	db := domaintest.New(t)
	acme := domaintest.Tenant(t, db, "acme")
	key, _ := receiptKey(t)
	d := decided("a")
	d.IdempotencyKey = "build 7"
	var all sync.WaitGroup
	got := make([]attestdb.Decided, 8)
	for i := range got {
		all.Go(func() {
			var err error
			got[i], err = acme.Decide(t.Context(), d, attestdb.SignReceipt(key))
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	fresh := 0
	for _, g := range got {
		require.Equal(t, got[0].Entry, g.Entry)
		require.Equal(t, got[0].Receipt.ID, g.Receipt.ID)
		require.Equal(t, got[0].Receipt.SHA256, g.Receipt.SHA256)
		require.Equal(t, got[0].Receipt.CreatedAt, g.Receipt.CreatedAt)
		require.Equal(t, g.Existed, g.Receipt.Existed)
		if !g.Existed {
			fresh++
		}
	}
	require.Equal(t, 1, fresh)
	require.Len(t, evidenceAbout(t, acme, "a"), 1)
	require.EqualValues(t, 2, ledgerSize(t, acme))

	// Another decision under the key is none.
	other := d
	other.Result = verdict.Fail
	_, err := acme.Decide(t.Context(), other, attestdb.SignReceipt(key))
	require.ErrorIs(t, err, attestdb.ErrIdempotencyConflict)
	require.Len(t, evidenceAbout(t, acme, "a"), 1)

	// An entry that has no receipt gets it.
	later := decided("b")
	later.IdempotencyKey = "build 8"
	plain, err := acme.Decide(t.Context(), later)
	require.NoError(t, err)
	for _, existed := range []bool{false, true} {
		with, err := acme.Decide(t.Context(), later, attestdb.SignReceipt(key))
		require.NoError(t, err)
		require.True(t, with.Existed)
		require.Equal(t, plain.Entry, with.Entry)
		require.Equal(t, existed, with.Receipt.Existed)
	}
	require.Len(t, evidenceAbout(t, acme, "b"), 1)

	// One whose receipt was erased gets no other.
	_, err = db.Eraser().As("dpo").Envelope(t.Context(), acme.ID(), got[0].Receipt.SHA256, "asked to")
	require.NoError(t, err)
	again, err := acme.Decide(t.Context(), d, attestdb.SignReceipt(key))
	require.NoError(t, err)
	require.Equal(t, got[0].Entry, again.Entry)
	require.Equal(t, got[0].Receipt.SHA256, again.Receipt.SHA256)
	require.Len(t, evidenceAbout(t, acme, "a"), 1)
}

// failing is a signer that cannot be reached.
type failing struct{ crypto.Signer }

var errUnreachable = errors.New("the key is unreachable")

func (failing) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errUnreachable }

func TestDecisionAndReceiptAreBothThereOrNeither(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db := openOn(t, database)
	acme := domaintest.Tenant(t, db, "acme")
	key, verifier := receiptKey(t)
	_, others := receiptKey(t)
	long, silent := decided("a"), decided("a")
	long.Subject.Name = "pkg:oci/" + strings.Repeat("a", 3000)
	silent.Verifier = ""
	for _, c := range []struct {
		name   string
		d      verdict.Decision
		option attestdb.DecideOption
		want   error
	}{
		{"the signer fails", decided("a"), attestdb.SignReceipt(failing{key}), errUnreachable},
		{"the receipt does not verify", decided("a"), attestdb.SignReceipt(key, attestdb.Verify(others)), attestdb.ErrVerification},
		{"no envelope can hold the name", long, attestdb.SignReceipt(key), attestdb.ErrInvalid},
		{"nobody decided", silent, attestdb.SignReceipt(key), attestdb.ErrInvalid},
		{"there is no signer", decided("a"), attestdb.SignReceipt(nil), attestdb.ErrInvalid},
	} {
		_, err := acme.Decide(t.Context(), c.d, c.option)
		require.ErrorIs(t, err, c.want, c.name)
		require.EqualValues(t, 1, ledgerSize(t, acme), c.name)
	}
	_, err := db.Tenant(acme.ID()).Decide(t.Context(), decided("a"), attestdb.SignReceipt(key))
	require.ErrorIs(t, err, attestdb.ErrNoActor)

	// What a tenant requires of evidence it requires of receipts.
	_, err = db.Tenancy().As("ops").Require(t.Context(), acme.ID(), tenancy.Requirements{Verified: true})
	require.NoError(t, err)
	_, err = acme.Decide(t.Context(), decided("a"), attestdb.SignReceipt(key))
	require.ErrorIs(t, err, attestdb.ErrRequirement)
	require.EqualValues(t, 2, ledgerSize(t, acme), "the requirement is an entry")
	_, err = acme.Decide(t.Context(), decided("a"), attestdb.SignReceipt(key, attestdb.Verify(verifier)))
	require.NoError(t, err)
	require.EqualValues(t, 3, ledgerSize(t, acme))
	require.Len(t, evidenceAbout(t, acme, "a"), 1)
}

func TestDecideInATransaction(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db := openOn(t, database)
	acme := domaintest.Tenant(t, db, "acme")
	key, _ := receiptKey(t)
	sign := attestdb.SignReceipt(key)
	ctx := t.Context()
	// It ends with the transaction.
	err := acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
		got, err := tx.Decide(ctx, decided("a"), sign)
		require.NoError(t, err)
		_, err = tx.Receipt(ctx, got.Entry)
		require.NoError(t, err)
		return errUnreachable
	})
	require.ErrorIs(t, err, errUnreachable)
	require.Empty(t, evidenceAbout(t, acme, "a"))
	require.EqualValues(t, 1, ledgerSize(t, acme))

	// One that fails undoes itself alone.
	signer := domaintest.NewSigner(t)
	require.NoError(t, acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
		_, err := tx.Record(ctx, signer.Evidence(t, "a", []byte("a")))
		require.NoError(t, err)
		_, err = tx.Decide(ctx, decided("a"), attestdb.SignReceipt(failing{key}))
		require.ErrorIs(t, err, errUnreachable)
		_, err = tx.Decide(ctx, decided("a"), sign)
		return err
	}))
	require.Len(t, evidenceAbout(t, acme, "a"), 2)
	require.EqualValues(t, 2, ledgerSize(t, acme))

	// In the caller's transaction too.
	tx := begin(t, database.Pool(t, "app"))
	h, err := db.TenantTx(ctx, tx, acme.ID())
	require.NoError(t, err)
	got, err := h.As("ci").Decide(ctx, decided("b"), sign)
	require.NoError(t, err)
	require.Empty(t, evidenceAbout(t, acme, "b"))
	require.NoError(t, tx.Commit(ctx))
	require.Len(t, evidenceAbout(t, acme, "b"), 1)
	_, err = acme.Receipt(ctx, got.Entry)
	require.NoError(t, err)

	// A handle that is not the transaction's would wait for it.
	require.NoError(t, acme.InTx(ctx, func(ctx context.Context, _ *attestdb.TenantDB) error {
		_, err := acme.Decide(ctx, decided("c"), sign)
		require.ErrorIs(t, err, attestdb.ErrInvalid)
		return nil
	}))
}

// An envelope that somebody gave the id of an entry is not taken for its receipt.
func TestOnlyWhatNamesTheEntryIsItsReceipt(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	acme := domaintest.Tenant(t, openOn(t, database), "acme")
	key, _ := receiptKey(t)
	d := decided("a")
	d.IdempotencyKey = "k"
	entry, err := acme.Decide(t.Context(), d)
	require.NoError(t, err)
	other, err := acme.Decide(t.Context(), decided("a"), attestdb.SignReceipt(key))
	require.NoError(t, err)
	super := database.Conn(t, "superuser")
	_, err = super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	rename := func(from, to uuid.UUID) {
		for table, column := range map[string]string{"envelopes": "id", "envelope_contents": "id", "statements": "id", "envelope_signatures": "envelope_id"} {
			_, err = super.Exec(t.Context(), fmt.Sprintf("UPDATE attestor.%s SET %s = $1 WHERE %[2]s = $2", table, column), to, from)
			require.NoError(t, err)
		}
	}
	rename(other.Receipt.ID, entry.ID)
	_, err = acme.Receipt(t.Context(), entry.Entry)
	require.ErrorContains(t, err, "is no receipt for it")
	_, err = acme.Decide(t.Context(), d, attestdb.SignReceipt(key))
	require.ErrorContains(t, err, "is no receipt for it")

	// What names the entry in a predicate of another type is not either.
	second, err := acme.Decide(t.Context(), decided("b"))
	require.NoError(t, err)
	for predicateType, isReceipt := range map[string]bool{"https://example.com/gossip/v1": false, attestor.PredicateTypeVSA: true} {
		payload, err := json.Marshal(map[string]any{
			"_type": attestor.StatementTypeV1, "subject": []any{map[string]any{"digest": map[string]string{"sha256": artifactDigest(t, "b").Encoded()}}},
			"predicateType": predicateType,
			"predicate":     map[string]any{attestdb.ReceiptEntryField: map[string]any{"leafHash": second.LeafHash}},
		})
		require.NoError(t, err)
		ev, err := attestor.Parse(domaintest.NewSigner(t).Envelope(attestor.PayloadTypeInToto, payload))
		require.NoError(t, err)
		rec, err := acme.Record(t.Context(), ev)
		require.NoError(t, err)
		rename(rec.ID, second.ID)
		_, err = acme.Receipt(t.Context(), second.Entry)
		if isReceipt {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, "is no receipt for it")
		}
		rename(second.ID, rec.ID)
	}
}
