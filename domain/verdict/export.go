package verdict

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/ledger"
)

// ExportRequest says what [Store.Export] writes.
type ExportRequest struct {
	// Size is that of the checkpoint which is exported; 0 is the newest.
	Size int64
	// Verifiers are the keys of those whom the export is for, as in [ProofRequest].
	Verifiers []note.Verifier
	// Progress is called now and then with the number of entries that are written and
	// that there are.
	Progress func(done, total int64)
}

// Export writes the ledger that a stored checkpoint is of to a directory, as a static
// transparency log (https://c2sp.org/tlog-tiles): the checkpoint, the tiles of the tree and
// the entries, which [ledger.VerifyExport] verifies without the database. Payloads are not
// in it, only their hashes.
//
// It is one page of entries that it holds. In a directory that has an older export of the
// ledger, or a part of one, it goes on where that ended. The checkpoint is written last,
// after its root hash has been found to be that of all entries.
//
// The error wraps [fault.ErrNotFound] if there is no such checkpoint, and is a
// *[fault.Invalid] for a directory with something else in it. It is a
// *[ledger.ProofError] if the ledger is not what the checkpoint says: then [Store.Verify]
// tells more.
func (s *Store) Export(ctx context.Context, dir string, req ExportRequest) (_ Checkpoint, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.export")
	defer call.End(&err)
	c, err := s.chosen(ctx, req.Size, req.Verifiers)
	if err != nil {
		return Checkpoint{}, err
	}
	x, err := ledger.OpenExport(dir, c.Checkpoint)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("export: %w", err)
	}
	if err := errors.Join(s.export(ctx, x, c.TreeSize, req.Progress), x.Close()); err != nil {
		return Checkpoint{}, fmt.Errorf("export: %w", err)
	}
	return c, nil
}

func (s *Store) export(ctx context.Context, x *ledger.Export, size int64, progress func(done, total int64)) error {
	var leaf []byte
	for e, err := range s.Range(ctx, x.Size(), size) {
		if err != nil {
			return err
		}
		leaf = e.AppendLeaf(leaf[:0])
		if err := x.Add(leaf); err != nil {
			return err
		}
		if progress != nil && x.Size()%rangePage == 0 {
			progress(x.Size(), size)
		}
	}
	if err := x.Finish(); err != nil {
		return err
	}
	if progress != nil {
		progress(size, size)
	}
	return nil
}
