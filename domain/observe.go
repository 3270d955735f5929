package attestdb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/observe"
	"stella-ops.org/attestdb/migrations"
)

// observe makes db measure what cfg asks for, and returns cfg with the tracer that its
// pools' connections have.
func (db *DB) observe(ctx context.Context, cfg Config) (Config, error) {
	o, err := observe.New(observe.Config{
		TracerProvider: cfg.TracerProvider, MeterProvider: cfg.MeterProvider, Logger: cfg.Logger,
		ByTenant: cfg.MetricsByTenant, ErrorType: errorType,
	})
	if err != nil {
		return cfg, fmt.Errorf("open: make instruments: %w", err)
	}
	o.Known(ctx, string(verdict.FaultHash), string(verdict.FaultLink), string(verdict.FaultTime), string(verdict.FaultGap),
		string(verdict.FaultExtra), string(verdict.FaultInputs), string(verdict.FaultPayload), string(verdict.FaultRetention), string(verdict.FaultNode),
		string(verdict.FaultCheckpoint), string(verdict.FaultRollback))
	db.observer = o
	for _, conn := range []*Conn{&cfg.App, &cfg.Admin, &cfg.Auditor, &cfg.Replica} {
		if conn.URL != "" {
			conn.Tracer = o.Tracer(conn.Tracer)
		}
	}
	return cfg, nil
}

// errorType names failures that are a module's own.
func errorType(err error) string {
	if _, is := errors.AsType[*ledger.ProofError](err); is {
		return "ledger_proof"
	}
	return ""
}

// measure has a pool's state measured under the name of its role.
func (db *DB) measure(role string, pool *pgxpool.Pool) error {
	if err := db.observer.Pool(strings.ToLower(role), pool); err != nil {
		return fmt.Errorf("open %s: measure the pool: %w", role, err)
	}
	return nil
}

// nothingPending notes that the schema is not older than the library.
func (db *DB) nothingPending(ctx context.Context) {
	for _, module := range migrations.Modules {
		db.observer.Pending(ctx, module, 0)
	}
}

// start begins a call that is not in a module's hands.
func (t *TenantDB) start(ctx context.Context, operation string) (context.Context, *observe.Call) {
	return t.conn.Start(ctx, operation)
}

// start begins a call for no tenant.
func (db *DB) start(ctx context.Context, operation string) (context.Context, *observe.Call) {
	return db.observer.Start(ctx, operation, uuid.Nil)
}

// start begins a call of the migrator's and returns what it runs with.
func (c MigrateConfig) start(ctx context.Context, operation string) (context.Context, migrator.Config, *observe.Call, error) {
	m := c.migrator()
	o, err := observe.New(observe.Config{TracerProvider: c.TracerProvider, MeterProvider: c.MeterProvider, Logger: c.Logger})
	if err != nil {
		return ctx, m, nil, fmt.Errorf("make instruments: %w", err)
	}
	m.Observer = o
	if m.Logger != nil {
		m.Logger = m.Logger.With("operation", operation)
	}
	ctx, call := o.Start(ctx, operation, uuid.Nil)
	return ctx, m, call, nil
}

// The kinds of what is recorded.
const (
	kindEvidence = "evidence"
	kindSBOM     = "sbom"
	kindChain    = "chain"
)

// counted counts one thing that was given.
func (t *TenantDB) counted(ctx context.Context, kind string, existed bool, err error) {
	n := observe.Counts{Given: 1, Fresh: 1}
	if existed {
		n = observe.Counts{Given: 1, Existed: 1}
	}
	t.db.observer.Recorded(ctx, t.id.UUID(), kind, n, err)
}

// countedAll counts a batch of evidence, all of which has one fate if it fails.
func (t *TenantDB) countedAll(ctx context.Context, given int, recs []attestor.Recorded, err error) {
	n := observe.Counts{Given: given}
	for i := range recs {
		if recs[i].Existed {
			n.Existed++
		} else {
			n.Fresh++
		}
	}
	t.db.observer.Recorded(ctx, t.id.UUID(), kindEvidence, n, err)
}

// recordItem is an entry on its way into the database, and the call that brought it.
type recordItem struct {
	attestor.Entry

	call *observe.Call
}

// sharedRecord begins the common statement of several calls. Each has a span of its own,
// so that the statement is nobody's child, and linked to all.
func (db *DB) sharedRecord(ctx context.Context, id tenant.ID, items []recordItem) (context.Context, *observe.Call) {
	ctx, shared := db.observer.StartShared(ctx, "record_shared", id.UUID())
	shared.Set("items", len(items))
	for i := range items {
		shared.Link(items[i].call)
	}
	return ctx, shared
}
