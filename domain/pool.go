package attestdb

import (
	"context"
	"fmt"
	"runtime"

	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgpool"
)

// purpose is what a pool is for: the name of its field of [Config].
type purpose string

const (
	forApp     purpose = "App"
	forAdmin   purpose = "Admin"
	forAuditor purpose = "Auditor"
	forReplica purpose = "Replica"
)

// maxConnsOfFew is enough for those who administer or audit.
const maxConnsOfFew = 4

func (p purpose) defaultMaxConns() int32 {
	if p == forApp || p == forReplica {
		return int32(4 * runtime.GOMAXPROCS(0))
	}
	return maxConnsOfFew
}

// pool returns the pool of conn, within what the server has, and whether we made it.
func (c Config) pool(ctx context.Context, p purpose, conn Conn) (*pgxpool.Pool, bool, error) {
	if conn.Pool != nil {
		return conn.Pool, false, nil
	}
	cfg, err := c.poolConfig(p, conn)
	if err != nil {
		return nil, false, err
	}
	if c.Pooler != PoolerTransaction {
		if err := c.limit(ctx, p, conn, cfg); err != nil {
			return nil, false, err
		}
	}
	return newPool(ctx, p, cfg)
}

// anyPool is pool for a server that may not even answer.
func (c Config) anyPool(ctx context.Context, p purpose, conn Conn) (*pgxpool.Pool, bool, error) {
	if conn.Pool != nil {
		return conn.Pool, false, nil
	}
	cfg, err := c.poolConfig(p, conn)
	if err != nil {
		return nil, false, err
	}
	return newPool(ctx, p, cfg)
}

func newPool(ctx context.Context, p purpose, cfg *pgxpool.Config) (*pgxpool.Pool, bool, error) {
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, false, fmt.Errorf("open %s: %w", p, err)
	}
	return pool, true, nil
}

// poolConfig returns the configuration of a pool of our own.
func (c Config) poolConfig(p purpose, conn Conn) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(conn.URL)
	if err != nil {
		// pgx's error repeats the connection string, with the password only
		// partly hidden.
		return nil, &fault.Invalid{Field: "Config." + string(p) + ".URL", Allowed: "a PostgreSQL connection string such as postgres://user@host:5432/database"}
	}
	cfg.BeforeConnect = conn.BeforeConnect
	cfg.ConnConfig.Tracer = conn.Tracer
	cfg.MaxConns = conn.MaxConns
	if cfg.MaxConns == 0 {
		cfg.MaxConns = p.defaultMaxConns()
	}
	pgpool.Settings{
		Pooler:             c.Pooler == PoolerTransaction,
		ReadOnly:           p == forReplica,
		AnyServer:          p == forAuditor,
		StatementTimeout:   or(c.StatementTimeout, defaultStatementTimeout),
		LockTimeout:        or(c.LockTimeout, defaultLockTimeout),
		IdleTimeout:        or(c.IdleTimeout, defaultIdleTimeout),
		TransactionTimeout: or(c.TransactionTimeout, defaultTransaction),
	}.Set(cfg)
	return cfg, nil
}

// limit keeps cfg within what the server has.
func (c Config) limit(ctx context.Context, p purpose, conn Conn, cfg *pgxpool.Config) error {
	have, err := pgpool.Limit(ctx, cfg)
	if err != nil {
		return err
	}
	instances := int32(max(c.Instances, 1))
	switch each := have / instances; {
	case each == 0:
		return &fault.Invalid{
			Field: "Config.Instances", Allowed: fmt.Sprintf("at most %d, the connections that the server has for the login", have),
		}
	case conn.MaxConns > each:
		return &fault.Invalid{
			Field: "Config." + string(p) + ".MaxConns", Allowed: fmt.Sprintf("at most %d", each),
			Problem: fmt.Sprintf("the server has %d connections for the login, and instances to share them: %d", have, instances),
		}
	case conn.MaxConns == 0:
		cfg.MaxConns = min(cfg.MaxConns, max(1, have*4/5/instances))
		cfg.MinIdleConns = min(cfg.MinIdleConns, cfg.MaxConns)
	}
	return nil
}
