package logentry

import (
	"context"
	"fmt"

	"stella-ops.org/attestdb/domain/fault"
)

// Check names what an entry is verified for.
type Check string

// The checks, in the order in which they are made.
const (
	// CheckBody: the body is about this very payload, signature and certificate.
	CheckBody Check = "body"
	// CheckInclusion: there is an inclusion proof or promise, and a proof leads
	// from the body to the root of its checkpoint.
	CheckInclusion Check = "inclusion"
	// CheckLog: the entry is of a log that is trusted, with a key that was valid.
	CheckLog Check = "log"
	// CheckCheckpoint: the log signed the checkpoint.
	CheckCheckpoint Check = "checkpoint"
	// CheckPromise: the log signed the promise, and an entry without one says nothing
	// for which a promise alone vouches.
	CheckPromise Check = "promise"
)

// Failure says which check an entry did not stand, and why. It wraps
// [fault.ErrVerification].
type Failure struct {
	Check  Check
	Reason string
}

func (f *Failure) Error() string { return fmt.Sprintf("%s: %s", f.Check, f.Reason) }

// Unwrap returns [fault.ErrVerification].
func (f *Failure) Unwrap() error { return fault.ErrVerification }

// Verifier decides whether a trusted log vouches for an entry.
//
// VerifyEntry looks at e and at what the Verifier was made with, and at nothing
// else: it is offline, changes nothing, and is safe for use by several
// goroutines at once. It verifies everything that e brings: an inclusion proof
// with a signed checkpoint, an inclusion promise; e must bring one of them, and say
// nothing for which neither vouches: see [Entry.CheckUnpromised]. What the entry is
// about is not its question: see [Entry.CheckSigned]. It returns a
// *[Failure] for an entry that does not verify. Another error means that it
// could not tell.
type Verifier interface {
	VerifyEntry(ctx context.Context, e *Entry) error
}
