package proofchain

import (
	"fmt"

	"stella-ops.org/attestdb/domain/digest"
)

// Problem says what is wrong with a chain or one of its segments.
type Problem string

// The problems that verification finds.
const (
	// Missing: the segment, or the bytes that its digest is of, are not there.
	Missing Problem = "missing"
	// Erased: the bytes were erased, as the tenant's ledger says.
	Erased Problem = "erased"
	// WrongDigest: the bytes that are there have another digest.
	WrongDigest Problem = "wrong digest"
	// NotAbout: the segment is a Statement about something else than the chain's subject,
	// or is evidence or an SBOM and no Statement.
	NotAbout Problem = "not about the subject"
	// WrongKind: the segment is a Statement whose predicateType is known to be of another
	// kind.
	WrongKind Problem = "of another kind"
	// Misplaced: the segment is none that the chain may have there: out of order,
	// twice, of an unknown kind, or more than the chain has.
	Misplaced Problem = "misplaced"
	// RootDiffers: the root over what is there is not the chain's root.
	RootDiffers Problem = "root differs"
)

// WholeChain is the Position of a finding that is about no single segment.
const WholeChain = -1

// Finding is one thing that is wrong with a chain.
type Finding struct {
	// Position is the segment's, from 0, in the order of the leaves; or
	// [WholeChain].
	Position int
	// Kind and Digest are the segment's; zero where the segment itself is gone,
	// and for WholeChain.
	Kind   Kind
	Digest digest.SHA256
	// Problem is what is wrong; Detail says more, "" if there is no more.
	Problem Problem
	Detail  string
}

// String returns the finding as a line of text.
func (f Finding) String() string {
	what := "chain"
	switch {
	case f.Position >= 0 && f.Kind == "":
		what = fmt.Sprintf("segment %d", f.Position)
	case f.Position >= 0:
		what = fmt.Sprintf("segment %d %s", f.Position, Segment{f.Kind, f.Digest})
	}
	if f.Detail == "" {
		return what + ": " + string(f.Problem)
	}
	return what + ": " + string(f.Problem) + ": " + f.Detail
}
