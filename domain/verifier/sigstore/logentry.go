package sigstore

import (
	"bytes"
	"errors"
	"fmt"

	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	formats "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// checkLogEntries holds the Rekor v2 entries of a bundle to what they say. For
// those sigstore-go hashes an entry that it derives from the envelope, and takes
// the tree's size and root from the signed checkpoint; it looks at neither the
// entry's own body nor the proof's own size, root and index. Whoever reads these
// fields of verified evidence expects them to be true.
func checkLogEntries(b *bundle.Bundle) error {
	entries, err := b.TlogEntries()
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if !entry.IsRekorV2() {
			continue
		}
		if err := checkLogEntry(entry.TransparencyLogEntry()); err != nil {
			return fmt.Errorf("transparency log entry %d: %w", i, err)
		}
	}
	return nil
}

func checkLogEntry(entry *rekorpb.TransparencyLogEntry) error {
	inclusion := entry.GetInclusionProof()
	var checkpoint formats.Checkpoint
	if _, err := checkpoint.Unmarshal([]byte(inclusion.GetCheckpoint().GetEnvelope())); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	index, size := inclusion.GetLogIndex(), inclusion.GetTreeSize()
	switch {
	case index < 0 || size < 0 || uint64(size) != checkpoint.Size:
		return fmt.Errorf("the inclusion proof's tree size %d is not the checkpoint's, %d", size, checkpoint.Size)
	case !bytes.Equal(inclusion.GetRootHash(), checkpoint.Hash):
		return errors.New("the inclusion proof's root hash is not the checkpoint's")
	case index != entry.GetLogIndex():
		return fmt.Errorf("the inclusion proof's log index %d is not the entry's, %d", index, entry.GetLogIndex())
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(entry.GetCanonicalizedBody())
	return proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), checkpoint.Size, leaf, inclusion.GetHashes(), checkpoint.Hash)
}
