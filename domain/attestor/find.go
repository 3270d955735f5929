package attestor

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/internal/pgfault"
)

// Match is a Stored envelope that a [Query] found.
type Match struct {
	Stored
	// SubjectNames is the names, sorted, under which the Statement lists the
	// artifact. If the Query asks for no Subject, it is the names of the first
	// subjects, at most 16; nil without a Statement.
	SubjectNames []string
}

//go:embed find.sql
var findSQL string

// Find returns the first rows of the evidence that q asks for, newest first, and the
// cursor with which the next page starts, "" if there is none. With SANPrefix and
// SANDomain it goes name by name, newest first for each; evidence that several names
// find comes once for each. No match is no error. The request's faults are
// *[fault.Invalid].
func (s *Store) Find(ctx context.Context, q Query, p page.Request) (matches []Match, next string, err error) {
	ctx, call := s.conn.Start(ctx, "attestor.find")
	defer call.End(&err)
	if err := q.validate(); err != nil {
		return nil, "", err
	}
	rows, err := p.Rows()
	if err != nil {
		return nil, "", err
	}
	filter := s.list(q.filter())
	after, continued, err := p.After(filter)
	if err != nil {
		return nil, "", err
	}
	// One row more than asked for tells whether there is a next page.
	sql, args := q.statement(s.conn.Tenant(), after, continued, rows+1)
	var found []foundRow
	err = pgfault.Retry(ctx, s.retry, func() error {
		r, err := s.conn.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(r, scanFound)
		return err
	})
	if err != nil {
		return nil, "", pgfault.Map("find evidence", err)
	}
	if len(found) > rows {
		found = found[:rows]
		last := found[rows-1]
		next = page.Encode(filter, page.Key{CreatedAt: last.CreatedAt, ID: last.ID, Text: last.name})
	}
	for _, f := range found {
		matches = append(matches, f.Match)
	}
	return matches, next, nil
}

// All iterates over everything that q asks for, in the order of [Store.Find]. It
// reads page by page and holds no connection between two of them. An error ends it.
func (s *Store) All(ctx context.Context, q Query) iter.Seq2[Match, error] {
	return func(yield func(Match, error) bool) {
		for p := (page.Request{}); ; {
			matches, next, err := s.Find(ctx, q, p)
			if err != nil {
				yield(Match{}, err)
				return
			}
			for _, m := range matches {
				if !yield(m, nil) {
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

// foundRow is a Match and the name that it was found by, where the list is ordered
// by names.
type foundRow struct {
	Match
	name string
}

func scanFound(row pgx.CollectableRow) (foundRow, error) {
	var f foundRow
	var r storedRow
	targets := append(append(r.envelope(&f.Stored), &f.SubjectNames, &r.signers), r.verification.targets()...)
	if err := row.Scan(append(targets, &f.name)...); err != nil {
		return foundRow{}, err
	}
	return f, r.into(&f.Stored)
}

// finder writes the statement of a Query. Its text depends on which conditions are
// given and on the number of rows, so that there are few and they stay prepared; values
// are arguments.
type finder struct {
	q    *Query
	args []any
	// The place behind which the page begins: a time and an id, and in a list of names
	// the name.
	before    pgtype.Timestamptz
	beforeID  uuid.UUID
	since     pgtype.Timestamptz
	name      string
	continued bool
	limit     string
}

// statement returns SQL that yields find.sql's columns, the name that a row was found
// by among them.
func (q *Query) statement(tenant uuid.UUID, after page.Key, continued bool, limit int) (string, []any) {
	found, args := q.found(tenant, after, continued, limit)
	return "WITH m AS (" + found + ")\n" + findSQL, args
}

// count returns SQL that yields the number of rows of all pages.
func (q *Query) count(tenant uuid.UUID) (string, []any) {
	found, args := q.found(tenant, page.Key{}, false, math.MaxInt)
	return "SELECT count(*) FROM (" + found + ") m", args
}

func (q *Query) found(tenant uuid.UUID, after page.Key, continued bool, limit int) (string, []any) {
	f := &finder{q: q, args: []any{tenant}, name: after.Text, continued: continued}
	// Bounds instead of conditions that may be absent, so that one text serves all
	// pages: the first begins behind everything.
	switch {
	case continued:
		f.before, f.beforeID = pgtype.Timestamptz{Time: after.CreatedAt, Valid: true}, after.ID
	default:
		f.before, f.beforeID = f.end()
	}
	f.since = pgtype.Timestamptz{Time: q.Since, Valid: true}
	if q.Since.IsZero() {
		f.since = pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	}
	// Written out: a plan for any number of rows expects a tenth of the table, and is
	// so dear that PostgreSQL would plan each call anew.
	f.limit = strconv.Itoa(limit)
	var found string
	switch {
	case !q.Subject.IsZero():
		found = f.bySubject()
	case q.Signer.SAN != "" && (q.Signer.SANMatch == SANPrefix || q.Signer.SANMatch == SANDomain):
		found = f.byNames()
	case !q.Signer.isZero():
		found = f.bySigner()
	case q.PredicateType != "":
		found = f.list("attestor.statements t", "t.id", f.predicateType("t"))
	default:
		found = f.list("attestor.envelopes t", "t.id")
	}
	return found, f.args
}

// end is the place before which the first page begins.
func (f *finder) end() (pgtype.Timestamptz, uuid.UUID) {
	if f.q.Until.IsZero() {
		return pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}, uuid.Max
	}
	return pgtype.Timestamptz{Time: f.q.Until, Valid: true}, uuid.Nil
}

func (f *finder) arg(v any) string {
	f.args = append(f.args, v)
	return fmt.Sprintf("$%d", len(f.args))
}

// page is the condition that rows come behind the place and not before Since.
func (f *finder) page(id string, before pgtype.Timestamptz, beforeID uuid.UUID) string {
	return fmt.Sprintf("(t.created_at, %s) < (%s, %s) AND t.created_at >= %s",
		id, f.arg(before), f.arg(beforeID), f.arg(f.since))
}

// list selects from a table where every envelope has at most one row.
func (f *finder) list(table, id string, where ...string) string {
	conditions := strings.Join(append([]string{"t.tenant_id = $1", f.page(id, f.before, f.beforeID)}, where...), " AND ")
	return fmt.Sprintf(`
SELECT %s AS id, t.created_at, NULL::text[] AS names, '' AS name
  FROM %s
 WHERE %s
 ORDER BY t.created_at DESC, %s DESC
 LIMIT %s`, id, table, conditions, id, f.limit)
}

func (f *finder) bySubject() string {
	d := f.q.Subject
	conditions := []string{
		"t.tenant_id = $1", "t.algorithm = " + f.arg(d.Algorithm()), "t.digest = " + f.arg(d.Bytes()),
		f.page("t.statement_id", f.before, f.beforeID),
	}
	conditions = append(conditions, f.hasPredicateType("t.statement_id")...)
	if !f.q.Signer.isZero() {
		conditions = append(conditions, fmt.Sprintf(
			"EXISTS (SELECT FROM attestor.envelope_signatures g WHERE g.tenant_id = $1 AND g.envelope_id = t.statement_id AND %s)",
			strings.Join(f.signer("g", false), " AND ")))
	}
	return fmt.Sprintf(`
SELECT t.statement_id AS id, t.created_at, array_agg(DISTINCT t.name) AS names, '' AS name
  FROM attestor.statement_subjects t
 WHERE %s
 GROUP BY t.created_at, t.statement_id
 ORDER BY t.created_at DESC, t.statement_id DESC
 LIMIT %s`, strings.Join(conditions, " AND "), f.limit)
}

func (f *finder) bySigner() string {
	conditions := append([]string{"t.tenant_id = $1"}, f.signer("t", false)...)
	conditions = append(conditions, f.page("t.envelope_id", f.before, f.beforeID))
	conditions = append(conditions, f.hasPredicateType("t.envelope_id")...)
	return f.signatures("''", "t.created_at DESC, t.envelope_id DESC", conditions)
}

// byNames goes on with the name where the last page ended, and then through the names
// behind it.
func (f *finder) byNames() string {
	column, from := "t.san_folded", foldCase(f.q.Signer.SAN)
	if f.q.Signer.SANMatch == SANDomain {
		column, from = "t.san_domain", reverseDomain(f.q.Signer.SAN)
	}
	to := behind(from)
	if f.continued {
		from = f.name + "\x01" // the least text behind it
	}
	common := append([]string{"t.tenant_id = $1"}, f.signer("t", true)...)
	common = append(common, f.hasPredicateType("t.envelope_id")...)
	order := column + ", t.created_at DESC, t.envelope_id DESC"
	first := append([]string{column + " = " + f.arg(f.name), f.page("t.envelope_id", f.before, f.beforeID)}, common...)
	end, endID := f.end()
	rest := append([]string{column + " >= " + f.arg(from), f.page("t.envelope_id", end, endID)}, common...)
	if to != "" {
		rest = append(rest, column+" < "+f.arg(to))
	}
	return fmt.Sprintf("(%s)\nUNION ALL\n(%s)\n ORDER BY name, created_at DESC, id DESC\n LIMIT %s",
		f.signatures(column, order, first), f.signatures(column, order, rest), f.limit)
}

func (f *finder) signatures(name, order string, conditions []string) string {
	group := "t.created_at, t.envelope_id"
	if name != "''" {
		group = name + ", " + group
	}
	return fmt.Sprintf(`
SELECT t.envelope_id AS id, t.created_at, NULL::text[] AS names, %s AS name
  FROM attestor.envelope_signatures t
 WHERE %s
 GROUP BY %s
 ORDER BY %s
 LIMIT %s`, name, strings.Join(conditions, " AND "), group, order, f.limit)
}

// signer returns the conditions on one signature; ranged says that the range of names
// is given besides. What an index leaves out is said again, so that the planner sees
// that it may use it.
func (f *finder) signer(alias string, ranged bool) []string {
	var conditions []string
	add := func(format, value string) {
		conditions = append(conditions, strings.NewReplacer("t.", alias+".", "?", value).Replace(format))
	}
	q := &f.q.Signer
	if q.KeyID != "" {
		add("t.key_id <> '' AND t.key_id = ?", f.arg(q.KeyID))
	}
	if q.CertificateSHA256 != (digest.SHA256{}) {
		add("t.certificate_sha256 = ?", f.arg(q.CertificateSHA256[:]))
	}
	if q.Issuer != "" {
		add("t.issuer = ?", f.arg(q.Issuer))
	}
	if q.SAN == "" {
		return conditions
	}
	switch q.SANMatch {
	case SANFolded:
		add("t.san_folded = ?", f.arg(foldCase(q.SAN)))
	case SANPrefix:
		add("t.san ^@ ?", f.arg(q.SAN))
	case SANDomain:
		if ranged {
			break // the range is the domain
		}
		add("t.san_domain ^@ ?", f.arg(reverseDomain(q.SAN)))
	default:
		add("t.san_folded = ?", f.arg(foldCase(q.SAN)))
		add("t.san = ?", f.arg(q.SAN))
	}
	return conditions
}

func (f *finder) predicateType(alias string) string {
	return alias + ".predicate_type = " + f.arg(f.q.PredicateType)
}

func (f *finder) hasPredicateType(id string) []string {
	if f.q.PredicateType == "" {
		return nil
	}
	return []string{fmt.Sprintf("EXISTS (SELECT FROM attestor.statements st WHERE st.tenant_id = $1 AND st.id = %s AND %s)",
		id, f.predicateType("st"))}
}
