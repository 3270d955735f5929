package migrator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// ImpactFile is the name of the file in a module's directory that says what each of its
// migrations locks, rewrites and reads, as [Observe] saw it.
const ImpactFile = "impact.json"

// FileImpact is what one migration does to tables that are there before it.
type FileImpact struct {
	// SHA256 is that of the file, so that what was seen of another one is not taken for it.
	SHA256 string `json:"sha256"`
	// Statements are those of the file, in their order.
	Statements []StatementImpact `json:"statements"`
}

// StatementImpact is what one statement adds to what its file has done until then.
type StatementImpact struct {
	// Line is that on which the statement begins, from 1.
	Line int `json:"line"`
	// Tables are those that it locks for more than reading, or rewrites, or reads whole.
	Tables []TableImpact `json:"tables,omitempty"`
}

// TableImpact is what one statement does to one table, or to an index or a view alone.
type TableImpact struct {
	// Table is its name with its schema.
	Table string `json:"table"`
	// Lock is the strongest lock that the statement takes and the file did not have yet,
	// such as "ACCESS EXCLUSIVE"; "" if it has it already.
	Lock string `json:"lock,omitempty"`
	// Rewrites: all rows are written again.
	Rewrites bool `json:"rewrites,omitempty"`
	// ReadsAll: all rows are read.
	ReadsAll bool `json:"reads_all,omitempty"`
	// Rebuilds are indexes that are built again.
	Rebuilds []string `json:"rebuilds,omitempty"`
}

// Blocks says what has to wait while a lock of this mode is held, "" if nothing of
// attestdb's own has.
func Blocks(mode string) string {
	switch mode {
	case "ACCESS EXCLUSIVE":
		return "reads and writes"
	case "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE":
		return "writes"
	case "SHARE UPDATE EXCLUSIVE":
		return "schema changes and VACUUM"
	}
	return ""
}

// PlannedStatement is one statement of a [PlannedFile].
type PlannedStatement struct {
	// Line is that on which it begins in the file, from 1.
	Line int `json:"line"`
	// Applied: an interrupted run has applied it.
	Applied bool `json:"applied,omitempty"`
	// Tables are what it does to tables that are there before its file.
	Tables []PlannedTable `json:"tables,omitempty"`
}

// PlannedTable is what a statement does to a table, and how large that is now.
type PlannedTable struct {
	TableImpact
	// Blocks says what waits while the lock is held: to the end of the file if that
	// applies in a transaction, else to the end of the statement.
	Blocks string `json:"blocks,omitempty"`
	// Exists: the table is in the database now. Else an earlier file of the plan makes it.
	Exists bool `json:"exists"`
	// Rows is about how many rows it has, and Bytes what it takes with its indexes; nil if
	// that is not known.
	Rows  *int64 `json:"rows"`
	Bytes *int64 `json:"bytes"`
}

// impacts reads what was seen of a module's files. A directory may be without.
func impacts(fsys fs.FS, module string) (map[string]FileImpact, error) {
	raw, err := fs.ReadFile(fsys, module+"/"+ImpactFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files map[string]FileImpact
	if err := json.Unmarshal(raw, &files); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", module, ImpactFile, err)
	}
	return files, nil
}

func (f *file) sum() string {
	sum := sha256.Sum256(f.local.Bytes())
	return hex.EncodeToString(sum[:])
}

// size is how large a relation is now.
type size struct{ rows, bytes *int64 }

// sizes reads how large the tables of the modules are. The true size of a table that
// somebody has locked would have to be waited for: then the last one that is known serves.
func sizes(ctx context.Context, s *session, cfg Config, modules []string) (map[string]size, error) {
	out, err := querySizes(ctx, s, cfg, modules, "pg_total_relation_size(c.oid)")
	if sqlState(err) == codeLockNotAvailable {
		out, err = querySizes(ctx, s, cfg, modules, `c.relpages * current_setting('block_size')::bigint`)
	}
	return out, err
}

func querySizes(ctx context.Context, s *session, cfg Config, modules []string, bytes string) (map[string]size, error) {
	out := map[string]size{}
	err := pgx.BeginTxFunc(ctx, s.conn, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL lock_timeout = %d", cfg.LockTimeout.Milliseconds())); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
SELECT n.nspname || '.' || c.relname,
       CASE WHEN c.reltuples >= 0 OR pg_stat_get_live_tuples(c.oid) > 0 THEN greatest(c.reltuples::bigint, pg_stat_get_live_tuples(c.oid)) END,
       `+bytes+`
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'm', 'i', 'I', 'v', 'S')`, modules)
		if err != nil {
			return err
		}
		var (
			name string
			sz   size
		)
		_, err = pgx.ForEachRow(rows, []any{&name, &sz.rows, &sz.bytes}, func() error {
			out[name] = sz
			sz = size{}
			return nil
		})
		return err
	})
	return out, err
}

// foresee fills in what a planned file does.
func (p *PlannedFile) foresee(f *file, seen FileImpact, now map[string]size) {
	p.Measured = seen.SHA256 == f.sum() && len(seen.Statements) == len(f.stmts)
	p.Statements = make([]PlannedStatement, len(f.stmts))
	for i, stmt := range f.stmts {
		p.Statements[i] = PlannedStatement{Line: f.line(stmt), Applied: i < p.Resume}
		if !p.Measured {
			continue
		}
		for _, t := range seen.Statements[i].Tables {
			sz, exists := now[t.Table]
			p.Statements[i].Tables = append(p.Statements[i].Tables, PlannedTable{
				TableImpact: t, Blocks: Blocks(t.Lock), Exists: exists, Rows: sz.rows, Bytes: sz.bytes,
			})
		}
	}
}

// modes are PostgreSQL's table locks from the weakest to the strongest, as pg_locks names
// them; reading takes the first.
var modes = []string{
	"AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock",
	"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
}

// sqlMode is how a statement spells a mode.
func sqlMode(mode string) string {
	var b strings.Builder
	for i, r := range strings.TrimSuffix(mode, "Lock") {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

func strength(mode string) int { return slices.Index(modes, mode) }
