package testdb_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

func query[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var v T
	require.NoError(t, conn.QueryRow(t.Context(), sql, args...).Scan(&v))
	return v
}

func TestNewHasTheSchemaAndNewEmptyHasNot(t *testing.T) {
	t.Parallel()
	const count = "select count(*)::int from pg_namespace where nspname = any($1)"
	full, empty := testdb.New(t), testdb.NewEmpty(t)
	require.Equal(t, len(migrations.Modules), query[int](t, full.Conn(t, "superuser"), count, migrations.Modules))
	require.Zero(t, query[int](t, empty.Conn(t, "superuser"), count, migrations.Modules))
}

func TestEachLoginIsInOneGroup(t *testing.T) {
	t.Parallel()
	for _, db := range []*testdb.DB{testdb.New(t), testdb.NewEmpty(t)} {
		for _, role := range testdb.Roles {
			conn := db.Conn(t, role)
			require.Equal(t, "attestdb_test_"+role, query[string](t, conn, "select current_user::text"))
			require.Equal(t, []string{"attestdb_" + role}, query[[]string](t, conn,
				`select array_agg(rolname::text) from pg_roles
				  where rolname <> current_user and pg_has_role(current_user, oid, 'member')`))
		}
		// A copied database has the rights too.
		require.True(t, query[bool](t, db.Conn(t, "owner"),
			"select has_database_privilege(current_database(), 'CREATE')"))
	}
}

func TestDatabasesAreApartAndDropped(t *testing.T) {
	var urls []string
	t.Run("two", func(t *testing.T) {
		a, b := testdb.New(t), testdb.New(t)
		_, err := a.Pool(t, "superuser").Exec(t.Context(), "create table public.mine ()")
		require.NoError(t, err)
		require.False(t, query[bool](t, b.Conn(t, "superuser"), "select to_regclass('public.mine') is not null"))
		urls = append(urls, a.URL("superuser"), b.URL("superuser"))
	})
	for _, url := range urls {
		_, err := pgx.Connect(t.Context(), url)
		require.ErrorContains(t, err, "does not exist")
	}
}

const childMark = "TESTDB_TEST_CHILD"

// TestLeftovers is also the process that it kills.
func TestLeftovers(t *testing.T) {
	if os.Getenv(childMark) != "" {
		_, _ = os.Stdout.WriteString("dir " + filepath.Dir(testdb.Server(t).SocketDir()) + "\n")
		time.Sleep(time.Minute)
		return
	}
	t.Parallel()
	run := func() (*exec.Cmd, string) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLeftovers$")
		cmd.Env = append(os.Environ(), childMark+"=1")
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if dir, ok := strings.CutPrefix(lines.Text(), "dir "); ok {
				return cmd, dir
			}
		}
		t.Fatal("the other process did not start its server")
		return nil, ""
	}
	alive, kept := run()
	killed, left := run()
	require.DirExists(t, kept)
	require.NoError(t, killed.Process.Kill())
	_ = killed.Wait()
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(left, "data", "postmaster.pid"))
		return os.IsNotExist(err)
	}, 30*time.Second, 20*time.Millisecond, "the server ends with its process")

	_, _ = run()
	require.NoDirExists(t, left)
	require.DirExists(t, kept, "its process lives")
	require.NoError(t, alive.Process.Kill())
}

func BenchmarkNew(b *testing.B) {
	testdb.New(b)
	for b.Loop() {
		testdb.New(b)
	}
}
