//go:build unix

package embedpg_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/embedpg"
)

const childDir = "EMBEDPG_TEST_CHILD_DIR"

// TestMain is also the other process of the tests that need one: it starts a
// server, says so, and stops it when its standard input ends.
func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	srv, err := embedpg.Start(context.Background(), config(dir))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := srv.Stop(context.Background()); err != nil {
		os.Exit(1)
	}
}

func config(dir string) embedpg.Config {
	major, _ := strconv.Atoi(os.Getenv("PG_MAJOR"))
	cfg := embedpg.Config{Dir: dir, Major: major, Fast: true}
	if cache, err := embedpg.CacheDir(); err == nil {
		cfg.ClusterCache = filepath.Join(cache, "clusters")
	}
	return cfg
}

func durable(dir string) embedpg.Config {
	cfg := config(dir)
	cfg.Fast = false
	return cfg
}

// tempDir is a folder that the server's account can reach: t.TempDir is closed
// to it when the tests run as root.
func tempDir(t *testing.T) string {
	dir, err := os.MkdirTemp("", "embedpg-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, cfg embedpg.Config) *embedpg.Server {
	t.Helper()
	srv, err := embedpg.Start(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { _ = srv.Stop(context.Background()) })
	return srv
}

func connect(t *testing.T, srv *embedpg.Server, login string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), srv.URL(login, "postgres"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec1(t *testing.T, srv *embedpg.Server, sql string) {
	t.Helper()
	conn := connect(t, srv, "postgres")
	_, err := conn.Exec(t.Context(), sql)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
}

func query[T any](t *testing.T, srv *embedpg.Server, sql string) T {
	t.Helper()
	conn := connect(t, srv, "postgres")
	defer conn.Close(t.Context())
	var v T
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(&v))
	return v
}

func TestDataOutlivesTheServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), "new", "demo")
	srv := start(t, durable(dir))
	require.GreaterOrEqual(t, srv.Major(), embedpg.MinMajor)
	require.True(t, strings.HasPrefix(srv.Version(), strconv.Itoa(srv.Major())+"."))
	exec1(t, srv, "create table kept as select 42 as n")
	require.NoError(t, srv.Stop(t.Context()))
	require.NoError(t, srv.Stop(t.Context()), "stopping twice")

	srv = start(t, durable(dir))
	require.Equal(t, 42, query[int](t, srv, "select n from kept"))
	require.NoError(t, srv.Stop(t.Context()))
	require.NotContains(t, srv.Log(), "automatic recovery", "the shutdown was clean")
}

func TestOnlyNamedLoginsOnAPrivateSocket(t *testing.T) {
	t.Parallel()
	cfg := config(tempDir(t))
	cfg.Logins = []string{"app", `odd "name"`}
	srv := start(t, cfg)
	exec1(t, srv, `create role app login; create role "odd ""name""" login; create role other login`)

	connect(t, srv, "app")
	connect(t, srv, `odd "name"`)
	_, err := pgx.Connect(t.Context(), srv.URL("other", "postgres"))
	require.ErrorContains(t, err, "Peer authentication failed")

	require.Empty(t, query[string](t, srv, "show listen_addresses"))
	st, err := os.Stat(srv.SocketDir())
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), st.Mode().Perm())
}

func TestDurableUnlessFast(t *testing.T) {
	t.Parallel()
	for fast, want := range map[bool]string{false: "on", true: "off"} {
		cfg := config(tempDir(t))
		cfg.Fast = fast
		cfg.Settings = map[string]string{"max_connections": "17"}
		srv := start(t, cfg)
		for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
			require.Equal(t, want, query[string](t, srv, "show "+name), "%s with Fast=%v", name, fast)
		}
		require.Equal(t, "17", query[string](t, srv, "show max_connections"))
		require.Equal(t, "on", query[string](t, srv, "show data_checksums"))
	}
}

func TestTextSortsByCodePoint(t *testing.T) {
	t.Parallel()
	srv := start(t, config(tempDir(t)))
	require.Equal(t, "B,a,z,é",
		query[string](t, srv, "select string_agg(s, ',' order by s) from unnest('{z,é,a,B}'::text[]) s"))
}

func TestKilledServerRecovers(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	srv := start(t, durable(dir))
	exec1(t, srv, "create table t (n int)")
	for n := 1; n <= 3; n++ {
		busy := connect(t, srv, "postgres")
		_, err := busy.Exec(t.Context(), "begin; insert into t values (-1)")
		require.NoError(t, err)
		exec1(t, srv, fmt.Sprintf("insert into t values (%d)", n))
		require.NoError(t, srv.Kill())
		require.Error(t, busy.Ping(t.Context()))

		srv = start(t, durable(dir))
		require.Equal(t, n, query[int](t, srv, "select count(*)::int from t where n > 0"), "committed rows")
		require.Zero(t, query[int](t, srv, "select count(*)::int from t where n < 0"), "uncommitted rows")
	}
}

func TestStopWithoutTimeLosesNothing(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	srv := start(t, durable(dir))
	exec1(t, srv, "create table t as select 1 as n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := srv.Stop(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "ended by force")

	srv = start(t, durable(dir))
	require.Equal(t, 1, query[int](t, srv, "select n from t"))
}

func TestStopTellsOfAServerThatEndedByItself(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	srv := start(t, config(dir))
	b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	err = srv.Stop(t.Context())
	require.ErrorContains(t, err, "signal: killed")
	require.ErrorContains(t, err, "database system is ready", "the log's last lines")
	start(t, config(dir)) // which also frees what the killed server shared
}

func TestPIDOfAKilledServerIsAnotherProgramsNow(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	srv := start(t, config(dir))
	require.NoError(t, srv.Kill())
	path := filepath.Join(dir, "data", "postmaster.pid")
	b, err := os.ReadFile(path)
	require.NoError(t, err, "a killed server leaves its pid file")
	_, rest, _ := strings.Cut(string(b), "\n")
	other := exec.Command("sleep", "60")
	require.NoError(t, other.Start())
	t.Cleanup(func() { _ = other.Process.Kill(); _ = other.Wait() })
	require.NoError(t, os.WriteFile(path, []byte(strconv.Itoa(other.Process.Pid)+"\n"+rest), 0o600))

	start(t, config(dir))
}

type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
}

// startChild starts a server on dir in a process of its own.
func startChild(t *testing.T, dir string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	return &child{cmd: cmd, stdin: in}
}

func TestServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	c := startChild(t, dir)
	require.NoError(t, c.cmd.Process.Kill())
	_ = c.cmd.Wait()

	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid"))
		return errors.Is(err, os.ErrNotExist)
	}, 30*time.Second, 20*time.Millisecond, "the server shuts down")
	srv := start(t, config(dir))
	require.NotContains(t, srv.Log(), "automatic recovery", "the shutdown was clean")
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	c := startChild(t, dir)

	cfg := config(dir)
	cfg.LockWait = 50 * time.Millisecond
	_, err := embedpg.Start(t.Context(), cfg)
	require.ErrorIs(t, err, embedpg.ErrInUse)
	require.ErrorContains(t, err, dir)
	require.ErrorContains(t, err, fmt.Sprintf("process %d", c.cmd.Process.Pid))
	require.ErrorIs(t, embedpg.Remove(dir), embedpg.ErrInUse)

	waits := make(chan string, 10)
	cfg.LockWait = time.Minute
	cfg.Report = func(line string) { waits <- line }
	started := make(chan error, 1)
	go func() {
		srv, err := embedpg.Start(t.Context(), cfg)
		if err == nil {
			err = srv.Stop(t.Context())
		}
		started <- err
	}()
	require.Contains(t, <-waits, "waiting for process")
	require.NoError(t, c.stdin.Close())
	require.NoError(t, <-started)

	require.NoError(t, embedpg.Remove(dir))
	require.NoDirExists(t, dir)
}

func TestSocketPathHasALimitAndDirHasNot(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempDir(t), strings.Repeat("long-", 30), `a, "b" c`)
	srv := start(t, config(dir))
	require.Equal(t, dir+"/data", query[string](t, srv, "show data_directory"))
	socket := srv.SocketDir()
	require.NoError(t, srv.Stop(t.Context()))
	require.NoDirExists(t, socket)
}

// Whatever a path holds, the URL leads to the socket in it.
func TestDirMayHaveAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "a+b", `a'b"c`, "100%", "a%20b", "größe", "a&b=c?d#e@f:g;h", `a\b`, " a "} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(tempDir(t), name)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			srv, err := embedpg.Start(ctx, config(dir))
			require.NoError(t, err)
			t.Cleanup(func() { _ = srv.Stop(context.Background()) })
			require.Equal(t, dir+"/data", query[string](t, srv, "show data_directory"))
			require.Equal(t, filepath.Join(dir, "run"), srv.SocketDir())
		})
	}
}

// A server that runs and can't be reached is told, with where it was looked for,
// long before a start that replays the log would be given up.
func TestUnreachableServerIsAnError(t *testing.T) {
	t.Parallel()
	cfg := config(tempDir(t))
	elsewhere := tempDir(t)
	require.NoError(t, os.Chmod(elsewhere, 0o777))
	cfg.Settings = map[string]string{"unix_socket_directories": elsewhere}
	began := time.Now()
	_, err := embedpg.Start(t.Context(), cfg)
	require.ErrorContains(t, err, "took no connection in 15s")
	require.ErrorContains(t, err, filepath.Join(cfg.Dir, "run", ".s.PGSQL.5432"))
	require.Less(t, time.Since(began), time.Minute)
	require.Eventually(t, func() bool { return embedpg.Remove(cfg.Dir) == nil }, 5*time.Second, 5*time.Millisecond,
		"nothing is left that runs")
}

func TestClusterCacheIsCopied(t *testing.T) {
	t.Parallel()
	cache := filepath.Join(tempDir(t), "clusters")
	ids := make([]string, 2)
	for i := range ids {
		cfg := config(tempDir(t))
		cfg.ClusterCache, cfg.Fast = cache, true
		srv := start(t, cfg)
		ids[i] = query[string](t, srv, "select system_identifier::text from pg_control_system()")
		require.NoError(t, srv.Stop(t.Context()))
	}
	require.Equal(t, ids[0], ids[1])
}
