package pgpool

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Settings say how the sessions of a pool behave.
type Settings struct {
	// Pooler says that a pooler in transaction mode is in between: the sessions are not
	// the pool's, so that nothing is set on them and nothing is known of them.
	Pooler bool
	// ReadOnly is for a pool that never writes, on a standby if there is one.
	ReadOnly bool
	// AnyServer takes a standby as well as a primary from several hosts.
	AnyServer bool

	StatementTimeout, LockTimeout, IdleTimeout, TransactionTimeout time.Duration
}

const (
	minIdleConns   = 2
	connLifetime   = 30 * time.Minute
	lifetimeJitter = 5 * time.Minute
	connIdleTime   = 5 * time.Minute
	pingTimeout    = 2 * time.Second
	connectTimeout = 5 * time.Second
	healthPeriod   = 30 * time.Second
	// Of several servers another one may have become the primary.
	healthPeriodOfMany = 5 * time.Second

	// cancelGrace is how long a server may take to answer a call that is cancelled
	// before its connection is given up.
	cancelGrace = time.Second

	// A peer that is gone is noticed after 15 + 3 × 5 s without traffic, and after
	// userTimeout when something was sent.
	keepAliveIdle, keepAliveInterval, keepAliveCount = 15 * time.Second, 5 * time.Second, 3
	userTimeout                                      = 20 * time.Second

	applicationName = "attestdb"
)

// Set fills in what cfg, parsed from a URL, says nothing about, and what attestdb needs
// of its sessions. It leaves MaxConns alone.
func (s Settings) Set(cfg *pgxpool.Config) {
	cc := cfg.ConnConfig
	many := severalHosts(cc)
	cfg.MinIdleConns = min(minIdleConns, cfg.MaxConns)
	cfg.MaxConnLifetime, cfg.MaxConnLifetimeJitter = connLifetime, lifetimeJitter
	cfg.MaxConnIdleTime, cfg.PingTimeout, cfg.HealthCheckPeriod = connIdleTime, pingTimeout, healthPeriod
	if many {
		cfg.HealthCheckPeriod = healthPeriodOfMany
	}
	if cc.ConnectTimeout == 0 {
		cc.ConnectTimeout = connectTimeout
	}
	cc.DialFunc = (&net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount,
		},
		Control: limitUnanswered,
	}).DialContext
	cc.OnNotice = notice
	if many && cc.ValidateConnect == nil {
		switch {
		case s.ReadOnly:
			cc.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPreferStandby
		case !s.AnyServer:
			cc.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
		}
	}
	setUnlessGiven(cc, "application_name", applicationName)
	if s.Pooler {
		cc.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		return
	}
	s.setSession(cfg, many)
}

func (s Settings) setSession(cfg *pgxpool.Config, many bool) {
	cc := cfg.ConnConfig
	setUnlessGiven(cc, "statement_timeout", milliseconds(s.StatementTimeout))
	setUnlessGiven(cc, "lock_timeout", milliseconds(s.LockTimeout))
	setUnlessGiven(cc, "idle_in_transaction_session_timeout", milliseconds(s.IdleTimeout))
	if _, given := cc.RuntimeParams["transaction_timeout"]; !given {
		cfg.AfterConnect = limitTransactions(s.TransactionTimeout)
	}
	cc.RuntimeParams["timezone"] = "UTC"
	// Nothing is written in another isolation, which a role or a database may default to.
	cc.RuntimeParams["default_transaction_isolation"] = "read committed"
	if s.ReadOnly {
		cc.RuntimeParams["default_transaction_read_only"] = "on"
	}
	cfg.PrepareConn = withoutDoubt(renewPlans())
	if many && !s.ReadOnly && !s.AnyServer {
		cfg.PrepareConn = primaryOnly(cfg.PrepareConn)
	}
	// Behind a pooler a cancel may meet another client's statement; there the
	// connection is closed, which costs the server nothing.
	cc.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &canceller{conn: conn}
	}
}

func setUnlessGiven(cc *pgx.ConnConfig, param, value string) {
	if _, given := cc.RuntimeParams[param]; !given {
		cc.RuntimeParams[param] = value
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// limitTransactions sets what only PostgreSQL 17 and newer know, and older ones would
// refuse the connection for.
func limitTransactions(most time.Duration) func(context.Context, *pgx.Conn) error {
	return func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.PgConn().Exec(ctx, `SELECT pg_catalog.set_config(s.name, '`+milliseconds(most)+`', false)
			FROM pg_catalog.pg_settings s WHERE s.name = 'transaction_timeout' AND s.source = 'default'`).ReadAll()
		return err
	}
}

// severalHosts reports whether cc leads to more than one server. A fallback to the same
// one without TLS is none.
func severalHosts(cc *pgx.ConnConfig) bool {
	for _, f := range cc.Fallbacks {
		if f.Host != cc.Host || f.Port != cc.Port {
			return true
		}
	}
	return false
}
