// Package migrations embeds the migrations of every module: one directory for
// a module, which is also its PostgreSQL schema, with its own atlas.sum.
// Generated DDL and hand-written SQL stand side by side.
//
// Files apply in version order over all modules. What they build stands beside them, in
// catalogue.golden: a test writes it, and databases are compared with it.
package migrations

import "embed"

// FS holds <module>/*.sql, <module>/atlas.sum and <module>/catalogue.golden.
//
//go:embed */*.sql */atlas.sum */catalogue.golden
var FS embed.FS

// Modules are all modules in their fixed order: foreign keys point only to
// earlier modules, and of files with equal versions the earlier module's
// applies first.
var Modules = []string{"tenancy", "attestor", "rekor", "verdict"}
