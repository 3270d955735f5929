// Package verdict keeps what was decided: a ledger for each tenant that only grows, whose
// entries are chained and are the leaves of a Merkle tree, so that an outsider can be
// shown that an entry is in it and that nobody rewrote it since.
//
// A [Decision] goes in by [Store.Append] and comes out as an [Entry]. The database
// checks every entry itself: its place, the hash of the entry before, its own hashes and
// its time. Package ledger has the format; docs/ledger-format.md says it byte by byte.
package verdict
