package attestor

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/sbom"
)

// However entries come, each document goes once and in the order of the digests:
// else two calls with the same documents could each wait for the other.
func TestSBOMsGoInTheOrderOfTheirDigests(t *testing.T) {
	t.Parallel()
	var entries []Entry
	for i := range 60 {
		doc, err := sbom.Parse(fmt.Appendf(nil, `{"spdxVersion":"SPDX-2.3","name":"%d"}`, i%20))
		require.NoError(t, err)
		e := Entry{Stamp: NewStamp(), SBOMID: NewStamp().ID, Evidence: &Evidence{SHA256: digest.Sum(fmt.Append(nil, i))}}
		if i%3 != 0 {
			e.SBOM = doc
		}
		entries = append(entries, e)
	}
	columns, of := sbomsOf(entries, rand.Perm(len(entries)))
	require.Len(t, columns.sums, 20)
	for i := range columns.sums[:19] {
		require.Less(t, string(columns.sums[i]), string(columns.sums[i+1]))
	}
	require.Len(t, columns.linkOf, 40)
	for i, e := range entries {
		if e.SBOM == nil {
			require.Zero(t, of[i])
		} else {
			require.Equal(t, e.SBOM.SHA256[:], columns.sums[of[i]-1])
		}
	}
}
