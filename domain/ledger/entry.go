package ledger

import (
	"time"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/tenant"
)

// Kind says what an entry records.
type Kind string

const (
	// Decision is what was decided about a subject under a policy.
	Decision Kind = "decision"
	// Act is what an administrator did.
	Act Kind = "act"
)

// Result is what was decided.
type Result string

const (
	// Pass says that the policy allows the subject.
	Pass Result = "PASS"
	// Fail says that it does not.
	Fail Result = "FAIL"
	// Warn says that it does, and that somebody should look.
	Warn Result = "WARN"
)

// Subject is what was decided about.
type Subject struct {
	// Digest is the artifact's.
	Digest digest.Digest
	// Name is its name or package URL, at most [MaxNameLength] bytes; "" is none.
	Name string
}

// Policy is what a decision was made under.
type Policy struct {
	// URI names the policy, at most [MaxURILength] bytes.
	URI string
	// Digest is the SHA-256 of its text; the zero value is none.
	Digest digest.SHA256
}

// Input is one piece of evidence that a decision was made on.
type Input struct {
	// Kind says what it is: envelope, sbom, vex, chain, exception, evaluation or
	// any other word of lower-case letters, digits and _.- that begins with a letter,
	// at most 64 bytes.
	Kind string
	// Digest is the SHA-256 of its bytes.
	Digest digest.SHA256
}

// The kinds of inputs that attestdb itself makes.
const (
	InputEnvelope   = "envelope"
	InputSBOM       = "sbom"
	InputVEX        = "vex"
	InputChain      = "chain"
	InputException  = "exception"
	InputEvaluation = "evaluation"
	// InputEntry is another entry of the same ledger, by its leaf hash.
	InputEntry = "entry"
)

// Entry is one entry of a ledger. Two fields of it say the same as the rest: leaf and
// decision are hashed into LeafHash and DecisionDigest.
type Entry struct {
	Tenant tenant.ID
	// Seq is the entry's place, from 0: the index of its leaf.
	Seq int64
	ID  uuid.UUID
	// PrevHash is the LeafHash of the entry before; zeros for the first.
	PrevHash digest.SHA256
	// RecordedAt is the database's time in microseconds. It never decreases.
	RecordedAt time.Time

	Kind Kind
	// Action is what an administrator did, such as tenant.suspend; "" for a decision.
	Action  string
	Subject Subject
	Result  Result
	Policy  Policy
	Reason  string
	// Inputs are sorted by kind, then digest, each once.
	Inputs []Input

	// Verifier is the URI of who decided; "" if it was not said.
	Verifier string
	// TimeVerified is when that was, in microseconds; zero if it was not said.
	TimeVerified time.Time
	// PayloadHash is the SHA-256 of the payload's nonce and bytes; zero without payload.
	PayloadHash digest.SHA256
	// DecisionDigest is equal for equal decisions: kind, action, subject, result,
	// policy, reason and inputs.
	DecisionDigest digest.SHA256
	Actor          tenant.Actor
	IdempotencyKey string

	// LeafHash is RFC 6962's hash of the leaf.
	LeafHash digest.SHA256
}

// Limits of an entry, in bytes of UTF-8 but for MaxInputs. With them no leaf is longer
// than MaxLeafLength, which is what an entry bundle takes (C2SP tlog-tiles).
const (
	MaxNameLength = 4096
	MaxURILength  = 1024
	// MaxReasonLength is of the reason and the inputs together: each of these takes 34
	// bytes and its kind.
	MaxReasonLength  = 56 << 10
	MaxKeyLength     = 256
	MaxPayloadLength = 1 << 20
	MaxInputs        = 1000
	MaxKindLength    = 64
	MaxActionLength  = 65
	MaxLeafLength    = 1<<16 - 1
)
