package logentry

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	commonpb "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"

	"stella-ops.org/attestdb/domain/fault"
)

// lastSecond is the last one of the year 9999.
const lastSecond = 253402300799

// FromProto reads an entry as a Sigstore bundle has it, with sizes that are
// bounded and a checkpoint that can be read. It shares memory with pb. The error
// is a *[fault.Invalid] whose Field is the path, under path, of the value at
// fault.
func FromProto(path string, pb *rekorpb.TransparencyLogEntry) (*Entry, error) {
	e := &Entry{
		LogID: pb.GetLogId().GetKeyId(), LogIndex: pb.GetLogIndex(),
		Kind: pb.GetKindVersion().GetKind(), Version: pb.GetKindVersion().GetVersion(),
		CanonicalizedBody: pb.GetCanonicalizedBody(),
	}
	switch seconds := pb.GetIntegratedTime(); {
	case seconds < 0 || seconds > lastSecond:
		return nil, &fault.Invalid{Field: path + ".integratedTime", Allowed: "seconds since 1970, up to the year 9999", Problem: fmt.Sprintf("it is %d", seconds)}
	case seconds > 0:
		e.IntegratedTime = time.Unix(seconds, 0).UTC()
	}
	if e.LogIndex < 0 {
		return nil, &fault.Invalid{Field: path + ".logIndex", Allowed: "0 or more", Problem: fmt.Sprintf("it is %d", e.LogIndex)}
	}
	for _, sized := range []struct {
		name  string
		value []byte
		most  int
	}{
		{".logId.keyId", e.LogID, MaxLogIDLength},
		{".canonicalizedBody", e.CanonicalizedBody, MaxBodySize},
	} {
		if n := len(sized.value); n == 0 || n > sized.most {
			return nil, &fault.Invalid{Field: path + sized.name, Allowed: fmt.Sprintf("1 to %d bytes", sized.most), Problem: fmt.Sprintf("it has %d", n)}
		}
	}
	for name, text := range map[string]string{".kindVersion.kind": e.Kind, ".kindVersion.version": e.Version} {
		if text == "" || len(text) > MaxKindLength || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return nil, &fault.Invalid{Field: path + name, Allowed: fmt.Sprintf("1 to %d bytes of UTF-8 without NUL", MaxKindLength)}
		}
	}
	if promise := pb.GetInclusionPromise().GetSignedEntryTimestamp(); len(promise) > MaxPromiseSize {
		return nil, &fault.Invalid{Field: path + ".inclusionPromise.signedEntryTimestamp", Allowed: fmt.Sprintf("at most %d bytes", MaxPromiseSize), Problem: fmt.Sprintf("it has %d", len(promise))}
	} else if len(promise) > 0 {
		e.InclusionPromise = promise
	}
	var err error
	if p := pb.GetInclusionProof(); p != nil {
		e.InclusionProof, err = proofFromProto(path+".inclusionProof", p)
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

func proofFromProto(path string, pb *rekorpb.InclusionProof) (*InclusionProof, error) {
	p := &InclusionProof{LogIndex: pb.GetLogIndex(), TreeSize: pb.GetTreeSize(), RootHash: pb.GetRootHash(), Hashes: pb.GetHashes()}
	if n := len(p.Hashes); n > MaxProofHashes {
		return nil, &fault.Invalid{Field: path + ".hashes", Allowed: fmt.Sprintf("at most %d", MaxProofHashes), Problem: fmt.Sprintf("there are %d", n)}
	}
	if n := len(p.RootHash); n != HashSize {
		return nil, &fault.Invalid{Field: path + ".rootHash", Allowed: fmt.Sprintf("%d bytes", HashSize), Problem: fmt.Sprintf("it has %d", n)}
	}
	for i, hash := range p.Hashes {
		if n := len(hash); n != HashSize {
			return nil, &fault.Invalid{Field: fmt.Sprintf("%s.hashes[%d]", path, i), Allowed: fmt.Sprintf("%d bytes", HashSize), Problem: fmt.Sprintf("it has %d", n)}
		}
	}
	note := pb.GetCheckpoint().GetEnvelope()
	if note == "" {
		return p, nil
	}
	var err error
	if p.Checkpoint, err = ParseCheckpoint(path+".checkpoint", note); err != nil {
		return nil, err
	}
	return p, nil
}

// Proto returns the entry as a Sigstore bundle has it. It shares memory with e.
func (e *Entry) Proto() *rekorpb.TransparencyLogEntry {
	pb := &rekorpb.TransparencyLogEntry{
		LogIndex: e.LogIndex, LogId: &commonpb.LogId{KeyId: e.LogID},
		KindVersion:       &rekorpb.KindVersion{Kind: e.Kind, Version: e.Version},
		CanonicalizedBody: e.CanonicalizedBody,
	}
	if !e.IntegratedTime.IsZero() {
		pb.IntegratedTime = e.IntegratedTime.Unix()
	}
	if e.InclusionPromise != nil {
		pb.InclusionPromise = &rekorpb.InclusionPromise{SignedEntryTimestamp: e.InclusionPromise}
	}
	if p := e.InclusionProof; p != nil {
		pb.InclusionProof = &rekorpb.InclusionProof{LogIndex: p.LogIndex, TreeSize: p.TreeSize, RootHash: p.RootHash, Hashes: p.Hashes}
		if p.Checkpoint != nil {
			pb.InclusionProof.Checkpoint = &rekorpb.Checkpoint{Envelope: p.Checkpoint.Note}
		}
	}
	return pb
}
