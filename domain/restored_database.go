package attestdb

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/pgrole"
	"stella-ops.org/attestdb/migrations"
)

// restoredObjects is what the migrations make, by name; a test writes it.
//
//go:embed restored_objects.txt
var restoredObjects string

// restoredSchemas have objects of ours.
func restoredSchemas() []string { return slices.Clone(migrations.Modules) }

// databaseChecks are those that a restore needs besides the ones of any database.
func (c *restoredCheck) databaseChecks() []health.Check {
	return append(c.server.Restored(restoredObjects, c.comparable),
		health.Check{Name: "restored.roles", Needs: c.server.Pool.ConnectionName(), Run: c.roles},
		health.Check{Name: "restored.floors", Needs: c.server.Pool.ConnectionName(), Run: c.floors},
	)
}

// comparable says why the database is another than this library's files make.
func (c *restoredCheck) comparable(ctx context.Context) (string, error) {
	surveyor, err := surveyor()
	if err != nil {
		return "", err
	}
	have, err := migrator.Heads(ctx, c.server.Pool, migrations.Modules)
	if err != nil {
		return "", err
	}
	for module, head := range surveyor.Heads() {
		if have[module] != head {
			return fmt.Sprintf("module %s has %s, and this library knows what %s has: use the library of that release", module, orNothing(have[module]), head), nil
		}
	}
	return "", nil
}

// roles looks at what no dump of a database has: roles, and with some ways of restoring
// their rights on the database and their settings in it.
func (c *restoredCheck) roles(ctx context.Context) health.Result {
	conn, err := c.server.Pool.Acquire(ctx)
	if err != nil {
		return faultResult(err)
	}
	defer conn.Release()
	state, err := migrator.CheckBootstrap(ctx, conn.Conn())
	if err != nil {
		return faultResult(err)
	}
	var settings int
	err = conn.QueryRow(ctx, `SELECT count(*)::int FROM pg_catalog.pg_db_role_setting s
		JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase AND d.datname = pg_catalog.current_database()`).Scan(&settings)
	if err != nil {
		return faultResult(err)
	}
	var logins []string
	for _, r := range pgrole.All {
		if n := state.Logins[r]; n > 0 {
			logins = append(logins, fmt.Sprintf("%s %d", strings.TrimPrefix(string(r), "attestdb_"), n))
		}
	}
	res := health.Result{
		Status: health.OK,
		Value:  fmt.Sprintf("logins: %s; settings of this database: %d (ALTER DATABASE, ALTER ROLE … IN DATABASE)", orNothing(strings.Join(logins, ", ")), settings),
	}
	switch {
	case len(state.Missing) > 0:
		res.Status, res.Error = health.Fail, "roles, or their rights on the database, are missing: "+strings.Join(state.Missing, "; ")
		res.Fix = "`attestdb migrate bootstrap`; if roles were missing while the dump was restored, their rights on tables are missing too: see restored.objects"
	case len(state.Problems) > 0:
		res.Status, res.Error = health.Fail, strings.Join(state.Problems, "; ")
		res.Fix = "`attestdb migrate bootstrap` says how to mend each"
	case state.Logins[pgrole.App] == 0:
		res.Status, res.Error = health.Warn, "no login is a member of attestdb_app: no service can use the copy"
		res.Fix = "make the logins (`attestdb migrate bootstrap --print` ends with examples), and give them their settings: `attestdb migrate login`"
	}
	return res
}

// floors tells of a table without which an older library would write to a schema that it
// does not know.
func (c *restoredCheck) floors(ctx context.Context) health.Result {
	var floor *int
	if err := c.server.Pool.QueryRow(ctx, "SELECT max(level)::int FROM tenancy.library_floors").Scan(&floor); err != nil {
		return faultResult(err)
	}
	if floor == nil {
		return health.Result{
			Status: health.Fail, Value: "tenancy.library_floors is empty", Error: "the copy does not have what the migrations wrote: older libraries would not be refused",
			Fix: "restore the rows of tenancy.library_floors",
		}
	}
	return health.Result{Status: health.OK, Value: fmt.Sprintf("library level %d", *floor)}
}
