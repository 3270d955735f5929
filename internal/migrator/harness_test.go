package migrator_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"ariga.io/atlas/sql/migrate"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/embedpg"
	"stella-ops.org/attestdb/internal/migrator"
)

// childURL makes the test binary a migrator of slowFS, to be killed.
const childURL = "MIGRATOR_TEST_CHILD_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		_, err := migrator.Apply(context.Background(), migrator.Config{URL: url, FS: childFS(), Modules: []string{"tenancy"}})
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	stopServers()
	os.Exit(code)
}

// The logins of the tests. The first four are made in every server.
var logins = []string{"deploy", "app", "auditor", "stranger", "creator", "attestdb_app"}

var servers struct {
	sync.Mutex
	stop []func()
}

func stopServers() {
	servers.Lock()
	defer servers.Unlock()
	for _, f := range servers.stop {
		f()
	}
}

func startServer() (*embedpg.Server, error) {
	dir, err := os.MkdirTemp(shm(), "migrator-")
	if err != nil {
		return nil, err
	}
	servers.Lock()
	defer servers.Unlock()
	servers.stop = append(servers.stop, func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	major, _ := strconv.Atoi(os.Getenv("PG_MAJOR"))
	srv, err := embedpg.Start(context.Background(), embedpg.Config{
		Dir: dir + "/pg", Major: major, Fast: true, Logins: logins,
		// As a server of somebody's is: the migrator must ask for it itself.
		Settings: map[string]string{"client_connection_check_interval": "0"},
	})
	if err != nil {
		return nil, err
	}
	servers.stop = append([]func(){func() { _ = srv.Kill() }}, servers.stop...)
	return srv, nil
}

// shm is a folder in memory, where there is one.
func shm() string {
	if st, err := os.Stat("/dev/shm"); err == nil && st.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// shared is a server with the groups and the logins in place.
var shared = sync.OnceValues(func() (*embedpg.Server, error) {
	srv, err := startServer()
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if err := migrator.Bootstrap(ctx, srv.URL("postgres", "postgres")); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, srv.URL("postgres", "postgres"))
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, `CREATE ROLE deploy LOGIN IN ROLE attestdb_owner; CREATE ROLE app LOGIN IN ROLE attestdb_app;
CREATE ROLE auditor LOGIN IN ROLE attestdb_auditor; CREATE ROLE stranger LOGIN`)
	return srv, err
})

// freshServer is a server without any role of ours.
func freshServer(t *testing.T) *embedpg.Server {
	t.Helper()
	srv, err := startServer()
	require.NoError(t, err)
	t.Cleanup(func() { _ = srv.Kill() })
	return srv
}

type database struct {
	srv  *embedpg.Server
	name string
}

var databases atomic.Int64

// newDB is an empty database that is bootstrapped.
func newDB(t *testing.T) *database {
	t.Helper()
	srv, err := shared()
	require.NoError(t, err)
	db := &database{srv: srv, name: fmt.Sprintf("m%d", databases.Add(1))}
	createDB(t, srv, db.name, "postgres")
	require.NoError(t, migrator.Bootstrap(t.Context(), db.url("postgres")))
	return db
}

func createDB(t *testing.T, srv *embedpg.Server, name, owner string) {
	t.Helper()
	conn := dial(t, srv.URL("postgres", "postgres"))
	run(t, conn, fmt.Sprintf("CREATE DATABASE %s OWNER %s STRATEGY file_copy", name, owner))
	require.NoError(t, conn.Close(t.Context()))
}

func (db *database) url(login string) string { return db.srv.URL(login, db.name) }

func (db *database) config(fsys fs.FS) migrator.Config {
	return migrator.Config{
		URL: db.url("deploy"), FS: fsys, Modules: []string{"tenancy", "attestor"},
		Timeout: time.Minute, LockTimeout: 200 * time.Millisecond,
	}
}

func (db *database) conn(t *testing.T, login string) *pgx.Conn {
	t.Helper()
	return dial(t, db.url(login))
}

func dial(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	require.NoError(t, err)
}

func scan[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	require.NoError(t, err)
	return v
}

// files are migrations by their path.
type files map[string]string

// with returns a copy with some files replaced, or removed where "".
func (f files) with(changes files) files {
	out := files{}
	maps.Copy(out, f)
	for k, v := range changes {
		if out[k] = v; v == "" {
			delete(out, k)
		}
	}
	return out
}

// fs adds an atlas.sum to every directory.
func (f files) fs() fstest.MapFS {
	dirs := map[string]*migrate.MemDir{"tenancy": {}, "attestor": {}}
	out := fstest.MapFS{}
	for path, sql := range f {
		var module, name string
		for i, c := range path {
			if c == '/' {
				module, name = path[:i], path[i+1:]
			}
		}
		_ = dirs[module].WriteFile(name, []byte(sql))
		out[path] = &fstest.MapFile{Data: []byte(sql)}
	}
	for module, dir := range dirs {
		sums, _ := dir.Checksum()
		b, _ := sums.MarshalText()
		out[module+"/atlas.sum"] = &fstest.MapFile{Data: b}
	}
	return out
}

// snapshot is everything in the database that a migration could change.
func (db *database) snapshot(t *testing.T) string {
	t.Helper()
	conn := db.conn(t, "postgres")
	defer conn.Close(t.Context())
	out := scan[string](t, conn, `
SELECT coalesce(string_agg(x, E'\n' ORDER BY x), '') FROM (
  SELECT format('schema %s %s %s', nspname, nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'
  UNION ALL
  SELECT format('relation %s %s %s %s %s', c.oid::regclass, relkind, relowner::regrole, relacl, relfilenode)
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname !~ '^(pg_|information_schema)'
  UNION ALL
  SELECT format('column %s %s %s', attrelid::regclass, attname, atttypid::regtype)
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
   WHERE nspname !~ '^(pg_|information_schema)'
  UNION ALL
  SELECT format('function %s', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
   WHERE nspname !~ '^(pg_|information_schema)') s (x)`)
	for _, m := range []string{"tenancy", "attestor"} {
		if scan[bool](t, conn, "SELECT to_regclass($1) IS NOT NULL", "atlas_"+m+".atlas_schema_revisions") {
			out += scan[string](t, conn, fmt.Sprintf(
				`SELECT coalesce(string_agg(r::text, E'\n' ORDER BY version), '') FROM atlas_%s.atlas_schema_revisions r`, m))
		}
	}
	return out
}

// base is two modules whose files alternate.
var base = files{
	"tenancy/20260101000000_tenants.sql":   "CREATE SCHEMA tenancy;\nCREATE TABLE tenancy.tenants (id int CONSTRAINT tenants_pkey PRIMARY KEY);\n",
	"attestor/20260102000000_rows.sql":     "CREATE SCHEMA attestor;\nCREATE TABLE attestor.rows (id int CONSTRAINT rows_pkey PRIMARY KEY, tenant int REFERENCES tenancy.tenants);\n",
	"tenancy/20260103000000_names.sql":     "ALTER TABLE tenancy.tenants ADD COLUMN name text;\n",
	"attestor/20260104000000_names.sql":    "CREATE VIEW attestor.named AS SELECT r.id, t.name FROM attestor.rows r JOIN tenancy.tenants t ON t.id = r.tenant;\n",
	"attestor/20260105000000_kinds.sql":    "ALTER TABLE attestor.rows ADD COLUMN kind text;\n",
	"tenancy/20260105000000_kinds.sql":     "ALTER TABLE tenancy.tenants ADD COLUMN kind text;\n",
	"attestor/20260106000000_function.sql": plpgsql,
}

// plpgsql holds what a splitter of statements can stumble over.
const plpgsql = `-- Don't split here; nor there.
CREATE FUNCTION attestor.f(x int) RETURNS text LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
  q text := $$ a; 'b $$; -- it's quoted; twice
BEGIN
  IF x > 0 THEN
    EXECUTE 'SELECT 1; SELECT ''2'';';
    RETURN E'it\'s;' || q;
  END IF;
  BEGIN
    PERFORM 1 / 0;
  EXCEPTION WHEN division_by_zero THEN NULL;
  END;
  RETURN 'none';
END $fn$;

CREATE FUNCTION attestor.g() RETURNS int LANGUAGE sql
  BEGIN ATOMIC
    SELECT 1;
    SELECT 2;
  END;

/* a; comment's */
CREATE FUNCTION attestor.h() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END; $$;
CREATE TRIGGER keep BEFORE DELETE ON attestor.rows FOR EACH STATEMENT EXECUTE FUNCTION attestor.h();
INSERT INTO tenancy.tenants (id, name) VALUES (1, 'semi;colon');
`

var baseOrder = []string{
	"tenancy/20260101000000_tenants.sql", "attestor/20260102000000_rows.sql", "tenancy/20260103000000_names.sql",
	"attestor/20260104000000_names.sql", "tenancy/20260105000000_kinds.sql", "attestor/20260105000000_kinds.sql",
	"attestor/20260106000000_function.sql",
}
