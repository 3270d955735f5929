package attestdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/pghealth"
	"stella-ops.org/attestdb/internal/pgtenant"
)

// never repeats nothing: a check's deadline is short, and it is asked again anyway.
func never(error) bool { return false }

// LedgerOverview says of all ledgers together how far they have come, and how many have
// had entries without a checkpoint for longer than late. It needs Config.Auditor. Of one
// tenant's, [verdict.Store.Freshness] says more.
func (db *DB) LedgerOverview(ctx context.Context, late time.Duration) (verdict.Overview, error) {
	if db.auditor == nil {
		return verdict.Overview{}, noPool("Auditor").err
	}
	return verdict.NewStore(pgtenant.NewBare(db.auditor), "", nil, never).Overview(ctx, late)
}

// checkpointCheck asks for all tenants how long entries have been without a checkpoint. It
// looks at three rows a tenant, so once a minute is enough.
func checkpointCheck(pool pghealth.Pool, limit health.Limit[time.Duration]) health.Check {
	store := verdict.NewStore(pgtenant.NewBare(pool), "", nil, never)
	return health.Check{
		Name: "ledger.checkpoints", Needs: pool.ConnectionName(), Timeout: 5 * time.Second, Every: time.Minute,
		Run: func(ctx context.Context) health.Result {
			o, err := store.Overview(ctx, max(0, limit.Warn))
			if err != nil {
				return faultResult(err)
			}
			res := health.Result{Status: health.OK, Value: fmt.Sprintf("%d ledgers", o.Ledgers), Threshold: "without a checkpoint for: " + limit.Text(health.Span)}
			if !o.Newest.NewestEntry.IsZero() {
				res.Value += fmt.Sprintf(", the newest entry %s old", health.Span(o.Newest.At.Sub(o.Newest.NewestEntry)))
			}
			if o.Latest.UncoveredSince.IsZero() {
				return res
			}
			res.Status = limit.Grade(o.Latest.UncoveredFor())
			res.Value += fmt.Sprintf("; %d are late; tenant %s has %d entries without a checkpoint, for %s, its newest checkpoint is %s",
				o.Late, o.Latest.Tenant, o.Latest.Uncovered(), health.Span(o.Latest.UncoveredFor()), checkpointAge(o.Latest))
			if res.Status != health.OK {
				res.Error = "a ledger that is rewritten or rolled back now would not be found out as far as no checkpoint was kept elsewhere"
				res.Fix = "sign checkpoints from time to time and keep them elsewhere: `attestdb verdict checkpoint --key FILE`"
			}
			return res
		},
	}
}

func checkpointAge(f verdict.Freshness) string {
	if f.NewestCheckpoint.IsZero() {
		return "none"
	}
	return fmt.Sprintf("of size %d, %s old", f.Checkpointed, health.Span(f.At.Sub(f.NewestCheckpoint)))
}

// verifications remembers what [DB.VerifyLedgers] found since the process began. Nothing
// of it is stored: what the database said of itself would be worth nothing.
type verifications struct {
	mu   sync.Mutex
	last map[tenant.ID]verification
}

type verification struct {
	at      time.Time
	finding string // "" if all was well
}

// note keeps what was found; that it could not be told leaves the last word standing.
func (v *verifications) note(l VerifiedLedger) {
	if l.Err != nil {
		return
	}
	found := verification{at: time.Now()}
	if !l.OK() {
		found.finding = l.Findings[0].String()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.last == nil {
		v.last = map[tenant.ID]verification{}
	}
	v.last[l.Tenant] = found
}

func (v *verifications) check(limit health.Limit[time.Duration]) health.Check {
	return health.Check{Name: "ledger.verified", Run: func(context.Context) health.Result {
		v.mu.Lock()
		defer v.mu.Unlock()
		res := health.Result{Threshold: "the longest ago: " + limit.Text(health.Span)}
		if len(v.last) == 0 {
			res.Status, res.Value = health.Skipped, "this process has verified no ledger"
			res.Fix = "call DB.VerifyLedgers from time to time, or run `attestdb verdict verify --all-tenants` elsewhere"
			return res
		}
		var oldest time.Duration
		bad, first := 0, ""
		for id, l := range v.last {
			oldest = max(oldest, time.Since(l.at))
			if l.finding == "" {
				continue
			}
			bad++
			if text := fmt.Sprintf("tenant %s: %s", id, l.finding); first == "" || text < first {
				first = text
			}
		}
		res.Status = limit.Grade(oldest)
		res.Value = fmt.Sprintf("%d ledgers verified, the longest ago %s ago", len(v.last), health.Span(oldest))
		if res.Status != health.OK {
			res.Error, res.Fix = "a ledger has not been verified for long", "call DB.VerifyLedgers with every tenant"
		}
		if bad > 0 {
			res.Status, res.Error = health.Fail, fmt.Sprintf("%d ledgers are not what they say: %s", bad, first)
			res.Fix = "keep a copy of the database as it is, and compare with a backup; `attestdb verdict verify` tells more"
		}
		return res
	}}
}

// LedgerState is where an earlier verification of a tenant's ledger ended, and when.
type LedgerState struct {
	verdict.State
	At time.Time
}

// stateCheck asks whether a ledger still begins with what was verified once, by its size
// and the last entry that was verified. Whether all between is as it was, only
// [verdict.Store.Verify] tells.
func stateCheck(pool pghealth.Pool, state LedgerState, limit health.Limit[time.Duration]) health.Check {
	store := verdict.NewStore(pgtenant.New(pool, state.Tenant.UUID()), "", nil, never)
	return health.Check{Name: "ledger.state." + state.Tenant.String(), Needs: pool.ConnectionName(), Run: func(ctx context.Context) health.Result {
		f, err := store.Freshness(ctx)
		if err != nil {
			return faultResult(err)
		}
		age := time.Since(state.At)
		res := health.Result{
			Status: limit.Grade(age), Threshold: "verified: " + limit.Text(health.Span),
			Value: fmt.Sprintf("%d of %d entries were verified %s ago; %d have no checkpoint, the newest checkpoint is %s",
				state.Size, f.Size, health.Span(age), f.Uncovered(), checkpointAge(f)),
		}
		if res.Status != health.OK {
			res.Error, res.Fix = "the ledger has not been verified for long", "run `attestdb verdict verify --state FILE`"
		}
		if state.Size == 0 {
			return res
		}
		last, err := store.Get(ctx, state.Size-1)
		tampered := "keep a copy of the database as it is, and compare with a backup; `attestdb verdict verify --state FILE` tells more"
		switch {
		case f.Size < state.Size:
			res.Status, res.Fix = health.Fail, tampered
			res.Error = fmt.Sprintf("%d entries were verified, and there are %d: the ledger was rolled back, or this is another database", state.Size, f.Size)
		case errors.Is(err, fault.ErrNotFound), err == nil && (last.LeafHash != state.LastHash || last.ComputeLeafHash() != state.LastHash):
			res.Status, res.Fix = health.Fail, tampered
			res.Error = fmt.Sprintf("entry %d is not the one that was verified", state.Size-1)
		case err != nil:
			return faultResult(err)
		}
		return res
	}}
}
