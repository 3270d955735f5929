package migrator_test

import (
	"errors"
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/migrator"
)

func TestApplyInGlobalOrder(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"deploy", "postgres"} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			db := newDB(t)
			cfg := db.config(base.fs())
			cfg.URL = db.url(login)
			var told, planned, applied []string
			cfg.OnFile = func(module, file string, n, total int) {
				told = append(told, module+"/"+file)
				require.Equal(t, len(told), n)
				require.Equal(t, len(baseOrder), total)
			}
			plan, err := migrator.Plan(t.Context(), cfg)
			require.NoError(t, err)
			for _, f := range plan {
				planned = append(planned, f.Module+"/"+f.Name)
				require.Equal(t, base[f.Module+"/"+f.Name], f.SQL)
			}
			require.Equal(t, baseOrder, planned)

			report, err := migrator.Apply(t.Context(), cfg)
			require.NoError(t, err)
			for _, f := range report.Applied {
				applied = append(applied, f.Module+"/"+f.Name)
				require.Positive(t, f.Duration)
			}
			require.Equal(t, baseOrder, applied)
			require.Equal(t, baseOrder, told)
			require.False(t, report.UpToDate)
			heads := map[string]string{"tenancy": "20260105000000", "attestor": "20260106000000"}
			require.Equal(t, heads, report.Heads)

			before := db.snapshot(t)
			report, err = migrator.Apply(t.Context(), cfg)
			require.NoError(t, err)
			require.True(t, report.UpToDate)
			require.Empty(t, report.Applied)
			require.Equal(t, heads, report.Heads)
			require.Equal(t, before, db.snapshot(t))

			status, err := migrator.Status(t.Context(), cfg)
			require.NoError(t, err)
			require.True(t, status.UpToDate)

			conn := db.conn(t, "postgres")
			require.Empty(t, scan[[]string](t, conn, `
SELECT coalesce(array_agg(c.oid::regclass::text), '{}') FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
 WHERE nspname IN ('tenancy', 'attestor', 'atlas_tenancy', 'atlas_attestor')
   AND 'attestdb_owner' NOT IN (relowner::regrole::text, nspowner::regrole::text)`))
			require.Equal(t, "it's; a; 'b ", scan[string](t, conn, "SELECT attestor.f(1)"))
			require.Equal(t, "semi;colon", scan[string](t, conn, "SELECT name FROM tenancy.tenants"))
		})
	}
}

// A login that is a member but does not inherit, settings of a role or
// database, and what a file leaves behind in the session, must not matter.
func TestApplyIgnoresSessionSettings(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	admin := db.conn(t, "postgres")
	run(t, admin, "CREATE SCHEMA elsewhere; GRANT ALL ON SCHEMA elsewhere TO PUBLIC")
	run(t, admin, "ALTER DATABASE "+db.name+" SET search_path = elsewhere")
	run(t, admin, "ALTER DATABASE "+db.name+" SET statement_timeout = 500")
	run(t, admin, "ALTER DATABASE "+db.name+" SET default_transaction_isolation = serializable")
	fsys := files{
		"tenancy/20260101000000_a.sql": "CREATE SCHEMA tenancy;\nSET search_path = tenancy;\nCREATE TABLE a (id int);\n" +
			"SELECT pg_sleep(0.7);\nSET work_mem = '1MB';\nRESET ROLE;\n",
		"tenancy/20260102000000_b.sql": "CREATE TABLE tenancy.b AS SELECT current_setting('work_mem') AS work_mem;\n",
		"tenancy/20260103000000_c.sql": "CREATE TABLE c (id int);\n",
	}.fs()
	_, err := migrator.Apply(t.Context(), db.config(fsys))
	require.ErrorContains(t, err, "tenancy/20260103000000_c.sql:1: ")
	require.ErrorContains(t, err, "no schema has been selected", "names in migrations are qualified")
	require.True(t, scan[bool](t, admin, "SELECT to_regclass('tenancy.a') IS NOT NULL"))
	require.NotEqual(t, "1MB", scan[string](t, admin, "SELECT work_mem FROM tenancy.b"))
	require.Equal(t, "attestdb_owner", scan[string](t, admin, "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'tenancy.b'::regclass"))
}

// A file that fails is not there at all, names its line, and can be corrected.
func TestFailingFileLeavesNothing(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	broken := base.with(files{"tenancy/20260107000000_broken.sql": "-- On purpose.\nCREATE TABLE tenancy.half (id int);\n\nSELECT 1 / 0;\n"})
	report, err := migrator.Apply(t.Context(), db.config(broken.fs()))
	require.ErrorContains(t, err, "tenancy/20260107000000_broken.sql:4: ")
	require.ErrorContains(t, err, "division by zero")
	require.NotContains(t, err.Error(), "25P02")
	require.Len(t, report.Applied, len(baseOrder))
	conn := db.conn(t, "postgres")
	require.False(t, scan[bool](t, conn, "SELECT to_regclass('tenancy.half') IS NOT NULL"))

	mended := base.with(files{"tenancy/20260107000000_broken.sql": "CREATE TABLE tenancy.half (id int);\n"})
	report, err = migrator.Apply(t.Context(), db.config(mended.fs()))
	require.NoError(t, err)
	require.Len(t, report.Applied, 1)
}

func TestTwoMigratorsAtOnce(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	fsys := base.with(files{
		"tenancy/20260104000000_slow.sql":  "SELECT pg_sleep(0.5);\n",
		"tenancy/20260107000000_index.sql": "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY tenants_name_idx ON tenancy.tenants (name);\n",
	}).fs()
	const n = 4
	var (
		wg      sync.WaitGroup
		reports [n]*migrator.Report
		errs    [n]error
	)
	for i := range n {
		wg.Go(func() { reports[i], errs[i] = migrator.Apply(t.Context(), db.config(fsys)) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs[:]...))
	workers := 0
	for _, r := range reports {
		require.Equal(t, "20260107000000", r.Heads["tenancy"])
		if !r.UpToDate {
			workers++
			require.Len(t, r.Applied, len(baseOrder)+2)
		}
	}
	require.Equal(t, 1, workers)
}

func TestLoginIsRefused(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	bare := *db
	bare.name += "_bare"
	createDB(t, db.srv, bare.name, "postgres")
	fresh := &database{srv: freshServer(t), name: "postgres"}

	for name, c := range map[string]struct {
		url          string
		problem, fix string
	}{
		"no member":              {db.url("stranger"), "not a member of attestdb_owner", `GRANT attestdb_owner TO "stranger"`},
		"application":            {db.url("app"), "a member of attestdb_app instead of attestdb_owner", "CREATE ROLE attestdb_owner_login"},
		"unknown login":          {db.url("creator"), "refused the login", "pg_hba.conf"},
		"database not prepared":  {bare.url("deploy"), "may not create schemas", "attestdb migrate bootstrap"},
		"server without roles":   {fresh.url("postgres"), "attestdb_owner", "attestdb migrate bootstrap"},
		"login of another group": {db.url("auditor"), "a member of attestdb_auditor instead", "use a login of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := db.config(base.fs())
			cfg.URL = c.url
			_, err := migrator.Apply(t.Context(), cfg)
			var role *fault.Role
			require.ErrorAs(t, err, &role)
			require.Contains(t, role.Problem, c.problem)
			require.Contains(t, role.Fix, c.fix)
		})
	}
	require.NotContains(t, db.snapshot(t), "tenancy")
}

func TestReadOnlyServerIsRefused(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	run(t, db.conn(t, "postgres"), "ALTER DATABASE "+db.name+" SET default_transaction_read_only = on")
	_, err := migrator.Apply(t.Context(), db.config(base.fs()))
	require.ErrorIs(t, err, fault.ErrReadOnly)
	_, err = migrator.Status(t.Context(), db.config(base.fs()))
	require.NoError(t, err)
}

func TestUnreachableServer(t *testing.T) {
	t.Parallel()
	db := &database{srv: newDB(t).srv, name: "none"}
	cfg := db.config(base.fs())
	_, err := migrator.Apply(t.Context(), cfg)
	require.ErrorIs(t, err, fault.ErrUnavailable)
	require.ErrorContains(t, err, `database "none" does not exist`)
}

// A broken directory is the library's fault and is found without a server.
func TestBrokenDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	edited := base.fs()
	edited["tenancy/20260103000000_names.sql"] = &fstest.MapFile{Data: []byte("SELECT 1;\n")}
	added := base.fs()
	added["tenancy/20260109000000_late.sql"] = &fstest.MapFile{Data: []byte("SELECT 1;\n")}
	removed := base.fs()
	delete(removed, "tenancy/20260103000000_names.sql")
	bare := base.fs()
	delete(bare, "tenancy/atlas.sum")
	file := func(sql string) fs.FS { return base.with(files{"tenancy/20260107000000_x.sql": sql}).fs() }

	for name, c := range map[string]struct {
		fsys    fs.FS
		problem string
	}{
		"edited":           {edited, "20260103000000_names.sql was edited"},
		"added":            {added, "20260109000000_late.sql was added"},
		"removed":          {removed, "20260103000000_names.sql was removed"},
		"no sum":           {bare, "no atlas.sum"},
		"name":             {base.with(files{"tenancy/1_x.sql": "SELECT 1;\n"}).fs(), "1_x.sql is not named"},
		"same version":     {base.with(files{"tenancy/20260105000000_x.sql": "SELECT 1;\n"}).fs(), "have the same version"},
		"misplaced txmode": {file("-- atlas:txmode none\nSELECT 1;\n"), "has no effect"},
		"unknown txmode":   {file("-- atlas:txmode all\n\nSELECT 1;\n"), "allowed are none and file"},
		"own transaction":  {file("SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\n"), "20260107000000_x.sql:2 begins or ends a transaction"},
		"unclosed":         {file("SELECT (1;\n"), "can't be split into statements"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := migrator.FilesHeads(c.fsys, []string{"tenancy", "attestor"})
			var schema *fault.Schema
			require.ErrorAs(t, err, &schema)
			require.Equal(t, "tenancy", schema.Module)
			require.Contains(t, schema.Problem, c.problem)
		})
	}
	_, err := migrator.FilesHeads(base.fs(), []string{"tenancy", "trust"})
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = migrator.Apply(t.Context(), migrator.Config{FS: base.fs(), Modules: []string{"tenancy"}})
	require.ErrorIs(t, err, fault.ErrInvalid)
}

// What the Atlas CLI left in the table must not disturb: its own record, and
// a baseline in the place of the first files.
func TestAtlasRecords(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	cfg := db.config(base.fs())
	_, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	conn := db.conn(t, "postgres")
	run(t, conn, `
DELETE FROM atlas_tenancy.atlas_schema_revisions WHERE version = '20260101000000';
UPDATE atlas_tenancy.atlas_schema_revisions SET type = 1, hash = '', applied = 0, total = 0 WHERE version = '20260103000000';
INSERT INTO atlas_tenancy.atlas_schema_revisions (version, description, executed_at, execution_time, hash, operator_version)
VALUES ('.atlas_cloud_identifier', 'b2f2', now(), 0, '', '')`)
	report, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	require.True(t, report.UpToDate)
}
