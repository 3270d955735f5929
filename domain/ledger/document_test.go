package ledger_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// What docs/ledger-format.md says of checkpoints and proofs is what the library makes.
func TestCheckpointsAndProofsAreAsDocumented(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/ledger-format.md")
	require.NoError(t, err)
	doc := string(raw)
	id, err := tenant.ParseID("00112233-4455-6677-8899-aabbccddeeff")
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", 32))))
	require.NoError(t, err)
	file := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	require.Contains(t, doc, string(file))
	key, err := ledger.ParseSigningKey(ledger.Origin(id), file)
	require.NoError(t, err)
	require.Contains(t, doc, key.VerifierKey())
	b := &book{tenant: id, key: key}
	b.grow(t, 3)
	root := digest.SHA256{}
	for i := range root {
		root[i] = byte(i)
	}
	c, err := ledger.Sign(key, ledger.Origin(id), 3, root)
	require.NoError(t, err)
	require.Contains(t, doc, string(c.Note))
	v, err := note.NewVerifier(key.VerifierKey())
	require.NoError(t, err)
	_, err = ledger.OpenCheckpoint(c.Note, v)
	require.NoError(t, err)

	proof := string(encoded(t, b.prove(t, 1, 3, 2)))
	for _, member := range []string{"format", "checkpoint", "leaf", "leaf_index", "tree_size", "inclusion", "consistency", "hashes"} {
		require.Contains(t, doc, "`"+member+"`")
		require.Contains(t, proof, `"`+member+`":`)
	}
	require.Contains(t, doc, ledger.ProofFormat)
}
