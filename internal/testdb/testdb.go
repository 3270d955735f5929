// Package testdb gives each test a PostgreSQL database of its own, with the
// schema that our migrations make and a login for each role.
//
// The first test that asks starts a private server for the test process; it
// ends with the process. The environment variable PG_MAJOR chooses its major
// version; without it the newest installed server is used. What a killed
// process leaves behind, the next one removes.
package testdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/internal/embedpg"
)

// Roles are the names that [DB.URL] takes, besides "superuser": each has a
// login attestdb_test_<role>, a member of the group attestdb_<role> alone.
var Roles = []string{"owner", "app", "worker", "refresher", "auditor", "admin"}

const (
	superuser = "postgres"
	template  = "attestdb_template"
	dirPrefix = "attestdb-test-"
)

func login(role string) string { return "attestdb_test_" + role }

// Server returns the server of this test process.
func Server(t testing.TB) *embedpg.Server {
	t.Helper()
	srv, err := server()
	if err != nil {
		t.Fatalf("start the test server: %v", err)
	}
	return srv
}

var server = sync.OnceValues(func() (*embedpg.Server, error) {
	major := 0
	if v := os.Getenv("PG_MAJOR"); v != "" {
		var err error
		if major, err = strconv.Atoi(v); err != nil {
			return nil, fmt.Errorf("PG_MAJOR: allowed is a major version such as 18, not %q", v)
		}
	}
	base := baseDir()
	removeLeftovers(base)
	dir, err := os.MkdirTemp(base, dirPrefix)
	if err != nil {
		return nil, err
	}
	cfg := embedpg.Config{
		Dir:      dir,
		Major:    major,
		Fast:     true,
		Settings: map[string]string{"max_connections": "200"},
		Report:   func(line string) { fmt.Fprintln(os.Stderr, "testdb:", line) },
	}
	for _, role := range Roles {
		cfg.Logins = append(cfg.Logins, login(role))
	}
	if cache, err := embedpg.CacheDir(); err == nil {
		cfg.ClusterCache = filepath.Join(cache, "clusters")
	}
	srv, err := embedpg.Start(context.Background(), cfg)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return srv, nil
})

// removeLeftovers removes the directories of processes that have ended. The
// lock tells: a process, or a server that it left, holds it to its end.
func removeLeftovers(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, dirPrefix+"*"))
	for _, dir := range dirs {
		// In use, or another user's: neither is ours to remove.
		_ = embedpg.Remove(dir)
	}
}

// DB is a database of one test.
type DB struct {
	srv  *embedpg.Server
	name string
}

// New makes a database with all migrations applied. It is dropped when the
// test ends.
func New(t testing.TB) *DB {
	t.Helper()
	Server(t)
	if err := migrated(); err != nil {
		t.Fatalf("migrate the template database: %v", err)
	}
	return create(t, template)
}

// NewEmpty makes a database without a schema, in a server where the roles
// exist and have their rights on the database. It is dropped when the test
// ends.
func NewEmpty(t testing.TB) *DB {
	t.Helper()
	Server(t)
	if err := bootstrapped(); err != nil {
		t.Fatalf("make the roles: %v", err)
	}
	return create(t, "template1")
}

// bootstrapped makes the groups and the logins, once.
var bootstrapped = sync.OnceValue(func() error {
	srv, err := server()
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := bootstrap(ctx, srv.URL(superuser, "postgres")); err != nil {
		return err
	}
	for _, role := range Roles {
		if err := admin(ctx, srv, "CREATE ROLE "+login(role)+" LOGIN IN ROLE attestdb_"+role); err != nil {
			return err
		}
	}
	return nil
})

// migrated makes the template, once.
var migrated = sync.OnceValue(func() error {
	if err := bootstrapped(); err != nil {
		return err
	}
	srv, err := server()
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := admin(ctx, srv, "CREATE DATABASE "+template+" STRATEGY file_copy"); err != nil {
		return err
	}
	if err := bootstrap(ctx, srv.URL(superuser, template)); err != nil {
		return err
	}
	return migrate(ctx, srv.URL(login("owner"), template))
})

var serial atomic.Int64

func create(t testing.TB, from string) *DB {
	t.Helper()
	d := &DB{srv: Server(t), name: fmt.Sprintf("test_%d", serial.Add(1))}
	// The other strategy writes the whole template to the log.
	err := admin(t.Context(), d.srv, "CREATE DATABASE "+d.name+" TEMPLATE "+from+" STRATEGY file_copy")
	if err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(context.Background(), d.srv, "DROP DATABASE "+d.name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	// A copy has the template's schema, but not the rights on the database.
	if err := bootstrap(t.Context(), d.URL("superuser")); err != nil {
		t.Fatalf("grant the roles their rights: %v", err)
	}
	return d
}

// admin runs one statement that can't be in a transaction.
func admin(ctx context.Context, srv *embedpg.Server, sql string) error {
	conn, err := pgx.Connect(ctx, srv.URL(superuser, "postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// URL returns a connection URL for "superuser" or one of [Roles].
func (d *DB) URL(role string) string {
	if role == "superuser" {
		return d.srv.URL(superuser, d.name)
	}
	if !slices.Contains(Roles, role) {
		panic(fmt.Sprintf("testdb: no role %q: allowed is superuser or one of %v", role, Roles))
	}
	return d.srv.URL(login(role), d.name)
}

// Pool returns a pool for the role, which is closed when the test ends.
func (d *DB) Pool(t testing.TB, role string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), d.URL(role))
	if err != nil {
		t.Fatalf("open a pool as %s: %v", role, err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// Conn returns a connection for the role, which is closed when the test ends.
func (d *DB) Conn(t testing.TB, role string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.URL(role))
	if err != nil {
		t.Fatalf("connect as %s: %v", role, err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
