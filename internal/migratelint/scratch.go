package migratelint

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// scratch is an empty database with one connection to it.
type scratch struct {
	admin   *pgx.Conn
	name    string
	db      *sql.DB
	conn    *sql.Conn
	modules []string
	// truncated collects what the server says about names that are too long.
	truncated []string
}

// truncatedName is name_too_long, which comes as a notice.
const truncatedName = "42622"

func newScratch(ctx context.Context, serverURL string, modules []string) (*scratch, error) {
	cfg, err := pgx.ParseConfig(serverURL)
	if err != nil {
		return nil, err
	}
	s := &scratch{name: "migratelint_" + strings.ToLower(rand.Text()[:12]), modules: modules}
	s.admin, err = pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := s.admin.Exec(ctx, "CREATE DATABASE "+s.name+" TEMPLATE template0"); err != nil {
		return nil, errors.Join(err, s.admin.Close(ctx))
	}
	cfg.Database = s.name
	cfg.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if n.Code == truncatedName {
			s.truncated = append(s.truncated, n.Message)
		}
	}
	s.db = stdlib.OpenDB(*cfg)
	s.conn, err = s.db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, s.drop(ctx))
	}
	return s, nil
}

// drop removes the database, also when ctx has ended.
func (s *scratch) drop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	errs = append(errs, s.db.Close())
	_, err := s.admin.Exec(ctx, "DROP DATABASE "+s.name+" WITH (FORCE)")
	return errors.Join(append(errs, err, s.admin.Close(ctx))...)
}

// settle undoes what earlier statements set: names are judged by an empty path,
// and too long ones by notices.
const settle = "SET client_min_messages = notice; SET search_path = ''"

// exec runs a statement with an empty search_path. Where that fails for want
// of a schema name, it runs it again with the module's schema on the path, and
// returns the first error as unqualified.
func (s *scratch) exec(ctx context.Context, f *file, text string) (unqualified, err error) {
	if err := s.command(ctx, settle); err != nil {
		return nil, err
	}
	if !f.inTransaction() {
		err = s.command(ctx, text)
		if !needsPath(err) {
			return nil, err
		}
		if err := s.command(ctx, "SET search_path = "+f.module+", public"); err != nil {
			return nil, err
		}
		return err, s.command(ctx, text)
	}
	if err := s.command(ctx, "SAVEPOINT statement"); err != nil {
		return nil, err
	}
	err = s.command(ctx, text)
	if !needsPath(err) {
		return nil, err
	}
	again := "ROLLBACK TO statement; SET search_path = " + f.module + ", public; " + text
	return err, s.command(ctx, again)
}

// command uses the simple protocol, as psql does, so that nothing is prepared.
func (s *scratch) command(ctx context.Context, text string) error {
	_, err := s.conn.ExecContext(ctx, text, pgx.QueryExecModeSimpleProtocol)
	return err
}

// needsPath says whether a schema name may be what is missing.
func needsPath(err error) bool {
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) {
		return false
	}
	switch pgErr.Code {
	case "3F000", // no schema has been selected to create in
		"42P01", // undefined table
		"42704", // undefined object: a type, an operator class
		"42883": // undefined function or operator
		return true
	}
	return false
}

// snapshot returns what the modules' schemas hold.
func (s *scratch) snapshot(ctx context.Context) (map[object]state, error) {
	rows, err := s.conn.QueryContext(ctx, snapshotQuery, s.modules)
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	defer rows.Close()
	all := make(map[object]state)
	for rows.Next() {
		var o object
		var st state
		if err := rows.Scan(&o.class, &o.oid, &o.detail, &st.name, &st.table, &st.kind, &st.definition); err != nil {
			return nil, err
		}
		all[o] = st
	}
	return all, rows.Err()
}
