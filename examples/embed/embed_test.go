package embed_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/examples/embed"
)

func TestKeep(t *testing.T) {
	db := domaintest.New(t)
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	artifact, err := digest.New("sha256", digest.Sum([]byte("artifact")).String())
	require.NoError(t, err)
	raw := signer.Envelope(attestor.PayloadTypeInToto, domaintest.Statement("pkg.tgz", []byte("artifact")))

	require.NoError(t, embed.Keep(t.Context(), db, acme.ID(), signer.Verifier(t), raw, artifact))
	require.ErrorIs(t, embed.Keep(t.Context(), db, acme.ID(), domaintest.NewSigner(t).Verifier(t), raw, artifact),
		attestdb.ErrVerification)

	matches, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Subject: artifact}, page.Request{})
	require.NoError(t, err)
	require.Len(t, matches, 1)
}

// The README shows the function as it is, in 20 lines at most.
func TestReadmeShowsTheExample(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("embed.go")
	require.NoError(t, err)
	_, snippet, ok := strings.Cut(string(readme), "```go\n")
	require.True(t, ok)
	snippet, _, ok = strings.Cut(snippet, "```")
	require.True(t, ok)
	require.Contains(t, string(source), snippet)
	require.LessOrEqual(t, strings.Count(snippet, "\n"), 20)
}
