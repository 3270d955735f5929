// Package schema declares attestdb's entities for Ent: the source of truth for
// tables, columns, keys, indexes and checks. The generated client is in ent;
// the migrations under migrations follow from here by way of
// internal/cmd/migratediff. Row-level security, grants, triggers and functions
// are hand-written SQL in those directories.
//
// One file declares one module's entities. Every table name is unique over all
// modules, every index and constraint is named, and every index says which
// query it serves.
package schema
