package attestdb

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/fault"
)

// Config says how [Open] reaches the database. Give one [Conn] for each role
// whose calls the program makes; App is the one that most programs need.
type Config struct {
	// App is for tenant data: a login that is a member of attestdb_app.
	App Conn
	// Admin is for tenants and other global matters: attestdb_admin.
	Admin Conn
	// Auditor reads all tenants' data and writes nothing: attestdb_auditor.
	Auditor Conn

	// Pooler tells of a pooler between the program and the server. The zero
	// value is none.
	Pooler Pooler
	// WaitForSchema is how long Open waits for the migrations to be applied by
	// somebody else; 0 is not at all.
	WaitForSchema time.Duration
	// Logger is told when Open waits for the schema and when a call is repeated
	// after a transient error; nil is silence.
	Logger *slog.Logger

	// StatementTimeout ends a statement that takes longer; 0 is 30 s.
	StatementTimeout time.Duration
	// LockTimeout ends a statement that waits longer for a lock; 0 is 5 s.
	LockTimeout time.Duration
	// IdleTimeout ends a connection that idles in a transaction; 0 is 60 s.
	IdleTimeout time.Duration
}

// Conn is one way into the database: a URL, from which [Open] makes a pool of
// its own, or a pool of the caller's, which the caller closes.
type Conn struct {
	// URL is a PostgreSQL connection string.
	URL string
	// Pool is the caller's pool. It has its own timeouts: those of [Config] are
	// refused together with it.
	Pool *pgxpool.Pool
	// MaxConns is the most connections of the pool that Open makes; 0 is four
	// times the processors that Go uses.
	MaxConns int32
	// BeforeConnect is called before each new connection of the pool that Open
	// makes, to fill in a password that expires, say.
	BeforeConnect func(context.Context, *pgx.ConnConfig) error
	// Tracer sees every statement of the pool that Open makes.
	Tracer pgx.QueryTracer
}

func (c Conn) given() bool { return c.URL != "" || c.Pool != nil }

// Pooler is a kind of pooler between program and server.
type Pooler int

const (
	// PoolerNone is a direct connection, or a pooler in session mode.
	PoolerNone Pooler = iota
	// PoolerTransaction is PgBouncer in transaction mode, or the like. No named
	// prepared statements are used, and neither the timeouts of [Config] nor the
	// isolation READ COMMITTED are set, since such a pooler shares sessions: set them
	// on the role instead.
	PoolerTransaction
)

const (
	defaultStatementTimeout = 30 * time.Second
	defaultLockTimeout      = 5 * time.Second
	defaultIdleTimeout      = 60 * time.Second
	applicationName         = "attestdb"
)

func (c Config) validate() error {
	if !c.App.given() && !c.Admin.given() && !c.Auditor.given() {
		return &fault.Invalid{Field: "Config", Allowed: "a Conn for at least one of App, Admin and Auditor"}
	}
	if c.Pooler != PoolerNone && c.Pooler != PoolerTransaction {
		return &fault.Invalid{Field: "Config.Pooler", Allowed: "PoolerNone or PoolerTransaction"}
	}
	for name, d := range map[string]time.Duration{
		"WaitForSchema": c.WaitForSchema, "StatementTimeout": c.StatementTimeout,
		"LockTimeout": c.LockTimeout, "IdleTimeout": c.IdleTimeout,
	} {
		if d < 0 {
			return &fault.Invalid{Field: "Config." + name, Allowed: "zero or more"}
		}
	}
	timeouts := c.StatementTimeout != 0 || c.LockTimeout != 0 || c.IdleTimeout != 0
	if timeouts && c.Pooler == PoolerTransaction {
		return &fault.Invalid{
			Field: "Config.Pooler", Allowed: "PoolerNone together with timeouts",
			Problem: "a pooler in transaction mode shares sessions; set the timeouts on the role",
		}
	}
	for name, conn := range c.conns() {
		if timeouts && conn.Pool != nil {
			return &fault.Invalid{Field: "Config." + name + ".Pool", Allowed: "a URL together with timeouts", Problem: "the pool's connections have their own"}
		}
		if conn.URL != "" && conn.Pool != nil {
			return &fault.Invalid{Field: "Config." + name, Allowed: "a URL or a Pool, not both"}
		}
		if conn.MaxConns < 0 {
			return &fault.Invalid{Field: "Config." + name + ".MaxConns", Allowed: "zero or more"}
		}
	}
	return nil
}

func (c Config) conns() map[string]Conn {
	return map[string]Conn{"App": c.App, "Admin": c.Admin, "Auditor": c.Auditor}
}

func or(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}

// poolConfig returns the configuration of a pool of our own.
func (c Config) poolConfig(name string, conn Conn) (*pgxpool.Config, error) {
	p, err := pgxpool.ParseConfig(conn.URL)
	if err != nil {
		// pgx's error repeats the connection string, with the password only
		// partly hidden.
		return nil, &fault.Invalid{Field: "Config." + name + ".URL", Allowed: "a PostgreSQL connection string such as postgres://user@host:5432/database"}
	}
	p.MaxConns = conn.MaxConns
	if p.MaxConns == 0 {
		p.MaxConns = defaultMaxConns()
	}
	p.MaxConnLifetime, p.MaxConnLifetimeJitter = 30*time.Minute, 5*time.Minute
	p.MaxConnIdleTime = 5 * time.Minute
	p.BeforeConnect = conn.BeforeConnect
	cc := p.ConnConfig
	cc.Tracer = conn.Tracer
	if cc.ConnectTimeout == 0 {
		cc.ConnectTimeout = 5 * time.Second
	}
	if _, ok := cc.RuntimeParams["application_name"]; !ok {
		cc.RuntimeParams["application_name"] = applicationName
	}
	if c.Pooler == PoolerTransaction {
		cc.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		return p, nil
	}
	for param, d := range map[string]time.Duration{
		"statement_timeout":                   or(c.StatementTimeout, defaultStatementTimeout),
		"lock_timeout":                        or(c.LockTimeout, defaultLockTimeout),
		"idle_in_transaction_session_timeout": or(c.IdleTimeout, defaultIdleTimeout),
	} {
		if _, ok := cc.RuntimeParams[param]; !ok {
			cc.RuntimeParams[param] = strconv.FormatInt(d.Milliseconds(), 10)
		}
	}
	// Behind a pooler the sessions are not the pool's.
	p.PrepareConn = renewPlans()
	cc.RuntimeParams["timezone"] = "UTC"
	// Nothing is written in another isolation, which a role or a database may default to.
	cc.RuntimeParams["default_transaction_isolation"] = "read committed"
	return p, nil
}

// pool returns the pool of conn and whether we made it.
func (c Config) pool(ctx context.Context, name string, conn Conn) (*pgxpool.Pool, bool, error) {
	if conn.Pool != nil {
		return conn.Pool, false, nil
	}
	p, err := c.poolConfig(name, conn)
	if err != nil {
		return nil, false, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, p)
	if err != nil {
		return nil, false, fmt.Errorf("open %s: %w", name, err)
	}
	return pool, true, nil
}
