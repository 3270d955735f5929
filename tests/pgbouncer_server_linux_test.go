package tests

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
)

// pgbouncer starts a PgBouncer of the test's own, as the sample says, with four
// connections to db as the application's login, and returns its URL.
func pgbouncer(t *testing.T, db *testdb.DB) string {
	t.Helper()
	return startPgBouncer(t, db).url
}

func startPgBouncer(t *testing.T, db *testdb.DB) *bouncer {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer"
		if _, err := os.Stat(program); err != nil {
			t.Skip("pgbouncer is not installed: apt-get install pgbouncer")
		}
	}
	server, err := pgx.ParseConfig(db.URL("app"))
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "pgb") // short, since a socket's path is
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	ini := filepath.Join(dir, "pgbouncer.ini")
	sample, err := os.ReadFile("../examples/pgbouncer/pgbouncer.ini")
	require.NoError(t, err)
	set := string(sample)
	for key, value := range map[string]string{
		"attestdb":          fmt.Sprintf("host=%s port=%d user=%s dbname=%s", server.Host, server.Port, server.User, server.Database),
		"listen_addr":       "",
		"unix_socket_dir":   dir,
		"auth_type":         "any",
		"auth_file":         "",
		"logfile":           filepath.Join(dir, "log"),
		"default_pool_size": "4",
		"reserve_pool_size": "0",
		"max_client_conn":   "500",
	} {
		line := regexp.MustCompile(`(?m)^` + key + ` *=.*$`)
		require.Len(t, line.FindAllString(set, -1), 1, key)
		set = line.ReplaceAllLiteralString(set, key+" = "+value)
	}
	require.NoError(t, os.WriteFile(ini, []byte(set), 0o644))

	b := &bouncer{
		program: program, ini: ini, attr: syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
		url: fmt.Sprintf("postgres://anybody@/attestdb?%s", url.Values{"host": {dir}, "port": {"6432"}}.Encode()),
	}
	if os.Getuid() == 0 {
		// It refuses root as PostgreSQL does; the server lets its own account in.
		var data string
		require.NoError(t, db.Conn(t, "superuser").QueryRow(t.Context(), "SHOW data_directory").Scan(&data))
		st, err := os.Stat(data)
		require.NoError(t, err)
		owner := st.Sys().(*syscall.Stat_t)
		require.NoError(t, os.Chown(dir, int(owner.Uid), int(owner.Gid)))
		b.attr.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	b.start(t)
	t.Cleanup(func() { b.end(t, syscall.SIGTERM) })
	return b
}

// bouncer is a PgBouncer that can be ended and started again.
type bouncer struct {
	program, ini, url string
	attr              syscall.SysProcAttr
	cmd               *exec.Cmd
	ended             chan struct{}
}

func (b *bouncer) start(t *testing.T) {
	t.Helper()
	cmd := exec.Command(b.program, b.ini)
	attr := b.attr
	cmd.SysProcAttr = &attr
	started, ended := make(chan error), make(chan struct{})
	go func() {
		// The signal above comes when the thread ends that started the program.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // told to end at once, it ends with 1
			close(ended)
		}
	}()
	require.NoError(t, <-started)
	b.cmd, b.ended = cmd, ended
	require.Eventually(t, func() bool {
		conn, err := pgx.Connect(t.Context(), b.url)
		return err == nil && conn.Close(t.Context()) == nil
	}, 10*time.Second, 20*time.Millisecond, "pgbouncer does not answer")
}

func (b *bouncer) end(t *testing.T, signal syscall.Signal) {
	t.Helper()
	require.NoError(t, b.cmd.Process.Signal(signal))
	<-b.ended
}
