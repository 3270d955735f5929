package embedpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"stella-ops.org/attestdb/domain/fault"
)

// binaries is a folder with a server's programs.
type binaries struct {
	dir     string
	banner  string // what postgres --version says
	version string // "18.4"
	major   int
	minor   int
}

func (b *binaries) path(program string) string { return filepath.Join(b.dir, program) }

func (b *binaries) newerThan(o *binaries) bool {
	return b.major > o.major || b.major == o.major && b.minor > o.minor
}

// resolve finds the programs to run, in the order of the package comment.
func resolve(ctx context.Context, cfg Config, data string, acct *account) (*binaries, error) {
	if cfg.Major != 0 && cfg.Major < MinMajor {
		return nil, &fault.Invalid{Field: "Major", Allowed: fmt.Sprintf("0, or %d and later", MinMajor), Problem: strconv.Itoa(cfg.Major)}
	}
	has, err := dataMajor(data)
	if err != nil {
		return nil, err
	}
	want := cfg.Major
	switch {
	case has == 0:
	case has < MinMajor:
		return nil, fmt.Errorf("%s holds data of PostgreSQL %d, and attestdb needs %d or later: upgrade it with pg_upgrade", data, has, MinMajor)
	case want != 0 && want != has:
		return nil, fmt.Errorf("%s holds data of PostgreSQL %d, not %d: choose another directory, or upgrade it with pg_upgrade", data, has, want)
	default:
		want = has
	}
	if cfg.BinDir != "" {
		b, err := inspect(ctx, cfg.BinDir, acct)
		switch {
		case err != nil:
			return nil, err
		case want != 0 && b.major != want:
			return nil, fmt.Errorf("%s holds PostgreSQL %s, and %d is needed", cfg.BinDir, b.version, want)
		case b.major < MinMajor:
			return nil, fmt.Errorf("%s holds PostgreSQL %s, and attestdb needs %d or later", cfg.BinDir, b.version, MinMajor)
		}
		return b, nil
	}
	if b := newestInstalled(ctx, want, acct); b != nil {
		return b, nil
	}
	return bundle(ctx, cacheDirs(), want, acct, cfg.Report)
}

// dataMajor reads the major version of a data directory, 0 if there is none.
func dataMajor(data string) (int, error) {
	path := filepath.Join(data, "PG_VERSION")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("%s holds %q instead of a major version", path, b)
	}
	return major, nil
}

// installPatterns are where packages put servers, besides PATH and what
// pg_config names.
var installPatterns = []string{
	"/usr/lib/postgresql/*/bin",                               // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                        // PGDG on Red Hat
	"/opt/homebrew/opt/postgresql@*/bin",                      // Homebrew, arm64
	"/usr/local/opt/postgresql@*/bin",                         // Homebrew, x64
	"/Applications/Postgres.app/Contents/Versions/[0-9]*/bin", // Postgres.app
	"/usr/local/pgsql/bin",                                    // built from source
}

// newestInstalled returns the newest installed server of the major version
// (0: of any that attestdb accepts), nil if there is none.
func newestInstalled(ctx context.Context, want int, acct *account) *binaries {
	var dirs []string
	for _, p := range installPatterns {
		found, _ := filepath.Glob(p)
		dirs = append(dirs, found...)
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(p))
		}
	}
	var best *binaries
	seen := map[string]bool{}
	for _, dir := range dirs {
		if seen[dir] {
			continue
		}
		seen[dir] = true
		b, err := inspect(ctx, dir, acct)
		if err != nil || b.minor < 0 || b.major < MinMajor || want != 0 && b.major != want {
			continue
		}
		if best == nil || b.newerThan(best) {
			best = b
		}
	}
	return best
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)(?:\.(\d+))?\S*)`)

// inspect asks the server in dir for its version, as the account that is to
// run it. The minor version of a beta or development version is -1.
func inspect(ctx context.Context, dir string, acct *account) (*binaries, error) {
	b := &binaries{dir: dir}
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(b.path(program)); err != nil {
			return nil, fmt.Errorf("%s is not a folder of PostgreSQL server programs: %w", dir, err)
		}
	}
	if err := acct.mustReach(dir); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, b.path("postgres"), "--version")
	cmd.Env = []string{"LC_ALL=C"}
	acct.prepare(cmd)
	endApart(cmd.SysProcAttr)
	out, err := cmd.CombinedOutput()
	b.banner = strings.TrimSpace(string(out))
	if err != nil {
		return nil, fmt.Errorf("%s does not run: %w: %s", b.path("postgres"), err, b.banner)
	}
	m := versionPattern.FindStringSubmatch(b.banner)
	if m == nil {
		return nil, fmt.Errorf("%s --version says %q", b.path("postgres"), b.banner)
	}
	b.version = m[1]
	b.major, _ = strconv.Atoi(m[2])
	b.minor = -1
	if m[3] != "" {
		b.minor, _ = strconv.Atoi(m[3])
	}
	return b, nil
}
