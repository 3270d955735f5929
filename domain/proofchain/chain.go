package proofchain

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// Kind says what a segment of a chain is.
type Kind string

// The kinds, in the order in which a chain has them.
const (
	// SBOM is a bill of materials of the subject.
	SBOM Kind = "sbom"
	// Evidence is any other attestation about the subject.
	Evidence Kind = "evidence"
	// Reasoning is why something was concluded.
	Reasoning Kind = "reasoning"
	// VEX is a statement on whether vulnerabilities can be exploited.
	VEX Kind = "vex"
	// Verdict is what was decided.
	Verdict Kind = "verdict"
)

// Kinds lists every Kind in the order of the leaves.
var Kinds = []Kind{SBOM, Evidence, Reasoning, VEX, Verdict}

// Limits of a chain.
const (
	// MaxSegments is the most segments of a chain; the least is one.
	MaxSegments = 10_000
	// MaxPolicyVersionLength is the longest policy version, in bytes.
	MaxPolicyVersionLength = 128
)

// Header is the first leaf of every chain of this version.
const Header = "attestdb proof chain v1\n"

// Segment is one piece of what a chain is made of: the SHA-256 of its bytes.
type Segment struct {
	Kind   Kind
	Digest digest.SHA256
}

// String returns the segment as its leaf has it, without the line's end.
func (s Segment) String() string { return string(s.Kind) + " sha256:" + s.Digest.String() }

// Compare orders segments as a chain has them: by kind, then by digest.
func (s Segment) Compare(t Segment) int {
	return cmp.Or(cmp.Compare(slices.Index(Kinds, s.Kind), slices.Index(Kinds, t.Kind)), bytes.Compare(s.Digest[:], t.Digest[:]))
}

// Chain is everything that a root stands for.
type Chain struct {
	// Subject is the artifact's digest.
	Subject digest.Digest
	// PolicyVersion is 1 to MaxPolicyVersionLength visible ASCII characters,
	// without a space.
	PolicyVersion string
	// Supersedes is the root of the chain that this one supersedes, nil for the
	// first chain of a subject.
	Supersedes *digest.SHA256
	// Segments are 1 to MaxSegments, each once, in any order: a chain is a set.
	Segments []Segment
}

// Sorted returns the segments in the order of their leaves, in a new slice.
func (c Chain) Sorted() []Segment {
	return slices.SortedFunc(slices.Values(c.Segments), Segment.Compare)
}

// Validate returns a *[fault.Invalid] that names what no chain may have. The
// index of a segment is that in c.Segments.
func (c Chain) Validate() error {
	if c.Subject.IsZero() {
		return &fault.Invalid{Field: "subject", Allowed: "the digest of an artifact"}
	}
	if err := CheckPolicyVersion(c.PolicyVersion); err != nil {
		return err
	}
	if n := len(c.Segments); n < 1 || n > MaxSegments {
		return &fault.Invalid{Field: "segments", Allowed: fmt.Sprintf("1 to %d segments", MaxSegments), Problem: fmt.Sprintf("there are %d", n)}
	}
	seen := make(map[Segment]int, len(c.Segments))
	for i, s := range c.Segments {
		if !slices.Contains(Kinds, s.Kind) {
			return &fault.Invalid{Field: fmt.Sprintf("segments[%d].kind", i), Allowed: "sbom, evidence, reasoning, vex or verdict", Problem: fmt.Sprintf("it is %.40q", s.Kind)}
		}
		if first, twice := seen[s]; twice {
			return &fault.Invalid{Field: fmt.Sprintf("segments[%d]", i), Allowed: "each kind and digest once", Problem: fmt.Sprintf("segments[%d] is the same", first)}
		}
		seen[s] = i
	}
	return nil
}

// CheckPolicyVersion returns a *[fault.Invalid] for what is no policy version.
func CheckPolicyVersion(version string) error {
	ok := version != "" && len(version) <= MaxPolicyVersionLength
	for i := 0; ok && i < len(version); i++ {
		ok = version[i] > ' ' && version[i] <= '~'
	}
	if !ok {
		return &fault.Invalid{Field: "policy_version", Allowed: fmt.Sprintf("1 to %d visible ASCII characters, without a space", MaxPolicyVersionLength)}
	}
	return nil
}

// Leaves returns the data of the leaves in their order, or the error of
// [Chain.Validate].
func (c Chain) Leaves() ([][]byte, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	leaves := [][]byte{
		[]byte(Header),
		// The digest's bytes in hexadecimal, whatever the algorithm: the text of
		// one that is not hexadecimal may have line ends.
		[]byte("subject " + c.Subject.Algorithm() + ":" + hex.EncodeToString(c.Subject.Bytes()) + "\n"),
		[]byte("policy " + c.PolicyVersion + "\n"),
	}
	if c.Supersedes != nil {
		leaves = append(leaves, []byte("supersedes sha256:"+c.Supersedes.String()+"\n"))
	}
	for _, s := range c.Sorted() {
		leaves = append(leaves, []byte(s.String()+"\n"))
	}
	return leaves, nil
}

// Root returns the chain's content address: the Merkle tree hash (RFC 6962,
// section 2.1) over [Chain.Leaves]. The error is that of [Chain.Validate].
func (c Chain) Root() (digest.SHA256, error) {
	leaves, err := c.Leaves()
	if err != nil {
		return digest.SHA256{}, err
	}
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	for _, leaf := range leaves {
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(leaf), nil); err != nil {
			return digest.SHA256{}, err
		}
	}
	root, err := tree.GetRootHash(nil)
	if err != nil {
		return digest.SHA256{}, err
	}
	return digest.SHA256(root), nil
}
