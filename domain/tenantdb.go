package attestdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgrole"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// TenantDB is the only door to a tenant's data. It is made by [DB.Tenant], is
// cheap, and is safe for concurrent use; one that is bound to a transaction is
// as safe as the transaction, which is not.
type TenantDB struct {
	db     *DB
	id     tenant.ID
	actor  tenant.Actor
	conn   *pgtenant.Conn
	store  *attestor.Store
	rekor  *rekor.Store
	ledger *verdict.Store
	inTx   bool
	// readOnly is that of a handle on a replica, whose calls take no short cut to the
	// primary.
	readOnly bool
}

func newTenantDB(db *DB, id tenant.ID, on pgtenant.DB) *TenantDB {
	return bind(&TenantDB{db: db, id: id}, db.conn(on, id), false)
}

func bind(t *TenantDB, conn *pgtenant.Conn, inTx bool) *TenantDB {
	b := *t
	b.conn, b.inTx = conn, inTx
	b.store = attestor.NewStore(conn, b.retryStatement)
	b.rekor = rekor.NewStore(conn, b.retryStatement)
	appender := b.db.ledgers
	if inTx || b.readOnly {
		appender = nil
	}
	b.ledger = verdict.NewStore(conn, b.actor, appender, b.retryStatement)
	return &b
}

// ID returns the tenant that the handle is for.
func (t *TenantDB) ID() tenant.ID { return t.id }

// As returns a handle for which actor acts. What it records names the actor.
func (t *TenantDB) As(actor tenant.Actor) *TenantDB {
	b := *t
	b.actor = actor
	return bind(&b, t.conn, t.inTx)
}

// Attestor returns the tenant's evidence.
func (t *TenantDB) Attestor() *attestor.Store { return t.store }

// Rekor returns the tenant's transparency log entries.
func (t *TenantDB) Rekor() *rekor.Store { return t.rekor }

// Verdict returns the tenant's ledger of what was decided. Appending to it needs an
// actor ([TenantDB.As]).
func (t *TenantDB) Verdict() *verdict.Store { return t.ledger }

// InTx runs f in a transaction (READ COMMITTED) and commits it unless f returns
// an error or panics. f uses the handle that it is given; nested calls of InTx
// on that handle are savepoints.
//
// f is run again, up to eight times, after a serialization failure or a
// deadlock, so it must have no effects but those of its handle. If the
// connection breaks during the commit, the error wraps [ErrOutcomeUnknown].
func (t *TenantDB) InTx(ctx context.Context, f func(ctx context.Context, tx *TenantDB) error) (err error) {
	ctx, call := t.start(ctx, "transaction")
	defer call.End(&err)
	if t.inTx {
		return t.once(ctx, f)
	}
	return pgfault.Retry(ctx, pgfault.Serialization, func() error { return t.once(ctx, f) })
}

// retryStatement says whether a statement that is safe to repeat is sent again
// after err. In a transaction it is not: an error there is the whole
// transaction's.
func (t *TenantDB) retryStatement(err error) bool {
	return !t.inTx && pgfault.Transient(err)
}

// rollbackTimeout bounds the one statement that is sent although its caller has
// gone.
const rollbackTimeout = 5 * time.Second

func (t *TenantDB) once(ctx context.Context, f func(context.Context, *TenantDB) error) (err error) {
	tx, err := t.conn.Begin(ctx)
	if err != nil {
		return pgfault.Map("begin", err)
	}
	// After a commit this does nothing. It must run although ctx is cancelled,
	// and after a panic.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		rollback := tx.Rollback(ctx)
		if rollback != nil && !errors.Is(rollback, pgx.ErrTxClosed) && err == nil {
			err = pgfault.Map("roll back", rollback)
		}
	}()
	if err := f(verdict.WithTransaction(ctx, t.id), bind(t, t.conn.With(tx).Guarded(), true)); err != nil {
		return err
	}
	return pgfault.Commit(ctx, tx.Commit(ctx))
}

// TenantTx returns a handle for tenant id inside the caller's transaction,
// which the caller commits or rolls back. It has the same methods as any other.
//
// The transaction's role must be acceptable as in [Open] (*[RoleError]), its
// isolation READ COMMITTED (*[InvalidError]), and no other tenant's
// ([ErrTenantMismatch]); a handle that meets another tenant's setting later on
// fails with the same error, and like every failed statement leaves the
// transaction to be rolled back.
func (db *DB) TenantTx(ctx context.Context, tx pgx.Tx, id tenant.ID) (_ *TenantDB, err error) {
	ctx, call := db.observer.Start(ctx, "tenant_tx", id.UUID())
	defer call.End(&err)
	if err := pgrole.Check(ctx, tx, pgrole.App); err != nil {
		return nil, err
	}
	var isolation, have string
	err = tx.QueryRow(ctx, `SELECT pg_catalog.current_setting('transaction_isolation'),
		coalesce(pg_catalog.current_setting('attestdb.tenant_id', true), '')`).Scan(&isolation, &have)
	if err != nil {
		return nil, pgfault.Map("join transaction", err)
	}
	if isolation != "read committed" {
		return nil, &fault.Invalid{Field: "transaction isolation", Allowed: "read committed", Problem: "it is " + isolation}
	}
	if have != "" && have != id.String() {
		return nil, fault.ErrTenantMismatch
	}
	return bind(&TenantDB{db: db, id: id}, db.conn(tx, id).Guarded(), true), nil
}

// noPool stands for a pool that the configuration lacks, so that the lack is
// reported by the call that needs the pool.
func noPool(name string) noDB {
	return noDB{&fault.Invalid{Field: "Config." + name, Allowed: "a Conn, since the call needs it"}}
}

// noDB fails with its error.
type noDB struct{ err error }

func (n noDB) Begin(context.Context) (pgx.Tx, error) { return nil, n.err }

func (n noDB) SendBatch(_ context.Context, b *pgx.Batch) pgx.BatchResults {
	return pgx.FailedBatchResults(b, n.err)
}
