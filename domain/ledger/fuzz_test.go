package ledger_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
)

func FuzzReadProof(f *testing.F) {
	b := newBook(f, 40)
	v := b.verifier(f)
	f.Add(encoded(f, b.prove(f, 7, 40, 10)))
	f.Add(encoded(f, b.prove(f, 39, 40, 0)))
	f.Add([]byte(`{"format":"attestdb ledger proof v1","checkpoint":"","leaf":"","leaf_index":0,"tree_size":9223372036854775807,"inclusion":[],"consistency":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := ledger.ReadProof(raw)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		again, err := ledger.ReadProof(encoded(t, p))
		require.NoError(t, err)
		require.Equal(t, p, again)
		if _, err := p.Verify(v); err == nil {
			require.Equal(t, b.entries[p.LeafIndex].AppendLeaf(nil), p.Leaf)
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	b := newBook(f, 40)
	v := b.verifier(f)
	signed := b.sign(f, 40)
	f.Add(signed.Note)
	f.Add([]byte("x\n9223372036854775807\n" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n\n— x AAAAAAAA\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := ledger.OpenCheckpoint(raw, v)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrVerification)
			return
		}
		require.Equal(t, signed.RootHash, c.RootHash)
	})
}
