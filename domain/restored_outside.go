package attestdb

import (
	"context"
	"fmt"
	"strings"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// outsideWords are what was kept outside, by what they are about.
type outsideWords struct {
	checkpoints map[string][]ledger.Checkpoint // by their origins
	names       map[string]string              // of the first of each origin
	states      map[tenant.ID][]LedgerState
	of          map[tenant.ID][]ledger.Checkpoint
}

// outside reads the checkpoints, each by a key that is trusted.
func (r RestoredRequest) outside(states []LedgerState) (outsideWords, error) {
	o := outsideWords{
		checkpoints: map[string][]ledger.Checkpoint{}, names: map[string]string{},
		states: map[tenant.ID][]LedgerState{}, of: map[tenant.ID][]ledger.Checkpoint{},
	}
	if r.Parallel < 0 {
		return o, &fault.Invalid{Field: "RestoredRequest.Parallel", Allowed: "zero or more"}
	}
	if len(r.Checkpoints) > 0 && len(r.Verifiers) == 0 {
		return o, &fault.Invalid{Field: "RestoredRequest.Verifiers", Allowed: "the keys of the checkpoints"}
	}
	for i, c := range r.Checkpoints {
		read, err := ledger.OpenCheckpoint(c.Note, r.Verifiers...)
		if err != nil {
			return o, &fault.Invalid{
				Field: fmt.Sprintf("RestoredRequest.Checkpoints[%d]", i), Allowed: "a checkpoint that a trusted key signed",
				Problem: fmt.Sprintf("%s: %s", c.Name, err),
			}
		}
		if o.names[read.Origin] == "" {
			o.names[read.Origin] = c.Name
		}
		o.checkpoints[read.Origin] = append(o.checkpoints[read.Origin], read)
	}
	for _, s := range states {
		o.states[s.Tenant] = append(o.states[s.Tenant], s)
	}
	return o, nil
}

// assign gives each checkpoint to the tenant whose ledger its origin names: by its id, or
// by checkpoints that are stored with the same origin.
func (o *outsideWords) assign(ctx context.Context, db *DB, found *foundTenants) (unknown []string, err error) {
	for origin, list := range o.checkpoints {
		ids, err := o.ledgersOf(ctx, db, origin)
		if err != nil {
			return nil, err
		}
		if len(ids) != 1 {
			unknown = append(unknown, fmt.Sprintf("%s: %d ledgers have the origin %q", o.names[origin], len(ids), origin))
			continue
		}
		found.of(ids[0])
		o.of[ids[0]] = append(o.of[ids[0]], list...)
	}
	for id := range o.states {
		found.of(id)
	}
	return unknown, nil
}

func (o *outsideWords) ledgersOf(ctx context.Context, db *DB, origin string) ([]tenant.ID, error) {
	if _, named, ok := strings.Cut(origin, "/"); ok {
		if id, err := tenant.ParseID(named); err == nil && ledger.Origin(id) == origin {
			return []tenant.ID{id}, nil
		}
	}
	return db.auditorHandle(tenant.ID{}).ledger.LedgersOf(ctx, origin)
}
