package migrator

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/jackc/pgx/v5"
)

const (
	revisionTable   = "atlas_schema_revisions"
	operatorVersion = "attestdb"
)

// revisionSchema is where the Atlas CLI is told to look for a module's
// revisions: one schema each, or their versions would mix.
func revisionSchema(module string) string { return "atlas_" + module }

func revisionIdent(module string) string {
	return pgx.Identifier{revisionSchema(module), revisionTable}.Sanitize()
}

// revisionTableSQL makes a module's revision table, or repairs its grants. The
// columns are those of the Atlas CLI.
func revisionTableSQL(module string) string {
	schema := pgx.Identifier{revisionSchema(module)}.Sanitize()
	table := revisionIdent(module)
	readers := strings.Join(revisionReaders, ", ")
	return fmt.Sprintf(`CREATE SCHEMA IF NOT EXISTS %[1]s;
CREATE TABLE IF NOT EXISTS %[2]s (
  version character varying NOT NULL, description character varying NOT NULL,
  type bigint NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0,
  executed_at timestamp with time zone NOT NULL, execution_time bigint NOT NULL,
  error text, error_stmt text, hash character varying NOT NULL, partial_hashes jsonb,
  operator_version character varying NOT NULL,
  CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version));
GRANT USAGE ON SCHEMA %[1]s TO %[3]s;
GRANT SELECT ON %[2]s TO %[3]s;
`, schema, table, readers)
}

// readRevisions returns a module's revisions by version. Atlas keeps records of
// its own in the same table, whose versions begin with a dot.
func readRevisions(ctx context.Context, conn *pgx.Conn, module string) ([]*migrate.Revision, error) {
	rows, err := conn.Query(ctx, `
SELECT version, description, type, applied, total, executed_at, execution_time,
       coalesce(error, ''), coalesce(error_stmt, ''), hash,
       CASE WHEN jsonb_typeof(partial_hashes) = 'array' THEN partial_hashes ELSE '[]' END, operator_version
  FROM `+revisionIdent(module)+` WHERE version NOT LIKE '.%' ORDER BY version COLLATE "C"`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*migrate.Revision, error) {
		var r migrate.Revision
		err := row.Scan(&r.Version, &r.Description, &r.Type, &r.Applied, &r.Total, &r.ExecutedAt,
			&r.ExecutionTime, &r.Error, &r.ErrorStmt, &r.Hash, &r.PartialHashes, &r.OperatorVersion)
		return &r, err
	})
}

// revisions is Atlas' view of a module's revision table while one file runs.
type revisions struct {
	conn *pgx.Conn
	f    *file
	// found is the file's revision as it was before the run, if there is one.
	found *migrate.Revision
	// last is the newest state that the executor has reported.
	last *migrate.Revision
	// direct writes each report at once. Without it only flush writes, inside
	// the file's transaction.
	direct bool
}

var _ migrate.RevisionReadWriter = (*revisions)(nil)

func (r *revisions) Ident() *migrate.TableIdent {
	return &migrate.TableIdent{Name: revisionTable, Schema: revisionSchema(r.f.dir.module)}
}

func (r *revisions) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	return readRevisions(ctx, r.conn, r.f.dir.module)
}

// ReadRevision returns an interrupted revision with the hash and the number of
// statements that the file has now: what follows the applied statements may
// have been corrected since.
func (r *revisions) ReadRevision(_ context.Context, version string) (*migrate.Revision, error) {
	if r.last != nil && r.last.Version == version {
		return r.last, nil
	}
	if r.found == nil || r.found.Version != version {
		return nil, migrate.ErrRevisionNotExist
	}
	resumed := *r.found
	resumed.Hash, resumed.Total = r.f.hash, len(r.f.stmts)
	return &resumed, nil
}

func (r *revisions) WriteRevision(ctx context.Context, v *migrate.Revision) error {
	r.last = v
	if !r.direct {
		return nil
	}
	return r.flush(ctx)
}

// flush writes the newest reported state.
func (r *revisions) flush(ctx context.Context) error {
	v := r.last
	partial, err := json.Marshal(v.PartialHashes)
	if err != nil {
		return err
	}
	_, err = r.conn.Exec(ctx, `
INSERT INTO `+revisionIdent(r.f.dir.module)+` AS t
  (version, description, type, applied, total, executed_at, execution_time, error, error_stmt, hash, partial_hashes, operator_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), nullif($9, ''), $10, $11::jsonb, $12)
ON CONFLICT (version) DO UPDATE SET
  applied = excluded.applied, total = excluded.total, executed_at = excluded.executed_at,
  execution_time = excluded.execution_time, error = excluded.error, error_stmt = excluded.error_stmt,
  hash = excluded.hash, partial_hashes = excluded.partial_hashes, operator_version = excluded.operator_version`,
		v.Version, v.Description, int64(v.Type), v.Applied, v.Total, v.ExecutedAt, int64(v.ExecutionTime/time.Nanosecond),
		v.Error, v.ErrorStmt, v.Hash, string(partial), v.OperatorVersion)
	return err
}

// DeleteRevision is never asked for: nothing here undoes a migration.
func (r *revisions) DeleteRevision(context.Context, string) error {
	return migrate.ErrRevisionNotExist
}
