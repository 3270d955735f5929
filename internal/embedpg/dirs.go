package embedpg

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

const systemCache = "/var/cache/attestdb"

// DefaultDir returns the [Config].Dir to use for a server of that name when the
// user names none: /var/lib/attestdb/name for root, else
// $XDG_DATA_HOME/attestdb/name or ~/.local/share/attestdb/name. It creates
// nothing.
func DefaultDir(name string) string {
	if os.Geteuid() == 0 {
		return filepath.Join("/var/lib/attestdb", name)
	}
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "attestdb", name)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		if u, err := user.LookupId(strconv.Itoa(os.Geteuid())); err == nil {
			home = u.HomeDir
		}
	}
	if home == "" {
		return filepath.Join(os.TempDir(), "attestdb-"+strconv.Itoa(os.Geteuid()), name)
	}
	return filepath.Join(home, ".local", "share", "attestdb", name)
}

// CacheDir returns the folder for what can be made again, such as the fetched
// PostgreSQL: /var/cache/attestdb for root, whose home is closed to the account
// that the server runs under, else attestdb in the user's cache folder. It
// creates nothing.
func CacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return systemCache, nil
	}
	d, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache folder: %w", err)
	}
	return filepath.Join(d, "attestdb"), nil
}

// cacheDirs are the folders to look for a fetched PostgreSQL in, and the first
// is the one to fetch it to; "" if there is none.
func cacheDirs() []string {
	own, err := CacheDir()
	if err != nil {
		own = ""
	}
	return []string{own, systemCache}
}

// maxSocketPath is the longest socket path that every supported system takes,
// in bytes (macOS; Linux takes 107).
const maxSocketPath = 103

// makeSocketDir makes the private folder of the socket: in the server's
// directory unless its path is too long or unfit for a connection URL.
func (s *Server) makeSocketDir() (string, error) {
	dir := filepath.Join(s.dir, "run")
	// A comma would make two hosts of one in a connection URL.
	if len(filepath.Join(dir, ".s.PGSQL.5432")) <= maxSocketPath && !strings.Contains(dir, ",") {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return "", err
		}
		return dir, s.acct.own(dir)
	}
	base := "/tmp"
	if d := os.Getenv("XDG_RUNTIME_DIR"); !s.acct.switched && filepath.IsAbs(d) && len(d) < 60 {
		if st, err := os.Stat(d); err == nil && st.IsDir() {
			base = d
		}
	}
	// The name is the same at each start, so that a killed process leaves one
	// folder, not one a start. Whatever else has that name is not touched.
	sum := sha256.Sum256([]byte(s.dir))
	dir = filepath.Join(base, "attestdb-"+hex.EncodeToString(sum[:8]))
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, os.ErrExist) {
		st, err := os.Lstat(dir)
		if err == nil && st.IsDir() && ownerOf(st) == s.acct.uid && st.Mode().Perm() == 0o700 {
			return dir, nil
		}
		if dir, err = os.MkdirTemp(base, "attestdb-"); err != nil {
			return "", err
		}
		return dir, s.acct.own(dir)
	}
	if err != nil {
		return "", err
	}
	return dir, s.acct.own(dir)
}
