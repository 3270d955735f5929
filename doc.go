// Package attestdb is the front page of a module. What programs import is
// [stella-ops.org/attestdb/domain], also named attestdb; the command is
// [stella-ops.org/attestdb/cmd/attestdb].
//
// A module of attestdb's is one name in five places: a PostgreSQL schema, the
// declarations in schema, the directory under migrations, the package under
// domain, and the command attestdb <module>.
package attestdb
