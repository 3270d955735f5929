// Package pgxent runs Ent on pgx, so that an Ent client works in the
// transaction that its caller began, and so that every statement of it travels
// with its tenant.
package pgxent

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/internal/pgtenant"
)

// Driver implements [dialect.Driver] on a [pgtenant.Conn].
type Driver struct{ conn *pgtenant.Conn }

var (
	_ dialect.Driver = (*Driver)(nil)
	_ dialect.Tx     = (*tx)(nil)
)

// New returns a driver that sends its statements through conn.
func New(conn *pgtenant.Conn) *Driver { return &Driver{conn: conn} }

// Dialect implements [dialect.Driver].
func (*Driver) Dialect() string { return dialect.Postgres }

// Close does nothing: whoever made the pool closes it.
func (*Driver) Close() error { return nil }

// Exec implements [dialect.Driver].
func (d *Driver) Exec(ctx context.Context, query string, args, v any) error {
	list, err := arguments(args)
	if err != nil {
		return err
	}
	tag, err := d.conn.Exec(ctx, query, list...)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		return nil
	case *sql.Result:
		*v = result{tag}
		return nil
	default:
		return fmt.Errorf("pgxent: exec into %T, want *sql.Result", v)
	}
}

// Query implements [dialect.Driver].
func (d *Driver) Query(ctx context.Context, query string, args, v any) error {
	list, err := arguments(args)
	if err != nil {
		return err
	}
	into, ok := v.(*entsql.Rows)
	if !ok {
		return fmt.Errorf("pgxent: query into %T, want *sql.Rows", v)
	}
	r, err := d.conn.Query(ctx, query, list...)
	if err != nil {
		return err
	}
	*into = entsql.Rows{ColumnScanner: rows{r}}
	return nil
}

// Tx implements [dialect.Driver]: a transaction, or a savepoint inside one.
func (d *Driver) Tx(ctx context.Context) (dialect.Tx, error) {
	t, err := d.conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &tx{Driver: New(d.conn.With(t)), tx: t, ctx: ctx}, nil
}

type tx struct {
	*Driver
	tx  pgx.Tx
	ctx context.Context // Ent's Commit and Rollback take none
}

func (t *tx) Commit() error   { return t.tx.Commit(t.ctx) }
func (t *tx) Rollback() error { return t.tx.Rollback(context.WithoutCancel(t.ctx)) }

func arguments(args any) ([]any, error) {
	list, ok := args.([]any)
	if !ok {
		return nil, fmt.Errorf("pgxent: arguments are %T, want []any", args)
	}
	return list, nil
}

type result struct{ tag pgconn.CommandTag }

func (result) LastInsertId() (int64, error) {
	return 0, errors.New("pgxent: PostgreSQL has no last insert id")
}

func (r result) RowsAffected() (int64, error) { return r.tag.RowsAffected(), nil }

// rows is pgx.Rows as Ent's ColumnScanner.
type rows struct{ pgx.Rows }

func (r rows) Close() error {
	r.Rows.Close()
	return r.Err()
}

func (rows) NextResultSet() bool { return false }

func (rows) ColumnTypes() ([]*sql.ColumnType, error) {
	return nil, errors.New("pgxent: column types are not available")
}

func (r rows) Columns() ([]string, error) {
	fields := r.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names, nil
}
