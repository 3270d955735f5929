package migrator

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
)

const ident = `("(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_$]*)`

var (
	reConcurrently = regexp.MustCompile(`(?i)\bCONCURRENTLY\b`)
	// reCreateIndex captures IF NOT EXISTS, the index' name and its table.
	reCreateIndex = regexp.MustCompile(`(?is)^(?:\s|--[^\n]*\n|/\*.*?\*/)*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+` +
		`(IF\s+NOT\s+EXISTS\s+)?` + ident + `\s+ON\s+(?:ONLY\s+)?(` + ident + `(?:\s*\.\s*` + ident + `)?)`)
)

// prepareStatement gets a statement outside of a transaction ready to run.
func (r *run) prepareStatement(ctx context.Context, query string, resumed bool) error {
	// CONCURRENTLY waits for every older transaction, but blocks nobody who
	// reads or writes. To give it up and begin again would only cost the work.
	if reConcurrently.MatchString(query) {
		left := max(time.Until(r.deadline), time.Second)
		if _, err := r.s.conn.Exec(ctx, fmt.Sprintf("SET lock_timeout = %d", left.Milliseconds())); err != nil {
			return err
		}
	}
	if m := reCreateIndex.FindStringSubmatch(query); m != nil {
		return r.clearIndex(ctx, m[2], m[3], resumed && m[1] == "")
	}
	return nil
}

// clearIndex drops what an interrupted CREATE INDEX CONCURRENTLY left behind:
// an invalid index, which IF NOT EXISTS would take for done. With rebuild it
// drops a valid one as well: the server finished it, but nobody was left to
// record that, so it can only be this statement's.
func (r *run) clearIndex(ctx context.Context, name, table string, rebuild bool) error {
	var (
		index string
		valid bool
	)
	err := r.s.conn.QueryRow(ctx, `
SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid AND i.indisready
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE i.indrelid = to_regclass($1) AND c.relname = (parse_ident($2))[1]`, table, name).Scan(&index, &valid)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && valid && !rebuild {
		return nil
	}
	if err != nil {
		return err
	}
	r.s.log.WarnContext(ctx, "an interrupted run left an index behind; building it again", "file", r.f, "index", index)
	_, err = r.s.conn.Exec(ctx, "DROP INDEX CONCURRENTLY "+index)
	return err
}
