package tests

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
)

// predicateTypes are one of each kind that is known, and what nobody knows.
var predicateTypes = []string{
	"https://spdx.dev/Document", "https://spdx.dev/Document/v2.3", "https://cyclonedx.org/bom/v1.6", "https://cyclonedx.org/vex",
	"https://openvex.dev/ns", "https://openvex.dev/ns@v0.2.0", attestor.PredicateTypeVSA, attestor.PredicateTypeWarning,
	"https://slsa.dev/provenance/v1", "https://in-toto.io/attestation/test-result/v0.1", "https://cosign.sigstore.dev/attestation/vuln/v1",
	"https://github.com/npm/attestation/tree/main/specs/publish/v0.1", "https://example.com/any/v1", "https://openvex.dev/nsx",
}

// The database takes a Statement as a segment exactly if an export with it verifies: it is
// about the subject, whatever the kind, and of no other kind that is known.
func TestStatementsInChainsAreAboutTheSubjectAndOfTheirKind(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	taken := 0
	for _, artifact := range []string{"a", "b"} {
		for _, predicateType := range predicateTypes {
			ev := attested(t, w.signer, artifact, predicateType, []byte(`{"n":1}`))
			_, err := w.acme.Record(t.Context(), ev)
			require.NoError(t, err)
			for _, kind := range proofchain.Kinds {
				name := fmt.Sprint(artifact, " ", predicateType, " as ", kind)
				a, err := w.acme.AssembleChain(t.Context(), attestor.ChainRequest{
					Subject: w.about, PolicyVersion: digest.Sum([]byte(name)).String(), Segments: []attestor.ChainSegment{{Kind: kind, Digest: ev.SHA256}},
				})
				read, fileErr := attestor.VerifyChainFile(exported(t, w.about, kind, ev.Content))
				require.NoError(t, fileErr)
				if err != nil {
					var at *attestor.SegmentError
					require.ErrorAs(t, err, &at, name)
					require.Len(t, read.Findings, 1, name)
					require.Equal(t, at.Problem, read.Findings[0].Problem, name)
					require.Zero(t, read.About)
					continue
				}
				taken++
				require.Empty(t, read.Findings, name)
				require.Equal(t, 1, read.About)
				v, err := w.acme.VerifyChain(t.Context(), a.ID, nil)
				require.NoError(t, err)
				require.Empty(t, v.Findings, name)
				require.Equal(t, 1, v.About)
			}
		}
	}
	// Of each type evidence and reasoning, one more of those whose kind is known and not
	// evidence, three more of those that nobody knows.
	require.Equal(t, 2*len(predicateTypes)+8+3*3, taken)
}

// exported is an exported chain with one segment.
func exported(t *testing.T, subject digest.Digest, kind proofchain.Kind, content []byte) []byte {
	t.Helper()
	f := &proofchain.File{Chain: proofchain.Chain{
		Subject: subject, PolicyVersion: "1", Segments: []proofchain.Segment{{Kind: kind, Digest: digest.Sum(content)}},
	}}
	var err error
	f.Root, err = f.Chain.Root()
	require.NoError(t, err)
	var b bytes.Buffer
	fw := proofchain.NewWriter(&b, f)
	require.NoError(t, fw.Add(f.Segments[0], content))
	require.NoError(t, fw.Close())
	return b.Bytes()
}

// A document that is an envelope makes the claim of its Statement, stored or not; one that
// is none makes no claim, and neither does an envelope of something else than a Statement.
func TestDocumentsMakeTheClaimsOfTheirStatements(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	request := func(s attestor.ChainSegment) attestor.ChainRequest {
		return attestor.ChainRequest{Subject: w.about, PolicyVersion: "1", Segments: []attestor.ChainSegment{s}}
	}
	other, err := w.acme.Record(t.Context(), w.signer.Evidence(t, "other", []byte("b")))
	require.NoError(t, err)
	for _, c := range []struct {
		content []byte
		problem proofchain.Problem
	}{
		{w.signer.Evidence(t, "other", []byte("b")).Content, proofchain.NotAbout},
		{w.signer.Evidence(t, "fresh", []byte("b")).Content, proofchain.NotAbout},
		{attested(t, w.signer, "a", attestor.PredicateTypeVSA, []byte("{}")).Content, proofchain.WrongKind},
	} {
		_, err := w.acme.AssembleChain(t.Context(), request(attestor.ChainSegment{Kind: proofchain.VEX, Content: c.content}))
		var at *attestor.SegmentError
		require.ErrorAs(t, err, &at)
		require.Equal(t, c.problem, at.Problem)
	}
	plain, err := attestor.Parse(w.signer.Envelope("text/plain", []byte("looks good")))
	require.NoError(t, err)
	_, err = w.acme.Record(t.Context(), plain)
	require.NoError(t, err)
	for _, c := range []struct {
		segment attestor.ChainSegment
		about   int
	}{
		{attestor.ChainSegment{Kind: proofchain.Verdict, Content: []byte("{}")}, 0},
		{attestor.ChainSegment{Kind: proofchain.Verdict, Digest: plain.SHA256}, 0},
		{attestor.ChainSegment{Kind: proofchain.Verdict, Content: attested(t, w.signer, "a", attestor.PredicateTypeVSA, []byte("{}")).Content}, 1},
	} {
		a := w.assemble(t, request(c.segment))
		v, err := w.acme.VerifyChain(t.Context(), a.ID, nil)
		require.NoError(t, err)
		require.Empty(t, v.Findings)
		require.Equal(t, c.about, v.About)
	}
	_, err = w.acme.AssembleChain(t.Context(), request(attestor.ChainSegment{Kind: proofchain.Evidence, Digest: plain.SHA256}))
	var at *attestor.SegmentError
	require.ErrorAs(t, err, &at)
	require.Equal(t, proofchain.NotAbout, at.Problem)

	// A chain that has it all the same, as one of before could, keeps its root, and the
	// segment is named.
	a := w.assemble(t, request(attestor.ChainSegment{Kind: proofchain.Evidence, Digest: w.evidence[1]}))
	old := proofchain.Chain{Subject: w.about, PolicyVersion: "1", Supersedes: a.Supersedes, Segments: []proofchain.Segment{{Kind: proofchain.VEX, Digest: other.SHA256}}}
	root, err := old.Root()
	require.NoError(t, err)
	super := w.Conn(t, "superuser")
	for sql, args := range map[string][]any{
		"UPDATE attestor.proof_segments SET kind = 'vex', digest = $2 WHERE chain_id = $1": {a.ID, other.SHA256[:]},
		"UPDATE attestor.proof_chains SET root_hash = $2 WHERE id = $1":                    {a.ID, root[:]},
	} {
		_, err := super.Exec(t.Context(), "SET session_replication_role = replica")
		require.NoError(t, err)
		_, err = super.Exec(t.Context(), sql, args...)
		require.NoError(t, err)
	}
	v, err := w.acme.VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Equal(t, []proofchain.Finding{{
		Position: 0, Kind: proofchain.VEX, Digest: other.SHA256, Problem: proofchain.NotAbout, Detail: "its Statement does not name the subject",
	}}, v.Findings)
}
