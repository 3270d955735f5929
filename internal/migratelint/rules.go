package migratelint

import (
	"context"
	"fmt"
	"regexp"
	"slices"
)

// Rule is a rule of this package; Atlas' are not among them.
type Rule struct {
	Code string
	// Text says what the rule forbids.
	Text string

	// query finds what breaks the rule in the catalogue after the last file:
	// rows (class, oid, detail, text) about the schemas $1. Rules without
	// one are judged statement by statement.
	query string
	// blameLast names the statement that changed the object last rather than
	// the one that made it.
	blameLast bool
}

// Rules lists the rules of this package by code.
func Rules() []Rule {
	return slices.Clip(rules)
}

var rules = []Rule{
	{Code: "ML001", Text: "an attestdb:allow comment without a reason, or one that allows nothing"},
	{Code: "ML101", Text: "an index built under a write lock on a table that an earlier file made"},
	{Code: "ML102", Text: "a check or foreign key validated under a lock on a table that an earlier file made"},
	{Code: "ML201", Text: "a table with tenant_id without ENABLE ROW LEVEL SECURITY", query: unprotected +
		`'ENABLE ROW LEVEL SECURITY is missing on ' || oid::regclass FROM tenant_table WHERE NOT relrowsecurity`},
	{Code: "ML202", Text: "a table with tenant_id without FORCE ROW LEVEL SECURITY", query: unprotected +
		`'FORCE ROW LEVEL SECURITY is missing on ' || oid::regclass FROM tenant_table WHERE NOT relforcerowsecurity`},
	{Code: "ML203", Text: "a table with tenant_id without a policy", query: unprotected +
		`'no policy on ' || oid::regclass FROM tenant_table t
		 WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = t.oid)`},
	{Code: "ML204", Text: "a policy with a sub-query", query: subqueryPolicies, blameLast: true},
	{Code: "ML205", Text: "a view without security_invoker that reads a table with tenant_id", query: definerViews, blameLast: true},
	{Code: "ML301", Text: "a primary key that does not begin with tenant_id", query: keysNotByTenant("p")},
	{Code: "ML302", Text: "a unique constraint or index that does not begin with tenant_id", query: uniquesNotByTenant},
	{Code: "ML303", Text: "an exclusion constraint that does not begin with tenant_id", query: keysNotByTenant("x")},
	{Code: "ML304", Text: "a foreign key between tables with tenant_id that does not begin with tenant_id", query: foreignKeysNotByTenant},
	{Code: "ML305", Text: "a foreign key to a later module", query: foreignKeysToLater},
	{Code: "ML401", Text: "an unnamed constraint or index"},
	{Code: "ML402", Text: "a name of more than 63 bytes, which PostgreSQL truncates"},
	{Code: "ML403", Text: "an object name without its schema"},
	{Code: "ML501", Text: "a privilege granted to PUBLIC", query: grantsToPublic},
	{Code: "ML502", Text: "a function that PUBLIC may execute", query: publicFunctions},
	{Code: "ML503", Text: "a function that does not search pg_catalog first and pg_temp last", query: unpinnedFunctions, blameLast: true},
	{Code: "ML601", Text: "an object made, changed or dropped outside the schema of the file's module"},
}

// judgeNew judges an object that a statement made.
func (r *replay) judgeNew(at place, o state, before map[object]state) {
	if _, old := before[object{class: "pg_class", oid: o.table}]; !old {
		return
	}
	table := r.objects[object{class: "pg_class", oid: o.table}].name
	switch o.kind {
	case kindIndex, kindConstraintIndex:
		if !concurrent.MatchString(at.stmt.Text) {
			r.reportf(at, "ML101", "index %q is built under a write lock on %s: use CREATE INDEX CONCURRENTLY, "+
				"in a file of its own that begins with -- atlas:txmode none", o.name, table)
		}
	case kindCheck, kindForeignKey:
		if o.definition == "validated" {
			r.reportf(at, "ML102", "%s %q reads all of %s under a lock: add it NOT VALID, and VALIDATE CONSTRAINT in a later file",
				o.kind, o.name, table)
		}
	}
}

var concurrent = regexp.MustCompile(`(?i)^CREATE\s+(UNIQUE\s+)?INDEX\s+CONCURRENTLY\b`)

// judgeName judges the name that a statement gave. A name that is not in the
// statement's text was made up by PostgreSQL, which may make it up otherwise in
// another version; only a primary key's is left to it.
func (r *replay) judgeName(at place, o state) {
	switch o.kind {
	case kindIndex, kindUnique, kindExclusion, kindForeignKey, kindCheck:
	case kindPrimaryKey:
		if o.name == r.objects[object{class: "pg_class", oid: o.table}].name+"_pkey" {
			return
		}
	default:
		return
	}
	written := regexp.MustCompile(`(?i)(^|\W)` + regexp.QuoteMeta(o.name))
	if !written.MatchString(at.stmt.Text) {
		r.reportf(at, "ML401", "%s %q was named by PostgreSQL: name it", o.kind, o.name)
	}
}

// judgeCatalogue runs the rules that look at what all files made together.
func (r *replay) judgeCatalogue(ctx context.Context) error {
	for _, rule := range rules {
		if rule.query == "" {
			continue
		}
		if err := r.judgeRule(ctx, rule); err != nil {
			return fmt.Errorf("rule %s: %w", rule.Code, err)
		}
	}
	return nil
}

func (r *replay) judgeRule(ctx context.Context, rule Rule) error {
	rows, err := r.scratch.conn.QueryContext(ctx, rule.query, r.modules)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var o object
		var text string
		if err := rows.Scan(&o.class, &o.oid, &o.detail, &text); err != nil {
			return err
		}
		at, known := r.made[o]
		if rule.blameLast {
			at, known = r.changed[o]
		}
		if !known {
			return fmt.Errorf("%s: no statement made %s %d", text, o.class, o.oid)
		}
		r.reportf(at, rule.Code, "%s", text)
	}
	return rows.Err()
}
