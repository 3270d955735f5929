package attestdb

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

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
	// Replica is for reading on standby servers, by [TenantDB.OnReplica]: a login like
	// App's on them. A URL with several hosts prefers those that are standbys.
	Replica Conn

	// Pooler tells of a pooler between the program and the server. The zero
	// value is none.
	Pooler Pooler
	// TenantSetting is how a statement names its tenant; the zero value is by a function.
	TenantSetting TenantSetting
	// WaitForSchema is how long Open waits for the migrations to be applied by
	// somebody else; 0 is not at all.
	WaitForSchema time.Duration
	// Logger is told when Open waits for the schema and when a call is repeated
	// after a transient error, on level Debug of every call; nil is silence.
	Logger *slog.Logger
	// Health says what [DB.Health] looks at.
	Health HealthConfig

	// Instances is how many processes like this one share the server: 0 is one. No more
	// connections are asked for than the server has for each of them.
	Instances int
	// AcquireTimeout ends a call that waits longer for a connection of the pool, with
	// [ErrUnavailable]; 0 is 10 s. A call's context may end it earlier.
	AcquireTimeout time.Duration
	// ReplicaWait is how long a standby has to catch up with what [TenantDB.OnReplica]
	// asks for, and to answer, before the primary is read instead; 0 is 1 s.
	ReplicaWait time.Duration
	// TracerProvider and MeterProvider get spans and metrics; nil is none, and no global
	// provider takes its place. docs/observability.md has their names.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
	// MetricsByTenant gives the metrics of records and ledgers the attribute
	// attestdb.tenant_id: as many series as tenants, so that it is for few.
	MetricsByTenant bool

	// StatementTimeout ends a statement that takes longer; 0 is 30 s.
	StatementTimeout time.Duration
	// LockTimeout ends a statement that waits longer for a lock; 0 is 5 s.
	LockTimeout time.Duration
	// IdleTimeout ends a connection that idles in a transaction; 0 is 60 s.
	IdleTimeout time.Duration
	// TransactionTimeout ends a connection whose transaction takes longer, on PostgreSQL
	// 17 and newer; 0 is 120 s.
	TransactionTimeout time.Duration
}

// Conn is one way into the database: a URL, from which [Open] makes a pool of
// its own, or a pool of the caller's, which the caller closes.
type Conn struct {
	// URL is a PostgreSQL connection string.
	URL string
	// Pool is the caller's pool. It has its own timeouts: those of [Config] are
	// refused together with it.
	Pool *pgxpool.Pool
	// MaxConns is the most connections of the pool that Open makes. 0 is four times the
	// processors that Go uses for App and Replica and 4 for the others, and no more than
	// four fifths of what the server has for each of [Config].Instances. What the server
	// does not have is refused.
	MaxConns int32
	// BeforeConnect is called before each new connection of the pool that Open
	// makes, to fill in a password that expires, say.
	BeforeConnect func(context.Context, *pgx.ConnConfig) error
	// Tracer sees every statement of the pool that Open makes, beside what the
	// providers of [Config] ask for.
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
	// on the login instead. The server's limit of connections is the pooler's matter.
	PoolerTransaction
)

const (
	defaultStatementTimeout = 30 * time.Second
	defaultLockTimeout      = 5 * time.Second
	defaultIdleTimeout      = 60 * time.Second
	defaultTransaction      = 120 * time.Second
	defaultAcquireTimeout   = 10 * time.Second
	defaultReplicaWait      = time.Second
	runGrace                = 5 * time.Second
)

func (c Config) validate() error {
	if !c.App.given() && !c.Admin.given() && !c.Auditor.given() {
		return &fault.Invalid{Field: "Config", Allowed: "a Conn for at least one of App, Admin and Auditor"}
	}
	if c.Pooler != PoolerNone && c.Pooler != PoolerTransaction {
		return &fault.Invalid{Field: "Config.Pooler", Allowed: "PoolerNone or PoolerTransaction"}
	}
	if err := c.Health.validate(); err != nil {
		return err
	}
	if err := c.TenantSetting.validate(); err != nil {
		return err
	}
	for name, d := range map[string]time.Duration{
		"WaitForSchema": c.WaitForSchema, "StatementTimeout": c.StatementTimeout,
		"LockTimeout": c.LockTimeout, "IdleTimeout": c.IdleTimeout, "TransactionTimeout": c.TransactionTimeout,
		"AcquireTimeout": c.AcquireTimeout, "ReplicaWait": c.ReplicaWait,
	} {
		if d < 0 {
			return &fault.Invalid{Field: "Config." + name, Allowed: "zero or more"}
		}
	}
	if c.Instances < 0 {
		return &fault.Invalid{Field: "Config.Instances", Allowed: "zero or more"}
	}
	if c.Replica.given() && !c.App.given() {
		return &fault.Invalid{Field: "Config.Replica", Allowed: "together with App, which is read when no standby has caught up"}
	}
	timeouts := c.StatementTimeout != 0 || c.LockTimeout != 0 || c.IdleTimeout != 0 || c.TransactionTimeout != 0
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
	return map[string]Conn{"App": c.App, "Admin": c.Admin, "Auditor": c.Auditor, "Replica": c.Replica}
}

func or(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}
