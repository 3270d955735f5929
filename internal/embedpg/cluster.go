package embedpg

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ensureCluster makes the data directory if there is none. An interrupted
// attempt leaves no data directory.
func (s *Server) ensureCluster(ctx context.Context, cfg Config) error {
	if _, err := os.Lstat(s.data); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh := filepath.Join(s.dir, "data.new")
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := s.fillCluster(ctx, cfg, fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, s.data); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// syncDir makes what was renamed in dir outlive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *Server) fillCluster(ctx context.Context, cfg Config, fresh string) error {
	args := initdbArgs(s.bin.major, cfg.Fast)
	if cfg.ClusterCache == "" || !cfg.Fast {
		return s.initdb(ctx, fresh, args)
	}
	key := sha256.Sum256([]byte(s.bin.banner + "\x00" + strings.Join(args, "\x00")))
	cached := filepath.Join(cfg.ClusterCache, "cluster-"+hex.EncodeToString(key[:16]))
	if err := s.copyTree(cached, fresh, s.acct); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		cfg.Report(fmt.Sprintf("not using the cached cluster: %v", err))
	}
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := s.initdb(ctx, fresh, args); err != nil {
		return err
	}
	if err := s.cacheCluster(fresh, cached); err != nil {
		cfg.Report(fmt.Sprintf("not caching the cluster: %v", err))
	}
	return nil
}

// cacheCluster puts a copy of a fresh cluster at cached, whole or not at all.
func (s *Server) cacheCluster(fresh, cached string) error {
	cache := filepath.Dir(cached)
	if err := s.acct.makeParents(cache); err != nil {
		return err
	}
	lock, err := openLock(filepath.Join(cache, lockName), true)
	if err != nil {
		return err
	}
	defer lock.close()
	if ok, err := lock.try(); err != nil || !ok {
		return err // another process is at it
	}
	leftovers, _ := filepath.Glob(filepath.Join(cache, "new-*"))
	for _, dir := range leftovers {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	tmp, err := os.MkdirTemp(cache, "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := s.copyTree(fresh, filepath.Join(tmp, "data"), nil); err != nil {
		return err
	}
	syncDisks()
	err = os.Rename(filepath.Join(tmp, "data"), cached)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was first
	}
	return err
}

// initdbArgs are the options of initdb, but for the directory. Text sorts by
// code point everywhere, so that no update of a C library changes an index.
func initdbArgs(major int, fast bool) []string {
	args := []string{
		"--username=postgres", "--encoding=UTF8", "--no-instructions",
		"--auth-local=peer", "--auth-host=reject",
	}
	if major >= 17 {
		args = append(args, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
	} else {
		args = append(args, "--locale=C.UTF-8", "--lc-messages=C")
	}
	if major < 18 { // later ones do so by themselves
		args = append(args, "--data-checksums")
	}
	if fast {
		args = append(args, "--no-sync")
	}
	return args
}

func (s *Server) initdb(ctx context.Context, dir string, args []string) error {
	out, err := s.runInitdb(ctx, dir, args)
	if err != nil && strings.Contains(out, "invalid locale") {
		// A system without C.UTF-8: C sorts alike, and case folding beyond
		// ASCII is all that is lost.
		args = slices.Clone(args)
		for i, a := range args {
			if a == "--locale=C.UTF-8" {
				args[i] = "--locale=C"
			}
		}
		out, err = s.runInitdb(ctx, dir, args)
	}
	if err != nil {
		return fmt.Errorf("make a database cluster in %s with %s: %w:\n%s", dir, s.bin.path("initdb"), err, out)
	}
	return nil
}

func (s *Server) runInitdb(ctx context.Context, dir string, args []string) (string, error) {
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	if err := s.acct.own(dir); err != nil {
		return "", err
	}
	cmd := exec.Command(s.bin.path("initdb"), append([]string{"--pgdata=" + dir}, args...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	p, err := s.spawn(cmd)
	if err != nil {
		return "", err
	}
	select {
	case <-p.exited:
	case <-ctx.Done():
		p.kill()
		<-p.exited
		return "", context.Cause(ctx)
	}
	return strings.TrimSpace(out.String()), p.err
}

// copyTree copies a folder of plain files and folders, with their modes, and
// gives the copy to owner if that is another account.
func (s *Server) copyTree(from, to string, owner *account) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		dst := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			err = os.Mkdir(dst, 0o700)
		case d.Type().IsRegular():
			err = copyFile(path, dst)
		default:
			err = fmt.Errorf("%s is neither file nor folder", path)
		}
		if err == nil && owner != nil && owner.switched {
			err = os.Lchown(dst, owner.uid, owner.gid)
		}
		return err
	})
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// writeAuth lets the current user log in as the superuser and the logins.
func (s *Server) writeAuth(logins []string) error {
	var ident strings.Builder
	for _, sys := range s.acct.osUsers() {
		for _, login := range append([]string{"postgres"}, logins...) {
			fmt.Fprintf(&ident, "attestdb %s %s\n", quoteAuth(sys), quoteAuth(login))
		}
	}
	for name, content := range map[string]string{
		"pg_ident.conf": ident.String(),
		"pg_hba.conf":   "local all all peer map=attestdb\n",
	} {
		path := filepath.Join(s.dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
		if s.acct.switched {
			// Names of logins are no secret; the account must read them.
			if err := os.Chmod(path, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

func quoteAuth(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// args are the arguments of the server program. They win over what
// postgresql.conf and ALTER SYSTEM say.
func (s *Server) args(cfg Config) []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": quoteList(s.socketDir),
		"port":                    "5432",
		"hba_file":                filepath.Join(s.dir, "pg_hba.conf"),
		"ident_file":              filepath.Join(s.dir, "pg_ident.conf"),
		"ssl":                     "off",
		"logging_collector":       "off",
		"log_destination":         "stderr",
		"log_line_prefix":         "%m [%p] %q%u@%d ",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		// In the data directory and gone with it: a killed server leaves its
		// segments behind in /dev/shm, which is also small in containers.
		"dynamic_shared_memory_type": "mmap",
		// A small server: nothing replicates from it.
		"shared_buffers":  "32MB",
		"wal_level":       "minimal",
		"max_wal_senders": "0",
		"jit":             "off",
		// Said outright, so that no edited file makes evidence volatile.
		"fsync":              "on",
		"full_page_writes":   "on",
		"synchronous_commit": "on",
	}
	if s.bin.major >= 18 {
		settings["io_method"] = "sync"
	}
	if cfg.Fast {
		for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
			settings[name] = "off"
		}
	}
	maps.Copy(settings, cfg.Settings)
	args := []string{"-D", s.data}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// quoteList makes one entry of a server setting that is a list.
func quoteList(entry string) string {
	return `"` + strings.ReplaceAll(entry, `"`, `""`) + `"`
}

// clearForeignPID removes the pid file of a server that was killed, if its
// process id belongs to another program now: PostgreSQL would take that for
// the server. A pid that belongs to nobody PostgreSQL handles itself.
func (s *Server) clearForeignPID() error {
	path := filepath.Join(s.data, "postmaster.pid")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return os.Remove(path) // cut short by a crash
	}
	if runsIn(pid, s.data) {
		return fmt.Errorf("%s: %w by a PostgreSQL server, process %d, that was started by hand: stop it first", s.dir, ErrInUse, pid)
	}
	if alive(pid) {
		return os.Remove(path)
	}
	return nil
}
