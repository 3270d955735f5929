// Package migrations embeds the migrations of every module: one directory for
// a module, which is also its PostgreSQL schema, with its own atlas.sum.
// Generated DDL and hand-written SQL stand side by side.
//
// Files apply in version order over all modules. Beside them stand what they build, in
// catalogue.golden, with which databases are compared, and what each of them locks, in
// impact.json. Tests write both.
package migrations

import "embed"

// FS holds <module>/*.sql, <module>/atlas.sum, <module>/catalogue.golden and
// <module>/impact.json.
//
//go:embed */*.sql */atlas.sum */catalogue.golden */impact.json
var FS embed.FS

// Modules are all modules in their fixed order: foreign keys point only to
// earlier modules, and of files with equal versions the earlier module's
// applies first.
var Modules = []string{"tenancy", "attestor", "rekor", "verdict"}
