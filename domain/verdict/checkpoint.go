package verdict

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/internal/pgfault"
)

// Checkpoint is a signed word about the ledger at one size, as it is stored. Whoever keeps
// its Note outside the database can show later that the ledger was rewritten or rolled
// back.
type Checkpoint struct {
	ledger.Checkpoint

	ID        uuid.UUID
	CreatedAt time.Time
	// SignedBy is the key as name+hash+key, from which [note.NewVerifier] makes a
	// verifier.
	SignedBy string
}

// Checkpointed is what [Store.Checkpoint] returns.
type Checkpointed struct {
	Checkpoint
	// Existed says that the key had signed a checkpoint of this size already.
	Existed bool
}

// Checkpoint signs the ledger as it is now and keeps the checkpoint, unless there is one
// of the same size, origin and key: that one comes back, with Existed set. origin is
// [ledger.Origin] of the tenant if it is "". Another key than the last one's is no
// matter: older checkpoints stay, and verify with the older key.
//
// Nothing is signed unless the ledger begins with what the last checkpoint is of: else
// the error is a *[ledger.ProofError]. The database asks that again while nobody appends,
// so Checkpoint waits for whoever does until ctx ends, or the session's lock_timeout, which
// is [fault.ErrLedgerBusy]. A stored checkpoint that the key beside it did not sign is
// passed over; [Store.Verify] tells of it. Other errors are a
// *[fault.Invalid] for an origin that no checkpoint can have, and in a transaction of the
// caller's, whose entries may be rolled back after they were signed;
// [fault.ErrUnknownTenant] and [fault.ErrTenantSuspended].
func (s *Store) Checkpoint(ctx context.Context, key ledger.SigningKey, origin string) (c Checkpointed, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.checkpoint")
	defer call.End(&err)
	if s.appender == nil {
		return Checkpointed{}, &fault.Invalid{
			Field: "transaction", Allowed: "none around a checkpoint", Problem: "what is signed could be rolled back, and the key would sign the size again",
		}
	}
	if err := s.checkInside(ctx); err != nil {
		return Checkpointed{}, err
	}
	if origin == "" {
		origin = ledger.Origin(s.tenant())
	}
	// Another checkpoint, of a larger ledger, may be recorded while this one is signed.
	again := func(err error) bool { return s.retry(err) || errors.Is(err, fault.ErrLedgerLaw) }
	err = pgfault.Retry(ctx, again, func() (err error) {
		c, err = s.checkpoint(ctx, key, origin)
		return err
	})
	if err == nil {
		s.conn.Observer().Signed(ctx, s.conn.Tenant(), c.TreeSize, time.Now())
	}
	return c, err
}

func (s *Store) checkpoint(ctx context.Context, key ledger.SigningKey, origin string) (Checkpointed, error) {
	last, err := s.newestCheckpoint(ctx, math.MaxInt64, choice{})
	var unsigned *ledger.ProofError
	if err != nil && !errors.Is(err, fault.ErrNotFound) && !errors.As(err, &unsigned) {
		return Checkpointed{}, err
	}
	size, err := s.Size(ctx)
	if err != nil {
		return Checkpointed{}, err
	}
	root, err := s.consistentRoot(ctx, last, size)
	if err != nil {
		return Checkpointed{}, err
	}
	own, err := s.ownCheckpoint(ctx, origin, key.VerifierKey())
	if err != nil {
		return Checkpointed{}, err
	}
	// Whatever others signed since: this key said so, and says nothing else.
	if own.ID != last.ID && own.TreeSize > 0 {
		if _, err := s.consistentRoot(ctx, own, size); err != nil {
			return Checkpointed{}, err
		}
	}
	if own.TreeSize == size && own.ID != uuid.Nil {
		return Checkpointed{Checkpoint: own, Existed: true}, nil
	}
	signed, err := ledger.Sign(key, origin, size, root)
	if err != nil {
		return Checkpointed{}, err
	}
	return s.recordCheckpoint(ctx, signed, key.VerifierKey())
}

// consistentRoot returns the root hash of a size if the tree begins with that of the last
// checkpoint, which has the size 0 if there is none.
func (s *Store) consistentRoot(ctx context.Context, last Checkpoint, size int64) (digest.SHA256, error) {
	if last.TreeSize == 0 {
		return s.Root(ctx, size)
	}
	if last.TreeSize > size {
		return digest.SHA256{}, &ledger.ProofError{
			Problem: ledger.ProblemConsistency, Seq: -1,
			Detail: fmt.Sprintf("the last checkpoint is of %d entries, and there are %d", last.TreeSize, size),
		}
	}
	p, err := s.ProveConsistency(ctx, last.TreeSize, size)
	if err != nil {
		return digest.SHA256{}, err
	}
	// The proof was of what is stored; now it is of what was signed.
	p.FromRoot = last.RootHash
	return p.ToRoot, p.Verify()
}

// check says whether the columns are what the note says, and the note is signed by the
// key that is stored beside it.
func (c *Checkpoint) check() error {
	v, err := c.verifier()
	if err != nil {
		return err
	}
	said, err := ledger.OpenCheckpoint(c.Note, v)
	if err != nil {
		return fmt.Errorf("the stored checkpoint of size %d: %w", c.TreeSize, err)
	}
	if said.Origin != c.Origin || said.TreeSize != c.TreeSize || said.RootHash != c.RootHash {
		return c.wrong("says something else than its note")
	}
	return nil
}

// verifier is that of the key which is stored beside the note.
func (c *Checkpoint) verifier() (note.Verifier, error) {
	v, err := note.NewVerifier(c.SignedBy)
	if err != nil {
		return nil, c.wrong("has no key that can be read")
	}
	return v, nil
}

func (c *Checkpoint) wrong(what string) error {
	return &ledger.ProofError{Problem: ledger.ProblemCheckpoint, Seq: -1, Detail: fmt.Sprintf("the stored one of size %d %s", c.TreeSize, what)}
}

const recordCheckpointSQL = `SELECT c.recorded_id, c.recorded_at, c.existed
  FROM verdict.record_checkpoint($1, $2, $3, $4, $5, $6, $7) c`

func (s *Store) recordCheckpoint(ctx context.Context, signed ledger.Checkpoint, signedBy string) (Checkpointed, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Checkpointed{}, err
	}
	c := Checkpointed{Checkpoint: Checkpoint{Checkpoint: signed, SignedBy: signedBy}}
	rows, err := s.conn.Query(ctx, recordCheckpointSQL, s.conn.Tenant(), id, signed.Origin, signed.TreeSize, signed.RootHash[:], signed.Note, signedBy)
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&c.ID, &c.CreatedAt, &c.Existed}, func() error { return nil })
	}
	c.CreatedAt = c.CreatedAt.UTC()
	return c, mapAct("record checkpoint", err)
}

// checkInside refuses a call that would wait for its own transaction.
func (s *Store) checkInside(ctx context.Context) error {
	if s.insideOther(ctx) {
		return &fault.Invalid{Field: "handle", Allowed: "the one that the transaction's function was given", Problem: "the call would wait for its own transaction"}
	}
	return nil
}

const checkpointColumns = `c.id, c.created_at, c.origin, c.tree_size, c.root_hash, c.note, c.signed_by`

// choice says which checkpoints count: those that one of the keys signed, if any are given,
// and those of an origin, if one is.
type choice struct {
	by     []note.Verifier
	origin string
}

// newestCheckpoint returns the newest of the largest of at most a size, of those that the
// key beside them signed: the database cannot tell, so that anything may be stored. The
// error wraps [fault.ErrNotFound] if there is none, and is a *[ledger.ProofError] if none
// is signed.
func (s *Store) newestCheckpoint(ctx context.Context, most int64, of choice) (Checkpoint, error) {
	none := fmt.Errorf("checkpoint: %w", fault.ErrNotFound)
	for c, err := range s.checkpointsFrom(ctx, most) {
		if err != nil {
			return c, err
		}
		if of.origin != "" && c.Origin != of.origin {
			continue
		}
		unsigned := c.check()
		if unsigned == nil && len(of.by) > 0 {
			_, unsigned = ledger.OpenCheckpoint(c.Note, of.by...)
		}
		if unsigned == nil {
			return c, nil
		}
		if errors.Is(none, fault.ErrNotFound) {
			none = unsigned
		}
	}
	return Checkpoint{}, none
}

// CheckpointAt returns the newest checkpoint of a size that the key beside it signed. The
// error wraps [fault.ErrNotFound] if there is none.
func (s *Store) CheckpointAt(ctx context.Context, size int64) (_ Checkpoint, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.checkpoint_at")
	defer call.End(&err)
	return s.checkpointAt(ctx, size, choice{})
}

func (s *Store) checkpointAt(ctx context.Context, size int64, of choice) (Checkpoint, error) {
	c, err := s.newestCheckpoint(ctx, size, of)
	if err == nil && c.TreeSize != size {
		err = fmt.Errorf("checkpoint of size %d: %w", size, fault.ErrNotFound)
	}
	return c, err
}

// ownCheckpoint returns the one of the largest ledger that a key signed for an origin, or
// none.
func (s *Store) ownCheckpoint(ctx context.Context, origin, signedBy string) (Checkpoint, error) {
	for c, err := range s.Checkpoints(ctx) {
		if err != nil {
			return Checkpoint{}, err
		}
		if c.Origin == origin && c.SignedBy == signedBy && c.check() == nil {
			return c, nil
		}
	}
	return Checkpoint{}, nil
}

const checkpointPageSQL = `SELECT ` + checkpointColumns + `
  FROM verdict.ledger_checkpoints c WHERE c.tenant_id = $1 AND (c.tree_size, c.created_at, c.id) < ($2, $3, $4)
 ORDER BY c.tree_size DESC, c.created_at DESC, c.id DESC LIMIT 100`

// Checkpoints returns the stored checkpoints, those of the largest ledger first and among
// them the newest. What each says is not verified; [Store.Verify] does that.
func (s *Store) Checkpoints(ctx context.Context) iter.Seq2[Checkpoint, error] {
	return s.checkpointsFrom(ctx, math.MaxInt64)
}

// checkpointsFrom begins with those of a size.
func (s *Store) checkpointsFrom(ctx context.Context, size int64) iter.Seq2[Checkpoint, error] {
	return func(yield func(Checkpoint, error) bool) {
		size, at, id := size, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), uuid.Max
		for {
			list, err := s.checkpoints(ctx, checkpointPageSQL, size, at, id)
			if err != nil {
				yield(Checkpoint{}, err)
				return
			}
			for _, c := range list {
				if !yield(c, nil) {
					return
				}
				size, at, id = c.TreeSize, c.CreatedAt, c.ID
			}
			if len(list) == 0 {
				return
			}
		}
	}
}

func (s *Store) checkpoints(ctx context.Context, sql string, args ...any) (list []Checkpoint, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.checkpoints")
	defer call.End(&err)
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, sql, append([]any{s.conn.Tenant()}, args...)...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Checkpoint, err error) {
			var root []byte
			err = row.Scan(&c.ID, &c.CreatedAt, &c.Origin, &c.TreeSize, &root, &c.Note, &c.SignedBy)
			c.CreatedAt, c.RootHash, c.Note = c.CreatedAt.UTC(), digest.SHA256(pad(root)), bytes.Clone(c.Note)
			return c, err
		})
		return err
	})
	return list, pgfault.Map("read checkpoints", err)
}
