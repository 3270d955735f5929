package ledger

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// VerifyExport says whether a directory is a whole export of the ledger that its
// checkpoint is of, which one of the verifiers' keys has to have signed: every entry has
// the hash that the tree has for it, is where it says, has the hash of the entry before it
// and its own decision's digest, and was recorded no earlier; every tile is that of the
// entries below it, and the tree is the checkpoint's. Files that do not belong to it are a
// fault as well, but for files and directories whose names begin with a dot, and for tiles and bundles of
// earlier exports.
//
// It returns the checkpoint, or else a *[ProofError] with the first entry that is wrong;
// an *[UnknownFieldError] if a newer version wrote an entry. progress, unless it is nil, is
// told how many entries are done, of how many.
func VerifyExport(ctx context.Context, dir string, verifiers []note.Verifier, progress func(done, total int64)) (Checkpoint, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Checkpoint{}, err
	}
	defer root.Close() //nolint:errcheck // nothing was written
	raw, err := readFile(root, checkpointFile, MaxNoteSize)
	if errors.Is(err, fs.ErrNotExist) {
		return Checkpoint{}, wrong(ProblemMissing, "there is no checkpoint: the directory is no export, or not a whole one")
	}
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := OpenCheckpoint(raw, verifiers...)
	if err != nil {
		return Checkpoint{}, err
	}
	v := &exportVerification{root: root, checkpoint: c}
	v.tiler = newTiler(v.compare)
	if err := v.run(ctx, progress); err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}

type exportVerification struct {
	root       *os.Root
	checkpoint Checkpoint
	tiler      *tiler
	// last is the entry before the next.
	last Entry
}

func (v *exportVerification) run(ctx context.Context, progress func(done, total int64)) error {
	for v.tiler.size() < v.checkpoint.TreeSize {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := v.bundle(); err != nil {
			return err
		}
		if progress != nil {
			progress(v.tiler.size(), v.checkpoint.TreeSize)
		}
	}
	if err := v.tiler.finish(); err != nil {
		return err
	}
	root, err := v.tiler.root()
	if err != nil {
		return err
	}
	if root != v.checkpoint.RootHash {
		return wrong(ProblemRoot, "the entries have another root hash than the checkpoint: another ledger was put in the place of the signed one")
	}
	return fs.WalkDir(v.root.FS(), ".", v.belongs)
}

// bundle verifies the next entry bundle against the tile of its hashes.
func (v *exportVerification) bundle() error {
	first := v.tiler.size()
	width := min(exportWidth, v.checkpoint.TreeSize-first)
	tile := tlog.Tile{H: exportHeight, L: 0, N: first >> exportHeight, W: int(width)}
	hashes, err := v.read(tile, width*tlog.HashSize)
	if err != nil {
		return err
	}
	if int64(len(hashes)) != width*tlog.HashSize {
		return wrongAt(first, ProblemTile, "%s has %d bytes, not %d", exportPath(tile), len(hashes), width*tlog.HashSize)
	}
	tile.L = bundleLevel
	bundle, err := v.read(tile, maxBundle)
	if err != nil {
		return err
	}
	leaves, ok := splitBundle(bundle, width)
	if !ok {
		return wrongAt(first, ProblemLeaf, "%s does not have %d entries", exportPath(tile), width)
	}
	for i, leaf := range leaves {
		hash := tlog.RecordHash(leaf)
		if !bytes.Equal(hash[:], hashes[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
			return wrongAt(first+int64(i), ProblemHash, "the tree has another hash for it")
		}
		if err := v.entry(leaf); err != nil {
			return err
		}
		if err := v.tiler.add(hash); err != nil {
			return err
		}
	}
	return nil
}

// entry verifies that a leaf is an entry that follows the one before it.
func (v *exportVerification) entry(leaf []byte) error {
	seq := v.tiler.size()
	e, err := decodeAt(seq, leaf)
	if err != nil {
		return err
	}
	switch {
	case e.PrevHash != v.last.LeafHash:
		return wrongAt(seq, ProblemLink, "prev_hash is not the hash of the entry before")
	case seq > 0 && e.Tenant != v.last.Tenant, !v.checkpoint.of(e.Tenant):
		return wrongAt(seq, ProblemPlace, "it is of tenant %s, and the ledger another one's", e.Tenant)
	case e.RecordedAt.Before(v.last.RecordedAt):
		return wrongAt(seq, ProblemTime, "it was recorded before the entry before it")
	}
	v.last = e
	return nil
}

// compare compares a tile with what the entries below it make. Those of level 0 were
// compared hash by hash.
func (v *exportVerification) compare(t tlog.Tile, hashes []byte) error {
	if t.L == 0 {
		return nil
	}
	have, err := v.read(t, int64(len(hashes)))
	if err != nil || bytes.Equal(have, hashes) {
		return err
	}
	return wrongAt(firstUnder(t), ProblemTile, "%s is not what the entries below it make", exportPath(t))
}

// firstUnder is the first entry below a tile.
func firstUnder(t tlog.Tile) int64 { return t.N << (exportHeight * (max(t.L, 0) + 1)) }

func (v *exportVerification) read(t tlog.Tile, most int64) ([]byte, error) {
	raw, err := readFile(v.root, exportPath(t), most)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, wrongAt(firstUnder(t), ProblemMissing, "%s is not there", exportPath(t))
	}
	return raw, err
}

// belongs says whether a file is one of the export, or of one that was there before it.
func (v *exportVerification) belongs(name string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case name != "." && strings.HasPrefix(d.Name(), "."):
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	case d.IsDir(), name == checkpointFile:
		return nil
	}
	t, err := parseExportPath(name)
	width := widthAt(t, v.checkpoint.TreeSize)
	if err != nil || !d.Type().IsRegular() || int64(t.W) > width {
		return wrong(ProblemExtra, "%.200q belongs to no export of size %d", name, v.checkpoint.TreeSize)
	}
	if int64(t.W) == width {
		return nil
	}
	old, err := v.read(t, maxBundle)
	if err != nil {
		return err
	}
	whole := t
	whole.W = int(width)
	now, err := v.read(whole, maxBundle)
	if err != nil {
		return err
	}
	var part bool
	if t.L == bundleLevel {
		_, part = splitBundle(old, int64(t.W))
	} else {
		part = len(old) == t.W*tlog.HashSize
	}
	if !part || !bytes.HasPrefix(now, old) {
		return wrong(ProblemTile, "%s, of an earlier export, is not how %s begins", name, exportPath(whole))
	}
	return nil
}
