package attestdb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/pghealth"
	"stella-ops.org/attestdb/internal/pgrole"
	"stella-ops.org/attestdb/migrations"
)

// granted returns what the migrations let each role do, which it reads once.
var granted = sync.OnceValues(func() (map[pgrole.Role][]pghealth.Right, error) {
	all := map[pgrole.Role][]pghealth.Right{}
	for _, role := range pgrole.All {
		rights, err := migrator.Rights(migrations.FS, migrations.Modules, string(role))
		if err != nil {
			return nil, err
		}
		for _, r := range rights {
			all[role] = append(all[role], pghealth.Right(r))
		}
	}
	return all, nil
})

// accessChecks ask whether a login may do what the migrations let its role do: one, by
// which the program is ready, whether it may use the schemas at all, and one for every
// right, since a program that can't do one thing may do all others.
func accessChecks(l login, ready bool) []health.Check {
	check := func(name string, ready, partial bool, judge func(a pghealth.Access, rights []pghealth.Right) health.Result) health.Check {
		return health.Check{Name: name + "." + l.pool.Name, Ready: ready, Needs: l.pool.ConnectionName(), Run: func(ctx context.Context) health.Result {
			all, err := granted()
			if err != nil {
				return faultResult(err)
			}
			a, err := l.pool.Access(ctx, all[l.role])
			if err != nil {
				return faultResult(err)
			}
			res := judge(a, all[l.role])
			if res.Status == health.OK || a.RowSecurity != "on" {
				return res
			}
			return ofAnotherSchema(ctx, l.pool, res, partial)
		}}
	}
	return []health.Check{
		check("access", ready, false, func(a pghealth.Access, rights []pghealth.Right) health.Result { return judgeAccess(l, a, rights) }),
		check("grants", false, true, func(a pghealth.Access, rights []pghealth.Right) health.Result {
			return lacking(l, a.Lacks, len(rights))
		}),
	}
}

// judgeAccess fails where nothing at all can be done in some schema.
func judgeAccess(l login, a pghealth.Access, rights []pghealth.Right) health.Result {
	if a.RowSecurity != "on" {
		name := pgx.Identifier{a.Login}.Sanitize()
		return health.Result{
			Status: health.Fail, Value: fmt.Sprintf("row_security is %s in the sessions of %s", a.RowSecurity, a.Login),
			Error: "PostgreSQL refuses every statement that row-level security would bind, which are all of attestdb's",
			Fix:   fmt.Sprintf("ALTER ROLE %s RESET row_security, or IN DATABASE … RESET; see also the database's settings and the URL's", name),
		}
	}
	var shut []pghealth.Right
	for _, r := range a.Lacks {
		whole := func(list []pghealth.Right) (n int) {
			for _, o := range list {
				if o.Schema == r.Schema && (o.Kind == "table" || o.Kind == "column") {
					n++
				}
			}
			return n
		}
		if r.Kind == "schema" || r.Kind != "function" && whole(a.Lacks) == whole(rights) {
			shut = append(shut, r)
		}
	}
	switch res := lacking(l, shut, len(rights)); {
	case len(shut) > 0:
		return res
	case len(a.Lacks) > 0:
		res = lacking(l, a.Lacks, len(rights))
		res.Status, res.Error = health.Warn, "it may use each schema, and not all in it: grants."+l.pool.Name+" fails"
		return res
	}
	return health.Result{Status: health.OK, Value: "it may use every schema, and row_security is on"}
}

// lacking fails if there is any right that a login has not.
func lacking(l login, lacks []pghealth.Right, of int) health.Result {
	if len(lacks) == 0 {
		return health.Result{Status: health.OK, Value: fmt.Sprintf("it has all %d rights that the migrations grant to %s", of, l.role)}
	}
	const most = 5
	var names, fixes []string
	for _, r := range lacks[:min(most, len(lacks))] {
		names, fixes = append(names, r.String()), append(fixes, r.Grant(string(l.role)))
	}
	if more := len(lacks) - most; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
		fixes = append(fixes, "…")
	}
	return health.Result{
		Status: health.Fail, Value: fmt.Sprintf("it lacks %d of %d rights: %s", len(lacks), of, strings.Join(names, ", ")),
		Error: "the login may not do what the migrations let " + string(l.role) + " do: calls fail",
		Fix:   strings.Join(fixes, " ") + " `attestdb migrate verify` names all that differs; if something is not there, it was dropped",
	}
}

// ofAnotherSchema says what a lack of rights means where this library does not know what
// the schema's should be: of an older one the check schema tells, and some of a newer
// one's may be others. Without any right in a schema no library works.
func ofAnotherSchema(ctx context.Context, pool pghealth.Pool, res health.Result, partial bool) health.Result {
	surveyor, err := surveyor()
	if err != nil {
		return res
	}
	have, err := migrator.Heads(ctx, pool, migrations.Modules)
	if err != nil {
		return res // who may not read which migrations are applied lacks that, too
	}
	heads := surveyor.Heads()
	switch {
	case slices.ContainsFunc(migrations.Modules, func(m string) bool { return have[m] < heads[m] }):
		return health.Result{Status: health.Skipped, Error: "the schema is older than this library: see schema"}
	case partial && slices.ContainsFunc(migrations.Modules, func(m string) bool { return have[m] > heads[m] }):
		res.Status = health.Warn
		res.Error += "; or the newer schema grants something else: this library does not know it"
	}
	return res
}
