package tools_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// fsck runs Tessera's check of a static log, which says what it found and always ends
// with success.
func fsck(t *testing.T, dir, verifierKey string) string {
	t.Helper()
	bin := os.Getenv("ATTESTDB_FSCK")
	if bin == "" {
		t.Skip("ATTESTDB_FSCK does not name Tessera's fsck: build it with go build -C internal/tools/tessera -o FILE github.com/transparency-dev/tessera/cmd/fsck")
	}
	key := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(key, []byte(verifierKey), 0o600))
	out, err := exec.CommandContext(t.Context(), bin, "--storage_url", "file://"+dir, "--public_key", key, "--ui=false", "--logtostderr").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// exported is the export of a ledger of so many entries.
func exported(t *testing.T, id tenant.ID, key ledger.SigningKey, size int) string {
	t.Helper()
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	var leaves [][]byte
	var last digest.SHA256
	for i := range size {
		e := ledger.Entry{
			Tenant: id, Seq: int64(i), ID: uuid.UUID{1}, PrevHash: last, RecordedAt: time.Unix(int64(i), 0).UTC(), Actor: "tester",
			Kind: ledger.Act, Action: "tenant.create", Reason: fmt.Sprint(i),
		}
		e.DecisionDigest = e.ComputeDecisionDigest()
		hash := e.ComputeLeafHash()
		last = hash
		leaves = append(leaves, e.AppendLeaf(nil))
		require.NoError(t, tree.Append(hash[:], nil))
	}
	root, err := tree.GetRootHash(nil)
	require.NoError(t, err)
	c, err := ledger.Sign(key, ledger.Origin(id), int64(size), digest.SHA256(root))
	require.NoError(t, err)
	dir := t.TempDir()
	x, err := ledger.OpenExport(dir, c)
	require.NoError(t, err)
	for _, leaf := range leaves {
		require.NoError(t, x.Add(leaf))
	}
	require.NoError(t, x.Finish())
	require.NoError(t, x.Close())
	return dir
}

// What the library exports is a static log to Tessera, and what is changed of it is not.
func TestTesseraReadsAnExport(t *testing.T) {
	t.Parallel()
	id := tenant.ID{1}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	key, err := ledger.ParseSigningKey(ledger.Origin(id), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(t, err)
	for _, size := range []int{1, 255, 256, 257, 700, 65_536, 65_600} {
		out := fsck(t, exported(t, id, key, size), key.VerifierKey())
		require.Contains(t, out, fmt.Sprintf("Successfully fsck'd log with size %d ", size))
	}
	// One tile: version 1.0.4 never ends after a fault in one of several.
	dir := exported(t, id, key, 200)
	name := filepath.Join(dir, "tile", "entries", "000.p", "200")
	raw, err := os.ReadFile(name)
	require.NoError(t, err)
	raw[200] ^= 1
	require.NoError(t, os.WriteFile(name, raw, 0o600))
	require.Contains(t, fsck(t, dir, key.VerifierKey()), "fsck failed")
}
