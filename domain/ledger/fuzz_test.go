package ledger_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
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

func FuzzVerifyExport(f *testing.F) {
	b := newBook(f, 3)
	dir := f.TempDir()
	_, err := b.export(f, dir, 3)
	require.NoError(f, err)
	name := filepath.Join(dir, "tile", "entries", "000.p", "3")
	whole, err := os.ReadFile(name)
	require.NoError(f, err)
	f.Add(whole)
	f.Add([]byte{0, 1, 2, 0, 0, 255, 255})
	f.Fuzz(func(t *testing.T, bundle []byte) {
		require.NoError(t, os.WriteFile(name, bundle, 0o600))
		if err := b.verifyExport(t, dir); err == nil {
			require.Equal(t, whole, bundle)
		} else {
			require.ErrorIs(t, err, fault.ErrVerification)
		}
	})
}
