package tests

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
)

func TestExportedChainProvesItselfWithoutADatabase(t *testing.T) {
	t.Parallel()
	w := newChainWorld(t)
	w.assemble(t, w.request())
	req := w.request()
	req.PolicyVersion = `<&">`
	a := w.assemble(t, req)
	var file bytes.Buffer
	require.NoError(t, w.acme.Attestor().ExportChain(t.Context(), a.ID, &file))
	require.NotContains(t, file.String(), w.acme.ID().String(), "the file names no tenant")

	v, err := attestor.VerifyChainFile(file.Bytes())
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	require.Equal(t, 4, v.About)
	f := v.File
	require.Equal(t, a.Root, f.Root)
	require.Equal(t, a.Supersedes, f.Supersedes)
	require.Equal(t, a.CreatedAt, f.CreatedAt)
	require.Equal(t, w.about, f.Subject)
	for i, s := range f.Segments {
		require.Equal(t, s.Digest, digest.Sum(f.Contents[i]))
	}
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, file.Bytes(), "", "\t"))
	v, err = attestor.VerifyChainFile(pretty.Bytes())
	require.NoError(t, err)
	require.Empty(t, v.Findings)

	// Evidence of another artifact, rightly hashed, does not pass.
	f.Subject = artifactDigest(t, "b")
	f.Root, err = f.Chain.Root()
	require.NoError(t, err)
	var forged bytes.Buffer
	fw := proofchain.NewWriter(&forged, f)
	for i, s := range f.Segments {
		require.NoError(t, fw.Add(s, f.Contents[i]))
	}
	require.NoError(t, fw.Close())
	v, err = attestor.VerifyChainFile(forged.Bytes())
	require.NoError(t, err)
	require.Len(t, v.Findings, 4)
	for _, found := range v.Findings {
		require.Equal(t, proofchain.NotAbout, found.Problem)
		require.Contains(t, w.evidence, f.Segments[found.Position].Digest)
	}
}
