package tests

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
)

// A chain may hold an SBOM that was imported alone, as one about the subject: its bytes
// are in the export, and damage to them is named.
func TestChainHoldsAnSBOMThatWasImportedAlone(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	raw := wordySBOM(t, "alone")
	_, err := w.acme.ImportSBOM(t.Context(), raw, attestdb.About("other", artifactDigest(t, "other")))
	require.NoError(t, err)
	sum := digest.Sum(raw)
	req := attestor.ChainRequest{Subject: w.about, PolicyVersion: "1", Segments: []attestor.ChainSegment{
		{Kind: proofchain.SBOM, Digest: sum}, {Kind: proofchain.Evidence, Digest: w.evidence[0]},
	}}

	// It is there, and about another artifact.
	_, err = w.acme.AssembleChain(t.Context(), req)
	var segment *attestdb.SegmentError
	require.ErrorAs(t, err, &segment)
	require.Equal(t, proofchain.NotAbout, segment.Problem)
	require.Equal(t, sum, segment.Digest)
	missing := req
	missing.Segments = []attestor.ChainSegment{{Kind: proofchain.SBOM, Digest: digest.Sum([]byte("nothing"))}}
	_, err = w.acme.AssembleChain(t.Context(), missing)
	require.ErrorAs(t, err, &segment)
	require.Equal(t, proofchain.Missing, segment.Problem)
	// Evidence is what somebody signed.
	unsigned := req
	unsigned.Segments = []attestor.ChainSegment{{Kind: proofchain.Evidence, Digest: sum}}
	_, err = w.acme.AssembleChain(t.Context(), unsigned)
	require.ErrorIs(t, err, attestdb.ErrNotFound)

	_, err = w.acme.ImportSBOM(t.Context(), raw, attestdb.About("a", w.about))
	require.NoError(t, err)
	a := w.assemble(t, req)
	v, err := w.acme.Attestor().VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	d, err := w.acme.Attestor().Chain(t.Context(), a.ID)
	require.NoError(t, err)
	require.EqualValues(t, len(raw), d.Segments[0].Size)

	var file bytes.Buffer
	require.NoError(t, w.acme.Attestor().ExportChain(t.Context(), a.ID, &file))
	read, err := attestor.VerifyChainFile(file.Bytes())
	require.NoError(t, err)
	require.Empty(t, read.Findings)
	require.Equal(t, raw, read.File.Contents[0])

	super := w.Conn(t, "superuser")
	_, err = super.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), "UPDATE attestor.sbom_artifacts SET digest = sha256('another') WHERE name = 'a'")
	require.NoError(t, err)
	v, err = w.acme.Attestor().VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Len(t, v.Findings, 1)
	require.Equal(t, proofchain.NotAbout, v.Findings[0].Problem)
	_, err = super.Exec(t.Context(), "UPDATE attestor.sbom_artifacts SET digest = sha256('a') WHERE name = 'a'")
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), "UPDATE attestor.sbom_contents SET content = content || ' '")
	require.NoError(t, err)
	v, err = w.acme.Attestor().VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Len(t, v.Findings, 1)
	require.Equal(t, 0, v.Findings[0].Position)
	require.Equal(t, proofchain.WrongDigest, v.Findings[0].Problem)
	_, err = super.Exec(t.Context(), "DELETE FROM attestor.sbom_contents")
	require.NoError(t, err)
	v, err = w.acme.Attestor().VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Len(t, v.Findings, 1)
	require.Equal(t, proofchain.Missing, v.Findings[0].Problem)
}
