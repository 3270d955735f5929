package pgpool

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/internal/pgfault"
)

const limitSQL = `
SELECT least(
  pg_catalog.current_setting('max_connections')::int
    - pg_catalog.current_setting('superuser_reserved_connections')::int
    - coalesce(pg_catalog.current_setting('reserved_connections', true)::int, 0),
  (SELECT nullif(d.datconnlimit, -1) FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()),
  (SELECT nullif(r.rolconnlimit, -1) FROM pg_catalog.pg_roles r WHERE r.rolname = session_user))`

// Limit asks the server for the most connections that cfg's login may have: the server's
// own limit without what it reserves for others, that of the database and that of the
// login.
func Limit(ctx context.Context, cfg *pgxpool.Config) (int32, error) {
	cc := cfg.ConnConfig.Copy()
	if cfg.BeforeConnect != nil {
		if err := cfg.BeforeConnect(ctx, cc); err != nil {
			return 0, err
		}
	}
	conn, err := pgx.ConnectConfig(ctx, cc)
	if err != nil {
		return 0, pgfault.Map("connect", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var limit int32
	if err := conn.QueryRow(ctx, limitSQL).Scan(&limit); err != nil {
		return 0, pgfault.Map("ask for the server's limit of connections", err)
	}
	return limit, nil
}
