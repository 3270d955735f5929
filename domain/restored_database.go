package attestdb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/pgrole"
	"stella-ops.org/attestdb/migrations"
)

// restoredSchemas have objects of ours.
func restoredSchemas() []string { return slices.Clone(migrations.Modules) }

// databaseChecks are those that a restore needs besides the ones of any database.
func (c *restoredCheck) databaseChecks() []health.Check {
	return append(c.server.Restored(),
		health.Check{Name: "restored.objects", Needs: c.server.Pool.ConnectionName(), Timeout: 30 * time.Second, Run: c.objects},
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

// objects compares everything in the schemas with what the migrations make.
func (c *restoredCheck) objects(ctx context.Context) health.Result {
	// Who may not even ask is told by what is missing.
	if why, err := c.comparable(ctx); err == nil && why != "" {
		return health.Result{Status: health.Skipped, Error: why}
	}
	var (
		differences []migrator.Difference
		all         int
	)
	err := pgx.BeginTxFunc(ctx, c.server.Pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		differences, all, err = migrator.Compare(ctx, tx, migrations.FS, migrations.Modules)
		return err
	})
	if err != nil {
		return faultResult(err)
	}
	res := health.Result{Status: health.OK, Value: fmt.Sprintf("all %d are there", all), Threshold: "fail from 1 that differs"}
	if len(differences) == 0 {
		return res
	}
	kinds, names := map[string]int{}, make([]string, 0, len(differences))
	for _, d := range differences {
		kinds[d.Kind]++
		names = append(names, fmt.Sprintf("%s %s (%s)", d.Kind, d.Object, d.How))
	}
	by := make([]string, 0, len(kinds))
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		by = append(by, fmt.Sprintf("%s %d", kind, kinds[kind]))
	}
	const most = 20
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	res.Status, res.Value = health.Fail, fmt.Sprintf("%d of %d differ (%s): %s", len(differences), all, strings.Join(by, ", "), strings.Join(names, "; "))
	res.Error = "the copy is not what the migrations made: the restore was partial, went on after errors, or ran before the roles were there"
	res.Fix = "`attestdb migrate verify` shows each with what mends it; if much is missing, `attestdb migrate bootstrap` on the empty database first, then restore anew with pg_restore --exit-on-error"
	return res
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
