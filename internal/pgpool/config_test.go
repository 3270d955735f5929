package pgpool_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/pgpool"
	"stella-ops.org/attestdb/internal/testdb"
)

var settings = pgpool.Settings{
	StatementTimeout: 11 * time.Second, LockTimeout: 12 * time.Second, IdleTimeout: 13 * time.Second,
	TransactionTimeout: 14 * time.Second,
}

// show returns what a session of a pool with the settings says of itself.
func show(t *testing.T, url string, s pgpool.Settings, params ...string) map[string]string {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	cfg.MaxConns = 1
	s.Set(cfg)
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	defer pool.Close()
	rows, err := pool.Query(t.Context(), "SELECT name, setting FROM pg_settings WHERE name = ANY ($1)", params)
	require.NoError(t, err)
	is := map[string]string{}
	var name, value string
	_, err = pgx.ForEachRow(rows, []any{&name, &value}, func() error { is[name] = value; return nil })
	require.NoError(t, err)
	return is
}

func TestSessionsHaveTheirLimits(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	names := []string{
		"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name", "TimeZone",
		"default_transaction_isolation", "default_transaction_read_only", "transaction_timeout",
	}
	want := map[string]string{
		"statement_timeout": "11000", "lock_timeout": "12000", "idle_in_transaction_session_timeout": "13000",
		"application_name": "attestdb", "TimeZone": "UTC",
		"default_transaction_isolation": "read committed", "default_transaction_read_only": "off",
	}
	var version int
	require.NoError(t, database.Conn(t, "superuser").QueryRow(t.Context(), "SELECT current_setting('server_version_num')::int").Scan(&version))
	if version >= 170000 {
		want["transaction_timeout"] = "14000"
	}
	require.Equal(t, want, show(t, database.URL("app"), settings, names...))

	// What the URL says holds.
	is := show(t, database.URL("app")+"&statement_timeout=5&application_name=scanner", settings, names...)
	require.Equal(t, "5", is["statement_timeout"])
	require.Equal(t, "scanner", is["application_name"])

	// A pool on a replica writes nothing, and a pooler's sessions are left as they are.
	readOnly := settings
	readOnly.ReadOnly = true
	require.Equal(t, "on", show(t, database.URL("app"), readOnly, names...)["default_transaction_read_only"])
	pooler := settings
	pooler.Pooler = true
	require.Equal(t, "0", show(t, database.URL("app"), pooler, names...)["statement_timeout"])
}

// A URL with several servers leads to one that takes writes, unless it says otherwise.
func TestSeveralHostsMeanThePrimary(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"postgres://u@a,b/d":                                true,
		"postgres://u@a:1,a:2/d":                            true,
		"postgres://u@a/d":                                  false, // sslmode=prefer falls back to the same server
		"postgres://u@a/d?sslmode=disable":                  false,
		"postgres://u@a,b/d?target_session_attrs=read-only": true,
	} {
		cfg, err := pgxpool.ParseConfig(url)
		require.NoError(t, err)
		given := cfg.ConnConfig.ValidateConnect != nil
		settings.Set(cfg)
		require.Equal(t, want, cfg.ConnConfig.ValidateConnect != nil, url)
		if given {
			require.Equal(t, 5*time.Second, cfg.HealthCheckPeriod)
		}
	}
}
