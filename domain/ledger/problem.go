package ledger

import (
	"fmt"

	"stella-ops.org/attestdb/domain/fault"
)

// Problem is a kind of [ProofError].
type Problem string

// Why a proof, a checkpoint or an export proves nothing.
const (
	// ProblemSignature: no trusted key signed the checkpoint.
	ProblemSignature Problem = "signature"
	// ProblemCheckpoint: what is signed is no checkpoint, or one of another ledger.
	ProblemCheckpoint Problem = "checkpoint"
	// ProblemLeaf: the bytes are no entry of a ledger.
	ProblemLeaf Problem = "leaf"
	// ProblemPlace: the entry says that it is elsewhere, or another tenant's.
	ProblemPlace Problem = "place"
	// ProblemInclusion: the inclusion proof does not lead from the leaf to the root hash.
	ProblemInclusion Problem = "inclusion"
	// ProblemConsistency: the consistency proof does not lead from the one root hash to
	// the other.
	ProblemConsistency Problem = "consistency"
	// ProblemHash: an entry's bytes have another hash than the tree has there.
	ProblemHash Problem = "hash"
	// ProblemLink: an entry has not the hash of the entry before it.
	ProblemLink Problem = "link"
	// ProblemTime: an entry was recorded before the entry before it.
	ProblemTime Problem = "time"
	// ProblemTile: a part of the tree is not that of the entries below it.
	ProblemTile Problem = "tile"
	// ProblemMissing: a part of the tree, or a file of an export, is not there.
	ProblemMissing Problem = "missing"
	// ProblemExtra: there is a file that no export of the checkpoint's size has.
	ProblemExtra Problem = "extra file"
	// ProblemRoot: the tree of all entries has another root hash than the checkpoint.
	ProblemRoot Problem = "root"
)

// ProofError says what is wrong with what should prove something. It wraps
// [fault.ErrVerification].
type ProofError struct {
	Problem Problem
	// Seq is the first entry that it is about; -1 for what is about none.
	Seq int64
	// Detail says what is wrong, for people.
	Detail string
}

func (e *ProofError) Error() string {
	if e.Seq < 0 {
		return fmt.Sprintf("%s: %s", e.Problem, e.Detail)
	}
	return fmt.Sprintf("entry %d: %s: %s", e.Seq, e.Problem, e.Detail)
}

// Unwrap returns [fault.ErrVerification].
func (e *ProofError) Unwrap() error { return fault.ErrVerification }

// wrong is a ProofError that is about no entry.
func wrong(p Problem, format string, args ...any) error {
	return &ProofError{Problem: p, Seq: -1, Detail: fmt.Sprintf(format, args...)}
}

// wrongAt is a ProofError that is about an entry.
func wrongAt(seq int64, p Problem, format string, args ...any) error {
	return &ProofError{Problem: p, Seq: seq, Detail: fmt.Sprintf(format, args...)}
}
