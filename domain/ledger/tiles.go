package ledger

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/digest"
)

// An export is the static form of a transparency log: https://c2sp.org/tlog-tiles. A tile
// has 256 hashes of one level, an entry bundle the 256 leaves of a tile of level 0.
const (
	exportHeight = 8
	exportWidth  = 1 << exportHeight
	// checkpointFile is written last: what it says is there.
	checkpointFile = "checkpoint"
	// tileDirectory has tiles and entry bundles.
	tileDirectory = "tile"
	// bundleLevel is that of entry bundles, as tlog counts.
	bundleLevel = -1
)

// exportPath is the path of a tile or, for bundleLevel, of an entry bundle. That of tlog
// has the height as well, and another word for the bundles.
func exportPath(t tlog.Tile) string {
	path := strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", exportHeight), "tile/", 1)
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

// parseExportPath is the inverse of exportPath.
func parseExportPath(path string) (tlog.Tile, error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok {
		return tlog.Tile{}, fmt.Errorf("%q is no tile", path)
	}
	if bundle, ok := strings.CutPrefix(rest, "entries/"); ok {
		rest = "data/" + bundle
	}
	t, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", exportHeight, rest))
	if err == nil && exportPath(t) != path {
		err = fmt.Errorf("%q is no tile", path)
	}
	return t, err
}

// widthAt is how many hashes or leaves a tile has at a size: none or fewer if it is not
// there.
func widthAt(t tlog.Tile, size int64) int64 {
	// What somebody named a file may be anything.
	level := min(max(t.L, 0), 7)
	hashes := size >> (exportHeight * level)
	if t.L > level || t.N > hashes>>exportHeight {
		return 0
	}
	return min(exportWidth, hashes-t.N<<exportHeight)
}

// appendToBundle appends a leaf, which [Entry.Validate] keeps below the 16 bits of its
// length.
func appendToBundle(bundle, leaf []byte) []byte {
	bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(leaf)))
	return append(bundle, leaf...)
}

// splitBundle returns the leaves of a bundle that has so many, and nothing behind them.
func splitBundle(bundle []byte, leaves int64) ([][]byte, bool) {
	list := make([][]byte, 0, leaves)
	for range leaves {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return nil, false
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		list, bundle = append(list, bundle[2:end:end]), bundle[end:]
	}
	return list, len(bundle) == 0
}

// maxBundle is the size of the largest entry bundle.
const maxBundle = exportWidth * (2 + MaxLeafLength)

// tiler makes the tiles of a tree from the hashes of its leaves.
type tiler struct {
	tree *compact.Range
	// open are the hashes of each level's last tile, as long as it is not full.
	open [][]byte
	// emit is called with every tile: the full ones when they are, the others by finish.
	emit func(t tlog.Tile, hashes []byte) error
}

func newTiler(emit func(tlog.Tile, []byte) error) *tiler {
	factory := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	return &tiler{tree: factory.NewEmptyRange(0), emit: emit}
}

func (t *tiler) size() int64 { return int64(t.tree.End()) }

func (t *tiler) root() (digest.SHA256, error) {
	if t.size() == 0 {
		return emptyRoot, nil
	}
	hash, err := t.tree.GetRootHash(nil)
	if err != nil {
		return digest.SHA256{}, fmt.Errorf("compute root hash: %w", err)
	}
	return digest.SHA256(hash), nil
}

// add adds the next leaf.
func (t *tiler) add(leafHash tlog.Hash) error {
	var emitted error
	err := t.tree.Append(leafHash[:], func(id compact.NodeID, hash []byte) {
		if id.Level%exportHeight != 0 || emitted != nil {
			return
		}
		level := int(id.Level / exportHeight)
		if level == len(t.open) {
			t.open = append(t.open, make([]byte, 0, exportWidth*tlog.HashSize))
		}
		t.open[level] = append(t.open[level], hash...)
		if len(t.open[level]) == exportWidth*tlog.HashSize {
			emitted = t.emit(tlog.Tile{H: exportHeight, L: level, N: int64(id.Index >> exportHeight), W: exportWidth}, t.open[level])
			t.open[level] = t.open[level][:0]
		}
	})
	if err != nil {
		return err
	}
	return emitted
}

// finish emits the tiles that are not full.
func (t *tiler) finish() error {
	for level, hashes := range t.open {
		if len(hashes) == 0 {
			continue
		}
		n := t.size() >> (exportHeight * (level + 1))
		if err := t.emit(tlog.Tile{H: exportHeight, L: level, N: n, W: len(hashes) / tlog.HashSize}, hashes); err != nil {
			return err
		}
	}
	return nil
}
