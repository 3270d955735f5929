package attestdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/pghealth"
	"stella-ops.org/attestdb/migrations"
)

// faultResult is what an error means that [Open] would refuse with.
func faultResult(err error) health.Result {
	res := health.Result{Status: health.Unknown, Error: err.Error()}
	role, _ := errors.AsType[*fault.Role](err)
	schema, _ := errors.AsType[*fault.Schema](err)
	switch {
	case role != nil:
		return health.Result{Status: health.Fail, Value: "login " + role.Login, Error: role.Problem, Fix: role.Fix}
	case schema != nil:
		return health.Result{
			Status: health.Fail, Value: fmt.Sprintf("%s has %s, needs %s", schema.Module, orNothing(schema.Have), schema.Need),
			Error: schema.Problem, Fix: schema.Fix,
		}
	case errors.Is(err, fault.ErrServer):
		res.Status, res.Fix = health.Fail, "use PostgreSQL 15 or newer"
	case errors.Is(err, context.DeadlineExceeded):
		res.Error, res.Fix = "the server did not answer in time", "look at the server's load, at locks (pg_locks), and at the network between"
	}
	return res
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// surveyor reads the library's files once, and not for those who never ask: it takes them
// apart into statements.
var surveyor = sync.OnceValues(func() (*migrator.Surveyor, error) {
	return migrator.NewSurveyor(migrator.Config{FS: migrations.FS, Modules: migrations.Modules, LibraryLevel: LibraryLevel})
})

// schemaChecks compare the database's migrations with the library's: one asks what
// decides whether the library can work, and one for each module everything.
func schemaChecks(pool pghealth.Pool) []health.Check {
	checks := []health.Check{{
		Name: "schema", Ready: true, Needs: pool.ConnectionName(),
		Run: func(ctx context.Context) health.Result {
			surveyor, err := surveyor()
			if err != nil {
				return faultResult(err)
			}
			return fits(ctx, pool, surveyor.Heads())
		},
	}}
	for i, module := range migrations.Modules {
		checks = append(checks, health.Check{
			Name: "migrations." + module, Needs: pool.ConnectionName(),
			Run: func(ctx context.Context) health.Result {
				surveyor, err := surveyor()
				if err != nil {
					return faultResult(err)
				}
				conn, err := pool.Acquire(ctx)
				if err != nil {
					return faultResult(err)
				}
				defer conn.Release()
				report, err := surveyor.Survey(ctx, conn.Conn())
				if err != nil {
					return faultResult(err)
				}
				return drift(report.Modules[i])
			},
		})
	}
	return checks
}

// fits says whether the library can work with the schema.
func fits(ctx context.Context, pool pghealth.Pool, heads map[string]string) health.Result {
	err := migrator.CheckCompatible(ctx, pool, migrations.Modules, heads, LibraryLevel)
	if err != nil {
		res := faultResult(err)
		if schema, ok := errors.AsType[*fault.Schema](err); ok && !schema.Newer && schema.Have != "" {
			if open, err := migrator.Interrupted(ctx, pool, migrations.Modules); err == nil && len(open) > 0 {
				res.Error += "; " + strings.Join(open, ", ") + " began and did not end"
			}
		}
		return res
	}
	have, err := migrator.Heads(ctx, pool, migrations.Modules)
	if err != nil {
		return faultResult(err)
	}
	open, err := migrator.Interrupted(ctx, pool, migrations.Modules)
	if err != nil {
		return faultResult(err)
	}
	res := health.Result{Status: health.OK, Value: fmt.Sprintf("it fits, library level %d", LibraryLevel)}
	var newer []string
	for _, m := range migrations.Modules {
		if have[m] > heads[m] {
			newer = append(newer, m+" "+have[m])
		}
	}
	if len(newer) > 0 {
		res.Status, res.Value = health.Warn, "newer than this library: "+strings.Join(newer, ", ")
		res.Error, res.Fix = "the library works with it, but does not know all of it", "deploy the newer release of this library"
	}
	if len(open) > 0 {
		res.Status, res.Error = health.Warn, strings.Join(open, ", ")+" began and did not end"
		res.Fix = "if no migration runs now, run `attestdb migrate up`: it resumes there"
	}
	return res
}

// drift grades what a survey says of a module.
func drift(m migrator.ModuleStatus) health.Result {
	res := health.Result{
		Status: health.Fail, Value: fmt.Sprintf("%s: has %s, needs %s", m.State, orNothing(m.Have), m.Need), Error: m.Problem, Fix: m.Fix,
	}
	switch m.State {
	case migrator.StateOK:
		res.Status = health.OK
	case migrator.StateNewer: // whether the library can work with it says the check schema
		res.Status = health.Warn
	}
	return res
}
