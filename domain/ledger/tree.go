package ledger

import (
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/digest"
)

// MaxTreeSize bounds the sizes of trees: with larger ones the arithmetic of tlog ends in
// a loop without an end.
const MaxTreeSize = 1 << 60

// InclusionProof leads from the hash of a leaf to the root hash of the tree of a size.
//
// https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1
type InclusionProof struct {
	LeafIndex, TreeSize int64
	LeafHash, RootHash  digest.SHA256
	// Hashes are those of the proof, the one beside the leaf first.
	Hashes []digest.SHA256
}

// Verify returns a *[ProofError] of [ProblemInclusion] unless the proof leads to its root
// hash.
func (p *InclusionProof) Verify() error {
	err := tlog.CheckRecord(treeHashes(p.Hashes), min(p.TreeSize, MaxTreeSize), tlog.Hash(p.RootHash), p.LeafIndex, tlog.Hash(p.LeafHash))
	if err != nil || p.TreeSize > MaxTreeSize {
		return wrongAt(p.LeafIndex, ProblemInclusion, "the proof does not lead to the root hash of size %d", p.TreeSize)
	}
	return nil
}

// ConsistencyProof shows that the tree of the size To begins with the tree of the size
// From: nothing in that one was changed since. Every tree begins with the one of size 0.
//
// https://www.rfc-editor.org/rfc/rfc6962#section-2.1.2
type ConsistencyProof struct {
	From, To         int64
	FromRoot, ToRoot digest.SHA256
	Hashes           []digest.SHA256
}

// Verify returns a *[ProofError] of [ProblemConsistency] unless the proof leads from the
// one root hash to the other.
func (p *ConsistencyProof) Verify() error {
	if p.From == 0 && p.To >= 0 && len(p.Hashes) == 0 && p.FromRoot == emptyRoot {
		return nil
	}
	err := tlog.CheckTree(treeHashes(p.Hashes), min(p.To, MaxTreeSize), tlog.Hash(p.ToRoot), p.From, tlog.Hash(p.FromRoot))
	if err != nil || p.To > MaxTreeSize {
		return wrong(ProblemConsistency, "the tree of size %d does not begin with that of size %d", p.To, p.From)
	}
	return nil
}

// emptyRoot is the root hash of no entries.
var emptyRoot = digest.Sum(nil)

func treeHashes(list []digest.SHA256) []tlog.Hash {
	hashes := make([]tlog.Hash, len(list))
	for i, h := range list {
		hashes[i] = tlog.Hash(h)
	}
	return hashes
}
