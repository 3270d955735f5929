// Package attestor holds a tenant's evidence: DSSE envelopes and Sigstore
// bundles with what was found when they were verified.
//
// [Parse] reads evidence strictly, a [Verifier] judges it, TenantDB.Record of
// package attestdb stores it, and a [Store], which TenantDB.Attestor returns,
// finds it again. What is stored is never changed; the bytes are kept exactly as
// they came.
//
// Parsing and verifying need no database.
package attestor
