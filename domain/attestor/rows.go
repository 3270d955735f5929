package attestor

import (
	"encoding/json"
	"time"
)

// verificationRow is envelope_verifications as a query returns it, or NULLs
// where an envelope was never verified.
type verificationRow struct {
	outcome, verifier, policy, reason *string
	signatures                        []byte
	timeVerified, signedAt            *time.Time
}

func (r *verificationRow) targets() []any {
	return []any{&r.outcome, &r.verifier, &r.policy, &r.reason, &r.signatures, &r.timeVerified, &r.signedAt}
}

func (r *verificationRow) verification() Verification {
	if r.outcome == nil {
		return Verification{Outcome: Unverified}
	}
	v := Verification{
		Outcome: Outcome(*r.outcome), Verifier: *r.verifier, Policy: *r.policy,
		Reason: text(r.reason), TimeVerified: utc(r.timeVerified), SignedAt: utc(r.signedAt),
	}
	// The column holds what jsonInts wrote; a row that somebody else wrote with
	// another shape has no positions.
	if json.Unmarshal(r.signatures, &v.Signatures) != nil {
		v.Signatures = nil
	}
	return v
}

func jsonInts(n []int) []byte {
	if n == nil {
		return nil
	}
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // a slice of int always marshals
	}
	return b
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
