package attestor

import (
	"context"
	"strings"
	"time"

	"stella-ops.org/attestdb/domain/digest"
)

// Outcome is what is known about the signatures of evidence.
type Outcome string

// The outcomes. There are no others.
const (
	// Verified: the policy of the Verifier is met.
	Verified Outcome = "verified"
	// Failed: a Verifier looked and its policy is not met.
	Failed Outcome = "failed"
	// Unverified: no Verifier looked.
	Unverified Outcome = "unverified"
)

// Verification is what a [Verifier] found. Its text holds no NUL and is UTF-8.
type Verification struct {
	Outcome Outcome
	// Verifier is the verifier's name and version, as in "sigstore-go v1.3.0".
	Verifier string
	// Policy is what was required: readable, and the same text for the same
	// requirements.
	Policy string
	// Reason says why the outcome is Failed; "" otherwise.
	Reason string
	// Signatures is the positions in Envelope.Signatures that verified under
	// trusted keys, ascending. It may be non-empty for Failed, when they were
	// too few.
	Signatures []int
	// LogEntries is the positions in Evidence.LogEntries that verified under
	// trusted logs, ascending. What is read back of a stored Verification has
	// none: each stored entry says itself when it was verified.
	LogEntries []int
	// TimeVerified is when the Verifier looked, in UTC.
	TimeVerified time.Time
	// SignedAt is a time, proven by a party that the policy trusts, by which the
	// signature existed; zero when there is none.
	SignedAt time.Time
}

// Verifier decides whether evidence is signed as its policy demands.
//
// Verify looks at ev and at what the Verifier was made with, and at nothing
// else: it is offline, changes nothing, gives the same answer for the same
// evidence at the same time, and is safe for use by several goroutines at once.
// Evidence that does not meet the policy, for whatever reason that lies in the
// evidence, is Outcome Failed with a Reason and a nil error. An error means that
// the Verifier could not tell: ctx is done, or the Verifier is misconfigured.
// The Verification that comes with an error is the zero one.
type Verifier interface {
	Verify(ctx context.Context, ev *Evidence) (Verification, error)
}

// maxReasonLength bounds what evidence can make a Verifier say about it.
const maxReasonLength = 2048

// FailedVerification returns the Verification of evidence that failed just now.
// It makes reason, which may quote hostile evidence, storable: UTF-8 without
// control characters, 1 to 2048 bytes.
func FailedVerification(verifier, policy, reason string) Verification {
	reason = printable(reason)
	if len(reason) > maxReasonLength {
		reason = cutText(reason, maxReasonLength-len("…")) + "…"
	}
	if reason == "" {
		reason = "the verifier gave no reason"
	}
	return Verification{
		Outcome:      Failed,
		Verifier:     verifier,
		Policy:       policy,
		Reason:       reason,
		TimeVerified: time.Now().UTC(),
	}
}

// PolicyText returns description as a [Verification] can hold it: UTF-8 without
// control characters, at most 4096 bytes. What is longer is cut and ends in its
// SHA-256, so that different requirements stay different.
func PolicyText(description string) string {
	description = printable(description)
	if len(description) <= maxPolicyLength {
		return description
	}
	end := "… (sha256:" + digest.Sum([]byte(description)).String() + ")"
	return cutText(description, maxPolicyLength-len(end)) + end
}

// printable puts spaces for control characters and no-break spaces, and U+FFFD
// for what is not UTF-8.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r <= 0xA0 {
			return ' '
		}
		return r
	}, text)
}

// cutText returns at most limit bytes of text, and no part of a character.
func cutText(text string, limit int) string { return strings.ToValidUTF8(text[:limit], "") }
