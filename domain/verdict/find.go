package verdict

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/internal/pgfault"
)

// Find returns the first rows of the entries that q asks for, newest first, and the
// cursor with which the next page starts, "" if there is none. No match is no error. The
// query's and the request's faults are *[fault.Invalid].
func (s *Store) Find(ctx context.Context, q Query, p page.Request) (entries []Entry, next string, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.find")
	defer call.End(&err)
	if err := q.validate(); err != nil {
		return nil, "", err
	}
	rows, err := p.Rows()
	if err != nil {
		return nil, "", err
	}
	filter := s.tenant().String() + " " + q.filter()
	before, continued, err := p.AfterSequence(filter)
	if err != nil {
		return nil, "", err
	}
	if !continued {
		before = math.MaxInt64
	}
	// One row more than asked for tells whether there is a next page.
	if entries, err = s.entries(ctx, q.finder(s, before), rows+1); err != nil {
		return nil, "", err
	}
	if len(entries) > rows {
		entries = entries[:rows]
		next = page.EncodeSequence(filter, entries[rows-1].Seq)
	}
	return entries, next, nil
}

// All iterates over every entry that q asks for, newest first. It reads page by page
// and holds no connection between two of them. An error ends it.
func (s *Store) All(ctx context.Context, q Query) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for p := (page.Request{}); ; {
			entries, next, err := s.Find(ctx, q, p)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			p.Cursor = next
		}
	}
}

// finder writes the statement of a list. Each index ends with seq, in which order all
// lists are, and a time is a place in that order too, since it never decreases. So a list
// is one range of one index, and its text depends only on which conditions are given:
// values are arguments.
type finder struct {
	args []any
	// columns are those that the index begins with, behind the tenant, and then seq; in
	// the range they are from at least, and before is behind it.
	columns, from, before []string
	// where is what else is asked.
	where []string
	// inputs says that the index is that of the inputs, i, and not of the entries, e.
	inputs bool
}

func (q *Query) finder(s *Store, before int64) *finder {
	f := &finder{args: []any{s.conn.Tenant()}}
	input := q.Input != Input{}
	switch {
	case input && q.Subject.IsZero() && q.PolicyURI == "" && q.Action == "":
		f.inputs = true
		f.key("i.digest", q.Input.Digest[:])
		if q.Input.Kind != "" {
			f.where = append(f.where, "i.kind = "+f.arg(q.Input.Kind))
		}
	case input:
		f.hasInput(q.Input)
	}
	if q.PolicyURI != "" {
		f.key("e.policy_uri", q.PolicyURI)
	}
	if q.Action != "" {
		f.key("e.action", q.Action)
		f.where = append(f.where, "e.action IS NOT NULL") // as the index says
	}
	if !q.Subject.IsZero() {
		f.key("e.subject_digest", q.Subject.Bytes())
		f.key("e.subject_algorithm", q.Subject.Algorithm())
	}
	f.columns = append(f.columns, f.alias()+".seq")
	from, to := "0::bigint", f.arg(before)
	// The first entry at the time or behind it; NULL, which nothing is, if there is none.
	const first = "(SELECT b.seq FROM verdict.ledger_entries b WHERE b.tenant_id = $1 AND b.recorded_at >= %s ORDER BY b.recorded_at, b.seq LIMIT 1)"
	if !q.Since.IsZero() {
		from = fmt.Sprintf(first, f.arg(q.Since))
	}
	if !q.Until.IsZero() {
		to = fmt.Sprintf("(SELECT least("+to+", "+first+"))", f.arg(q.Until))
	}
	f.from, f.before = append(f.from, from), append(f.before, to)
	return f
}

func (f *finder) alias() string {
	if f.inputs {
		return "i"
	}
	return "e"
}

func (f *finder) arg(v any) string {
	f.args = append(f.args, v)
	return fmt.Sprintf("$%d", len(f.args))
}

func (f *finder) key(column string, value any) {
	is := f.arg(value)
	f.columns, f.from, f.before = append(f.columns, column), append(f.from, is), append(f.before, is)
}

// hasInput asks of each entry for one input, by a step in the index of digests: of an
// equality the planner would read all inputs of the entry instead.
func (f *finder) hasInput(in Input) {
	sum := f.arg(in.Digest[:])
	condition := fmt.Sprintf("i.tenant_id = $1 AND (i.digest, i.seq) >= (%s, e.seq) AND (i.digest, i.seq) <= (%[1]s, e.seq)", sum)
	if in.Kind != "" {
		condition += " AND i.kind = " + f.arg(in.Kind)
	}
	f.where = append(f.where, "EXISTS (SELECT FROM verdict.ledger_inputs i WHERE "+condition+")")
}

// statement selects entryColumns of at most limit entries. It compares rows, and orders
// by all of their columns, since only the one index has that order: of equalities the
// planner would know that seq alone orders them, and read the ledger backwards for a
// policy that it takes for a frequent one.
func (f *finder) statement(limit int) string {
	row := func(values []string) string { return "(" + strings.Join(values, ", ") + ")" }
	conditions := append([]string{
		f.alias() + ".tenant_id = $1", row(f.columns) + " >= " + row(f.from), row(f.columns) + " < " + row(f.before),
	}, f.where...)
	// The limit is written out: a plan for any number of rows would expect a tenth of the
	// table.
	list := "\n WHERE " + strings.Join(conditions, " AND ") +
		"\n ORDER BY " + strings.Join(f.columns, " DESC, ") + " DESC\n LIMIT " + strconv.Itoa(limit)
	if !f.inputs {
		return "SELECT " + entryColumns + "\n  FROM verdict.ledger_entries e" + list
	}
	// An entry may have a digest under two kinds.
	return "SELECT " + entryColumns + `
  FROM (
SELECT DISTINCT ` + strings.Join(f.columns, ", ") + `
  FROM verdict.ledger_inputs i` + list + `
  ) i
  JOIN LATERAL (SELECT e.* FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.seq = i.seq LIMIT 1) e ON true
 ORDER BY i.seq DESC`
}

func (s *Store) entries(ctx context.Context, f *finder, limit int) (entries []Entry, err error) {
	sql := f.statement(limit)
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, sql, f.args...)
		if err != nil {
			return err
		}
		entries, err = pgx.CollectRows(rows, scanEntry)
		return err
	})
	return entries, pgfault.Map("find entries of the ledger", err)
}

func scanEntry(row pgx.CollectableRow) (Entry, error) {
	var r entryRow
	if err := row.Scan(r.targets()...); err != nil {
		return Entry{}, err
	}
	e, err := r.entry()
	if err != nil {
		// Not the caller's fault, as the error says of itself.
		return e, fmt.Errorf("entry %d is not as it was appended, verify the ledger: %s", r.seq, err.Error())
	}
	return e, nil
}
