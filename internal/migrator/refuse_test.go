package migrator_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/migrator"
)

// Each refusal comes while tenancy has a file to apply, and applies nothing.
func TestRefusalsChangeNothing(t *testing.T) {
	t.Parallel()
	next := base.with(files{"tenancy/20260110000000_next.sql": "CREATE TABLE tenancy.next (id int);\n"})
	for name, c := range map[string]struct {
		applied files  // what is in the database; base if nil
		sql     string // done to the database then
		here    files
		level   int

		module, version string
		state           migrator.State
		problem, fix    string
	}{
		"edited": {
			here:   next.with(files{"attestor/20260104000000_names.sql": "CREATE VIEW attestor.named AS SELECT 1 AS one;\n"}),
			module: "attestor", version: "20260104000000", state: migrator.StateEdited,
			problem: "the applied 20260104000000_names.sql differs", fix: "never edited",
		},
		"renamed": {
			here:   next.with(files{"attestor/20260105000000_kinds.sql": "", "attestor/20260105000000_kind.sql": base["attestor/20260105000000_kinds.sql"]}),
			module: "attestor", version: "20260105000000", state: migrator.StateEdited,
			problem: "the applied 20260105000000_kind.sql differs", fix: "never edited",
		},
		"out of order in its module": {
			here:   next.with(files{"attestor/20260103000000_late.sql": "CREATE TABLE attestor.late (id int);\n"}),
			module: "attestor", version: "20260103000000", state: migrator.StateOutOfOrder,
			problem: "20260103000000_late.sql is not applied, but the later 20260104000000 is", fix: "above every applied one",
		},
		"before the first": {
			here:   next.with(files{"attestor/20250101000000_first.sql": "SELECT 1;\n"}),
			module: "attestor", version: "20250101000000", state: migrator.StateOutOfOrder,
			problem: "20250101000000_first.sql is not applied", fix: "above every applied one",
		},
		"out of order over all modules": {
			here:   next.with(files{"tenancy/20260105120000_late.sql": "CREATE TABLE tenancy.late (id int);\n"}),
			module: "tenancy", version: "20260105120000", state: migrator.StateOutOfOrder,
			problem: "the later 20260106000000 of module attestor is", fix: "above every applied one",
		},
		"out of order by the order of modules": {
			here:   next.with(files{"tenancy/20260106000000_tie.sql": "CREATE TABLE tenancy.tie (id int);\n"}),
			module: "tenancy", version: "20260106000000", state: migrator.StateOutOfOrder,
			problem: "the later 20260106000000 of module attestor is", fix: "above every applied one",
		},
		"missing in the middle": {
			here:   next.with(files{"attestor/20260104000000_names.sql": ""}),
			module: "attestor", version: "20260104000000", state: migrator.StateMissing,
			problem: "20260104000000_names, which this library lacks", fix: "release that applied it",
		},
		"an older library": {
			here:   next.with(files{"attestor/20260106000000_function.sql": ""}),
			module: "attestor", version: "20260106000000", state: migrator.StateNewer,
			problem: "20260106000000_function, which is newer than this library", fix: "newer release",
		},
		"a raised floor": {
			applied: base.with(files{"tenancy/20260106000000_floor.sql": "CREATE TABLE tenancy.library_floors (level int PRIMARY KEY, reason text, raised_at timestamptz);\n" +
				"INSERT INTO tenancy.library_floors VALUES (3, 'test', now());\n"}),
			here: next.with(files{"tenancy/20260106000000_floor.sql": "CREATE TABLE tenancy.library_floors (level int PRIMARY KEY, reason text, raised_at timestamptz);\n" +
				"INSERT INTO tenancy.library_floors VALUES (3, 'test', now());\n"}),
			level:  2,
			module: "tenancy", version: "library level 3", state: migrator.StateNewer,
			problem: "needs a library of level 3; this one has 2", fix: "newer release",
		},
		"a host's own schema": {
			applied: files{}, sql: "CREATE SCHEMA attestor; CREATE TABLE attestor.host (id int)", here: next,
			module: "attestor", version: "20260106000000", state: migrator.StateForeign,
			problem: "schema attestor exists", fix: "a database of its own",
		},
		"a revision table that is gone": {
			sql: "DROP TABLE atlas_attestor.atlas_schema_revisions", here: next,
			module: "attestor", version: "20260106000000", state: migrator.StateForeign,
			problem: "schema attestor exists", fix: "backup",
		},
		"a revision table that is empty": {
			sql: "DELETE FROM atlas_attestor.atlas_schema_revisions", here: next,
			module: "attestor", version: "20260106000000", state: migrator.StateForeign,
			problem: "schema attestor exists", fix: "backup",
		},
		"a schema that is gone": {
			sql: "DROP SCHEMA attestor CASCADE", here: next,
			module: "attestor", version: "20260106000000", state: migrator.StateLost,
			problem: "schema attestor is gone", fix: "backup",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDB(t)
			if c.applied == nil {
				c.applied = base
			}
			if len(c.applied) > 0 {
				_, err := migrator.Apply(t.Context(), db.config(c.applied.fs()))
				require.NoError(t, err)
			}
			if c.sql != "" {
				run(t, db.conn(t, "postgres"), c.sql)
			}
			cfg := db.config(c.here.fs())
			cfg.LibraryLevel = c.level
			before := db.snapshot(t)

			report, err := migrator.Apply(t.Context(), cfg)
			require.Nil(t, report)
			var schema *fault.Schema
			require.ErrorAs(t, err, &schema)
			require.Equal(t, c.module, schema.Module)
			require.Equal(t, c.version, schema.Need)
			require.Contains(t, schema.Problem, c.problem)
			require.Contains(t, schema.Fix, c.fix)

			_, planErr := migrator.Plan(t.Context(), cfg)
			require.Equal(t, err, planErr)
			status, err := migrator.Status(t.Context(), cfg)
			require.NoError(t, err)
			require.False(t, status.UpToDate)
			for _, m := range status.Modules {
				if m.Module == c.module {
					require.Equal(t, c.state, m.State)
					require.Equal(t, schema.Problem, m.Problem)
				}
			}
			require.Equal(t, before, db.snapshot(t))
		})
	}
}

// A module that comes later has only files that are newer than what is applied.
func TestNewModule(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	all := files{
		"tenancy/20260101000000_a.sql":  "CREATE SCHEMA tenancy;\n",
		"attestor/20260102000000_b.sql": "CREATE SCHEMA attestor;\n",
	}
	cfg := db.config(all.fs())
	cfg.Modules = []string{"tenancy"}
	_, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	cfg.Modules = []string{"tenancy", "attestor"}
	report, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	require.Len(t, report.Applied, 1)
}

type roundTrips struct{ n int }

func (r *roundTrips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	r.n++
	return ctx
}
func (r *roundTrips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestCheckCompatible(t *testing.T) {
	t.Parallel()
	var (
		modules = []string{"tenancy", "attestor"}
		v1      = files{
			"tenancy/20260101000000_a.sql": "CREATE SCHEMA tenancy;\nGRANT USAGE ON SCHEMA tenancy TO attestdb_app;\n" +
				"CREATE TABLE tenancy.library_floors (level int PRIMARY KEY, reason text, raised_at timestamptz);\n" +
				"GRANT SELECT ON tenancy.library_floors TO attestdb_app;\n",
			"attestor/20260102000000_b.sql": "CREATE SCHEMA attestor;\n",
		}
		v2       = v1.with(files{"attestor/20260103000000_c.sql": "CREATE TABLE attestor.c (id int);\n"})
		raise    = "INSERT INTO tenancy.library_floors VALUES (2, 'c is needed', now());\n"
		v3       = v2.with(files{"tenancy/20260104000000_floor.sql": raise})
		noGrants = "CREATE SCHEMA tenancy;\nCREATE TABLE tenancy.library_floors (level int PRIMARY KEY);\n"
		half     = v2.with(files{"attestor/20260103000000_c.sql": "-- atlas:txmode none\n\nCREATE TABLE attestor.c (id int);\nSELECT 1 / 0;\n"})
	)
	for name, c := range map[string]struct {
		database, here files
		level          int
		problem        string
	}{
		"same":                    {v2, v2, 1, ""},
		"older":                   {v1, v2, 1, "the database is older than this library"},
		"newer":                   {v2, v1, 1, ""},
		"newer, floor too high":   {v3, v1, 1, "the database needs a library of level 2; this one has 1"},
		"newer, floor met":        {v3, v1, 2, ""},
		"not migrated":            {nil, v1, 1, "it is not migrated"},
		"only the first module":   {files{"tenancy/20260101000000_a.sql": "CREATE SCHEMA tenancy;\n"}, v1, 1, "it is not migrated"},
		"nothing granted yet":     {files{"tenancy/20260101000000_a.sql": noGrants}, v1, 1, "it is not migrated"},
		"interrupted in the last": {half, v2, 1, "the database is older than this library"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDB(t)
			if c.database != nil {
				_, err := migrator.Apply(t.Context(), db.config(c.database.fs()))
				if name == "interrupted in the last" {
					require.ErrorContains(t, err, "division by zero")
				} else {
					require.NoError(t, err)
				}
			}
			heads, err := migrator.FilesHeads(c.here.fs(), modules)
			require.NoError(t, err)
			trips := &roundTrips{}
			cc, err := pgx.ParseConfig(db.url("app"))
			require.NoError(t, err)
			cc.Tracer = trips
			conn, err := pgx.ConnectConfig(t.Context(), cc)
			require.NoError(t, err)
			defer conn.Close(t.Context())

			err = migrator.CheckCompatible(t.Context(), conn, modules, heads, c.level)
			if c.problem == "" {
				require.NoError(t, err)
				require.Equal(t, 1, trips.n)
				return
			}
			var schema *fault.Schema
			require.ErrorAs(t, err, &schema)
			require.Equal(t, c.problem, schema.Problem)
		})
	}
	t.Run("stranger", func(t *testing.T) {
		db := newDB(t)
		_, err := migrator.Apply(t.Context(), db.config(v1.fs()))
		require.NoError(t, err)
		_, err = migrator.Heads(t.Context(), db.conn(t, "stranger"), modules)
		var role *fault.Role
		require.ErrorAs(t, err, &role)
		require.Equal(t, "stranger", role.Login)
	})
}
