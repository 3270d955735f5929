package verdict

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/internal/commitgroup"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// Appender gathers what goes into each tenant's ledger at the same time. There is one
// for a pool.
type Appender struct {
	group *commitgroup.Group[tenant.ID, *request, result]
}

const (
	// What goes together is a statement that takes some 20 ms.
	mostTogether      = 1000
	mostBytesTogether = 4 << 20
	// slice is how long a transaction waits for the ledger before it asks whether
	// anybody still wants it.
	slice = 500 * time.Millisecond
)

// NewAppender is for package domain. limit ends what no server answers: its callers may
// have gone, and it would keep a connection for as long as the network does.
func NewAppender(conn func(tenant.ID) *pgtenant.Conn, limit time.Duration) *Appender {
	run := func(ctx context.Context, id tenant.ID, take func() []*request) (_ []result, err error) {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		conn := conn(id)
		ctx, shared := conn.StartShared(ctx, "verdict.append_shared")
		defer shared.End(&err)
		// Taken once, however often it is tried.
		var requests []*request
		wait := slice
		once := func() []*request {
			if requests == nil {
				requests, wait = take(), patience
				shared.Set("items", len(requests))
				for _, r := range requests {
					shared.Link(r.call)
				}
			}
			return requests
		}
		return appending{take: once}.again(ctx, conn, func() time.Duration { return wait })
	}
	return &Appender{group: commitgroup.New(
		commitgroup.Limits{Items: mostTogether, Weight: mostBytesTogether, Patience: patience},
		commitgroup.Policy{Wait: busy, Split: func(err error) bool { return !errors.Is(err, fault.ErrOutcomeUnknown) }},
		(*request).weight, run)}
}

// Wait returns when all appends under way are done.
func (a *Appender) Wait() { a.group.Wait() }

func busy(err error) bool { return errors.Is(err, fault.ErrLedgerBusy) }

func (a *Appender) append(ctx context.Context, id tenant.ID, r *request) (Appended, error) {
	res, taken, err := a.group.Do(ctx, id, r)
	switch {
	case err == nil:
		return res.Appended, res.err
	case ctx.Err() == nil:
		return Appended{}, err
	case taken:
		return Appended{}, fmt.Errorf("append: %w", errors.Join(fault.ErrOutcomeUnknown, err))
	case errors.Is(err, context.DeadlineExceeded):
		return Appended{}, fmt.Errorf("append: %w", errors.Join(fault.ErrLedgerBusy, err))
	}
	return Appended{}, fmt.Errorf("append: %w", err)
}
