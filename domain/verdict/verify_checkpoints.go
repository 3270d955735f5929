package verdict

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
)

// checkpoint is one that the ledger is compared with.
type checkpoint struct {
	size    int64
	root    digest.SHA256
	outside bool
}

func (c checkpoint) String() string {
	if c.outside {
		return fmt.Sprintf("the checkpoint of size %d that was kept outside", c.size)
	}
	return fmt.Sprintf("the checkpoint of size %d", c.size)
}

const checkpointsSQL = `SELECT coalesce(c.origin, ''), coalesce(c.tree_size, -1), coalesce(c.root_hash, ''), coalesce(c.note, ''),
       coalesce(c.note_sha256, ''), coalesce(c.signed_by, '')
  FROM verdict.ledger_checkpoints c WHERE c.tenant_id = $1 ORDER BY c.tree_size, c.created_at, c.id`

// readCheckpoints reads what is stored. One that is not what its note says, or whose
// signature nobody made, is a fault, and is compared with the ledger no further.
func (v *verification) readCheckpoints(ctx context.Context) error {
	v.checkpoints, v.findings = nil, findings{}
	rows, err := v.store.conn.Query(ctx, checkpointsSQL, v.store.conn.Tenant())
	if err != nil {
		return err
	}
	var origin, signedBy string
	var size int64
	var root, raw, sum []byte
	_, err = pgx.ForEachRow(rows, []any{&origin, &size, &root, &raw, &sum, &signedBy}, func() error {
		c := checkpoint{size: size, root: digest.SHA256(pad(root))}
		hash := sha256.Sum256(raw)
		said, err := v.openStored(raw, signedBy)
		switch {
		case err != nil:
			v.add(-1, FaultCheckpoint, "%s: %s", c, err)
		case said.Origin != origin || said.Size != uint64(size) || !bytes.Equal(said.Hash, root) || !bytes.Equal(hash[:], sum):
			v.add(-1, FaultCheckpoint, "%s says something else than its note", c)
		default:
			v.checkpoints = append(v.checkpoints, c)
		}
		return nil
	})
	return err
}

// openStored reads a note that the key which is stored beside it signed, and a trusted
// key if there are any.
func (v *verification) openStored(raw []byte, signedBy string) (*log.Checkpoint, error) {
	own, err := note.NewVerifier(signedBy)
	if err != nil {
		return nil, fmt.Errorf("its key cannot be read: %w", err)
	}
	if len(v.req.Verifiers) > 0 {
		if _, err := open(raw, v.req.Verifiers); err != nil {
			return nil, err
		}
	}
	return open(raw, []note.Verifier{own})
}

func open(raw []byte, verifiers []note.Verifier) (*log.Checkpoint, error) {
	n, err := note.Open(raw, note.VerifierList(verifiers...))
	if err != nil {
		return nil, err
	}
	c := &log.Checkpoint{}
	if _, err := c.Unmarshal([]byte(n.Text)); err != nil {
		return nil, err
	}
	return c, nil
}

// addOutside adds the checkpoints of the request. It returns a *[fault.Invalid] for one
// that no trusted key signed: it would show nothing.
func (v *verification) addOutside() error {
	for i, raw := range v.req.Outside {
		c, err := open(raw, v.req.Verifiers)
		if err == nil && c.Size > math.MaxInt64 {
			err = fmt.Errorf("its size, %d, is that of no ledger", c.Size)
		}
		if err == nil {
			err = v.isOurs(c.Origin)
		}
		if err != nil {
			return &fault.Invalid{
				Field: fmt.Sprintf("outside[%d]", i), Allowed: "a checkpoint of this ledger that a trusted key signed",
				Problem: strings.TrimSpace(err.Error()),
			}
		}
		v.checkpoints = append(v.checkpoints, checkpoint{size: int64(c.Size), root: digest.SHA256(pad(c.Hash)), outside: true})
	}
	slices.SortStableFunc(v.checkpoints, func(a, b checkpoint) int { return int(a.size - b.size) })
	return nil
}

// isOurs refuses the origin of another tenant's ledger. One of the caller's own may be
// anybody's.
func (v *verification) isOurs(origin string) error {
	id, ok := ledger.TenantOf(origin)
	if !ok || id == v.store.tenant() {
		return nil
	}
	return fmt.Errorf("its origin is %s: the ledger of another tenant", origin)
}

// compareOlder compares checkpoints that were kept outside and are of a smaller ledger
// than was verified before, by the proof that the one begins with the other: nobody says
// that an earlier verification was given them.
func (v *verification) compareOlder(ctx context.Context) error {
	root, err := v.root()
	if err != nil || v.size < v.next { // which is a fault already
		return err
	}
	for _, c := range v.checkpoints {
		if !c.outside || c.size >= v.next {
			continue
		}
		p, err := v.store.ProveConsistency(ctx, c.size, v.next)
		var unproven *ledger.ProofError
		switch {
		case errors.As(err, &unproven):
			v.add(max(c.size-1, 0), FaultCheckpoint, "%s cannot be compared: %s", c, unproven)
		case err != nil:
			return err
		case p.ToRoot != root:
			v.add(v.next-1, FaultNode, "what is stored of the tree is not what was verified before")
		case p.FromRoot != c.root:
			v.add(max(c.size-1, 0), FaultCheckpoint, "%s has another root: an entry up to this one was changed", c)
		}
		v.compared++
	}
	return nil
}

// dropCheckpoints reports those of a larger ledger, and leaves out those that are compared:
// stored ones by an earlier verification.
func (v *verification) dropCheckpoints() {
	v.checkpoints = slices.DeleteFunc(v.checkpoints, func(c checkpoint) bool {
		if c.size > v.size {
			v.add(v.size, FaultRollback, "%s is of a larger ledger: there are %d entries", c, v.size)
		}
		return c.size > v.size || c.size < v.next
	})
}

// compareCheckpoints compares those of the size that the tree has now.
func (v *verification) compareCheckpoints() error {
	for len(v.checkpoints) > 0 && uint64(v.checkpoints[0].size) == v.tree.End() {
		root, err := v.root()
		if err != nil {
			return err
		}
		if c := v.checkpoints[0]; root != c.root {
			v.add(max(c.size-1, 0), FaultCheckpoint, "%s has another root: an entry up to this one was changed", c)
		}
		v.compared++
		v.checkpoints = v.checkpoints[1:]
	}
	return nil
}
