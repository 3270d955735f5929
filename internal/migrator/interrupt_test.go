package migrator_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/migrator"
)

const slowFile = `CREATE TABLE tenancy.half (id int);
DO $$ BEGIN IF to_regclass('public.slow') IS NOT NULL THEN PERFORM pg_sleep(600); END IF; END $$;
`

// childFS is what the child process applies.
func childFS() fs.FS {
	return files{
		"tenancy/20260101000000_a.sql":     "CREATE SCHEMA tenancy;\nCREATE TABLE tenancy.t (id int);\n",
		"tenancy/20260102000000_slow.sql":  slowFile,
		"tenancy/20260103000000_index.sql": "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY t_id_idx ON tenancy.t (id);\n",
	}.fs()
}

// killChild starts a migrator in a process of its own and kills it when the
// server runs a statement like pattern for it.
func killChild(t *testing.T, db *database, admin *pgx.Conn, pattern string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"="+db.url("deploy"))
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		return scan[bool](t, admin, `SELECT EXISTS (SELECT FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE $1)`, pattern)
	}, 30*time.Second, 20*time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
}

// commitLater commits after a second. Until then conn is not the caller's: the
// test's end waits for it.
func commitLater(t *testing.T, conn *pgx.Conn) {
	done := make(chan error, 1)
	go func() {
		time.Sleep(time.Second)
		_, err := conn.Exec(context.Background(), "COMMIT")
		done <- err
	}()
	t.Cleanup(func() { require.NoError(t, <-done) })
}

func TestKilledMigrator(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	admin := db.conn(t, "postgres")
	run(t, admin, "CREATE TABLE public.slow ()")
	killChild(t, db, admin, "DO $$%")
	require.True(t, scan[bool](t, admin, "SELECT to_regclass('tenancy.t') IS NOT NULL"))
	require.False(t, scan[bool](t, admin, "SELECT to_regclass('tenancy.half') IS NOT NULL"))

	run(t, admin, "DROP TABLE public.slow")
	cfg := db.config(childFS())
	cfg.Modules = []string{"tenancy"}
	cfg.Timeout = 20 * time.Second // the dead one's statement would take longer
	report, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	require.Len(t, report.Applied, 2)
	require.True(t, scan[bool](t, admin, "SELECT to_regclass('tenancy.half') IS NOT NULL"))
}

// A migrator that dies while it builds an index leaves an invalid one.
func TestKilledWhileBuildingIndex(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	admin := db.conn(t, "postgres")
	reader := db.conn(t, "postgres")
	run(t, reader, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM pg_class LIMIT 1")
	killChild(t, db, admin, "CREATE INDEX CONCURRENTLY%")
	valid := "SELECT coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('tenancy.t_id_idx')), false)"
	require.False(t, scan[bool](t, admin, valid))
	run(t, reader, "ROLLBACK")

	cfg := db.config(childFS())
	cfg.Modules = []string{"tenancy"}
	plan, err := migrator.Plan(t.Context(), cfg)
	require.NoError(t, err)
	require.Len(t, plan, 1)
	report, err := migrator.Apply(t.Context(), cfg)
	require.NoError(t, err)
	require.Len(t, report.Applied, 1)
	require.True(t, scan[bool](t, admin, valid))
}

func TestLockHeldByReader(t *testing.T) {
	t.Parallel()
	alter := base.with(files{"tenancy/20260107000000_alter.sql": "CREATE TABLE tenancy.before (id int);\nALTER TABLE tenancy.tenants ADD COLUMN more text;\n"})
	setup := func(t *testing.T) (*database, *pgx.Conn) {
		db := newDB(t)
		_, err := migrator.Apply(t.Context(), db.config(base.fs()))
		require.NoError(t, err)
		cc, err := pgx.ParseConfig(db.url("postgres"))
		require.NoError(t, err)
		cc.RuntimeParams["application_name"] = "nightly report"
		reader, err := pgx.ConnectConfig(t.Context(), cc)
		require.NoError(t, err)
		t.Cleanup(func() { _ = reader.Close(context.Background()) })
		run(t, reader, "BEGIN; SELECT * FROM tenancy.tenants")
		return db, reader
	}
	t.Run("gives up", func(t *testing.T) {
		t.Parallel()
		db, reader := setup(t)
		before := db.snapshot(t)
		cfg := db.config(alter.fs())
		cfg.Timeout = 1500 * time.Millisecond
		report, err := migrator.Apply(t.Context(), cfg)
		var locked *migrator.LockError
		require.ErrorAs(t, err, &locked)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, "20260107000000_alter.sql", locked.File)
		require.Len(t, locked.Holders, 1)
		require.EqualValues(t, reader.PgConn().PID(), locked.Holders[0].PID)
		require.Contains(t, err.Error(), `tenancy/20260107000000_alter.sql: a lock that it needs was not free: gave up after 1.`)
		require.Contains(t, err.Error(), `application "nightly report"`)
		require.Empty(t, report.Applied)
		require.Equal(t, before, db.snapshot(t))
	})
	t.Run("succeeds when the reader ends", func(t *testing.T) {
		t.Parallel()
		db, reader := setup(t)
		commitLater(t, reader)
		report, err := migrator.Apply(t.Context(), db.config(alter.fs()))
		require.NoError(t, err)
		require.Len(t, report.Applied, 1)
		require.Greater(t, report.Applied[0].Duration, 500*time.Millisecond)
	})
	t.Run("lets others pass while it waits", func(t *testing.T) {
		t.Parallel()
		db, _ := setup(t)
		cfg := db.config(alter.fs())
		cfg.Timeout = 3 * time.Second
		done := make(chan error, 1)
		go func() {
			_, err := migrator.Apply(context.Background(), cfg)
			done <- err
		}()
		other := db.conn(t, "postgres")
		var slowest time.Duration
		for err := error(nil); err == nil; {
			select {
			case err = <-done:
				require.ErrorIs(t, err, context.DeadlineExceeded)
			case <-time.After(20 * time.Millisecond):
				start := time.Now()
				run(t, other, "SELECT * FROM tenancy.tenants")
				slowest = max(slowest, time.Since(start))
			}
		}
		require.Less(t, slowest, time.Second, "one attempt's lock timeout is 200 ms")
	})
	t.Run("index outlasts the lock timeout", func(t *testing.T) {
		t.Parallel()
		db, reader := setup(t)
		run(t, reader, "COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM tenancy.tenants")
		commitLater(t, reader)
		cfg := db.config(base.with(files{
			"tenancy/20260107000000_index.sql": "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY tenants_name_idx ON tenancy.tenants (name);\n",
		}).fs())
		var log bytes.Buffer
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		_, err := migrator.Apply(t.Context(), cfg)
		require.NoError(t, err)
		require.Contains(t, log.String(), "applied")
		require.NotContains(t, log.String(), "trying again", "the index would be built from the start")
	})
}

func TestMigratorLockHeld(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	slow := db.config(files{"tenancy/20260101000000_a.sql": "CREATE SCHEMA tenancy;\nSELECT pg_sleep(600);\n"}.fs())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := migrator.Apply(ctx, slow)
		done <- err
	}()
	admin := db.conn(t, "postgres")
	require.Eventually(t, func() bool {
		return scan[bool](t, admin, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND datname = current_database())")
	}, 20*time.Second, 20*time.Millisecond)
	cfg := db.config(base.fs())
	cfg.Timeout = 500 * time.Millisecond
	_, err := migrator.Apply(t.Context(), cfg)
	var locked *migrator.LockError
	require.ErrorAs(t, err, &locked)
	require.ErrorContains(t, err, "another migrator is at work: gave up after")
	require.ErrorContains(t, err, `application "attestdb migrate"`)

	// A cancelled run ends its statement and lets go of the lock at once.
	cancel()
	start := time.Now()
	require.ErrorIs(t, <-done, context.Canceled)
	_, err = migrator.Apply(t.Context(), db.config(base.fs()))
	require.NoError(t, err)
	require.Less(t, time.Since(start), 10*time.Second)
}

func TestTimeoutNamesFile(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	cfg := db.config(files{"tenancy/20260101000000_a.sql": "CREATE SCHEMA tenancy;\nSELECT pg_sleep(600);\n"}.fs())
	cfg.Timeout = 500 * time.Millisecond
	_, err := migrator.Apply(t.Context(), cfg)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "tenancy/20260101000000_a.sql: the migration's timeout is over")
	var locked *migrator.LockError
	require.NotErrorAs(t, err, &locked)
}

func TestResumesOutsideTransaction(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	const path = "tenancy/20260107000000_unique.sql"
	here := base.with(files{path: "-- atlas:txmode none\n\n" +
		"CREATE TABLE tenancy.once (id int);\n" +
		"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS tenants_name_key ON tenancy.tenants (name);\n" +
		"INSERT INTO tenancy.once VALUES (1);\n"})
	_, err := migrator.Apply(t.Context(), db.config(base.fs()))
	require.NoError(t, err)
	admin := db.conn(t, "postgres")
	run(t, admin, "INSERT INTO tenancy.tenants VALUES (8, 'twice'), (9, 'twice')")

	_, err = migrator.Apply(t.Context(), db.config(here.fs()))
	require.ErrorContains(t, err, path+":4: ")
	require.ErrorContains(t, err, "could not create unique index")
	require.ErrorContains(t, err, "the next run begins with it")
	status, err := migrator.Status(t.Context(), db.config(here.fs()))
	require.NoError(t, err)
	require.Equal(t, migrator.StatePending, status.Modules[0].State)
	require.Contains(t, status.Modules[0].Problem, "interrupted after 1 of 3 statements")
	plan, err := migrator.Plan(t.Context(), db.config(here.fs()))
	require.NoError(t, err)
	require.Equal(t, 1, plan[0].Resume)

	// What is applied may not change; what failed may be corrected.
	before := db.snapshot(t)
	changed := base.with(files{path: "-- atlas:txmode none\n\nCREATE TABLE tenancy.other (id int);\nSELECT 1;\n"})
	_, err = migrator.Apply(t.Context(), db.config(changed.fs()))
	require.ErrorContains(t, err, "interrupted after 1 of 3 statements, and one of those differs")
	require.Equal(t, before, db.snapshot(t))

	run(t, admin, "DELETE FROM tenancy.tenants WHERE id = 9")
	longer := here.with(files{path: here[path] + "INSERT INTO tenancy.once VALUES (2);\n"})
	report, err := migrator.Apply(t.Context(), db.config(longer.fs()))
	require.NoError(t, err)
	require.Len(t, report.Applied, 1)
	require.True(t, scan[bool](t, admin, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'tenancy.tenants_name_key'::regclass"))
	require.EqualValues(t, 2, scan[int64](t, admin, "SELECT count(*) FROM tenancy.once"))
	status, err = migrator.Status(t.Context(), db.config(longer.fs()))
	require.NoError(t, err)
	require.True(t, status.UpToDate)
}

// The server finished an index, but the migrator died before it knew: the
// statement is repeated, although it does not say IF NOT EXISTS. An index that
// was there before is not touched.
func TestIndexFinishedUnseen(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	const path = "tenancy/20260107000000_index.sql"
	here := base.with(files{path: "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY tenants_name_idx ON tenancy.tenants (name);\n"})
	_, err := migrator.Apply(t.Context(), db.config(base.fs()))
	require.NoError(t, err)
	admin := db.conn(t, "postgres")
	run(t, admin, "SET ROLE attestdb_owner; CREATE INDEX tenants_name_idx ON tenancy.tenants (name)")
	_, err = migrator.Apply(t.Context(), db.config(here.fs()))
	require.ErrorContains(t, err, "already exists")

	report, err := migrator.Apply(t.Context(), db.config(here.fs()))
	require.NoError(t, err)
	require.Len(t, report.Applied, 1)
	require.True(t, scan[bool](t, admin, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'tenancy.tenants_name_idx'::regclass"))
}
