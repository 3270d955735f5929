package ledger_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// book is a ledger in memory.
type book struct {
	tenant  tenant.ID
	entries []ledger.Entry
	stored  []tlog.Hash
	key     ledger.SigningKey
}

func (b *book) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		hashes[i] = b.stored[x]
	}
	return hashes, nil
}

// newBook is a ledger of n entries, and the key that signs it.
func newBook(t testing.TB, n int) *book {
	t.Helper()
	b := &book{tenant: tenant.ID{1, 2, 3}, key: newKey(t, ledger.Origin(tenant.ID{1, 2, 3}))}
	b.grow(t, n)
	return b
}

func (b *book) grow(t testing.TB, n int) {
	t.Helper()
	for len(b.entries) < n {
		i := len(b.entries)
		e := ledger.Entry{
			Tenant: b.tenant, Seq: int64(i), ID: uuid.UUID{byte(i), byte(i >> 8), 7}, RecordedAt: time.Unix(int64(i), 1000).UTC(),
			Kind: ledger.Decision, Subject: ledger.Subject{Digest: digest.Sum(fmt.Append(nil, i)).Digest()},
			Result: ledger.Pass, Policy: ledger.Policy{URI: "https://policies.example"}, Reason: fmt.Sprint("reason ", i), Actor: "tester",
		}
		if i > 0 {
			e.PrevHash = b.entries[i-1].LeafHash
		}
		b.add(t, e)
	}
}

// add appends an entry as it is, but for its hashes.
func (b *book) add(t testing.TB, e ledger.Entry) {
	t.Helper()
	e.DecisionDigest = e.ComputeDecisionDigest()
	e.LeafHash = e.ComputeLeafHash()
	hashes, err := tlog.StoredHashesForRecordHash(int64(len(b.entries)), tlog.Hash(e.LeafHash), b)
	require.NoError(t, err)
	b.entries, b.stored = append(b.entries, e), append(b.stored, hashes...)
}

func newKey(t testing.TB, name string) ledger.SigningKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	key, err := ledger.ParseSigningKey(name, pemOf(t, "PRIVATE KEY", private))
	require.NoError(t, err)
	return key
}

func pemOf(t testing.TB, kind string, private any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func (b *book) verifier(t testing.TB) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(b.key.VerifierKey())
	require.NoError(t, err)
	return v
}

func (b *book) sign(t testing.TB, size int64) ledger.Checkpoint {
	t.Helper()
	root, err := tlog.TreeHash(size, b)
	require.NoError(t, err)
	c, err := ledger.Sign(b.key, b.key.Name(), size, digest.SHA256(root))
	require.NoError(t, err)
	return c
}

// prove is the proof of an entry at a size, with one of consistency unless from is 0.
func (b *book) prove(t testing.TB, seq, size, from int64) *ledger.Proof {
	t.Helper()
	path, err := tlog.ProveRecord(size, seq, b)
	require.NoError(t, err)
	p := &ledger.Proof{
		Checkpoint: b.sign(t, size).Note, Leaf: b.entries[seq].AppendLeaf(nil), LeafIndex: seq, TreeSize: size, Inclusion: asSums(path),
	}
	if from > 0 {
		tree, err := tlog.ProveTree(size, from, b)
		require.NoError(t, err)
		p.Consistency = &ledger.Consistency{Checkpoint: b.sign(t, from).Note, Hashes: asSums(tree)}
	}
	return p
}

func asSums(list []tlog.Hash) []digest.SHA256 {
	hashes := make([]digest.SHA256, len(list))
	for i, h := range list {
		hashes[i] = digest.SHA256(h)
	}
	return hashes
}

func encoded(t testing.TB, p *ledger.Proof) []byte {
	t.Helper()
	raw, err := p.Encode()
	require.NoError(t, err)
	return raw
}
