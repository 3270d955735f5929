package pgtenant

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgpool"
)

// The literal form is for servers that hand statements on to others, as Citus does: only
// SET LOCAL with a literal, in an explicit transaction, reaches those. It is a text of its
// own for each tenant, so that it must not become a prepared statement: it goes alone, by
// the simple protocol, and what follows goes as ever. Outside a transaction that is
//
//	BEGIN; SET LOCAL attestdb.tenant_id = '…'
//	the statement, COMMIT
//
// in two round trips, and inside one the first line without BEGIN.

// Literal returns a Conn that names its tenant by SET LOCAL.
func (c *Conn) Literal() *Conn {
	d := *c
	d.literal = true
	return &d
}

// rollbackTimeout bounds what is sent although its caller may have gone.
const rollbackTimeout = 5 * time.Second

// pool is what pools have and a transaction has not.
type pool interface {
	Acquire(ctx context.Context) (*pgxpool.Conn, error)
}

// reader is a pool that is only read through.
type reader interface{ ReadOnly() }

// transaction is what a pgx.Tx has.
type transaction interface {
	DB
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

func (c *Conn) startLiteral(ctx context.Context, b *pgx.Batch) (pgx.BatchResults, error) {
	set, err := setLocal(c.setting, c.value)
	if err != nil {
		return nil, err
	}
	switch db := c.db.(type) {
	case pool:
		return c.startAlone(ctx, db, set, b)
	case transaction:
		if err := c.nameIn(ctx, db, set); err != nil {
			return nil, err
		}
	}
	return c.db.SendBatch(ctx, b), nil
}

// startAlone runs the batch in a transaction of its own.
func (c *Conn) startAlone(ctx context.Context, db pool, set string, b *pgx.Batch) (pgx.BatchResults, error) {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	results := &ownTransaction{conn: conn, rollback: func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		_, err := conn.Exec(ctx, "ROLLBACK", pgx.QueryExecModeSimpleProtocol)
		return err
	}}
	begin := "BEGIN; "
	if _, is := db.(reader); is {
		begin = "BEGIN READ ONLY; "
	}
	if _, err := conn.Exec(ctx, begin+set, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, errors.Join(err, results.end())
	}
	b.Queue("COMMIT")
	results.BatchResults = conn.SendBatch(ctx, b)
	return results, nil
}

// ownTransaction ends its transaction, and gives the connection back, when it is closed.
type ownTransaction struct {
	pgx.BatchResults
	conn     *pgxpool.Conn
	rollback func() error
}

// Close reads what is left, the answer to COMMIT with it.
func (r *ownTransaction) Close() error {
	err := r.BatchResults.Close()
	if r.conn == nil {
		return err
	}
	err = pgpool.Replicated(r.conn, err)
	// What the rollback says is not what the caller has to hear: a connection that is
	// still in a transaction is closed by the pool.
	_ = r.end()
	return err
}

// end leaves no transaction open. After an error the server waits for a ROLLBACK.
func (r *ownTransaction) end() error {
	conn := r.conn
	r.conn = nil
	defer conn.Release()
	if pg := conn.Conn().PgConn(); pg.IsClosed() || pg.TxStatus() == 'I' {
		return nil
	}
	return r.rollback()
}

// nameIn names the tenant in a transaction. If it is another tenant's, and the Conn is
// guarded, that one is named again.
func (c *Conn) nameIn(ctx context.Context, tx transaction, set string) error {
	if !c.guarded {
		_, err := tx.Exec(ctx, set, pgx.QueryExecModeSimpleProtocol)
		return err
	}
	was, err := c.swap(ctx, tx, set)
	if err != nil || was == "" || was == c.value {
		return err
	}
	back, err := setLocal(c.setting, was)
	if err == nil {
		_, err = tx.Exec(ctx, back, pgx.QueryExecModeSimpleProtocol)
	}
	return errors.Join(fault.ErrTenantMismatch, err)
}

// swap names the tenant and returns the one that was named before, in one round trip.
func (c *Conn) swap(ctx context.Context, tx transaction, set string) (string, error) {
	rows, err := tx.Query(ctx, "SELECT coalesce(pg_catalog.current_setting("+literal(string(c.setting))+", true), ''); "+set, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return "", err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
}

// setLocal is the statement that names a tenant until the transaction, or the savepoint
// that it is in, ends.
func setLocal(setting Setting, value string) (string, error) {
	if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
		return "", &fault.Invalid{Field: string(setting), Allowed: "UTF-8 without NUL"}
	}
	return "SET LOCAL " + string(setting) + " = " + literal(value), nil
}

// literal writes s as a string of SQL that means the same whatever
// standard_conforming_strings is. It is UTF-8, as every connection of pgx's is: no byte of
// a character in it is a quote or a backslash.
func literal(s string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(s) + "'"
}
