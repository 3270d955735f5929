// Package migrations embeds the migrations of every module: one directory for
// a module, which is also its PostgreSQL schema, with its own atlas.sum.
// Generated DDL and hand-written SQL stand side by side.
//
// Files apply in version order over all modules.
package migrations

import "embed"

// FS holds <module>/*.sql and <module>/atlas.sum.
//
//go:embed */*.sql */atlas.sum
var FS embed.FS

// Modules are all modules in their fixed order: foreign keys point only to
// earlier modules, and of files with equal versions the earlier module's
// applies first.
var Modules = []string{"tenancy", "attestor", "rekor", "verdict"}
