package verdict

import (
	"context"
	"errors"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
)

// ProofRequest says which checkpoints a proof is for.
type ProofRequest struct {
	// Size is that of the checkpoint whose ledger the entry is shown to be in; 0 is the
	// newest.
	Size int64
	// From is the size of an older checkpoint that the ledger is shown to be consistent
	// with; 0 is none.
	From int64
	// Verifiers are the keys of those whom the proof is for: a checkpoint that none of them
	// signed is passed over. None takes the newest, whoever signed it.
	Verifiers []note.Verifier
}

// Prove returns the proof that the entry with the place seq is in the ledger that a
// stored checkpoint is of: all that somebody needs who has the key's verifier and no
// database ([ledger.Proof.Verify]). It has been verified.
//
// The error wraps [fault.ErrNotFound] if there is no such checkpoint, or none that the
// entry is below. It is a *[ledger.ProofError] if what is stored makes no proof: then
// [Store.Verify] tells more.
func (s *Store) Prove(ctx context.Context, seq int64, req ProofRequest) (_ *ledger.Proof, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.prove")
	defer call.End(&err)
	if seq < 0 || req.Size < 0 || req.From < 0 {
		return nil, &fault.Invalid{Field: "seq", Allowed: "zero or more, as the sizes"}
	}
	c, err := s.provable(ctx, seq, req)
	if err != nil {
		return nil, err
	}
	rows, err := s.rangeRows(ctx, seq, seq+1)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, missing(seq)
	}
	e, err := rows[0].proven(seq)
	if err != nil {
		return nil, err
	}
	own, err := c.verifier()
	if err != nil {
		return nil, err
	}
	inclusion, err := s.ProveInclusion(ctx, seq, c.TreeSize)
	if err != nil {
		return nil, c.rolledBack(err)
	}
	p := &ledger.Proof{Checkpoint: c.Note, Leaf: e.AppendLeaf(nil), LeafIndex: seq, TreeSize: c.TreeSize, Inclusion: inclusion.Hashes}
	verifiers := []note.Verifier{own}
	if req.From > 0 {
		older, err := s.addConsistency(ctx, p, c.Origin, req)
		if err != nil {
			return nil, err
		}
		if older.KeyHash() != own.KeyHash() || older.Name() != own.Name() {
			verifiers = append(verifiers, older)
		}
	}
	if _, err := p.Verify(verifiers...); err != nil {
		return nil, err
	}
	return p, nil
}

// addConsistency adds the proof from the checkpoint of a smaller size and the same origin,
// and returns the verifier of its key.
func (s *Store) addConsistency(ctx context.Context, p *ledger.Proof, origin string, req ProofRequest) (note.Verifier, error) {
	older, err := s.checkpointAt(ctx, req.From, choice{by: req.Verifiers, origin: origin})
	if err != nil {
		return nil, err
	}
	consistency, err := s.ProveConsistency(ctx, req.From, p.TreeSize)
	if err != nil {
		return nil, err
	}
	p.Consistency = &ledger.Consistency{Checkpoint: older.Note, Hashes: consistency.Hashes}
	return older.verifier()
}

// rolledBack is what it means that the ledger has not the size of a checkpoint.
func (c *Checkpoint) rolledBack(err error) error {
	if errors.Is(err, fault.ErrInvalid) {
		return c.wrong("is of more entries than there are")
	}
	return err
}

// chosen returns the newest checkpoint of a size, or of the largest if it is 0.
func (s *Store) chosen(ctx context.Context, size int64, by []note.Verifier) (Checkpoint, error) {
	if size == 0 {
		return s.newestCheckpoint(ctx, math.MaxInt64, choice{by: by})
	}
	return s.checkpointAt(ctx, size, choice{by: by})
}

// provable returns the checkpoint that the request is for.
func (s *Store) provable(ctx context.Context, seq int64, req ProofRequest) (Checkpoint, error) {
	c, err := s.chosen(ctx, req.Size, req.Verifiers)
	switch {
	case err != nil:
		return c, err
	case c.TreeSize <= seq:
		return c, fmt.Errorf("checkpoint of more than %d entries: %w", seq, fault.ErrNotFound)
	case req.From > c.TreeSize:
		return c, &fault.Invalid{Field: "from", Allowed: fmt.Sprintf("at most the checkpoint's size, %d", c.TreeSize)}
	}
	return c, nil
}
