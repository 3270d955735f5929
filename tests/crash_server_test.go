package tests

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/embedpg"
)

// ownRoles are the logins of a server of a test's own, one for each of attestdb's
// roles that the tests use.
var ownRoles = []string{"owner", "app", "admin", "auditor"}

const ownDatabase = "attestdb"

// ownServer is a server that one test may kill, fill up or overload.
type ownServer struct {
	*embedpg.Server
	cfg embedpg.Config
}

// startServer starts a migrated server whose data are as durable as in
// production. Its directory is on disk, or in memory if memory is true, where a
// commit costs no wait.
func startServer(t testing.TB, memory bool, settings map[string]string) *ownServer {
	t.Helper()
	base := os.TempDir()
	if _, err := os.Stat("/dev/shm"); memory && err == nil {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, "attestdb-own-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	s := startServerIn(t, filepath.Join(dir, "server"), settings)
	s.prepare(t)
	return s
}

// startServerIn starts an empty server in dir, whose parent the server's
// account is let into.
func startServerIn(t testing.TB, dir string, settings map[string]string) *ownServer {
	t.Helper()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711))
	s := &ownServer{cfg: embedpg.Config{Dir: dir, Settings: settings}}
	s.cfg.Logins = append(s.cfg.Logins, ownRoles...)
	s.start(t)
	t.Cleanup(func() { _ = s.Kill() })
	return s
}

func (s *ownServer) start(t testing.TB) {
	t.Helper()
	srv, err := embedpg.Start(context.Background(), s.cfg)
	require.NoError(t, err)
	s.Server = srv
}

// prepare makes the database, the roles, the logins and the schema.
func (s *ownServer) prepare(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	s.exec(t, "postgres", "CREATE DATABASE "+ownDatabase)
	require.NoError(t, attestdb.Bootstrap(ctx, s.superuser()))
	for _, role := range ownRoles {
		s.exec(t, ownDatabase, "CREATE ROLE "+role+" LOGIN IN ROLE attestdb_"+role)
	}
	_, err := attestdb.Migrate(ctx, attestdb.MigrateConfig{URL: s.url("owner")})
	require.NoError(t, err)
}

func (s *ownServer) url(login string) string { return s.URL(login, ownDatabase) }

func (s *ownServer) superuser() string { return s.url("postgres") }

// exec runs one statement as superuser.
func (s *ownServer) exec(t testing.TB, db, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL("postgres", db))
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	require.NoError(t, err)
}

// open opens attestdb on the server with up to conns connections for the
// application.
func (s *ownServer) open(t testing.TB, conns int32) *attestdb.DB {
	t.Helper()
	db, err := attestdb.Open(context.Background(), attestdb.Config{
		App:   attestdb.Conn{URL: s.url("app"), MaxConns: conns},
		Admin: attestdb.Conn{URL: s.url("admin")},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	return db
}
