// Package proofchain holds the form of a proof chain: which bytes its root is
// the hash of, and the file that carries a chain to whoever has no database.
//
// A chain says which evidence there was about one artifact, its subject, under
// which version of which policy, and which chain it supersedes. Its root is the
// Merkle tree hash of RFC 6962 over short lines of text, its leaves:
//
//	attestdb proof chain v1
//	subject sha256:9f86…
//	policy 2026-11
//	supersedes sha256:60a2…
//	sbom sha256:aa30…
//	evidence sha256:1b4f…
//
// docs/proof-chain.md says it byte by byte, with vectors that a shell can check.
//
// The package imports no database and, of attestdb, only digest and fault.
package proofchain
