package verdict

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// acts is of each action the hash of the hash before and the next act's leaf hash. What
// administrators did counts for ever, also where a verification goes on from a state: so
// those before it are read again, and are the ones that were verified.
type acts map[string]digest.SHA256

func (a acts) add(action string, leaf digest.SHA256) {
	before := a[action]
	a[action] = sha256.Sum256(append(before[:], leaf[:]...))
}

// resumeActs returns those of the state.
func (r *VerifyRequest) resumeActs() (acts, error) {
	if r.Resume.Size > 0 && r.Resume.Acts == nil {
		return nil, &fault.Invalid{
			Field: "state", Allowed: "what an earlier verification by this version returned",
			Problem: "it does not say which acts there were: verify from the first entry once",
		}
	}
	a := acts{}
	maps.Copy(a, r.Resume.Acts)
	return a, nil
}

const actionsSQL = `SELECT DISTINCT e.action FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.action IS NOT NULL AND e.seq < $2`

const actsSQL = `SELECT ` + entryColumns + `
  FROM verdict.ledger_entries e
 WHERE e.tenant_id = $1 AND e.action = $2 AND e.action IS NOT NULL AND e.seq > $3 AND e.seq < $4 ORDER BY e.seq LIMIT 1000`

// checkOldActs compares the acts before the first entry that is read with the state's.
func (v *verification) checkOldActs(ctx context.Context) error {
	if v.next == 0 {
		return nil
	}
	var actions []string
	err := v.read(ctx, func(ctx context.Context) error {
		rows, err := v.store.conn.Query(ctx, actionsSQL, v.store.conn.Tenant(), v.next)
		if err != nil {
			return err
		}
		actions, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return err
	}
	for action := range v.req.Resume.Acts {
		actions = append(actions, action)
	}
	slices.Sort(actions)
	for _, action := range slices.Compact(actions) {
		hash, err := v.hashActs(ctx, action)
		if err != nil {
			return err
		}
		if hash != v.req.Resume.Acts[action] {
			v.add(-1, FaultHash, "the acts %.64q before entry %d are not those that were verified before", action, v.next)
		}
	}
	return nil
}

// hashActs recomputes the hash of the acts before the first entry that is read.
func (v *verification) hashActs(ctx context.Context, action string) (digest.SHA256, error) {
	all := acts{}
	var buf []byte
	for from := int64(-1); ; {
		var leaves []digest.SHA256
		var last int64
		err := v.read(ctx, func(ctx context.Context) error {
			rows, err := v.store.conn.Query(ctx, actsSQL, v.store.conn.Tenant(), action, from, v.next)
			if err != nil {
				return err
			}
			leaves = leaves[:0] // it may be done again
			var r entryRow
			_, err = pgx.ForEachRow(rows, r.targets(), func() error {
				var j judged
				if j, buf = r.judge(buf); j.problem != "" {
					j.leaf = digest.SHA256{} // no act's
				}
				leaves, last = append(leaves, j.leaf), r.seq
				return nil
			})
			return err
		})
		if err != nil || len(leaves) == 0 {
			return all[action], err
		}
		for _, leaf := range leaves {
			all.add(action, leaf)
		}
		from = last
	}
}
