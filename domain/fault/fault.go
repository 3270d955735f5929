// Package fault holds the errors that attestdb's calls return: a few sentinels
// to test with [errors.Is], and typed errors that carry evidence, to reach with
// [errors.As]. Every error of a call wraps at most one of the sentinels.
package fault

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound: nothing that the tenant may see has this key.
	ErrNotFound = errors.New("not found")
	// ErrUnknownTenant: no tenant has this id or name.
	ErrUnknownTenant = errors.New("unknown tenant")
	// ErrTenantSuspended: the tenant may read, but not write.
	ErrTenantSuspended = errors.New("tenant is suspended: it may read, not write")
	// ErrRequirement: the tenant takes verified evidence only, or in-toto Statements
	// only, and this is none.
	ErrRequirement = errors.New("the tenant does not take such evidence")
	// ErrLedgerBusy: others held the tenant's ledger until the call had to end. Nothing
	// was appended.
	ErrLedgerBusy = errors.New("the ledger is busy: another transaction appends to it")
	// ErrLedgerLaw: the database refused an entry that does not follow the last one, or
	// whose hashes are not those of its bytes.
	ErrLedgerLaw = errors.New("the ledger refuses the entry")
	// ErrIdempotencyConflict: the idempotency key was used for something else.
	ErrIdempotencyConflict = errors.New("the idempotency key was used for something else")
	// ErrErased: the bytes were erased; their digest and who erased them are kept.
	ErrErased = errors.New("erased")
	// ErrHeld: a legal hold covers the bytes; they are not erased until it is released.
	ErrHeld = errors.New("a legal hold covers it")
	// ErrTenantMismatch: a handle met a transaction of another tenant.
	ErrTenantMismatch = errors.New("tenant differs from the transaction's tenant")
	// ErrNoActor: the call records who acted; name the actor first.
	ErrNoActor = errors.New("no actor: name one with As")
	// ErrAppendOnly: the row is evidence; it is never updated or deleted.
	ErrAppendOnly = errors.New("append-only: rows are never updated or deleted")
	// ErrVerification: the evidence did not verify.
	ErrVerification = errors.New("verification failed")
	// ErrReadOnly: the server takes no writes (a standby, or set read-only).
	ErrReadOnly = errors.New("the server is read-only")
	// ErrStorageFull: the server has no room left for the write.
	ErrStorageFull = errors.New("the server's storage is full")
	// ErrUnavailable: the server could not be reached, or ended the connection.
	ErrUnavailable = errors.New("the database is unavailable")
	// ErrOutcomeUnknown: the connection broke while committing; the write may
	// or may not be there. Recording the same evidence again is safe.
	ErrOutcomeUnknown = errors.New("outcome unknown: the connection broke during commit")
	// ErrRole: the connection's role has too few or too many rights.
	ErrRole = errors.New("database role is not acceptable")
	// ErrServer: the server lacks what attestdb needs, such as its version.
	ErrServer = errors.New("database server is not acceptable")
	// ErrSchema: the database's schema does not fit this library.
	ErrSchema = errors.New("database schema does not fit this library")
	// ErrInvalid: input is not acceptable. The error is a *[Invalid].
	ErrInvalid = errors.New("invalid input")
)

// Invalid says which input is wrong and what is allowed. It wraps [ErrInvalid].
type Invalid struct {
	// Field is the input's name: a JSON path ("signatures[0].sig"), a column,
	// a parameter.
	Field string
	// Allowed says what is acceptable there.
	Allowed string
	// Problem says what was found instead; "" if Allowed says it all.
	Problem string
}

func (e *Invalid) Error() string {
	if e.Problem == "" {
		return fmt.Sprintf("%s: allowed is %s", e.Field, e.Allowed)
	}
	return fmt.Sprintf("%s: %s; allowed is %s", e.Field, e.Problem, e.Allowed)
}

// Unwrap returns [ErrInvalid].
func (e *Invalid) Unwrap() error { return ErrInvalid }

// Schema says that a module's schema does not fit this library. It wraps
// [ErrSchema].
type Schema struct {
	// Module is the module's name, which is also its PostgreSQL schema.
	Module string
	// Have is the newest migration version in the database, "" for none.
	Have string
	// Need is the version, or the library level, that is needed.
	Need string
	// Newer says that the database is ahead of the library: no migration to come cures
	// that, a newer release does.
	Newer bool
	// Problem says what is wrong, Fix what to do about it.
	Problem, Fix string
}

func (e *Schema) Error() string {
	have := e.Have
	if have == "" {
		have = "nothing"
	}
	return fmt.Sprintf("module %s: %s (have %s, need %s): %s", e.Module, e.Problem, have, e.Need, e.Fix)
}

// Unwrap returns [ErrSchema].
func (e *Schema) Unwrap() error { return ErrSchema }

// Role says why a connection's role is refused. It wraps [ErrRole].
type Role struct {
	// Purpose is what the connection is for: "app", "owner", "admin", …
	Purpose string
	// Login is the role that the connection logged in as.
	Login string
	// Problem says what is wrong, Fix what to do about it.
	Problem, Fix string
}

func (e *Role) Error() string {
	return fmt.Sprintf("%s connection as role %q: %s: %s", e.Purpose, e.Login, e.Problem, e.Fix)
}

// Unwrap returns [ErrRole].
func (e *Role) Unwrap() error { return ErrRole }

// Verification says why evidence did not verify. It wraps [ErrVerification].
type Verification struct {
	// Verifier names the verifier and its version.
	Verifier string
	// Reason is what the verifier said.
	Reason string
}

func (e *Verification) Error() string {
	return fmt.Sprintf("verification failed: %s: %s", e.Verifier, e.Reason)
}

// Unwrap returns [ErrVerification].
func (e *Verification) Unwrap() error { return ErrVerification }

// Batch says which item of a batch is at fault: nothing of the batch is stored.
// It wraps the item's error.
type Batch struct {
	// Index is the item's, from 0.
	Index int
	Err   error
}

func (e *Batch) Error() string { return fmt.Sprintf("item %d: %s", e.Index, e.Err) }

// Unwrap returns the item's error.
func (e *Batch) Unwrap() error { return e.Err }
