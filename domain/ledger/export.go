package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/fault"
)

// temporaryFile is what a file of an export is called until it is whole.
const temporaryFile = ".attestdb-export"

// Export writes a ledger as a directory of files (https://c2sp.org/tlog-tiles) that need
// no server: the checkpoint, the tiles of the tree, and the entries. It goes on with what
// an earlier one left there, of the same ledger, and writes nothing anew that is whole:
// only the checkpoint ever changes, which it writes last. One Export at a time uses a
// directory.
type Export struct {
	root       *os.Root
	checkpoint Checkpoint
	// before is what the directory's own checkpoint says.
	before Checkpoint
	tiler  *tiler
	bundle []byte
}

// OpenExport begins an export of the ledger that a checkpoint is of, in a directory that
// it makes if need be. It reads what is there already: [Export.Size] says how many entries
// that is.
//
// It returns a *[fault.Invalid] if the directory has the export of another ledger, of a
// larger one, or something else, and a *[ProofError] if what is there is damaged.
func OpenExport(dir string, c Checkpoint) (_ *Export, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	x := &Export{root: root, checkpoint: c}
	x.tiler = newTiler(x.keep)
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Close())
		}
	}()
	if err := x.refuseForeign(); err != nil {
		return nil, err
	}
	if err := x.readCheckpoint(); err != nil {
		return nil, err
	}
	return x, x.resume()
}

// notExportDirectory says why an export cannot be where it shall be.
func notExportDirectory(format string, args ...any) error {
	return &fault.Invalid{Field: "directory", Allowed: "an empty one, or one with an older export of this ledger", Problem: fmt.Sprintf(format, args...)}
}

// refuseForeign refuses a directory with what [VerifyExport] would not let pass at its top.
func (x *Export) refuseForeign() error {
	entries, err := fs.ReadDir(x.root.FS(), ".")
	for _, e := range entries {
		name := e.Name()
		if name != checkpointFile && !strings.HasPrefix(name, ".") && (name != tileDirectory || !e.IsDir()) {
			return notExportDirectory("it has %.200q", name)
		}
	}
	return err
}

// readCheckpoint reads the directory's checkpoint, whoever signed it.
func (x *Export) readCheckpoint() error {
	raw, err := readFile(x.root, checkpointFile, MaxNoteSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var unverified *note.UnverifiedNoteError
	if _, err := note.Open(raw, note.VerifierList()); !errors.As(err, &unverified) {
		return notExportDirectory("it has a checkpoint that cannot be read")
	}
	if x.before, err = parseCheckpoint(unverified.Note.Text); err != nil {
		return notExportDirectory("it has a checkpoint that cannot be read: %s", err)
	}
	switch {
	case x.before.Origin != x.checkpoint.Origin:
		return notExportDirectory("it has one of %.200q", x.before.Origin)
	case x.before.TreeSize > x.checkpoint.TreeSize:
		return notExportDirectory("it has one of size %d, which is larger than %d", x.before.TreeSize, x.checkpoint.TreeSize)
	}
	return nil
}

// resume reads the full bundles that are there.
func (x *Export) resume() error {
	for x.Size()+exportWidth <= x.checkpoint.TreeSize {
		name := exportPath(x.bundleTile(exportWidth))
		bundle, err := readFile(x.root, name, maxBundle)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		leaves, ok := splitBundle(bundle, exportWidth)
		if !ok {
			return wrongAt(x.Size(), ProblemLeaf, "%s is damaged: export to another directory", name)
		}
		for _, leaf := range leaves {
			if err := x.grow(leaf); err != nil {
				return err
			}
		}
	}
	return nil
}

// bundleTile is the bundle that the next leaves go into.
func (x *Export) bundleTile(leaves int64) tlog.Tile {
	return tlog.Tile{H: exportHeight, L: bundleLevel, N: x.tiler.size() >> exportHeight, W: int(leaves)}
}

// Size returns how many entries are written or were there already: the place of the next
// one.
func (x *Export) Size() int64 { return x.tiler.size() }

// Add writes the next entry's leaf.
func (x *Export) Add(leaf []byte) error {
	if len(leaf) > MaxLeafLength {
		return &fault.Invalid{Field: "leaf", Allowed: fmt.Sprintf("at most %d bytes", MaxLeafLength)}
	}
	tile := x.bundleTile(exportWidth)
	x.bundle = appendToBundle(x.bundle, leaf)
	if (x.Size()+1)%exportWidth == 0 {
		// Before the tile of its hashes, so that where there is a tile there is a bundle.
		if err := x.keep(tile, x.bundle); err != nil {
			return err
		}
		x.bundle = x.bundle[:0]
	}
	return x.grow(leaf)
}

// grow adds a leaf to the tree, which has to be the one of the directory's checkpoint on
// its way.
func (x *Export) grow(leaf []byte) error {
	if err := x.tiler.add(tlog.RecordHash(leaf)); err != nil {
		return err
	}
	return x.compare(x.before)
}

// compare says whether the tree is the checkpoint's, if it has its size.
func (x *Export) compare(c Checkpoint) error {
	if c.Origin == "" || c.TreeSize != x.Size() {
		return nil
	}
	root, err := x.tiler.root()
	if err == nil && root != c.RootHash {
		err = wrong(ProblemRoot, "the first %d entries have another root hash than the checkpoint", c.TreeSize)
	}
	return err
}

// Finish writes what is left, and the checkpoint if its tree is that of all entries: else
// it returns a *[ProofError].
func (x *Export) Finish() error {
	if x.Size() != x.checkpoint.TreeSize {
		return wrongAt(x.Size(), ProblemMissing, "there are fewer entries than the checkpoint says")
	}
	if err := x.compare(x.checkpoint); err != nil {
		return err
	}
	if n := x.Size() % exportWidth; n > 0 {
		if err := x.keep(x.bundleTile(n), x.bundle); err != nil {
			return err
		}
	}
	if err := x.tiler.finish(); err != nil {
		return err
	}
	return x.write(checkpointFile, x.checkpoint.Note)
}

// Close ends the export, whether or not it was finished: a later one goes on with what is
// there.
func (x *Export) Close() error { return x.root.Close() }

// keep writes a file that never changes, unless it is there.
func (x *Export) keep(t tlog.Tile, content []byte) error {
	name := exportPath(t)
	have, err := readFile(x.root, name, maxBundle)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return x.write(name, content)
	case err != nil:
		return err
	case !bytes.Equal(have, content):
		return wrong(ProblemTile, "%s is there with another content: export to another directory", name)
	}
	return nil
}

// write has a file there whole or not at all, whatever happens.
func (x *Export) write(name string, content []byte) (err error) {
	if err := x.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	// To open a pipe may take for ever.
	if info, err := x.root.Lstat(temporaryFile); err == nil && !info.Mode().IsRegular() {
		return wrong(ProblemExtra, "%s is no file", temporaryFile)
	}
	f, err := x.root.OpenFile(temporaryFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return x.root.Rename(temporaryFile, name)
}

// readFile reads a file of at most so many bytes.
func readFile(root *os.Root, name string, most int64) ([]byte, error) {
	// To open what is no file, such as a pipe, may take for ever.
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, wrong(ProblemExtra, "%s is no file", name)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(raw)) > most {
		err = wrong(ProblemExtra, "%s is larger than %d bytes", name, most)
	}
	return raw, err
}
