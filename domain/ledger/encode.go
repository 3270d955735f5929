package ledger

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"stella-ops.org/attestdb/domain/digest"
)

// leafVersion is the first byte of a leaf. Another encoding of what there is would have
// another; a new field is a new tag.
const leafVersion = 1

// The tags of a leaf's fields, in their order.
const (
	tagKind = iota + 1
	tagAction
	tagSubjectAlgorithm
	tagSubjectDigest
	tagSubjectName
	tagResult
	tagPolicyURI
	tagPolicyDigest
	tagReason
	tagInputs
	tagVerifier
	tagTimeVerified
	tagPayloadHash
	tagDecisionDigest
	tagActor
	tagIdempotencyKey
)

// decisionHeader is hashed before the fields of a decision.
const decisionHeader = "attestdb decision v1\n"

// fixedSize is the size of what every leaf begins with.
const fixedSize = 1 + 16 + 8 + 16 + sha256.Size + 8

// AppendLeaf appends the entry's leaf to b: what LeafHash is the hash of. What is there
// comes out, whether an entry may be so or not.
func (e *Entry) AppendLeaf(b []byte) []byte {
	b, _ = e.appendLeaf(b)
	return b
}

// Hashes returns what LeafHash and DecisionDigest have to be, in the time of one
// encoding. buf is memory to use, and comes back for the next time.
func (e *Entry) Hashes(buf []byte) (leaf, decision digest.SHA256, _ []byte) {
	buf = append(buf[:0], leafPrefix)
	buf, end := e.appendLeaf(buf)
	leaf = sha256.Sum256(buf)
	// The decision's header takes the place of what is before its fields in the leaf.
	at := 1 + fixedSize - len(decisionHeader)
	copy(buf[at:], decisionHeader)
	return leaf, sha256.Sum256(buf[at:end]), buf
}

// leafPrefix is hashed before a leaf (RFC 6962).
const leafPrefix = 0

// appendLeaf returns as well where the decision's fields end.
func (e *Entry) appendLeaf(b []byte) (_ []byte, decisionEnd int) {
	b = append(b, leafVersion)
	b = append(b, e.Tenant[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = append(b, e.ID[:]...)
	b = append(b, e.PrevHash[:]...)
	b = appendMicros(b, e.RecordedAt)
	b = e.appendDecision(b)
	decisionEnd = len(b)
	b = appendText(b, tagVerifier, e.Verifier)
	if !e.TimeVerified.IsZero() {
		b = appendField(b, tagTimeVerified, appendMicros(nil, e.TimeVerified))
	}
	b = appendHash(b, tagPayloadHash, e.PayloadHash)
	b = appendField(b, tagDecisionDigest, e.DecisionDigest[:])
	b = appendText(b, tagActor, string(e.Actor))
	return appendText(b, tagIdempotencyKey, e.IdempotencyKey), decisionEnd
}

func (e *Entry) appendDecision(b []byte) []byte {
	b = appendText(b, tagKind, string(e.Kind))
	b = appendText(b, tagAction, e.Action)
	if !e.Subject.Digest.IsZero() {
		b = appendText(b, tagSubjectAlgorithm, e.Subject.Digest.Algorithm())
		b = appendField(b, tagSubjectDigest, e.Subject.Digest.Bytes())
	}
	b = appendText(b, tagSubjectName, e.Subject.Name)
	b = appendText(b, tagResult, string(e.Result))
	b = appendText(b, tagPolicyURI, e.Policy.URI)
	b = appendHash(b, tagPolicyDigest, e.Policy.Digest)
	b = appendText(b, tagReason, e.Reason)
	if len(e.Inputs) > 0 {
		b = appendField(b, tagInputs, EncodeInputs(e.Inputs))
	}
	return b
}

// EncodeInputs returns inputs as a leaf has them, nil for none. They are taken in the
// order in which they come.
func EncodeInputs(inputs []Input) []byte {
	var b []byte
	for _, in := range inputs {
		b = binary.BigEndian.AppendUint16(b, uint16(len(in.Kind)))
		b = append(b, in.Kind...)
		b = append(b, in.Digest[:]...)
	}
	return b
}

// size is that of the input in a leaf.
func (in Input) size() int { return 2 + len(in.Kind) + sha256.Size }

// Compare orders inputs as an entry has them: by kind, then by digest.
func (in Input) Compare(other Input) int {
	return cmp.Or(cmp.Compare(in.Kind, other.Kind), bytes.Compare(in.Digest[:], other.Digest[:]))
}

// ComputeDecisionDigest returns what DecisionDigest has to be.
func (e *Entry) ComputeDecisionDigest() digest.SHA256 {
	return sha256.Sum256(e.appendDecision([]byte(decisionHeader)))
}

// ComputeLeafHash returns what LeafHash has to be.
func (e *Entry) ComputeLeafHash() digest.SHA256 {
	var most [512]byte // most leaves fit
	return sha256.Sum256(e.AppendLeaf(append(most[:0], leafPrefix)))
}

// NonceSize is that of a payload's nonce, in bytes: as hard to guess as a hash.
const NonceSize = 32

// PayloadHash returns the hash of a payload: it cannot be guessed from the payload
// without the nonce. Of a nonce of another size than [NonceSize] it is zeros, which is no
// payload's: else what is moved between the two would have the same hash.
func PayloadHash(nonce, payload []byte) digest.SHA256 {
	if len(nonce) != NonceSize {
		return digest.SHA256{}
	}
	h := sha256.New()
	h.Write(nonce)
	h.Write(payload)
	return digest.SHA256(h.Sum(nil))
}

func appendField(b []byte, tag uint16, value []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, tag)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

// appendText appends a text; "" is no field, as NULL is in the database.
func appendText(b []byte, tag uint16, value string) []byte {
	if value == "" {
		return b
	}
	b = binary.BigEndian.AppendUint16(b, tag)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

func appendHash(b []byte, tag uint16, hash digest.SHA256) []byte {
	if hash == (digest.SHA256{}) {
		return b
	}
	return appendField(b, tag, hash[:])
}

func appendMicros(b []byte, at time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(at.UnixMicro()))
}
