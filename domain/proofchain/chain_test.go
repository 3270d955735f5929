package proofchain_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
)

func sum256(t *rapid.T, label string) digest.SHA256 {
	return digest.SHA256(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, label))
}

func subjects() *rapid.Generator[digest.Digest] {
	return rapid.Custom(func(t *rapid.T) digest.Digest {
		d, err := digest.FromBytes("sha256", rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "subject"))
		if rapid.Bool().Draw(t, "text") {
			d, err = digest.New("gitoid:dirHash", rapid.StringN(1, 40, 128).Filter(func(s string) bool { return !strings.Contains(s, "\x00") }).Draw(t, "text"))
		}
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}

func chains() *rapid.Generator[proofchain.Chain] {
	return rapid.Custom(func(t *rapid.T) proofchain.Chain {
		c := proofchain.Chain{
			Subject:       subjects().Draw(t, "subject"),
			PolicyVersion: rapid.StringMatching(`[!-~]{1,128}`).Draw(t, "policy"),
		}
		if rapid.Bool().Draw(t, "supersedes") {
			sum := sum256(t, "superseded")
			c.Supersedes = &sum
		}
		c.Segments = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) proofchain.Segment {
			return proofchain.Segment{Kind: rapid.SampledFrom(proofchain.Kinds).Draw(t, "kind"), Digest: sum256(t, "digest")}
		}), 1, 40, rapid.ID).Draw(t, "segments")
		return c
	})
}

func root(t require.TestingT, c proofchain.Chain) digest.SHA256 {
	r, err := c.Root()
	require.NoError(t, err)
	return r
}

func TestOrderOfSegmentsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := chains().Draw(t, "chain")
		want := root(t, c)
		given := slices.Clone(c.Segments)
		c.Segments = rapid.Permutation(c.Segments).Draw(t, "order")
		require.Equal(t, want, root(t, c))
		require.ElementsMatch(t, given, c.Segments, "what is given is left as it is")
		require.Equal(t, c.Sorted(), proofchain.Chain{Segments: c.Sorted()}.Sorted())
	})
}

// Any change of any part gives another root.
func TestEveryChangeChangesTheRoot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := chains().Draw(t, "chain")
		d := c
		d.Segments = slices.Clone(c.Segments)
		i := rapid.IntRange(0, len(c.Segments)-1).Draw(t, "segment")
		switch rapid.IntRange(0, 6).Draw(t, "change") {
		case 0:
			d.Subject = subjects().Filter(func(s digest.Digest) bool { return s != c.Subject }).Draw(t, "other")
		case 1:
			d.PolicyVersion = rapid.StringMatching(`[!-~]{1,128}`).Filter(func(s string) bool { return s != c.PolicyVersion }).Draw(t, "other")
		case 2:
			d.Supersedes = nil
			if c.Supersedes == nil {
				d.Supersedes = &digest.SHA256{}
			}
		case 3:
			other := digest.SHA256{1}
			if c.Supersedes != nil {
				other = *c.Supersedes
				other[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			}
			d.Supersedes = &other
		case 4:
			d.Segments[i].Digest[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case 5:
			d.Segments[i].Kind = rapid.SampledFrom(proofchain.Kinds).Filter(func(k proofchain.Kind) bool { return k != c.Segments[i].Kind }).Draw(t, "kind")
		case 6:
			d.Segments = append(d.Segments, proofchain.Segment{Kind: rapid.SampledFrom(proofchain.Kinds).Draw(t, "kind"), Digest: sum256(t, "digest")})
		}
		if d.Validate() != nil { // the change made a segment that is there already
			t.Skip("no chain")
		}
		require.NotEqual(t, root(t, c), root(t, d))
	})
}

func TestWhatNoChainMayHave(t *testing.T) {
	t.Parallel()
	subject, err := digest.Parse("sha256:" + strings.Repeat("ab", 32))
	require.NoError(t, err)
	segment := proofchain.Segment{Kind: proofchain.VEX}
	good := proofchain.Chain{Subject: subject, PolicyVersion: "1", Segments: []proofchain.Segment{segment}}
	require.NoError(t, good.Validate())
	many := make([]proofchain.Segment, proofchain.MaxSegments+1)
	for i := range many {
		many[i] = proofchain.Segment{Kind: proofchain.Evidence, Digest: digest.Sum([]byte{byte(i), byte(i >> 8)})}
	}
	require.NoError(t, proofchain.Chain{Subject: subject, PolicyVersion: strings.Repeat("~", 128), Segments: many[1:]}.Validate())
	for field, change := range map[string]func(*proofchain.Chain){
		"subject":          func(c *proofchain.Chain) { c.Subject = digest.Digest{} },
		"segments":         func(c *proofchain.Chain) { c.Segments = nil },
		"segments[1]":      func(c *proofchain.Chain) { c.Segments = append(c.Segments, segment) },
		"segments[0].kind": func(c *proofchain.Chain) { c.Segments = []proofchain.Segment{{Kind: "Sbom"}} },
	} {
		c := good
		c.Segments = slices.Clone(c.Segments)
		change(&c)
		requireInvalid(t, field, c.Validate())
		_, err := c.Root()
		requireInvalid(t, field, err)
	}
	many[0], many[1] = many[2], many[2]
	requireInvalid(t, "segments", proofchain.Chain{Subject: subject, PolicyVersion: "1", Segments: many}.Validate())
	for _, version := range []string{"", " ", "a b", "a\n", "\x7f", "é", strings.Repeat("a", 129)} {
		requireInvalid(t, "policy_version", proofchain.CheckPolicyVersion(version))
	}
}

func requireInvalid(t *testing.T, field string, err error) {
	t.Helper()
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, field, invalid.Field)
}

// The leaves are lines, of which the first word tells what follows: so no two
// chains have the same leaves.
func TestLeavesAreLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leaves, err := chains().Draw(t, "chain").Leaves()
		require.NoError(t, err)
		for _, leaf := range leaves {
			require.Equal(t, 1, bytes.Count(leaf, []byte("\n")))
			require.True(t, bytes.HasSuffix(leaf, []byte("\n")))
		}
	})
}
