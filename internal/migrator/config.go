package migrator

import (
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/observe"
)

const (
	defaultTimeout     = 5 * time.Minute
	defaultLockTimeout = 3 * time.Second
)

// Config says what to migrate, and how patiently.
type Config struct {
	// URL is a PostgreSQL connection string or DSN. Its login must be a member
	// of attestdb_owner for [Apply]; for [Plan] and [Status] any attestdb role
	// will do. It must not lead through a pooler in transaction mode. Without a
	// connect_timeout each of its hosts has 5 seconds to answer.
	URL string
	// Conn takes the place of URL if it is set. It is copied.
	Conn *pgx.ConnConfig

	// FS holds <module>/*.sql and <module>/atlas.sum of every module.
	FS fs.FS
	// Modules are the modules in their fixed order: it decides between files
	// of equal version.
	Modules []string

	// Timeout bounds the whole run with all waiting; 0 means 5 minutes.
	Timeout time.Duration
	// LockTimeout bounds each attempt to lock a table, since whoever waits for
	// a lock also blocks those who come later; the attempt is repeated until
	// Timeout. 0 means 3 seconds.
	LockTimeout time.Duration

	// Logger is told of every file and of every wait; nil is silence.
	Logger *slog.Logger
	// Observer measures files; nil measures nothing.
	Observer *observe.Observer
	// OnFile is called before each file that applies: file n of total, n from 1.
	OnFile func(module, file string, n, total int)

	// LibraryLevel is this library's level. A database whose newest floor in
	// tenancy.library_floors is above it is refused. 0 disables the check.
	LibraryLevel int
}

// prepare fills in the defaults and loads the directories.
func (c Config) prepare() (Config, []*directory, error) {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.LockTimeout == 0 {
		c.LockTimeout = defaultLockTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	switch {
	case c.Timeout < 0:
		return c, nil, &fault.Invalid{Field: "Timeout", Allowed: "a positive duration, or 0 for 5 minutes"}
	case c.LockTimeout < time.Millisecond:
		return c, nil, &fault.Invalid{Field: "LockTimeout", Allowed: "at least a millisecond, or 0 for 3 seconds"}
	case c.FS == nil:
		return c, nil, &fault.Invalid{Field: "FS", Allowed: "a file system with a directory for each module"}
	}
	dirs, err := load(c.FS, c.Modules)
	return c, dirs, err
}

// connConfig returns a configuration that the caller may change.
func (c Config) connConfig() (*pgx.ConnConfig, error) {
	if c.Conn != nil {
		return c.Conn.Copy(), nil
	}
	return parseURL(c.URL)
}

func parseURL(url string) (*pgx.ConnConfig, error) {
	if url == "" {
		return nil, &fault.Invalid{Field: "URL", Allowed: "a PostgreSQL connection string", Problem: "it is empty"}
	}
	cc, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, &fault.Invalid{Field: "URL", Allowed: "a PostgreSQL connection string", Problem: err.Error()}
	}
	return cc, nil
}
