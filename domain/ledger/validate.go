package ledger

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

var (
	kindPattern   = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)
	actionPattern = regexp.MustCompile(`^[a-z_]{1,32}\.[a-z_]{1,32}$`)
)

// Times that PostgreSQL and RFC 3339 both have.
var (
	firstTime = time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC)
	endOfTime = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Validate returns a *[fault.Invalid] that names the first field which no entry may
// have so. The hashes are not recomputed.
func (e *Entry) Validate() error {
	if e.Tenant.IsZero() {
		return &fault.Invalid{Field: "tenant", Allowed: "a tenant's id"}
	}
	if e.Seq < 0 {
		return &fault.Invalid{Field: "seq", Allowed: "zero or more"}
	}
	if (e.Seq == 0) != (e.PrevHash == digest.SHA256{}) {
		return &fault.Invalid{Field: "prev_hash", Allowed: "zeros for the first entry, and for no other"}
	}
	if err := checkTime("recorded_at", e.RecordedAt); err != nil {
		return err
	}
	if e.ID == (uuid.UUID{}) {
		return &fault.Invalid{Field: "id", Allowed: "a UUID, not nil"}
	}
	if err := e.ValidateDecision(); err != nil {
		return err
	}
	return e.Actor.Validate()
}

// ValidateDecision returns a *[fault.Invalid] that names the first field at fault among
// those that whoever appends an entry gives, but for the actor.
func (e *Entry) ValidateDecision() error {
	switch e.Kind {
	case Decision:
		if err := e.validateDecided(); err != nil {
			return err
		}
	case Act:
		if err := ValidateAction(e.Action); err != nil {
			return err
		}
		if e.Result != "" || e.Policy != (Policy{}) {
			return &fault.Invalid{Field: "result", Allowed: "none for an act"}
		}
	default:
		return &fault.Invalid{Field: "kind", Allowed: "decision or act"}
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{
		{"subject name", e.Subject.Name, MaxNameLength},
		{"policy uri", e.Policy.URI, MaxURILength},
		{"reason", e.Reason, MaxReasonLength},
		{"verifier", e.Verifier, MaxURILength},
		{"idempotency key", e.IdempotencyKey, MaxKeyLength},
	} {
		if len(f.value) > f.most || !utf8.ValidString(f.value) || strings.ContainsRune(f.value, 0) {
			return &fault.Invalid{Field: f.name, Allowed: fmt.Sprintf("at most %d bytes of UTF-8 without NUL", f.most)}
		}
	}
	if !e.TimeVerified.IsZero() {
		if err := checkTime("time verified", e.TimeVerified); err != nil {
			return err
		}
	}
	if err := validateInputs(e.Inputs); err != nil {
		return err
	}
	size := len(e.Reason)
	for _, in := range e.Inputs {
		size += in.size()
	}
	if size > MaxReasonLength {
		return &fault.Invalid{
			Field: "reason", Allowed: fmt.Sprintf("at most %d bytes together with the inputs", MaxReasonLength),
			Problem: fmt.Sprintf("they take %d", size),
		}
	}
	return nil
}

func (e *Entry) validateDecided() error {
	switch {
	case e.Action != "":
		return &fault.Invalid{Field: "action", Allowed: "none for a decision"}
	case e.Subject.Digest.IsZero():
		return &fault.Invalid{Field: "subject digest", Allowed: "a digest, as in sha256:9f86…"}
	case e.Policy.URI == "":
		return &fault.Invalid{Field: "policy uri", Allowed: "1 to 1024 bytes that name the policy"}
	case e.Result != Pass && e.Result != Fail && e.Result != Warn:
		return &fault.Invalid{Field: "result", Allowed: "PASS, FAIL or WARN"}
	}
	return nil
}

// ValidateAction returns a *[fault.Invalid] for what no administrator's act is called.
func ValidateAction(action string) error {
	if !actionPattern.MatchString(action) {
		return &fault.Invalid{Field: "action", Allowed: "a noun and a verb of lower-case letters, as in tenant.suspend"}
	}
	return nil
}

func validateInputs(inputs []Input) error {
	if len(inputs) > MaxInputs {
		return &fault.Invalid{Field: "inputs", Allowed: fmt.Sprintf("at most %d", MaxInputs)}
	}
	for i, in := range inputs {
		if err := in.Validate(); err != nil {
			return err
		}
		if i > 0 && inputs[i-1].Compare(in) >= 0 {
			return &fault.Invalid{Field: "inputs", Allowed: "sorted by kind and digest, each once"}
		}
	}
	return nil
}

// Validate returns a *[fault.Invalid] for what no input may be.
func (in Input) Validate() error {
	if !kindPattern.MatchString(in.Kind) {
		return &fault.Invalid{Field: "input kind", Allowed: "a lower-case letter and at most 63 more, digits or _.-, as in envelope"}
	}
	if in.Digest == (digest.SHA256{}) {
		return &fault.Invalid{Field: "input digest", Allowed: "a SHA-256 digest, not zeros"}
	}
	return nil
}

// SortInputs returns the inputs as an entry has them: sorted, each once.
func SortInputs(inputs []Input) []Input {
	sorted := slices.Clone(inputs)
	slices.SortFunc(sorted, Input.Compare)
	return slices.CompactFunc(sorted, func(a, b Input) bool { return a == b })
}

func checkTime(field string, at time.Time) error {
	if at.Before(firstTime) || !at.Before(endOfTime) || at.Nanosecond()%1000 != 0 {
		return &fault.Invalid{Field: field, Allowed: "a time of the years 1 to 9999, in whole microseconds"}
	}
	return nil
}
