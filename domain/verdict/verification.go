package verdict

import (
	"context"
	"fmt"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgfault"
)

// verification is one run of [Store.Verify].
type verification struct {
	store *Store
	req   VerifyRequest
	findings
	// size is how many entries there were when the run began, next the first that it has
	// not read.
	size, next int64
	// prev and last are the hash and the time of the entry before next.
	prev digest.SHA256
	last time.Time
	// tree is of the stored leaf hashes up to next; broken says that it ended at a gap.
	tree   *compact.Range
	broken bool
	erased int64
	acts   acts
	// checkpoints wait for the tree to have their sizes, the smallest first.
	checkpoints []checkpoint
	compared    int
}

var treeFactory = compact.RangeFactory{Hash: func(left, right []byte) []byte {
	hash := tlog.NodeHash(tlog.Hash(left), tlog.Hash(right))
	return hash[:]
}}

func newVerification(s *Store, req VerifyRequest) (*verification, error) {
	if r := req.Resume; r.Size != 0 && r.Tenant != s.tenant() {
		return nil, &fault.Invalid{
			Field: "state", Allowed: "what an earlier verification of this tenant's ledger returned",
			Problem: "it is of tenant " + r.Tenant.String(),
		}
	}
	v := &verification{store: s, req: req, next: req.Resume.Size, prev: req.Resume.LastHash, last: req.Resume.LastTime}
	peaks := make([][]byte, len(req.Resume.Peaks))
	for i, p := range req.Resume.Peaks {
		peaks[i] = p[:]
	}
	var err error
	if v.acts, err = req.resumeActs(); err != nil {
		return nil, err
	}
	if v.tree, err = treeFactory.NewRange(0, uint64(max(v.next, 0)), peaks); err != nil || v.next < 0 {
		return nil, &fault.Invalid{Field: "state", Allowed: "what an earlier verification returned"}
	}
	if len(req.Outside) > 0 && len(req.Verifiers) == 0 {
		return nil, &fault.Invalid{Field: "verifiers", Allowed: "the keys of checkpoints that were kept outside"}
	}
	return v, nil
}

func (v *verification) run(ctx context.Context) error {
	if err := v.read(ctx, v.checkColumns); err != nil {
		return err
	}
	if err := v.read(ctx, v.readCheckpoints); err != nil {
		return err
	}
	if err := v.addOutside(); err != nil {
		return err
	}
	if err := v.read(ctx, v.readSize); err != nil {
		return err
	}
	if err := v.checkOldActs(ctx); err != nil {
		return err
	}
	if err := v.compareOlder(ctx); err != nil {
		return err
	}
	v.dropCheckpoints()
	if err := v.compareCheckpoints(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for p := range v.pages(ctx) {
		if p.err != nil {
			return p.err
		}
		if err := v.page(p); err != nil {
			return err
		}
		if v.req.Progress != nil {
			v.req.Progress(v.next, v.size)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if v.next < v.size {
		v.gap(v.size)
	}
	if err := v.read(ctx, v.checkRest); err != nil {
		return err
	}
	return v.read(ctx, v.checkRetention)
}

// read repeats what is read after transient errors.
func (v *verification) read(ctx context.Context, f func(context.Context) error) error {
	return pgfault.Retry(ctx, v.store.retry, func() error { return f(ctx) })
}

// one reads one row.
func (v *verification) one(ctx context.Context, sql string, args []any, into ...any) error {
	rows, err := v.store.conn.Query(ctx, sql, append([]any{v.store.conn.Tenant()}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	rows.Close()
	return rows.Err()
}

const endSQL = `SELECT (` + sizeSQL + `),
  (SELECT e.leaf_hash FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.seq = $2 - 1),
  EXISTS (SELECT FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.seq < 0)
    OR EXISTS (SELECT FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.seq IS NULL)`

// readSize finds how many entries there are, and whether what was verified before ends as
// it did then.
func (v *verification) readSize(ctx context.Context) error {
	var before []byte
	var placeless bool
	if err := v.one(ctx, endSQL, []any{v.next}, &v.size, &before, &placeless); err != nil {
		return err
	}
	if placeless {
		v.add(-1, FaultExtra, "there are entries before the first, or without a place")
	}
	switch {
	case v.next == 0:
	case v.size < v.next:
		v.add(v.size, FaultRollback, "%d entries were verified before, and there are %d", v.next, v.size)
	case string(before) != string(v.prev[:]):
		v.add(v.next-1, FaultHash, "it is not the entry that was verified before")
	}
	return nil
}

// gap says that the entries from next up to the one before seq are missing.
func (v *verification) gap(seq int64) {
	if seq-1 > v.next {
		v.add(v.next, FaultGap, "the entries up to %d are missing", seq-1)
	} else {
		v.add(v.next, FaultGap, "the entry is missing")
	}
	v.broken = true
}

func (v *verification) report() (Report, error) {
	r := Report{
		Tenant: v.store.tenant(), Size: v.next, Verified: v.next - v.req.Resume.Size, Erased: v.erased,
		Checkpoints: v.compared, Findings: v.list, More: v.more,
	}
	if v.broken {
		return r, nil
	}
	root, err := v.root()
	if err != nil {
		return Report{}, err
	}
	r.RootHash = root
	if r.OK() {
		r.State = State{Tenant: r.Tenant, Size: v.next, LastHash: v.prev, LastTime: v.last, Acts: v.acts}
		for _, p := range v.tree.Hashes() {
			r.State.Peaks = append(r.State.Peaks, digest.SHA256(p))
		}
	}
	return r, nil
}

// root is that of the tree as far as it has come.
func (v *verification) root() (digest.SHA256, error) {
	if v.tree.End() == 0 {
		return digest.SHA256(rfc6962.DefaultHasher.EmptyRoot()), nil
	}
	hash, err := v.tree.GetRootHash(nil)
	if err != nil {
		return digest.SHA256{}, fmt.Errorf("compute root hash: %w", err)
	}
	return digest.SHA256(hash), nil
}
