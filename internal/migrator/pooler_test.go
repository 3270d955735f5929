//go:build unix

package migrator_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/migrator"
)

// startPgBouncer returns a function from login to a URL that leads through it.
func startPgBouncer(t *testing.T, db *database, mode string) func(login string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		t.Skip("pgbouncer is not installed")
	}
	dir, err := os.MkdirTemp(shm(), "pgbouncer-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	direct, err := pgx.ParseConfig(db.url("deploy"))
	require.NoError(t, err)
	config := fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = %s
auth_type = trust
auth_file = %s/users
pool_mode = %s
`, direct.Host, direct.Port, dir, dir, mode)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ini"), []byte(config), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "users"), []byte("\"deploy\" \"\"\n"), 0o644))

	cmd := exec.Command(program, "-q", filepath.Join(dir, "ini"))
	if os.Getuid() == 0 { // PgBouncer refuses root, as the server does.
		u, err := user.Lookup("postgres")
		require.NoError(t, err)
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		require.NoError(t, os.Chown(dir, uid, gid))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, ".s.PGSQL.6432"))
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	return func(login string) string {
		return fmt.Sprintf("postgres://%s@/%s?port=6432&host=%s", login, db.name, url.QueryEscape(dir))
	}
}

func TestPooler(t *testing.T) {
	t.Parallel()
	t.Run("transaction mode is refused", func(t *testing.T) {
		t.Parallel()
		db := newDB(t)
		cfg := db.config(base.fs())
		cfg.URL = startPgBouncer(t, db, "transaction")("deploy")
		before := db.snapshot(t)
		_, err := migrator.Apply(t.Context(), cfg)
		require.ErrorIs(t, err, fault.ErrServer)
		require.ErrorContains(t, err, "direct connection")
		require.Equal(t, before, db.snapshot(t))
	})
	t.Run("session mode is not", func(t *testing.T) {
		t.Parallel()
		db := newDB(t)
		cfg := db.config(base.fs())
		cfg.URL = startPgBouncer(t, db, "session")("deploy")
		_, err := migrator.Apply(t.Context(), cfg)
		require.NoError(t, err)
	})
}
