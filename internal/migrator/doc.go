// Package migrator brings a database to the schema that this library was built
// for, from Atlas migration directories that are embedded in it, and makes the
// roles that those directories grant to.
//
// # Directories and order
//
// Every module has one directory of files named <14 digits>_<name>.sql with an
// atlas.sum. The files of all modules apply in one global order: by version,
// and for equal versions by the fixed order of the modules. A file applies in a
// transaction of its own that also records it, so a file is there whole or not
// at all. A file that begins with "-- atlas:txmode none" and an empty line
// applies outside of one, statement by statement, and is resumed where it was
// interrupted: each of its statements must therefore be repeatable. An index
// that CREATE INDEX CONCURRENTLY left behind invalid is dropped and built again.
//
// Applied files are recorded where the Atlas CLI looks for them: module m in
// atlas_m.atlas_schema_revisions.
//
// # Connections
//
// Migrations hold session state (a lock, a role, settings), so the connection
// must reach the server itself: a pooler in transaction mode is refused. Every
// file runs as attestdb_owner, whoever logged in, with an empty search_path:
// names in migrations are schema-qualified.
//
// # Refusals
//
// All checks are made before the first file. A database that was changed behind
// the migrator's back (an edited file, a file out of order, an applied file that
// this library does not have, a schema of a module's name that is not ours) is
// refused with a *[fault.Schema] that says what to do, and is not touched.
package migrator
