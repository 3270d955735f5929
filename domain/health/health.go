// Package health says how a program and its database are: checks that each have a
// status, a value, a threshold and a fix, a registry that runs them without ever
// becoming a burden, and the HTTP handlers that orchestrators and people ask.
//
// What the checks are about is others' business: package attestdb adds those of
// the database, and whoever embeds it may add more.
package health

import (
	"cmp"
	"slices"
	"time"
)

// Status is what a check came to.
type Status string

const (
	// OK: all is well.
	OK Status = "ok"
	// Skipped: it was not asked, because the login lacks the right to ask or a check that
	// it needs is not well. It makes no report worse.
	Skipped Status = "skipped"
	// Warn: it works, and somebody should look at it in working hours.
	Warn Status = "warn"
	// Unknown: it could not be told: nobody answered, or not in time.
	Unknown Status = "unknown"
	// Fail: it does not work, or will not for long.
	Fail Status = "fail"
)

// severity orders statuses, the worst last.
func (s Status) severity() int {
	return slices.Index([]Status{OK, Skipped, Warn, Unknown, Fail}, s)
}

// Bad reports whether the status is Fail or Unknown: nobody should rely on what the
// check is about.
func (s Status) Bad() bool { return s == Fail || s == Unknown }

// Result is what a check found.
type Result struct {
	// Name is the check's, such as "server.replication".
	Name   string `json:"name"`
	Status Status `json:"status"`
	// Value is what was found, with its unit; "" if nothing could be.
	Value string `json:"value"`
	// Threshold says from where on it is another status; "" if it is no matter of
	// more or less.
	Threshold string `json:"threshold,omitempty"`
	// Since is when the check came to this status, as far as this process saw.
	Since time.Time `json:"since"`
	// Error says what is wrong, or why it could not be told; "" if nothing is.
	Error string `json:"error,omitempty"`
	// Fix says what to do; "" if there is nothing to do.
	Fix string `json:"fix,omitempty"`
}

// Report is what a run of checks found.
type Report struct {
	// Status is the worst of the checks'. Skipped ones do not count.
	Status Status `json:"status"`
	// At is when the run began.
	At time.Time `json:"at"`
	// Checks are in the order in which they were added.
	Checks []Result `json:"checks"`
}

// Bad reports whether any check failed or could not be told.
func (r Report) Bad() bool { return r.Status.Bad() }

// Get returns the result of the check of a name, and whether there is one.
func (r Report) Get(name string) (Result, bool) {
	i := slices.IndexFunc(r.Checks, func(c Result) bool { return c.Name == name })
	if i < 0 {
		return Result{}, false
	}
	return r.Checks[i], true
}

// Worst returns the checks with the worst first, in their order where they are alike.
func (r Report) Worst() []Result {
	sorted := slices.Clone(r.Checks)
	slices.SortStableFunc(sorted, func(a, b Result) int { return cmp.Compare(b.Status.severity(), a.Status.severity()) })
	return sorted
}

func worst(results []Result) Status {
	status := OK
	for _, r := range results {
		if r.Status != Skipped && r.Status.severity() > status.severity() {
			status = r.Status
		}
	}
	return status
}
