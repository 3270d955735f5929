package migrator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const codeActiveTransaction = "25001"

// Observe applies all files of cfg to an empty database that was bootstrapped, statement
// by statement, and returns what each did to the tables that were there before its file:
// by module and by the name of the file. It is for a scratch database, on which nobody
// else is: what it reads are the locks, the files and the counters of the server.
//
// A statement that cannot be in a transaction, CREATE INDEX CONCURRENTLY say, is made to
// wait for another session and looked at then.
func Observe(ctx context.Context, cfg Config) (map[string]map[string]FileImpact, error) {
	cfg, dirs, err := cfg.prepare()
	if err != nil {
		return nil, err
	}
	o := &observation{}
	for _, s := range []**session{&o.s, &o.other} {
		cc, err := cfg.connConfig()
		if err != nil {
			return nil, err
		}
		if *s, err = open(ctx, cc, "owner", cfg.Logger); err != nil {
			return nil, err
		}
		defer (*s).close(ctx)
		if err := (*s).assumeOwner(ctx); err != nil {
			return nil, err
		}
	}
	var files []*file
	out := map[string]map[string]FileImpact{}
	for _, d := range dirs {
		o.modules = append(o.modules, d.module)
		out[d.module] = map[string]FileImpact{}
		files = append(files, d.files...)
	}
	sortFiles(files)
	for _, f := range files {
		impact, err := o.file(ctx, f)
		if err != nil {
			return nil, err
		}
		out[f.dir.module][f.name] = impact
	}
	return out, nil
}

// An observation is two sessions on a scratch database: one applies, the other one looks
// and stands in the way.
type observation struct {
	s, other *session
	modules  []string
	// before are the relations that there were before the file at hand.
	before map[uint32]relation
	// held are the locks that the file at hand has.
	held map[lock]bool
}

type relation struct {
	name, kind string
	node       uint32 // the file that it is stored in
	table      uint32 // of an index
	scans      int64
}

type lock struct {
	oid  uint32
	mode string
}

func (o *observation) file(ctx context.Context, f *file) (impact FileImpact, err error) {
	impact.SHA256 = f.sum()
	if err := o.s.reset(ctx, time.Minute); err != nil {
		return impact, err
	}
	if o.before, err = o.relations(ctx, o.s, false); err != nil {
		return impact, err
	}
	o.held = map[lock]bool{}
	if f.inTx {
		if _, err := o.s.conn.Exec(ctx, "BEGIN"); err != nil {
			return impact, err
		}
	}
	for _, stmt := range f.stmts {
		var tables []TableImpact
		if f.inTx {
			tables, err = o.inTx(ctx, stmt.Text)
		} else {
			tables, err = o.outsideTx(ctx, stmt.Text)
		}
		if err != nil {
			return impact, fmt.Errorf("%s:%d: %w", f, f.line(stmt), err)
		}
		impact.Statements = append(impact.Statements, StatementImpact{Line: f.line(stmt), Tables: tables})
	}
	if f.inTx {
		_, err = o.s.conn.Exec(ctx, "COMMIT")
	}
	return impact, err
}

// inTx runs a statement in the transaction that is open.
func (o *observation) inTx(ctx context.Context, text string) ([]TableImpact, error) {
	from, err := o.relations(ctx, o.s, true)
	if err != nil {
		return nil, err
	}
	if _, err := o.s.conn.Exec(ctx, text); err != nil {
		return nil, err
	}
	to, err := o.relations(ctx, o.s, true)
	if err != nil {
		return nil, err
	}
	locks, err := o.locks(ctx, o.s, uint32(o.s.pid))
	if err != nil {
		return nil, err
	}
	return o.compare(from, to, locks), nil
}

// outsideTx runs a statement in a transaction of its own, or without one if it has to be.
func (o *observation) outsideTx(ctx context.Context, text string) ([]TableImpact, error) {
	o.held = map[lock]bool{}
	if !reConcurrently.MatchString(text) {
		if _, err := o.s.conn.Exec(ctx, "BEGIN"); err != nil {
			return nil, err
		}
		tables, err := o.inTx(ctx, text)
		end := "COMMIT"
		if err != nil {
			end = "ROLLBACK"
		}
		if _, endErr := o.s.conn.Exec(ctx, end); sqlState(err) != codeActiveTransaction {
			return tables, errors.Join(err, endErr)
		}
	}
	return o.alone(ctx, text)
}

// alone lets a statement wait until its locks were looked at.
func (o *observation) alone(ctx context.Context, text string) ([]TableImpact, error) {
	from, err := o.flushed(ctx)
	if err != nil {
		return nil, err
	}
	var locks []lock
	done := make(chan error, 1)
	err = pgx.BeginFunc(ctx, o.other.conn, func(tx pgx.Tx) error {
		var names []string
		for _, r := range from {
			if r.kind == "r" || r.kind == "p" {
				names = append(names, r.name)
			}
		}
		if _, err := tx.Exec(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		go func() {
			_, err := o.s.conn.Exec(ctx, text)
			done <- err
		}()
		for {
			select {
			case err := <-done:
				return cmp.Or(err, errors.New("it waits for nobody, so that its locks were not seen: begin its file in a transaction"))
			case <-time.After(5 * time.Millisecond):
			}
			var waits bool
			err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)", o.s.pid).Scan(&waits)
			if err != nil || !waits {
				if err != nil {
					return err
				}
				continue
			}
			locks, err = o.locks(ctx, o.other, uint32(o.s.pid))
			return err
		}
	})
	if err != nil {
		return nil, err
	}
	if err := <-done; err != nil {
		return nil, err
	}
	to, err := o.flushed(ctx)
	if err != nil {
		return nil, err
	}
	return o.compare(from, to, locks), nil
}

// flushed returns the relations with counters that include what has just been done.
func (o *observation) flushed(ctx context.Context) (map[uint32]relation, error) {
	if _, err := o.s.conn.Exec(ctx, "SELECT pg_stat_force_next_flush()"); err != nil {
		return nil, err
	}
	return o.relations(ctx, o.s, false)
}

// relations returns what the modules hold, with the scans of this transaction or of all.
func (o *observation) relations(ctx context.Context, s *session, inTx bool) (map[uint32]relation, error) {
	scans := "pg_stat_get_numscans"
	if inTx {
		scans = "pg_stat_get_xact_numscans"
	}
	rows, err := s.conn.Query(ctx, `
SELECT c.oid, n.nspname || '.' || c.relname, c.relkind::text, coalesce(pg_relation_filenode(c.oid), 0), coalesce(i.indrelid, 0),
       CASE WHEN c.relkind IN ('r', 'm') THEN `+scans+`(c.oid) ELSE 0 END
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
 WHERE n.nspname = ANY ($1::text[])`, o.modules)
	if err != nil {
		return nil, err
	}
	out := map[uint32]relation{}
	var (
		oid uint32
		r   relation
	)
	_, err = pgx.ForEachRow(rows, []any{&oid, &r.name, &r.kind, &r.node, &r.table, &r.scans}, func() error {
		out[oid] = r
		return nil
	})
	return out, err
}

// locks are those that a session has on relations.
func (o *observation) locks(ctx context.Context, by *session, pid uint32) ([]lock, error) {
	rows, err := by.conn.Query(ctx, `SELECT relation, mode FROM pg_locks
 WHERE pid = $1 AND granted AND locktype = 'relation'`, int32(pid))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l lock, err error) {
		return l, row.Scan(&l.oid, &l.mode)
	})
}

// compare says what happened to the relations that were there before the file.
func (o *observation) compare(from, to map[uint32]relation, locks []lock) []TableImpact {
	all := map[uint32]*TableImpact{}
	at := func(oid uint32) *TableImpact {
		if all[oid] == nil {
			all[oid] = &TableImpact{Table: o.before[oid].name}
		}
		return all[oid]
	}
	strongest := map[uint32]string{}
	for _, l := range locks {
		r, before := o.before[l.oid]
		weakest := "RowShareLock"
		if r.kind != "r" && r.kind != "p" { // writers lock their indexes, too
			weakest = "ShareUpdateExclusiveLock"
		}
		if !before || o.held[l] || strength(l.mode) < strength(weakest) {
			continue
		}
		o.held[l] = true
		if strength(l.mode) > strength(strongest[l.oid]) {
			strongest[l.oid] = l.mode
		}
	}
	for oid, mode := range strongest {
		// An index is locked with its table.
		if table := o.before[oid].table; table != 0 && strength(o.heldMode(table)) >= strength(mode) {
			continue
		}
		at(oid).Lock = sqlMode(mode)
	}
	indexes := map[string]uint32{}
	for _, r := range to {
		if r.kind == "i" {
			indexes[r.name] = r.node
		}
	}
	for oid, was := range from {
		now, still := to[oid]
		if was.kind == "i" { // one that is built again may be another one of its name
			now.node, still = indexes[was.name]
		}
		if _, before := o.before[oid]; !before || !still {
			continue
		}
		switch was.kind {
		case "r", "m":
			if now.node != was.node {
				at(oid).Rewrites = true
			}
			if now.scans > was.scans {
				at(oid).ReadsAll = true
			}
		case "i":
			if now.node != was.node {
				t := at(was.table)
				t.Rebuilds = append(t.Rebuilds, was.name)
			}
		}
	}
	var out []TableImpact
	for _, t := range slices.SortedFunc(maps.Values(all), func(a, b *TableImpact) int { return cmp.Compare(a.Table, b.Table) }) {
		slices.Sort(t.Rebuilds)
		if t.Rewrites { // and all of its indexes with it
			t.Rebuilds = nil
		}
		out = append(out, *t)
	}
	return out
}

// heldMode is the strongest lock that the file has on a relation.
func (o *observation) heldMode(oid uint32) string {
	mode := ""
	for l := range o.held {
		if l.oid == oid && strength(l.mode) > strength(mode) {
			mode = l.mode
		}
	}
	return mode
}
