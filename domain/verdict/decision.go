package verdict

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/observe"
	"stella-ops.org/attestdb/internal/strictjson"
)

// The types of a ledger's entries are package ledger's.
type (
	// Entry is one entry of the tenant's ledger.
	Entry = ledger.Entry
	// Subject is what was decided about.
	Subject = ledger.Subject
	// Policy is what it was decided under.
	Policy = ledger.Policy
	// Input is one piece of evidence that it was decided on.
	Input = ledger.Input
	// Result is what was decided.
	Result = ledger.Result
)

// The results.
const (
	Pass = ledger.Pass
	Fail = ledger.Fail
	Warn = ledger.Warn
)

// Decision is what [Store.Append] records. Everything but Subject.Digest, Result and
// Policy.URI may be absent.
type Decision struct {
	Subject Subject
	Result  Result
	Policy  Policy
	// Reason is for people, at most 56 KiB together with the inputs. It stays for ever.
	Reason string
	// Inputs are kept sorted, each once, at most 1000; each takes 34 bytes and its kind of
	// the 56 KiB.
	Inputs []Input
	// Verifier is the URI of who decided, as the verifier.id of a SLSA verification
	// summary.
	Verifier string
	// TimeVerified is when that was; it is kept in microseconds.
	TimeVerified time.Time
	// Payload is a JSON document, at most 1 MiB in its canonical form (RFC 8785), in
	// which it is kept. It can be erased, while the entry keeps its hash.
	Payload json.RawMessage
	// IdempotencyKey names the request: with the same key the same decision is recorded
	// once. At most 256 bytes; "" is none.
	IdempotencyKey string
}

// Appended is what [Store.Append] returns.
type Appended struct {
	Entry
	// Existed says that the entry was there already, by its idempotency key.
	Existed bool
}

// request is a decision on its way into the ledger.
type request struct {
	entry   Entry // without its place
	nonce   []byte
	payload []byte
	call    *observe.Call // who brought it, for what is shared
}

// prepare returns a *[fault.Invalid] for what no entry may have.
func prepare(tenant tenant.ID, actor tenant.Actor, d Decision) (*request, error) {
	if actor == "" {
		return nil, fault.ErrNoActor
	}
	if err := actor.Validate(); err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	r := &request{entry: Entry{
		Tenant: tenant, ID: id, Kind: ledger.Decision,
		Subject: d.Subject, Result: d.Result, Policy: d.Policy, Reason: d.Reason,
		Inputs: ledger.SortInputs(d.Inputs), Verifier: d.Verifier,
		Actor: actor, IdempotencyKey: d.IdempotencyKey,
	}}
	if !d.TimeVerified.IsZero() {
		r.entry.TimeVerified = d.TimeVerified.UTC().Truncate(time.Microsecond)
	}
	if err := r.entry.ValidateDecision(); err != nil {
		return nil, err
	}
	if d.Payload != nil {
		if err := r.setPayload(d.Payload); err != nil {
			return nil, err
		}
	}
	r.entry.DecisionDigest = r.entry.ComputeDecisionDigest()
	return r, nil
}

func (r *request) setPayload(raw []byte) error {
	canonical, err := canonicalJSON(raw)
	if err != nil {
		return err
	}
	r.payload = canonical
	r.nonce = make([]byte, ledger.NonceSize)
	if _, err := rand.Read(r.nonce); err != nil {
		return err
	}
	r.entry.PayloadHash = ledger.PayloadHash(r.nonce, r.payload)
	return nil
}

// maxNesting is the depth of a payload, so that a hostile one does not exhaust the stack.
const maxNesting = 128

// canonicalJSON returns RFC 8785's form of a document.
func canonicalJSON(raw []byte) ([]byte, error) {
	tooLong := &fault.Invalid{Field: "payload", Allowed: fmt.Sprintf("at most %d bytes in the form of RFC 8785", ledger.MaxPayloadLength), Problem: "it is longer"}
	// White space and escapes may make it longer than its canonical form, within reason.
	if len(raw) > 8*ledger.MaxPayloadLength {
		return nil, tooLong
	}
	if err := strictjson.Check("payload", raw, strictjson.Rules{MaxNesting: maxNesting}); err != nil {
		return nil, err
	}
	canonical, err := strictjson.AppendCanonical(nil, "payload", strictjson.SkipSpace(raw))
	if err == nil && len(canonical) > ledger.MaxPayloadLength {
		err = tooLong
	}
	return canonical, err
}

// weight is about the bytes that the request takes on the wire.
func (r *request) weight() int {
	e := &r.entry
	return 512 + len(r.payload) + len(e.Reason) + len(e.Subject.Name) + len(e.Policy.URI) + 128*len(e.Inputs)
}

// sameRequest reports whether an entry that is there records what r asks for, whoever
// asked: a request may be repeated from elsewhere. The payload's hash is compared by
// whoever has its nonce.
func (r *request) sameRequest(have *Entry) bool {
	want := &r.entry
	return want.DecisionDigest == have.DecisionDigest && want.Verifier == have.Verifier &&
		want.TimeVerified.Equal(have.TimeVerified) &&
		want.IdempotencyKey == have.IdempotencyKey &&
		(want.PayloadHash == digest.SHA256{}) == (have.PayloadHash == digest.SHA256{})
}
