package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/embedpg"
)

const demoDatabase = "attestdb"

// demoRoles have a login each in the demo's server.
var demoRoles = []role{roleOwner, roleApp, "worker", "refresher", roleAuditor, roleAdmin}

func demoLogin(r role) string {
	if r == roleBootstrap {
		return "postgres"
	}
	return "attestdb_demo_" + string(r)
}

// demoServer is the embedded server, durable and in a directory that is kept.
type demoServer struct{ srv *embedpg.Server }

func (s *demoServer) url(r role) string { return s.srv.URL(demoLogin(r), demoDatabase) }

func (s *demoServer) stop() error { return s.srv.Stop(context.Background()) }

func (a *app) demoDirectory() (string, error) {
	dir := a.demoDir
	if dir == "" {
		dir = os.Getenv("ATTESTDB_DEMO_DIR")
	}
	if dir == "" {
		dir = embedpg.DefaultDir("demo")
	}
	return filepath.Abs(dir)
}

// startDemo starts the server if it does not run yet. Only the command demo
// creates one: elsewhere a wrong directory is a mistake.
func (a *app) startDemo(ctx context.Context, create bool) error {
	if a.server != nil {
		return nil
	}
	dir, err := a.demoDirectory()
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "PG_VERSION")); err != nil {
		if !create {
			return &failure{code: exitUnknown, err: fmt.Errorf("there is no demo in %s", dir), hint: fmt.Sprintf("run `%s demo` first", programName)}
		}
		a.note("making a PostgreSQL server in %s", dir)
	}
	cfg := embedpg.Config{Dir: dir, Report: func(line string) { a.note("%s", line) }}
	for _, r := range demoRoles {
		cfg.Logins = append(cfg.Logins, demoLogin(r))
	}
	srv, err := embedpg.Start(ctx, cfg)
	if err != nil {
		return err
	}
	a.server = &demoServer{srv}
	return nil
}

// prepare makes the database, the roles, a login for each, and the schema. It
// keeps what is there.
func (s *demoServer) prepare(ctx context.Context, a *app) error {
	conn, err := pgx.Connect(ctx, s.srv.URL(demoLogin(roleBootstrap), "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)", demoDatabase).Scan(&exists)
	if err == nil && !exists {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+demoDatabase)
	}
	if err != nil {
		return fmt.Errorf("make the demo's database: %w", err)
	}
	if err := attestdb.Bootstrap(ctx, s.url(roleBootstrap)); err != nil {
		return err
	}
	for _, r := range demoRoles {
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)", demoLogin(r)).Scan(&exists)
		if err == nil && !exists {
			_, err = conn.Exec(ctx, fmt.Sprintf("CREATE ROLE %s LOGIN IN ROLE attestdb_%s", demoLogin(r), r))
		}
		if err != nil {
			return fmt.Errorf("make the demo's login for %s: %w", r, err)
		}
	}
	_, err = attestdb.Migrate(ctx, a.migrateConfig(s.url(roleOwner)))
	return err
}

// removeDemo deletes the directory, if the user wants it.
func (a *app) removeDemo(ctx context.Context, yes bool) error {
	dir, err := a.demoDirectory()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(dir); errors.Is(err, os.ErrNotExist) {
		a.printf("there is no demo in %s\n", dir)
		return nil
	}
	if err := a.confirm(ctx, yes, fmt.Sprintf("Delete %s with all that is stored in it?", clean(dir))); err != nil {
		return err
	}
	if err := embedpg.Remove(dir); err != nil {
		return err
	}
	a.printf("removed %s\n", dir)
	return nil
}
