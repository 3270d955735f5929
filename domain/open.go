package attestdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/observe"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgpool"
	"stella-ops.org/attestdb/internal/pgrole"
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/migrations"
)

// LibraryLevel grows when older libraries could no longer live with the newest
// schema. A migration raises the database's floor to the level it needs.
const LibraryLevel = 3

// DB is attestdb on one database. It is safe for concurrent use.
type DB struct {
	app, admin, auditor *pgpool.Pool
	replica             *pgpool.Pool
	replicaWait         time.Duration
	runLimit            time.Duration // of what is done for several callers together
	owned               []*pgxpool.Pool
	records             *recordGroup
	ledgers             *verdict.Appender
	log                 *slog.Logger
	health              *health.Registry
	verified            *verifications
	observer            *observe.Observer
	setting             TenantSetting
}

// Open connects to the database and refuses what it cannot work with:
//
//   - a login with too few or too many rights: a superuser, one that bypasses
//     row-level security or has CREATEROLE, one that is not a member of its
//     role, or one that is a member of another attestdb role as well
//     (*[RoleError]);
//   - a schema that is older than this library, or newer in a way that this
//     library cannot live with (*[SchemaError]);
//   - a server older than PostgreSQL 15 ([ErrServer]);
//   - one that has too few connections for what the configuration asks for
//     (*[InvalidError]).
//
// Open changes nothing in the database. [Migrate] applies migrations.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	db := &DB{log: cfg.Logger, setting: cfg.TenantSetting}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	cfg, err := db.observe(ctx, cfg)
	if err == nil {
		err = db.open(ctx, cfg)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close(context.WithoutCancel(ctx)))
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, cfg Config) (err error) {
	ctx, call := db.start(ctx, "open")
	defer call.End(&err)
	db.replicaWait = or(cfg.ReplicaWait, defaultReplicaWait)
	// A server that works ends a statement itself before.
	db.runLimit = or(cfg.StatementTimeout, defaultStatementTimeout) + runGrace
	for _, c := range []struct {
		purpose purpose
		role    pgrole.Role
		conn    Conn
		into    **pgpool.Pool
	}{
		{forApp, pgrole.App, cfg.App, &db.app},
		{forAdmin, pgrole.Admin, cfg.Admin, &db.admin},
		{forAuditor, pgrole.Auditor, cfg.Auditor, &db.auditor},
		{forReplica, pgrole.App, cfg.Replica, &db.replica},
	} {
		if !c.conn.given() {
			continue
		}
		pool, ours, err := cfg.pool(ctx, c.purpose, c.conn)
		if err != nil {
			return err
		}
		if ours {
			db.owned = append(db.owned, pool)
		}
		if err := db.measure(string(c.purpose), pool); err != nil {
			return err
		}
		if err := pgrole.Check(ctx, pool, c.role); err != nil {
			return err
		}
		if err := db.waitCompatible(ctx, pool, cfg.WaitForSchema); err != nil {
			return err
		}
		*c.into = pgpool.New(pool, or(cfg.AcquireTimeout, defaultAcquireTimeout))
		db.nothingPending(ctx)
	}
	if db.app != nil {
		db.records = newRecordGroup(db, db.app.Pgx())
		db.ledgers = verdict.NewAppender(func(id tenant.ID) *pgtenant.Conn { return db.conn(db.app, id) }, db.runLimit)
	}
	return db.watchHealth(cfg.Health)
}

// waitCompatible checks the schema, again and again for as long as it is older
// than this library and wait allows.
func (db *DB) waitCompatible(ctx context.Context, pool *pgxpool.Pool, wait time.Duration) error {
	heads, err := migrator.FilesHeads(migrations.FS, migrations.Modules)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(wait)
	for said := false; ; said = true {
		err := migrator.CheckCompatible(ctx, pool, migrations.Modules, heads, LibraryLevel)
		if err == nil || !errors.Is(err, fault.ErrSchema) || isNewer(err) || time.Now().After(deadline) {
			return err
		}
		if !said {
			db.log.InfoContext(ctx, "wait for the schema", "operation", "open", "at_most", wait, "error", err)
			defer db.observer.Waiting(ctx)()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for schema: %w", errors.Join(err, ctx.Err()))
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// isNewer reports whether waiting is in vain.
func isNewer(err error) bool {
	schema, ok := errors.AsType[*fault.Schema](err)
	return ok && schema.Newer
}

// Close waits for calls under way, until ctx ends, and closes the pools that [Open]
// made. Pools of the caller's stay open.
func (db *DB) Close(ctx context.Context) error {
	if err := db.observer.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if db.ledgers != nil {
			db.ledgers.Wait()
		}
		for _, p := range db.owned {
			p.Close()
		}
	}()
	select {
	case <-closed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close: connections are still in use: %w", ctx.Err())
	}
}

// Tenant returns the handle through which everything of a tenant is reached.
// It does no I/O: whether the tenant exists is found out by the first write.
// It needs Config.App.
func (db *DB) Tenant(id tenant.ID) *TenantDB {
	if db.app == nil {
		return newTenantDB(db, id, noPool("App"))
	}
	return newTenantDB(db, id, db.app)
}

// TenantByName returns the id of the tenant with exactly this name, whether it
// is active or suspended. It needs Config.App. It returns [ErrUnknownTenant] if
// there is none.
func (db *DB) TenantByName(ctx context.Context, name string) (id tenant.ID, err error) {
	ctx, call := db.start(ctx, "tenant_by_name")
	defer call.End(&err)
	if err := tenancy.ValidateName(name); err != nil {
		return tenant.ID{}, err
	}
	if db.app == nil {
		return tenant.ID{}, noPool("App").err
	}
	err = pgfault.Retry(ctx, pgfault.Transient, func() error {
		rows, err := db.named(pgtenant.NewNamed(db.app, name)).Query(ctx,
			"SELECT t.id FROM tenancy.tenants t WHERE t.name = $1", name)
		if err != nil {
			return err
		}
		id, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[tenant.ID])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return tenant.ID{}, fmt.Errorf("tenant %q: %w", name, fault.ErrUnknownTenant)
	}
	return id, pgfault.Map("look up tenant", err)
}

// Tenancy returns the handle that makes, lists and suspends tenants. It needs
// Config.Admin, or Config.Auditor for reading alone.
func (db *DB) Tenancy() *tenancy.Store {
	switch {
	case db.admin != nil:
		return tenancy.NewStore(pgtenant.NewBare(db.admin).Observed(db.observer))
	case db.auditor != nil:
		return tenancy.NewStore(pgtenant.NewBare(db.auditor).Observed(db.observer))
	default:
		return tenancy.NewStore(pgtenant.NewBare(noPool("Admin")).Observed(db.observer))
	}
}

// Eraser returns the handle that erases payloads and the bytes of envelopes. It needs
// Config.Admin.
func (db *DB) Eraser() *verdict.Eraser {
	if db.admin == nil {
		return verdict.NewEraser(pgtenant.NewBare(noPool("Admin")).Observed(db.observer))
	}
	return verdict.NewEraser(pgtenant.NewBare(db.admin).Observed(db.observer))
}

// Retention returns the handle that says how long contents are kept, holds them, and erases
// what has expired. It needs Config.Admin, or Config.Auditor for reading alone.
func (db *DB) Retention() *verdict.Retention {
	switch {
	case db.admin != nil:
		return verdict.NewRetention(pgtenant.NewBare(db.admin).Observed(db.observer))
	case db.auditor != nil:
		return verdict.NewRetention(pgtenant.NewBare(db.auditor).Observed(db.observer))
	default:
		return verdict.NewRetention(pgtenant.NewBare(noPool("Admin")))
	}
}
