package attestor

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/fault"
)

// Limits on what a [Verifier] may say, in bytes.
const (
	maxVerifierLength = 255
	maxPolicyLength   = 4096
)

// Validate returns a *[fault.Invalid] unless v can be stored as the answer of a
// Verifier about an envelope with so many signatures: the outcome is Verified
// or Failed, with a reason exactly if it failed and with at least one signature
// if it verified; log entries verified only if the outcome is Verified; texts are
// UTF-8 of bounded length.
func (v Verification) Validate(signatures int) error {
	invalid := func(field, allowed string) error { return &fault.Invalid{Field: field, Allowed: allowed} }
	switch {
	case v.Outcome != Verified && v.Outcome != Failed:
		return invalid("outcome", "verified or failed")
	case !storable(v.Verifier, maxVerifierLength):
		return invalid("verifier", "1 to 255 bytes of UTF-8 without NUL")
	case !storable(v.Policy, maxPolicyLength):
		return invalid("policy", "1 to 4096 bytes of UTF-8 without NUL")
	case v.Outcome == Failed && !storable(v.Reason, maxReasonLength):
		return invalid("reason", fmt.Sprintf("1 to %d bytes of UTF-8 without NUL, since the outcome is failed", maxReasonLength))
	case v.Outcome == Verified && v.Reason != "":
		return invalid("reason", "none, since the outcome is verified")
	case v.Outcome == Verified && len(v.Signatures) == 0:
		return invalid("signatures", "the position of at least one, since the outcome is verified")
	case v.TimeVerified.IsZero():
		return invalid("time_verified", "when the verifier looked")
	}
	last := -1
	for _, n := range v.Signatures {
		if n <= last || n >= signatures {
			return invalid("signatures", "ascending positions of the envelope's signatures")
		}
		last = n
	}
	last = -1
	for _, n := range v.LogEntries {
		if n <= last || n >= MaxLogEntries || v.Outcome != Verified {
			return invalid("log_entries", "ascending positions of the bundle's log entries, if the outcome is verified")
		}
		last = n
	}
	for field, t := range map[string]time.Time{"time_verified": v.TimeVerified, "signed_at": v.SignedAt} {
		if y := t.Year(); !t.IsZero() && (y < 1970 || y > 9999) {
			return invalid(field, "a time from 1970 to 9999")
		}
	}
	return nil
}

func storable(s string, most int) bool {
	return s != "" && len(s) <= most && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}
