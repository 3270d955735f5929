package attestdb

import (
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
)

// The sentinels to test errors with, by [errors.Is]. They are those of package
// fault, where each is explained.
var (
	ErrNotFound            = fault.ErrNotFound
	ErrUnknownTenant       = fault.ErrUnknownTenant
	ErrTenantSuspended     = fault.ErrTenantSuspended
	ErrRequirement         = fault.ErrRequirement
	ErrTenantMismatch      = fault.ErrTenantMismatch
	ErrLedgerBusy          = fault.ErrLedgerBusy
	ErrLedgerLaw           = fault.ErrLedgerLaw
	ErrIdempotencyConflict = fault.ErrIdempotencyConflict
	ErrErased              = fault.ErrErased
	ErrHeld                = fault.ErrHeld
	ErrNoActor             = fault.ErrNoActor
	ErrAppendOnly          = fault.ErrAppendOnly
	ErrVerification        = fault.ErrVerification
	ErrReadOnly            = fault.ErrReadOnly
	ErrStorageFull         = fault.ErrStorageFull
	ErrUnavailable         = fault.ErrUnavailable
	ErrOutcomeUnknown      = fault.ErrOutcomeUnknown
	ErrRole                = fault.ErrRole
	ErrServer              = fault.ErrServer
	ErrSchema              = fault.ErrSchema
	ErrInvalid             = fault.ErrInvalid
)

// The errors that carry evidence, to reach with [errors.As], and the small
// types that many calls take. They are other packages' own.
type (
	// InvalidError names the input that is wrong and what is allowed.
	InvalidError = fault.Invalid
	// SchemaError says which module's schema does not fit this library.
	SchemaError = fault.Schema
	// RoleError says why a connection's role is refused.
	RoleError = fault.Role
	// VerificationError says why evidence did not verify.
	VerificationError = fault.Verification
	// BatchError says which item of a batch is at fault.
	BatchError = fault.Batch
	// SegmentError says which segment a proof chain cannot have.
	SegmentError = attestor.SegmentError
	// TenantID identifies a tenant.
	TenantID = tenant.ID
	// Actor names who acts.
	Actor = tenant.Actor
	// Evidence is a parsed DSSE envelope or Sigstore bundle.
	Evidence = attestor.Evidence
)
