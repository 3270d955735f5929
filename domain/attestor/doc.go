// Package attestor holds a tenant's evidence: DSSE envelopes and Sigstore
// bundles with what was found when they were verified.
//
// [Parse] reads evidence strictly, a [Verifier] judges it, TenantDB.Record of
// package attestdb stores it, and a [Store], which TenantDB.Attestor returns,
// finds it again. What is stored is never changed; the bytes are kept exactly as
// they came.
//
// A proof chain sums up what there is about one artifact: TenantDB.AssembleChain
// makes it, [Store.VerifyChain] recomputes it, and [Store.ExportChain] writes a
// file that [VerifyChainFile] checks for whoever has no database.
//
// Parsing and verifying need no database.
package attestor
