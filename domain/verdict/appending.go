package verdict

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// result is what became of a request.
type result struct {
	Appended
	err error
}

// appending is one transaction's work, or part of one's.
type appending struct {
	// take returns the requests once the ledger is locked. It may be called again.
	take func() []*request
	// lookUp asks first whether requests are there already. Without it the unique keys
	// say so, by an error that ends the transaction.
	lookUp bool
	// allOrNone makes an error of one request that of all.
	allOrNone bool
}

// again appends in a transaction of its own, and again after errors that leave it open or
// undone: by the ids of its entries it finds what it did already. The error wraps
// [fault.ErrOutcomeUnknown] if it may have been committed.
func (a appending) again(ctx context.Context, conn *pgtenant.Conn, wait func() time.Duration) (results []result, err error) {
	unknown := false
	err = pgfault.Retry(ctx, repeatable, func() (err error) {
		results, err = a.alone(ctx, conn, wait())
		unknown = unknown || errors.Is(err, fault.ErrOutcomeUnknown)
		a.lookUp = true
		return err
	})
	if err != nil && unknown && !errors.Is(err, fault.ErrOutcomeUnknown) {
		err = errors.Join(fault.ErrOutcomeUnknown, err)
	}
	return results, err
}

// repeatable reports whether an append may be done again. The clock may have been set
// back since it got its time (AD022); a key may be there (23505).
func repeatable(err error) bool {
	if pgfault.Transient(err) || errors.Is(err, fault.ErrOutcomeUnknown) {
		return true
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "AD022" || pg.Code == "23505" && pg.TableName == "ledger_entries")
}

func (a appending) alone(ctx context.Context, conn *pgtenant.Conn, wait time.Duration) ([]result, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, pgfault.Map("begin", err)
	}
	// After a commit this does nothing.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTimeout)
		defer cancel()
		_ = tx.Rollback(ctx)
	}()
	results, err := a.in(ctx, conn.With(tx), wait)
	if err != nil {
		return nil, err
	}
	return results, pgfault.Commit(ctx, tx.Commit(ctx))
}

// rollbackTimeout bounds a statement that is sent although its caller has gone.
const rollbackTimeout = 5 * time.Second

// in appends in conn's transaction. Requests that are there already are answered.
func (a appending) in(ctx context.Context, conn *pgtenant.Conn, wait time.Duration) ([]result, error) {
	head, err := lock(ctx, conn, wait)
	if err != nil {
		return nil, err
	}
	requests := a.take()
	var found foundEntries
	if a.lookUp {
		if found, err = findExisting(ctx, conn, requests); err != nil {
			return nil, err
		}
	}
	results := make([]result, len(requests))
	fresh := make([]*request, 0, len(requests))
	byKey := map[string]*request{}
	for i, r := range requests {
		key := r.entry.IdempotencyKey
		first := byKey[key]
		if have, ok := found.of(r); ok {
			results[i] = r.answer(have)
		} else if first != nil {
			results[i] = r.answer(existing{entry: first.entry, nonce: first.nonce})
		} else {
			head.place(r)
			fresh = append(fresh, r)
			results[i].Entry = r.entry
			if key != "" {
				byKey[key] = r
			}
		}
		if err := results[i].err; err != nil && a.allOrNone {
			return nil, &fault.Batch{Index: i, Err: err}
		}
	}
	if err := insert(ctx, conn, fresh); err != nil {
		return nil, err
	}
	conn.Observer().AppendedTogether(ctx, len(fresh))
	return results, nil
}
