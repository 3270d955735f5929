// Package logentry holds an entry of a transparency log, Rekor v1 or v2, with
// everything that is needed to verify it offline.
//
// What can be judged without a key is judged here: that the entry is about one
// signature and payload ([Entry.CheckSigned]), and that its inclusion proof
// leads to the root of its checkpoint ([Entry.CheckInclusion]). Whether a log
// that one trusts signed the checkpoint and the promise is for a [Verifier].
package logentry

import (
	"encoding/hex"
	"regexp"
	"strconv"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"

	"stella-ops.org/attestdb/domain/digest"
)

// Limits on what is accepted; lengths are in bytes.
const (
	// MaxLogIDLength is the longest id of a log; it is 32 bytes, the SHA-256 of
	// the log's key, in Rekor v1 and 4 in a checkpoint's key hint.
	MaxLogIDLength = 64
	// MaxKindLength is the longest kind, and the longest version of one.
	MaxKindLength = 64
	// MaxBodySize is the largest canonicalized body.
	MaxBodySize = 1 << 20
	// MaxPromiseSize is the largest inclusion promise.
	MaxPromiseSize = 4096
	// MaxProofHashes is the most hashes of an inclusion proof: a tree has at most
	// 2^63 - 1 leaves.
	MaxProofHashes = 63
	// MaxCheckpointSize is the largest checkpoint, witnesses' signatures included.
	MaxCheckpointSize = 64 << 10
	// MaxOriginLength is the longest origin of a checkpoint.
	MaxOriginLength = 1024
)

// HashSize is the size of the hashes of a log's tree, which are SHA-256.
const HashSize = 32

// Entry is an entry of a transparency log as a Sigstore bundle has it. It comes
// from [FromProto] or out of a database, and is never changed.
//
// https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_rekor.proto
type Entry struct {
	// LogID identifies the log, 1 to 64 bytes.
	LogID []byte
	// LogIndex is the entry's place in the whole log, all of its shards together. The
	// inclusion promise signs it, and a proof vouches for it where the log is one tree.
	LogIndex int64
	// Kind and Version say how to read the body, as in "dsse" and "0.0.1".
	Kind, Version string
	// IntegratedTime is when the log says that it took the entry, in UTC and
	// seconds; zero if it does not say, as Rekor v2. The inclusion promise signs
	// it, nothing else does.
	IntegratedTime time.Time
	// CanonicalizedBody is what the log has as the entry: the leaf.
	CanonicalizedBody []byte
	// InclusionPromise is the log's signature of the entry, called signed entry
	// timestamp as well; nil without.
	InclusionPromise []byte
	// InclusionProof is nil without.
	InclusionProof *InclusionProof
}

// InclusionProof proves that a tree with a certain root has the entry.
type InclusionProof struct {
	// LogIndex is the entry's place in the tree, which in Rekor v1 is one shard
	// of the log.
	LogIndex int64
	// TreeSize is the number of the tree's leaves, RootHash its root.
	TreeSize int64
	RootHash []byte
	// Hashes lead from the leaf to the root, as in RFC 6962.
	Hashes [][]byte
	// Checkpoint is the log's signed word about that tree; nil without, which
	// bundles of version 0.1 may be.
	Checkpoint *Checkpoint
}

// BodySHA256 returns the digest of the body.
func (e *Entry) BodySHA256() digest.SHA256 { return digest.Sum(e.CanonicalizedBody) }

// LeafHash returns the hash of the entry as a leaf of the log's tree.
//
// https://datatracker.ietf.org/doc/html/rfc6962#section-2.1
func (e *Entry) LeafHash() digest.SHA256 {
	return digest.SHA256(rfc6962.DefaultHasher.HashLeaf(e.CanonicalizedBody))
}

// UUID returns the name under which Rekor v1 has the entry: 16 hexadecimal
// digits of the shard's tree id, which the checkpoint's origin ends with, and 64
// of the leaf hash. Where there is no tree id it returns the 64 digits alone,
// which name the entry in Rekor v1 too.
func (e *Entry) UUID() string {
	leaf := e.LeafHash().String()
	if p := e.InclusionProof; p != nil && p.Checkpoint != nil {
		if id, ok := TreeID(p.Checkpoint.Origin); ok {
			return id + leaf
		}
	}
	return leaf
}

// IsV2 reports whether the entry is of Rekor v2, whose kinds are of version
// 0.0.2 and not intoto. Its log is a single tree.
func (e *Entry) IsV2() bool {
	return e.Version == "0.0.2" && (e.Kind == kindHashedRekord || e.Kind == kindDSSE)
}

var shardOrigin = regexp.MustCompile(`^(.+) - ([1-9][0-9]{0,19})$`)

// TreeID returns the 16 hexadecimal digits of the tree id in the origin of a
// Rekor v1 checkpoint, as in "rekor.sigstore.dev - 2605736670972794746".
func TreeID(origin string) (hexadecimal string, ok bool) {
	_, hexadecimal, ok = Shard(origin)
	return hexadecimal, ok
}

// Shard returns the name before the tree id in the origin of a Rekor v1 checkpoint, by
// which the log signs, and the tree id as [TreeID] does.
func Shard(origin string) (name, treeID string, ok bool) {
	found := shardOrigin.FindStringSubmatch(origin)
	if found == nil {
		return "", "", false
	}
	id, err := strconv.ParseUint(found[2], 10, 64)
	if err != nil {
		return "", "", false
	}
	var raw [8]byte
	for i := range raw {
		raw[i] = byte(id >> (56 - 8*i))
	}
	return found[1], hex.EncodeToString(raw[:]), true
}
