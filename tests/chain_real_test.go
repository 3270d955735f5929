package tests

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/testdb"
)

// Published evidence, about subjects with digests of many kinds, makes chains
// that verify in the database and without it.
func TestChainsOfPublishedEvidence(t *testing.T) {
	t.Parallel()
	const data = "../../shared/data"
	if _, err := os.Stat(data); err != nil {
		t.Skipf("no published evidence at %s", data)
	}
	_, acme := openTapped(t, testdb.New(t), nil)
	about := map[digest.Digest][]attestor.ChainSegment{}
	seen := map[digest.SHA256]bool{}
	for source := range attestor.Files(os.DirFS(data), ".") {
		if source.Err != nil {
			continue
		}
		ev, err := attestor.Parse(source.Raw)
		if err != nil || ev.Statement == nil || seen[ev.SHA256] {
			continue
		}
		seen[ev.SHA256] = true
		_, err = acme.Record(t.Context(), ev)
		require.NoError(t, err, source.Name)
		named := map[digest.Digest]bool{}
		for _, subject := range ev.Statement.Subject {
			for _, d := range subject.Digest {
				if !named[d] {
					named[d] = true
					about[d] = append(about[d], attestor.ChainSegment{Kind: attestor.SegmentKind(ev.Statement.PredicateType), Digest: ev.SHA256})
				}
			}
		}
	}
	require.NotEmpty(t, about)
	algorithms, kinds := map[string]int{}, map[proofchain.Kind]int{}
	for subject, segments := range about {
		algorithms[subject.Algorithm()]++
		for _, s := range segments {
			kinds[s.Kind]++
		}
		requireChainProves(t, acme, attestor.ChainRequest{Subject: subject, PolicyVersion: "1", Segments: segments})
	}
	t.Logf("%d documents, %d subjects: %v, %v", len(seen), len(about), algorithms, kinds)
}

func requireChainProves(t *testing.T, acme *attestdb.TenantDB, req attestor.ChainRequest) {
	t.Helper()
	a, err := acme.AssembleChain(t.Context(), req)
	require.NoError(t, err)
	v, err := acme.Attestor().VerifyChain(t.Context(), a.ID, nil)
	require.NoError(t, err)
	require.Empty(t, v.Findings)
	var file bytes.Buffer
	require.NoError(t, acme.Attestor().ExportChain(t.Context(), a.ID, &file))
	read, err := attestor.VerifyChainFile(file.Bytes())
	require.NoError(t, err)
	require.Empty(t, read.Findings)
}
