package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/tenancy"
)

// What a tenant requires holds for every way in, for plain SQL too; what is stored
// already stays.
func TestTenantTakesOnlyWhatItRequires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.db.Tenancy().As("admin")
	signer, other := domaintest.NewSigner(t), domaintest.NewSigner(t)
	verify := attestdb.Verify(signer.Verifier(t))
	text, err := attestor.Parse(signer.Envelope("text/plain", []byte("text")))
	require.NoError(t, err)
	before := signer.Evidence(t, "before", []byte("before"))
	was, err := w.acme.Record(t.Context(), before)
	require.NoError(t, err)
	record := func(ev *attestor.Evidence, opts ...attestdb.RecordOption) error {
		_, err := w.acme.Record(t.Context(), ev, opts...)
		return err
	}
	evidence := func(name string) *attestor.Evidence { return signer.Evidence(t, name, []byte(name)) }

	_, err = w.db.Tenancy().Require(t.Context(), w.acme.ID(), tenancy.Requirements{Verified: true})
	require.ErrorIs(t, err, attestdb.ErrNoActor)
	now, err := admin.Require(t.Context(), w.acme.ID(), tenancy.Requirements{Verified: true})
	require.NoError(t, err)
	require.True(t, now.Requirements.Verified)
	require.EqualValues(t, "admin", now.RequirementsChangedBy)
	again, err := admin.As("another").Require(t.Context(), w.acme.ID(), tenancy.Requirements{Verified: true})
	require.NoError(t, err)
	require.Equal(t, now, again, "who says the same again changes nothing")

	count := func() int { return countRows(t, w.DB, "envelopes") }
	n := count()
	require.ErrorIs(t, record(evidence("a")), attestdb.ErrRequirement)
	require.ErrorIs(t, record(other.Evidence(t, "a", []byte("a")), verify, attestdb.KeepFailed()), attestdb.ErrRequirement)
	require.NoError(t, record(evidence("a"), verify))
	require.NoError(t, record(text, verify))
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	o := a.try(t, recordCall(w.acme.ID().String(), "new"), "")
	require.NotNil(t, o.pgError)
	require.Equal(t, "AD004", o.pgError.Code)
	require.Equal(t, n+2, count())

	// A batch names the piece at fault, wherever its digest puts it.
	evs := []*attestor.Evidence{evidence("b"), evidence("c"), other.Evidence(t, "d", []byte("d")), evidence("e")}
	_, err = w.acme.RecordAll(t.Context(), evs, verify, attestdb.KeepFailed())
	require.ErrorIs(t, err, attestdb.ErrRequirement)
	var batch *attestdb.BatchError
	require.ErrorAs(t, err, &batch)
	require.Equal(t, 2, batch.Index)
	require.Equal(t, n+2, count())

	_, err = admin.Require(t.Context(), w.acme.ID(), tenancy.Requirements{InToto: true})
	require.NoError(t, err)
	require.NoError(t, record(evidence("f")), "it need not verify any more")
	text2, err := attestor.Parse(signer.Envelope("text/plain", []byte("more")))
	require.NoError(t, err)
	err = record(text2, verify)
	require.ErrorIs(t, err, attestdb.ErrRequirement)
	require.ErrorContains(t, err, "in-toto")
	notStated := strings.Replace(recordCall(w.acme.ID().String(), "new"), "ARRAY['https://in-toto.io/Statement/v1'], ARRAY['forged']", "ARRAY[NULL], ARRAY[NULL]", 1)
	o = a.try(t, notStated, "")
	require.NotNil(t, o.pgError)
	require.Equal(t, "AD004", o.pgError.Code)

	// Another tenant requires what it requires.
	_, err = w.globex.Record(t.Context(), text2)
	require.NoError(t, err)
	got, err := w.acme.Attestor().Get(t.Context(), was.ID)
	require.NoError(t, err)
	require.Equal(t, attestor.Unverified, got.Verification.Outcome)
}

// An SBOM that came alone was signed by nobody, and is no Statement.
func TestTenantThatRequiresSignedEvidenceTakesNoSBOMAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.db.Tenancy().As("admin")
	raw := wordySBOM(t, "required")
	signer := domaintest.NewSigner(t)
	rec, err := w.acme.Record(t.Context(), attested(t, signer, "app", attestor.PredicateTypeCycloneDX, raw), attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	require.NotNil(t, rec.SBOM)
	require.NoError(t, rec.SBOM.Problem)
	link := fmt.Sprintf(`ARRAY[1], ARRAY['\x%x'::bytea]`, rec.SHA256[:])
	document := fmt.Sprintf(`\x%x`, raw)
	call := sbomCall(w.acme.ID().String(), document)
	for _, r := range []tenancy.Requirements{{Verified: true}, {InToto: true}} {
		_, err := admin.Require(t.Context(), w.acme.ID(), r)
		require.NoError(t, err)
		_, err = w.acme.ImportSBOM(t.Context(), wordySBOM(t, "alone"))
		require.ErrorIs(t, err, attestdb.ErrRequirement)
		again, err := w.acme.Record(t.Context(), attested(t, signer, "lib", attestor.PredicateTypeCycloneDX, raw), attestdb.Verify(signer.Verifier(t)))
		require.NoError(t, err)
		require.NoError(t, again.SBOM.Problem)
		// Plain SQL gets in neither the SBOM nor, beside a signed one, an artifact that
		// nobody signed.
		before := w.fingerprint(t, attestdb.TenantID{})
		a := w.attacker(t)
		a.become(t, w.acme.ID().String())
		for _, sql := range []string{call, strings.Replace(strings.Replace(call, noLinks, link, 1), "ARRAY['"+document+"'::bytea]", "ARRAY[NULL::bytea]", 1)} {
			o := a.try(t, sql, "")
			require.NotNil(t, o.pgError)
			require.Equal(t, "AD004", o.pgError.Code)
		}
		require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
	}
	_, err = admin.Require(t.Context(), w.acme.ID(), tenancy.Requirements{})
	require.NoError(t, err)
	_, err = w.acme.ImportSBOM(t.Context(), raw)
	require.NoError(t, err)
}

// A reasoning, a VEX document or a verdict that a chain brings itself was signed by nobody
// either; one that is in a stored envelope, and whatever a chain had before, stays.
func TestTenantThatRequiresSignedEvidenceTakesNoUnsignedSegment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.db.Tenancy().As("admin")
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "x", []byte("x"))
	rec, err := w.acme.Record(t.Context(), ev, attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	signed, err := w.acme.Record(t.Context(), attested(t, signer, "x", "https://example.com/any/v1", []byte("{}")), attestdb.Verify(signer.Verifier(t)))
	require.NoError(t, err)
	request := func(policy string, segments ...attestor.ChainSegment) attestor.ChainRequest {
		return attestor.ChainRequest{
			Subject: ev.Statement.Subject[0].Digest[0], PolicyVersion: policy,
			Segments: append([]attestor.ChainSegment{{Kind: proofchain.Evidence, Digest: rec.SHA256}}, segments...),
		}
	}
	document := func(kind proofchain.Kind) attestor.ChainSegment {
		return attestor.ChainSegment{Kind: kind, Content: []byte(`{"result":"pass"}`)}
	}
	kinds := []proofchain.Kind{proofchain.Reasoning, proofchain.VEX, proofchain.Verdict}
	alone, err := w.acme.ImportSBOM(t.Context(), wordySBOM(t, "before"), attestdb.About("x", ev.Statement.Subject[0].Digest[0]))
	require.NoError(t, err)
	sbom := attestor.ChainSegment{Kind: proofchain.SBOM, Digest: alone.SHA256}
	was, err := w.acme.AssembleChain(t.Context(), request("1", document(proofchain.Verdict)))
	require.NoError(t, err)
	for i, r := range []tenancy.Requirements{{Verified: true}, {InToto: true}} {
		_, err := admin.Require(t.Context(), w.acme.ID(), r)
		require.NoError(t, err)
		before := w.fingerprint(t, attestdb.TenantID{})
		for _, kind := range kinds {
			_, err := w.acme.AssembleChain(t.Context(), request("2", document(kind)))
			require.ErrorIs(t, err, attestdb.ErrRequirement, kind)
		}
		_, err = w.acme.AssembleChain(t.Context(), request("2", sbom))
		require.ErrorIs(t, err, attestdb.ErrRequirement, "it came alone before that was required")
		a := w.attacker(t)
		a.become(t, w.acme.ID().String())
		o := a.try(t, chainCall(w.acme.ID().String()), "")
		require.NotNil(t, o.pgError)
		require.Equal(t, "AD004", o.pgError.Code)
		require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))

		for _, kind := range kinds {
			_, err := w.acme.AssembleChain(t.Context(), request(fmt.Sprint(kind, i), attestor.ChainSegment{Kind: kind, Digest: signed.SHA256}))
			require.NoError(t, err, kind)
		}
	}
	v, err := w.acme.Attestor().VerifyChain(t.Context(), was.ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	_, err = admin.Require(t.Context(), w.acme.ID(), tenancy.Requirements{})
	require.NoError(t, err)
	_, err = w.acme.AssembleChain(t.Context(), request("3", document(proofchain.VEX), sbom))
	require.NoError(t, err)
}
