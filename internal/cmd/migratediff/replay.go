package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

type moduleDir struct {
	module string
	*migrate.LocalDir
}

var fileName = regexp.MustCompile(`^\d{14}_[a-z0-9_]+\.sql$`)

// openDirs opens every module's directory and checks it against its atlas.sum.
// A directory that is missing counts as empty.
func openDirs(root string, modules []string) ([]moduleDir, error) {
	var dirs []moduleDir
	for _, m := range modules {
		local, err := migrate.NewLocalDir(filepath.Join(root, m))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files, err := local.Files()
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if !fileName.MatchString(f.Name()) {
				return nil, fmt.Errorf("%s/%s: a migration's name is 14 digits, _, a phrase in lower case and .sql", m, f.Name())
			}
		}
		err = migrate.Validate(local)
		if len(files) == 0 && errors.Is(err, migrate.ErrChecksumNotFound) {
			err = nil
		}
		if err != nil {
			return nil, fmt.Errorf("module %s: %w: run migratediff -hash after writing a migration by hand", m, err)
		}
		dirs = append(dirs, moduleDir{m, local})
	}
	return dirs, nil
}

// replay executes all files in version order over all modules; modules decide
// between equal versions. Each statement stands alone, so that files without a
// transaction (CREATE INDEX CONCURRENTLY) replay as well.
func replay(ctx context.Context, s *scratch, dirs []moduleDir) error {
	type file struct {
		module string
		migrate.File
	}
	var files []file
	for _, d := range dirs {
		fs, err := d.Files()
		if err != nil {
			return err
		}
		for _, f := range fs {
			files = append(files, file{d.module, f})
		}
	}
	slices.SortStableFunc(files, func(a, b file) int { return cmp.Compare(a.Version(), b.Version()) })
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, f := range files {
		stmts, err := migrate.FileStmtDecls(s.drv, f.File)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", f.module, f.Name(), err)
		}
		for _, stmt := range stmts {
			if _, err := conn.ExecContext(ctx, stmt.Text); err != nil {
				line := 1 + strings.Count(string(f.Bytes()[:stmt.Pos]), "\n")
				return fmt.Errorf("replay %s/%s:%d: %w", f.module, f.Name(), line, err)
			}
		}
	}
	return nil
}

// scratch is a database that is gone after close.
type scratch struct {
	name  string
	admin *sql.DB // on the server's maintenance database
	db    *sql.DB
	drv   migrate.Driver
}

func openScratch(ctx context.Context, serverURL string) (*scratch, error) {
	cfg, err := pgx.ParseConfig(serverURL)
	if err != nil {
		return nil, err
	}
	s := &scratch{
		name:  "migratediff_" + strings.ToLower(rand.Text()),
		admin: stdlib.OpenDB(*cfg),
	}
	if _, err := s.admin.ExecContext(ctx, "CREATE DATABASE "+s.name+" TEMPLATE template0"); err != nil {
		return nil, errors.Join(fmt.Errorf("create a scratch database: %w", err), s.admin.Close())
	}
	cfg.Database = s.name
	s.db = stdlib.OpenDB(*cfg)
	if s.drv, err = postgres.Open(s.db); err != nil {
		s.close(ctx)
		return nil, err
	}
	return s, nil
}

// close drops the database. An error leaves an unused database behind, which
// is not worth failing for.
func (s *scratch) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = s.db.Close()
	_, _ = s.admin.ExecContext(ctx, "DROP DATABASE IF EXISTS "+s.name+" WITH (FORCE)")
	_ = s.admin.Close()
}
