// Package rekor reads a tenant's transparency log entries: those that the bundles
// of its evidence brought, with everything that is needed to verify them offline,
// long after the log has gone. They enter with their evidence, by TenantDB.Record;
// TenantDB.VerifyEntries verifies them again from what is stored.
//
// An entry belongs to one envelope: that which came with another envelope is
// another row, even if it is the same entry of the same log.
package rekor
