package verdict

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
)

// Query says which entries [Store.Find] finds: those for which everything given holds.
// The zero Query finds all, acts as well. Whatever is given, an index answers it.
type Query struct {
	// Subject is the digest of what was decided about; the zero Digest asks for none.
	Subject digest.Digest
	// PolicyURI is the policy's that it was decided under, exactly.
	PolicyURI string
	// Action is what an administrator did, as tenant.suspend, exactly; "" asks for none.
	// It finds acts, and is asked for without a subject, by which acts on an artifact are
	// found as well, and without a policy, which they do not have.
	Action string
	// Input is a piece of evidence that it was decided on, by its digest; without a
	// kind it is found under any.
	Input Input
	// Since leaves out what was recorded earlier, Until what was recorded then or
	// later; zero leaves out nothing.
	Since, Until time.Time
}

// BySubject asks for what was decided about an artifact, and for the holds on what is about
// it, which are acts.
func BySubject(subject digest.Digest) Query { return Query{Subject: subject} }

// ByPolicy asks for what was decided under a policy.
func ByPolicy(uri string) Query { return Query{PolicyURI: uri} }

// ByTime asks for what was recorded from since on and before until; a zero time is no
// bound.
func ByTime(since, until time.Time) Query { return Query{Since: since, Until: until} }

// ByInput asks for what was decided on a piece of evidence, and for acts about it. The
// kind may be "".
func ByInput(kind string, sum digest.SHA256) Query {
	return Query{Input: Input{Kind: kind, Digest: sum}}
}

// ByAction asks for what administrators did, such as tenant.suspend.
func ByAction(action string) Query { return Query{Action: action} }

// Key names what there is one current decision for.
type Key struct {
	Subject   digest.Digest
	PolicyURI string
}

// validate returns a *[fault.Invalid] for a condition that nothing can meet, since it is
// a mistake.
func (q *Query) validate() error {
	if len(q.PolicyURI) > ledger.MaxURILength || !utf8.ValidString(q.PolicyURI) || strings.ContainsRune(q.PolicyURI, 0) {
		return &fault.Invalid{Field: "policy uri", Allowed: fmt.Sprintf("at most %d bytes of UTF-8 without NUL", ledger.MaxURILength)}
	}
	if q.Action != "" {
		if err := ledger.ValidateAction(q.Action); err != nil {
			return err
		}
		if !q.Subject.IsZero() || q.PolicyURI != "" {
			return &fault.Invalid{Field: "action", Allowed: "neither a subject nor a policy beside it"}
		}
	}
	if q.Input != (Input{}) {
		in := q.Input
		if in.Kind == "" {
			in.Kind = ledger.InputEnvelope // any will do
		}
		if err := in.Validate(); err != nil {
			return err
		}
	}
	for _, at := range []time.Time{q.Since, q.Until} {
		// Else a cursor could not tell one filter from another.
		if y := at.UTC().Year(); y < 0 || y > 9999 {
			return &fault.Invalid{Field: "since", Allowed: "times of the years 0 to 9999, as those of until"}
		}
	}
	if !q.Until.IsZero() && !q.Since.Before(q.Until) {
		return &fault.Invalid{Field: "until", Allowed: "a time after since"}
	}
	return nil
}

// filter describes the list, so that a cursor continues no other one.
func (q *Query) filter() string {
	b, err := json.Marshal([]any{q.Subject.String(), q.PolicyURI, q.Action, q.Input.Kind, q.Input.Digest, q.Since.UTC(), q.Until.UTC()})
	if err != nil {
		return "verdict.find " + err.Error() // validate lets in no time that JSON has no word for
	}
	return "verdict.find " + string(b)
}
