package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
)

// UnknownFieldError says that a leaf has a field which this program does not know: a
// newer one wrote it. Nothing can be said of such an entry but its hash.
type UnknownFieldError struct{ Tag uint16 }

func (e *UnknownFieldError) Error() string {
	return fmt.Sprintf("the leaf has a field with tag %d, which a newer version of attestdb writes", e.Tag)
}

// Decode reads a leaf, the inverse of [Entry.AppendLeaf]: what it returns is encoded to
// the same bytes, and LeafHash is their hash. It returns an *[UnknownFieldError] for a
// leaf of a newer version and a *[fault.Invalid] for all else that is no leaf.
func Decode(leaf []byte) (Entry, error) {
	var e Entry
	if len(leaf) > 0 && leaf[0] != leafVersion {
		return e, &fault.Invalid{Field: "leaf", Allowed: "a leaf of version 1", Problem: fmt.Sprintf("it begins with %d", leaf[0])}
	}
	if len(leaf) < fixedSize {
		return e, &fault.Invalid{Field: "leaf", Allowed: "a whole leaf", Problem: "it is too short"}
	}
	b := leaf[1:]
	b = b[copy(e.Tenant[:], b):]
	e.Seq = int64(binary.BigEndian.Uint64(b))
	b = b[8:]
	b = b[copy(e.ID[:], b):]
	b = b[copy(e.PrevHash[:], b):]
	e.RecordedAt = micros(b)
	fields, err := splitFields(b[8:])
	if err != nil {
		return Entry{}, err
	}
	if err := e.setFields(fields); err != nil {
		return Entry{}, err
	}
	if err := e.Validate(); err != nil {
		return Entry{}, err
	}
	if e.DecisionDigest != e.ComputeDecisionDigest() {
		return Entry{}, &fault.Invalid{Field: "decision digest", Allowed: "that of the decision"}
	}
	e.LeafHash = e.ComputeLeafHash()
	return e, nil
}

// splitFields returns the values by tag.
func splitFields(b []byte) (map[uint16][]byte, error) {
	fields := map[uint16][]byte{}
	for last := uint16(0); len(b) > 0; {
		if len(b) < 6 {
			return nil, &fault.Invalid{Field: "leaf", Allowed: "whole fields", Problem: "it ends within one"}
		}
		tag, size := binary.BigEndian.Uint16(b), binary.BigEndian.Uint32(b[2:])
		b = b[6:]
		switch {
		case tag <= last:
			return nil, &fault.Invalid{Field: "leaf", Allowed: "fields in the order of their tags, each once"}
		case tag > tagIdempotencyKey:
			return nil, &UnknownFieldError{Tag: tag}
		case size == 0 || uint64(size) > uint64(len(b)):
			return nil, &fault.Invalid{Field: "leaf", Allowed: "fields of one byte or more, whole"}
		}
		fields[tag], b, last = b[:size], b[size:], tag
	}
	return fields, nil
}

func (e *Entry) setFields(fields map[uint16][]byte) (err error) {
	text := func(tag uint16) string { return string(fields[tag]) }
	e.Kind, e.Action, e.Result = Kind(text(tagKind)), text(tagAction), Result(text(tagResult))
	if fields[tagSubjectAlgorithm] != nil || fields[tagSubjectDigest] != nil {
		if e.Subject.Digest, err = digest.FromBytes(text(tagSubjectAlgorithm), fields[tagSubjectDigest]); err != nil {
			return err
		}
	}
	e.Subject.Name, e.Policy.URI, e.Reason = text(tagSubjectName), text(tagPolicyURI), text(tagReason)
	e.Verifier, e.Actor, e.IdempotencyKey = text(tagVerifier), tenant.Actor(text(tagActor)), text(tagIdempotencyKey)
	for tag, hash := range map[uint16]*digest.SHA256{
		tagPolicyDigest: &e.Policy.Digest, tagPayloadHash: &e.PayloadHash, tagDecisionDigest: &e.DecisionDigest,
	} {
		if fields[tag] == nil && tag != tagDecisionDigest {
			continue
		}
		if len(fields[tag]) != sha256.Size || digest.SHA256(fields[tag]) == (digest.SHA256{}) {
			return &fault.Invalid{Field: "leaf", Allowed: "hashes of 32 bytes, not zeros"}
		}
		*hash = digest.SHA256(fields[tag])
	}
	if at := fields[tagTimeVerified]; at != nil {
		if len(at) != 8 {
			return &fault.Invalid{Field: "leaf", Allowed: "times of 8 bytes"}
		}
		e.TimeVerified = micros(at)
	}
	e.Inputs, err = DecodeInputs(fields[tagInputs])
	return err
}

// DecodeInputs reads inputs, the inverse of [EncodeInputs]. It returns a *[fault.Invalid]
// if they are not whole.
func DecodeInputs(b []byte) ([]Input, error) {
	var inputs []Input
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b))+sha256.Size {
			return nil, &fault.Invalid{Field: "inputs", Allowed: "whole inputs"}
		}
		size := int(binary.BigEndian.Uint16(b))
		b = b[2:]
		inputs = append(inputs, Input{Kind: string(b[:size]), Digest: digest.SHA256(b[size : size+sha256.Size])})
		b = b[size+sha256.Size:]
	}
	return inputs, nil
}

func micros(b []byte) time.Time { return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC() }
