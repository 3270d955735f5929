// Package ledger holds the form of a tenant's verdict ledger: its entries, the bytes
// that a leaf of its Merkle tree is the hash of, and what proves to somebody without
// the database that an entry is in it.
//
// A ledger is a sequence of entries without gaps. Each entry has the hash of the one
// before it, and all of them are the leaves of one tree (RFC 6962), whose root at some
// size is what a checkpoint says (C2SP tlog-checkpoint). docs/ledger-format.md says the
// bytes, with vectors that a shell can check. PostgreSQL has the same encoding as
// verdict.leaf, and refuses entries that do not fit.
//
// The package imports no database and, of attestdb, only digest, fault and tenant.
package ledger
