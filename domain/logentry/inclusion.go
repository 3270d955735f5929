package logentry

import (
	"bytes"
	"fmt"
	"time"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"stella-ops.org/attestdb/domain/fault"
)

// CheckInclusion returns a *[fault.Invalid], with the path of what is wrong
// under path, unless the inclusion proof leads from the body to its root, its
// checkpoint is of the same tree, and in Rekor v2, whose log is one tree, its
// index is the entry's. An entry without a proof contradicts nothing.
//
// https://datatracker.ietf.org/doc/html/rfc6962#section-2.1.1
func (e *Entry) CheckInclusion(path string) error {
	p := e.InclusionProof
	if p == nil {
		return nil
	}
	path += ".inclusionProof"
	switch {
	case p.TreeSize < 1:
		return &fault.Invalid{Field: path + ".treeSize", Allowed: "1 or more", Problem: fmt.Sprintf("it is %d", p.TreeSize)}
	case p.LogIndex < 0 || p.LogIndex >= p.TreeSize:
		return &fault.Invalid{Field: path + ".logIndex", Allowed: "an index in a tree of that size", Problem: fmt.Sprintf("it is %d of %d", p.LogIndex, p.TreeSize)}
	case e.IsV2() && p.LogIndex != e.LogIndex:
		return &fault.Invalid{Field: path + ".logIndex", Allowed: "the entry's log index", Problem: fmt.Sprintf("it is %d, not %d", p.LogIndex, e.LogIndex)}
	}
	if c := p.Checkpoint; c != nil {
		switch {
		case c.TreeSize != p.TreeSize:
			return &fault.Invalid{Field: path + ".checkpoint", Allowed: "a checkpoint of the proof's tree", Problem: fmt.Sprintf("its tree has the size %d, not %d", c.TreeSize, p.TreeSize)}
		case !bytes.Equal(c.RootHash, p.RootHash):
			return &fault.Invalid{Field: path + ".checkpoint", Allowed: "a checkpoint of the proof's tree", Problem: "its root hash is another"}
		}
	}
	leaf := e.LeafHash()
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(p.LogIndex), uint64(p.TreeSize), leaf[:], p.Hashes, p.RootHash)
	if err != nil {
		return &fault.Invalid{Field: path, Allowed: "a proof that leads from the canonicalized body to the root hash", Problem: "it does not"}
	}
	return nil
}

// CheckUnpromised returns a *[fault.Invalid], with the path of what is wrong under
// path, if an entry without an inclusion promise says more than its inclusion proof
// does. An integrated time is in no leaf and no proof, and neither is the place of an
// entry in the whole log where the proof's tree is one shard of it, as in Rekor v1:
// whoever takes the promise away could write what they like. An entry with a promise
// is the matter of a [Verifier].
func (e *Entry) CheckUnpromised(path string) error {
	p := e.InclusionProof
	if e.InclusionPromise != nil || p == nil {
		return nil
	}
	shard := false
	if p.Checkpoint != nil {
		_, shard = TreeID(p.Checkpoint.Origin)
	}
	switch {
	case !e.IntegratedTime.IsZero():
		return &fault.Invalid{
			Field: path + ".integratedTime", Allowed: "none without an inclusion promise, since nothing else vouches for it",
			Problem: "it is " + e.IntegratedTime.Format(time.RFC3339),
		}
	case p.LogIndex != e.LogIndex:
		return &fault.Invalid{
			Field: path + ".logIndex", Allowed: "the proof's without an inclusion promise, since nothing else vouches for another",
			Problem: fmt.Sprintf("it is %d, not %d", e.LogIndex, p.LogIndex),
		}
	case shard:
		return &fault.Invalid{
			Field: path + ".logIndex", Allowed: "one in the only tree of a log without an inclusion promise, since nothing else vouches for another",
			Problem: fmt.Sprintf("the tree in which it is %d is one shard of the log", e.LogIndex),
		}
	}
	return nil
}
