package embed_test

import (
	"crypto/x509"
	"encoding/pem"
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

	require.NoError(t, embed.Keep(t.Context(), db, "acme", raw, publicPEM(t, signer), artifact))
	require.ErrorIs(t, embed.Keep(t.Context(), db, "acme", raw, publicPEM(t, domaintest.NewSigner(t)), artifact),
		attestdb.ErrVerification)

	matches, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Subject: artifact}, page.Request{})
	require.NoError(t, err)
	require.Len(t, matches, 1)
}

// The README shows the function as it is.
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
}

func publicPEM(t *testing.T, s *domaintest.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(s.Public())
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
