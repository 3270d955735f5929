package migrator

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"github.com/jackc/pgx/v5"
)

// found is what the database holds of one module.
type found struct {
	schema bool // the module's schema exists
	table  bool // our revision table exists
	ready  bool // and every role may read it that should
	revs   []*migrate.Revision
}

// head is the newest version that is applied in full, "" for none.
func (f *found) head() string {
	for _, v := range slices.Backward(f.revs) {
		if complete(v) {
			return v.Version
		}
	}
	return ""
}

// revision returns the revision of a version, nil if there is none.
func (f *found) revision(version string) *migrate.Revision {
	for _, r := range f.revs {
		if r.Version == version {
			return r
		}
	}
	return nil
}

// baseline is the version up to which a database was declared to be migrated
// when Atlas was introduced to it, "" if it began empty.
func (f *found) baseline() string {
	if len(f.revs) > 0 && f.revs[0].Type.Has(migrate.RevisionTypeBaseline) {
		return f.revs[0].Version
	}
	return ""
}

func complete(r *migrate.Revision) bool {
	return r.Applied == r.Total
}

// inspect reads what the database holds of every module, in one snapshot.
func inspect(ctx context.Context, conn *pgx.Conn, dirs []*directory) (map[string]*found, error) {
	state := make(map[string]*found, len(dirs))
	modules := make([]string, len(dirs))
	for i, d := range dirs {
		modules[i], state[d.module] = d.module, &found{}
	}
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, conn, opts, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
SELECT m, n.oid IS NOT NULL, t.oid IS NOT NULL,
       t.oid IS NOT NULL AND NOT EXISTS (
         SELECT FROM unnest($2::text[]) r
          WHERE to_regrole(r) IS NULL
             OR NOT has_schema_privilege(to_regrole(r), t.relnamespace, 'USAGE')
             OR NOT has_table_privilege(to_regrole(r), t.oid, 'SELECT'))
  FROM unnest($1::text[]) m
  LEFT JOIN pg_namespace n ON n.nspname = m
  LEFT JOIN pg_namespace a ON a.nspname = 'atlas_' || m
  LEFT JOIN pg_class t ON t.relnamespace = a.oid AND t.relname = 'atlas_schema_revisions' AND t.relkind = 'r'`,
			modules, revisionReaders)
		if err != nil {
			return err
		}
		var (
			module               string
			schema, table, ready bool
		)
		_, err = pgx.ForEachRow(rows, []any{&module, &schema, &table, &ready}, func() error {
			*state[module] = found{schema: schema, table: table, ready: ready}
			return nil
		})
		if err != nil {
			return err
		}
		for _, m := range modules {
			if !state[m].table {
				continue
			}
			if state[m].revs, err = readRevisions(ctx, conn, m); err != nil {
				return err
			}
		}
		return nil
	})
	return state, err
}

// appliedUnchanged tells whether the statements that an interrupted revision
// has applied are still those of the file.
func appliedUnchanged(f *file, r *migrate.Revision) bool {
	if r.Applied > len(f.stmts) || r.Applied > len(r.PartialHashes) {
		return false
	}
	h := sha256.New()
	for i := range r.Applied {
		h.Write([]byte(f.stmts[i].Text))
		sum := base64.StdEncoding.EncodeToString(h.Sum(nil))
		if sum != strings.TrimPrefix(r.PartialHashes[i], "h1:") {
			return false
		}
	}
	return true
}
