package attestdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// auditorHandle reads a tenant's data as the auditor, who may read all: a query that names
// no tenant sees every one's.
func (db *DB) auditorHandle(id tenant.ID) *TenantDB {
	return bind(&TenantDB{db: db, id: id, readOnly: true}, pgtenant.New(db.auditor, id.UUID()), false)
}

// tenant looks at one tenant.
func (c *restoredCheck) tenant(ctx context.Context, db *DB, t *RestoredTenant) {
	h := db.auditorHandle(t.ID)
	for _, look := range []func(context.Context, *DB, *TenantDB, *RestoredTenant) error{c.ledger, c.states, c.chains, c.contents} {
		if err := look(ctx, db, h, t); err != nil {
			t.Err = errors.Join(t.Err, err)
		}
	}
}

// ledger verifies the whole ledger, and compares it with what was kept outside.
func (c *restoredCheck) ledger(ctx context.Context, db *DB, h *TenantDB, t *RestoredTenant) error {
	outside := c.outside.of[t.ID]
	v := db.verifyLedger(ctx, t.ID, func(tenant.ID) verdict.VerifyRequest {
		req := verdict.VerifyRequest{Progress: func(done, size int64) { c.say("ledger of "+t.label(), int(done), int(size)) }}
		for i := range outside {
			req.Outside = append(req.Outside, outside[i].Note)
		}
		if len(outside) > 0 {
			req.Verifiers = c.req.Verifiers
		}
		return req
	})
	t.Ledger = v.Report
	if v.Err != nil {
		return v.Err
	}
	t.Outside += len(outside)
	f, err := h.ledger.Freshness(ctx)
	switch {
	case err != nil:
		return err
	case f.Size < t.Ledger.Size && f.Size == 0:
		t.add(partLedger, "there are entries, and verdict.ledgers has no row for them: nothing can be appended")
	}
	stored := map[string]bool{}
	key := func(c *ledger.Checkpoint) string { return fmt.Sprintf("%d %s %s", c.TreeSize, c.RootHash, c.Origin) }
	var largest int64
	for s, err := range h.ledger.Checkpoints(ctx) {
		if err != nil {
			return err
		}
		stored[key(&s.Checkpoint)] = true
		largest = max(largest, s.TreeSize)
	}
	t.loses(largest, "a stored checkpoint")
	for i := range outside {
		t.loses(outside[i].TreeSize, "a checkpoint that was kept outside")
	}
	differs := false
	for _, f := range v.Findings {
		switch f.Fault {
		case verdict.FaultRollback:
			if t.Lost == 0 {
				t.add(partLost, "%s", f)
			}
		case verdict.FaultCheckpoint:
			differs = true
			t.add(partCheckpoint, "%s", f)
		default:
			t.add(partLedger, "%s", f)
		}
	}
	t.More = t.More || v.More
	if differs {
		return nil
	}
	for i := range outside {
		if o := &outside[i]; o.TreeSize <= t.Ledger.Size {
			t.Covered = max(t.Covered, o.TreeSize)
			if !stored[key(o)] {
				t.add(partCheckpoint, "the checkpoint of size %d that was kept outside is not stored, though its entries are: verdict.ledger_checkpoints lost rows, or the copy ends before it was signed", o.TreeSize)
			}
		}
	}
	return nil
}

func (t *RestoredTenant) label() string {
	if t.Name == "" {
		return t.ID.String()
	}
	return t.Name
}

// loses notes that there is a word about a ledger of a size. The largest counts.
func (t *RestoredTenant) loses(size int64, who string) {
	missing := size - t.Ledger.Size
	if missing <= t.Lost {
		return
	}
	finding := RestoredFinding{partLost, fmt.Sprintf("at least %d entries of the ledger are lost: %s is of %d, and there are %d", missing, who, size, t.Ledger.Size)}
	if t.Lost == 0 {
		t.Findings = append([]RestoredFinding{finding}, t.Findings...)
	} else {
		t.Findings[0] = finding
	}
	t.Lost = missing
}

// states compares with what earlier verifications left behind. The ledger is verified
// before, so that its last entry speaks for all before it.
func (c *restoredCheck) states(ctx context.Context, _ *DB, h *TenantDB, t *RestoredTenant) error {
	for _, s := range c.outside.states[t.ID] {
		t.Outside++
		if s.Size > t.Ledger.Size {
			t.loses(s.Size, "a state that was kept outside")
			continue
		}
		if s.Size == 0 {
			continue
		}
		last, err := h.ledger.Get(ctx, s.Size-1)
		switch {
		case errors.Is(err, fault.ErrNotFound), err == nil && last.LeafHash != s.LastHash:
			t.add(partCheckpoint, "entry %d is not the one that was verified before", s.Size-1)
		case err != nil:
			return err
		default:
			t.Covered = max(t.Covered, s.Size)
		}
	}
	return nil
}

// chains recomputes every proof chain.
func (c *restoredCheck) chains(ctx context.Context, _ *DB, h *TenantDB, t *RestoredTenant) error {
	for id, err := range h.store.ChainIDs(ctx) {
		if err != nil {
			return err
		}
		if err := t.chain(ctx, h, id); err != nil {
			return err
		}
	}
	return nil
}

func (t *RestoredTenant) chain(ctx context.Context, h *TenantDB, id uuid.UUID) error {
	v, err := h.VerifyChain(ctx, id, nil)
	if err != nil {
		return err
	}
	t.Chains++
	for _, f := range v.Findings {
		if f.Problem != proofchain.Erased { // the ledger says who did and why
			t.add(partChain, "proof chain %s: %s", id, f)
		}
	}
	return nil
}

// contents hashes the bytes of all evidence, and takes them apart again.
func (c *restoredCheck) contents(ctx context.Context, _ *DB, h *TenantDB, t *RestoredTenant) error {
	r, err := h.store.CheckContents(ctx, verdict.MaxFindings, func(done int64) { c.say("envelopes of "+t.label(), int(done), 0) })
	if err != nil {
		return err
	}
	t.Envelopes, t.More = r.Envelopes, t.More || r.More
	for _, f := range r.Findings {
		t.add(partEvidence, "%s", f)
	}
	return nil
}
