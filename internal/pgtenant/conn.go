// Package pgtenant sends every statement together with the tenant that it is
// for, in one round trip.
//
// The tenant is the setting attestdb.tenant_id, which row-level security
// compares with. It is set by set_config(…, true) in the same pipeline as the
// statement. Outside a transaction a pipeline is one implicit transaction, so
// the setting ends with it and no connection ever carries a tenant into the
// pool. Inside a transaction it goes with every statement all the same: ROLLBACK
// TO restores an older value, and two handles may share one transaction.
//
// [Conn.Literal] is another form of the same, for servers that do not hand on what
// set_config sets.
package pgtenant

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/observe"
	"stella-ops.org/attestdb/internal/pgfault"
)

// DB is what a *pgxpool.Pool and a pgx.Tx have in common.
type DB interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Setting names what a statement travels with.
type Setting string

const (
	// Tenant is compared with tenant_id by every policy.
	Tenant Setting = "attestdb.tenant_id"
	// TenantName lets the application role see the one tenant of that name.
	TenantName Setting = "attestdb.tenant_name"
)

const setConfig = "SELECT pg_catalog.set_config($1, $2, true)"

// Inside a transaction that has another tenant this leaves that tenant set and
// returns no row. The statement behind it names its own tenant, so that it sees
// nothing and can write nothing.
const setConfigGuarded = setConfig + ` WHERE
	coalesce(nullif(pg_catalog.current_setting($1, true), ''), $2) = $2`

// Queued is a statement that goes along with others in one batch, and whose rows
// nobody reads.
type Queued struct {
	SQL  string
	Args []any
}

// Conn sends statements for one tenant. It is safe for concurrent use if its DB
// is. A Conn without a setting sends statements bare: that is for roles that
// are not bound to a tenant.
type Conn struct {
	db      DB
	setting Setting
	value   string
	tenant  uuid.UUID
	guarded bool
	literal bool
	// observer measures the calls that send the statements; nil measures nothing.
	observer *observe.Observer
}

// New returns a Conn whose statements are tenant's.
func New(db DB, tenant uuid.UUID) *Conn {
	return &Conn{db: db, setting: Tenant, value: tenant.String(), tenant: tenant}
}

// NewNamed returns a Conn whose statements may see the row of the tenant name.
func NewNamed(db DB, name string) *Conn {
	return &Conn{db: db, setting: TenantName, value: name}
}

// NewBare returns a Conn that sets nothing.
func NewBare(db DB) *Conn { return &Conn{db: db} }

// Tenant returns the tenant, or the nil UUID for none.
func (c *Conn) Tenant() uuid.UUID { return c.tenant }

// With returns a Conn with the same setting on another DB: a transaction of
// this one's.
func (c *Conn) With(db DB) *Conn {
	d := *c
	d.db = db
	return &d
}

// Guarded returns a Conn that fails with [fault.ErrTenantMismatch] if its
// transaction is another tenant's.
func (c *Conn) Guarded() *Conn {
	d := *c
	d.guarded = true
	return &d
}

// Observed returns a Conn whose calls are measured.
func (c *Conn) Observed(by *observe.Observer) *Conn {
	d := *c
	d.observer = by
	return &d
}

// Observer returns what the Conn's calls are measured by. It may be nil, and is of use then.
func (c *Conn) Observer() *observe.Observer { return c.observer }

// Start begins a call whose statements the Conn sends: the first line of each public call
// of a module. The context that it returns is the call's; [observe.Call.End] ends it.
func (c *Conn) Start(ctx context.Context, operation string) (context.Context, *observe.Call) {
	return c.observer.Start(ctx, operation, c.tenant)
}

// StartShared begins what several calls share, as [observe.Observer.StartShared] does.
func (c *Conn) StartShared(ctx context.Context, operation string) (context.Context, *observe.Call) {
	return c.observer.StartShared(ctx, operation, c.tenant)
}

// Begin starts a transaction, or a savepoint if the Conn is in one. The
// statements of a Conn made by [Conn.With] on it carry the tenant, the
// transaction itself does not.
func (c *Conn) Begin(ctx context.Context) (pgx.Tx, error) {
	tx, err := c.db.Begin(ctx)
	return tx, pgfault.Caused(ctx, err)
}

// Exec runs one statement.
func (c *Conn) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	br, err := c.send(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	tag, err := br.Exec()
	return tag, pgfault.Caused(ctx, closing(br, err))
}

// Query runs one statement. The rows hold a connection until they are closed
// or read to the end.
func (c *Conn) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	br, err := c.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	rows, err := br.Query()
	if err != nil {
		return nil, pgfault.Caused(ctx, closing(br, err))
	}
	return &batchRows{ctx: ctx, Rows: rows, br: br}, nil
}

// Batch runs several statements in one round trip and hands their results, in
// order, to read. The first error ends it; outside a transaction nothing of the
// batch is kept then.
func (c *Conn) Batch(ctx context.Context, b *pgx.Batch, read func(pgx.BatchResults) error) error {
	all := &pgx.Batch{}
	c.queueSetting(all)
	for _, q := range b.QueuedQueries {
		binary(q.Arguments)
	}
	all.QueuedQueries = append(all.QueuedQueries, b.QueuedQueries...)
	br, err := c.start(ctx, all)
	if err != nil {
		return err
	}
	return pgfault.Caused(ctx, closing(br, read(br)))
}

func (c *Conn) send(ctx context.Context, sql string, args []any) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	c.queueSetting(b)
	binary(args)
	b.Queue(sql, args...)
	return c.start(ctx, b)
}

// binary has UUIDs sent as they are. By way of their driver.Valuer, which pgx
// prefers, they would become text and be parsed again.
func binary(args []any) {
	for i, a := range args {
		if id, ok := a.(uuid.UUID); ok {
			args[i] = pgtype.UUID{Bytes: id, Valid: true}
		}
	}
}

func (c *Conn) queueSetting(b *pgx.Batch) {
	switch {
	case c.setting == "" || c.literal:
	case c.guarded:
		b.Queue(setConfigGuarded, string(c.setting), c.value)
	default:
		b.Queue(setConfig, string(c.setting), c.value)
	}
}

func (c *Conn) start(ctx context.Context, b *pgx.Batch) (pgx.BatchResults, error) {
	if c.literal && c.setting != "" {
		return c.startLiteral(ctx, b)
	}
	br := c.db.SendBatch(ctx, b)
	if c.setting == "" {
		return br, nil
	}
	tag, err := br.Exec()
	if err == nil && tag.RowsAffected() == 0 {
		err = fault.ErrTenantMismatch
	}
	if err != nil {
		return nil, pgfault.Caused(ctx, closing(br, err))
	}
	return br, nil
}

// closing ends a batch and keeps the first error: closing repeats the error
// that the batch already failed with.
func closing(br pgx.BatchResults, err error) error {
	if e := br.Close(); err == nil {
		return e
	}
	return err
}

// batchRows gives the connection back when the rows end.
type batchRows struct {
	pgx.Rows
	ctx context.Context //nolint:containedctx // the query's, which is under way until its rows end
	br  pgx.BatchResults
	err error
}

func (r *batchRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.end()
	return false
}

func (r *batchRows) Close() {
	r.Rows.Close()
	r.end()
}

func (r *batchRows) end() {
	if r.br != nil {
		r.err = r.br.Close()
		r.br = nil
	}
}

func (r *batchRows) Err() error {
	if err := r.Rows.Err(); err != nil {
		return pgfault.Caused(r.ctx, err)
	}
	return pgfault.Caused(r.ctx, r.err)
}
