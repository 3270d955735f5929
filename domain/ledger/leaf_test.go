package ledger_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
)

// leafVectors are leaves that were handed out.
func leafVectors(t testing.TB) (leaves [][]byte) {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var vectors []struct{ Leaf string }
	require.NoError(t, json.Unmarshal(raw, &vectors))
	for _, v := range vectors {
		leaf, err := hex.DecodeString(v.Leaf)
		require.NoError(t, err)
		leaves = append(leaves, leaf)
	}
	return leaves
}

// Whatever decodes is encoded to the same bytes: a leaf has one reading, and an entry one
// leaf. All else is refused with an error of a kind.
func FuzzDecode(f *testing.F) {
	for _, leaf := range leafVectors(f) {
		f.Add(leaf)
		f.Add(leaf[:len(leaf)-1])
	}
	f.Fuzz(func(t *testing.T, leaf []byte) {
		e, err := ledger.Decode(leaf)
		var unknown *ledger.UnknownFieldError
		if err != nil {
			require.True(t, errors.Is(err, fault.ErrInvalid) || errors.As(err, &unknown), "%v", err)
			require.Zero(t, e)
			return
		}
		require.Equal(t, leaf, e.AppendLeaf(nil))
		require.Equal(t, e.ComputeLeafHash(), e.LeafHash)
		hash, decision, _ := e.Hashes(nil)
		require.Equal(t, e.LeafHash, hash)
		require.Equal(t, e.DecisionDigest, decision)
	})
}

// Every byte of a leaf counts: with another one it is refused, or it is another entry's.
func TestEveryByteOfALeafCounts(t *testing.T) {
	t.Parallel()
	for _, leaf := range leafVectors(t) {
		was, err := ledger.Decode(leaf)
		require.NoError(t, err)
		for i := range leaf {
			for _, flip := range []byte{1, 0x80, 0xff} {
				changed := append([]byte(nil), leaf...)
				changed[i] ^= flip
				if e, err := ledger.Decode(changed); err == nil {
					require.NotEqual(t, was, e)
					require.NotEqual(t, was.LeafHash, e.LeafHash)
				}
			}
			// Without its last field it may be another entry.
			if e, err := ledger.Decode(leaf[:i]); err == nil {
				require.NotEqual(t, was.LeafHash, e.LeafHash)
			}
		}
		_, err = ledger.Decode(append(leaf, 0))
		require.Error(t, err)
	}
}
