package verdict

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/internal/pgfault"
)

// The proofs of the tree.
type (
	// InclusionProof shows that an entry is in the tree of a size.
	InclusionProof = ledger.InclusionProof
	// ConsistencyProof shows that one tree begins with another.
	ConsistencyProof = ledger.ConsistencyProof
)

// sizeSQL is the place after the last entry. It is no max(), for which a plan may read all
// entries by another index. The last place that there is has none after it.
const sizeSQL = `SELECT coalesce((SELECT least(e.seq, 9223372036854775806) + 1 FROM verdict.ledger_entries e WHERE e.tenant_id = $1 AND e.seq IS NOT NULL ORDER BY e.seq DESC LIMIT 1), 0)`

// Size returns how many entries the ledger has: those with the places from 0 to one
// below. What a transaction has appended is among them inside it.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.size")
	defer call.End(&err)
	err = pgfault.Retry(ctx, s.retry, func() error {
		rows, err := s.conn.Query(ctx, sizeSQL, s.conn.Tenant())
		if err != nil {
			return err
		}
		size, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
		return err
	})
	return size, pgfault.Map("read ledger", err)
}

// Root returns the root hash (RFC 6962) of the tree of the first so many entries. It
// returns a *[fault.Invalid] for more than there are, and a *[ledger.ProofError] if parts
// of the tree are not there: then [Store.Verify] tells more.
func (s *Store) Root(ctx context.Context, size int64) (_ digest.SHA256, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.root")
	defer call.End(&err)
	var root tlog.Hash
	err = s.atOneSnapshot(ctx, size, func(r tlog.HashReader) (err error) {
		root, err = tlog.TreeHash(size, r)
		return err
	})
	return digest.SHA256(root), err
}

// ProveInclusion proves that the entry with the place seq is in the tree of a size. It
// reads at most 32 entries, and 32 nodes of each level, in one statement. The proof has
// been verified; whether its root hash is the one that somebody signed a checkpoint says
// ([Store.Prove]).
//
// It returns a *[fault.Invalid] for a size that the ledger has not or an entry that is
// not below it, and a *[ledger.ProofError] if what is stored makes no proof: then
// [Store.Verify] tells more.
func (s *Store) ProveInclusion(ctx context.Context, seq, size int64) (_ InclusionProof, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.prove_inclusion")
	defer call.End(&err)
	if seq < 0 || seq >= size {
		return InclusionProof{}, &fault.Invalid{Field: "seq", Allowed: fmt.Sprintf("0 to one below the size, %d", size), Problem: fmt.Sprintf("it is %d", seq)}
	}
	var root tlog.Hash
	var leaf []tlog.Hash
	var path tlog.RecordProof
	err = s.atOneSnapshot(ctx, size, func(r tlog.HashReader) (err error) {
		if root, err = tlog.TreeHash(size, r); err != nil {
			return err
		}
		if leaf, err = r.ReadHashes([]int64{tlog.StoredHashIndex(0, seq)}); err != nil {
			return err
		}
		path, err = tlog.ProveRecord(size, seq, r)
		return err
	})
	if err != nil {
		return InclusionProof{}, err
	}
	p := InclusionProof{LeafIndex: seq, TreeSize: size, LeafHash: digest.SHA256(leaf[0]), RootHash: digest.SHA256(root), Hashes: sums(path)}
	return p, p.Verify()
}

// ProveConsistency proves that the tree of the size to begins with that of the size from.
// It reads, and returns, what [Store.ProveInclusion] does.
func (s *Store) ProveConsistency(ctx context.Context, from, to int64) (_ ConsistencyProof, err error) {
	ctx, call := s.conn.Start(ctx, "verdict.prove_consistency")
	defer call.End(&err)
	if from < 0 || from > to {
		return ConsistencyProof{}, &fault.Invalid{Field: "from", Allowed: fmt.Sprintf("0 to the newer size, %d", to), Problem: fmt.Sprintf("it is %d", from)}
	}
	var roots [2]tlog.Hash
	var path tlog.TreeProof
	err = s.atOneSnapshot(ctx, to, func(r tlog.HashReader) (err error) {
		for i, size := range []int64{from, to} {
			if roots[i], err = tlog.TreeHash(size, r); err != nil {
				return err
			}
		}
		if from > 0 {
			path, err = tlog.ProveTree(to, from, r)
		}
		return err
	})
	if err != nil {
		return ConsistencyProof{}, err
	}
	p := ConsistencyProof{From: from, To: to, FromRoot: digest.SHA256(roots[0]), ToRoot: digest.SHA256(roots[1]), Hashes: sums(path)}
	return p, p.Verify()
}

func sums(list []tlog.Hash) []digest.SHA256 {
	hashes := make([]digest.SHA256, len(list))
	for i, h := range list {
		hashes[i] = digest.SHA256(h)
	}
	return hashes
}

// atOneSnapshot runs f twice: to learn which hashes it asks for, and with these hashes,
// which one statement has read in between. The functions of tlog ask for the same
// whatever hashes they get.
func (s *Store) atOneSnapshot(ctx context.Context, size int64, f func(tlog.HashReader) error) error {
	switch {
	case size < 0:
		return &fault.Invalid{Field: "size", Allowed: "zero or more"}
	case size > ledger.MaxTreeSize:
		return s.notStored(ctx, size, errNotStored)
	}
	tiles := &treeTiles{place: map[tlog.Tile]int{}}
	err := f(tlog.HashReaderFunc(tiles.want))
	if err != nil || len(tiles.list) == 0 {
		return err
	}
	if err := pgfault.Retry(ctx, s.retry, func() error { return s.readTiles(ctx, tiles) }); err != nil {
		return pgfault.Map("read tree", err)
	}
	err = f(tlog.HashReaderFunc(tiles.read))
	if errors.Is(err, errNotStored) {
		return s.notStored(ctx, size, err)
	}
	return err
}

// notStored says why hashes are not there.
func (s *Store) notStored(ctx context.Context, size int64, err error) error {
	have, sizeErr := s.Size(ctx)
	switch {
	case sizeErr != nil:
		return sizeErr
	case size > have:
		return &fault.Invalid{Field: "size", Allowed: fmt.Sprintf("at most %d, which is how many entries there are", have), Problem: fmt.Sprintf("it is %d", size)}
	}
	return &ledger.ProofError{Problem: ledger.ProblemMissing, Seq: -1, Detail: err.Error()}
}

// treeTiles are parts of the tree as the database has them: 16 hashes of one level side
// by side, or fewer, of which every hash of the four levels above follows. An entry's row
// has a leaf's hash, a node's that of 16 leaves, or of 16 nodes of the level below.
type treeTiles struct {
	// list are the tiles, each as wide as is asked for, and data their hashes.
	list []tlog.Tile
	data [][]byte
	// place is where a tile is in the list, by the tile without its width.
	place map[tlog.Tile]int
}

var errNotStored = errors.New("a part of the tree is not stored")

// want notes which tiles the hashes are in.
func (t *treeTiles) want(indexes []int64) ([]tlog.Hash, error) {
	for _, index := range indexes {
		tile := tlog.TileForIndex(nodeLevels, index)
		i, ok := t.place[place(tile)]
		if !ok {
			i = len(t.list)
			t.place[place(tile)] = i
			t.list = append(t.list, tile)
		}
		t.list[i].W = max(t.list[i].W, tile.W)
	}
	return make([]tlog.Hash, len(indexes)), nil
}

func (t *treeTiles) read(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		n := t.place[place(tlog.TileForIndex(nodeLevels, index))]
		tile, data := t.list[n], t.data[n]
		if len(data) < tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d of level %d", errNotStored, tile.N<<nodeLevels+int64(len(data)/tlog.HashSize), tile.L)
		}
		var err error
		if hashes[i], err = tlog.HashFromTile(tile, data, index); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// place is a tile without its width.
func place(t tlog.Tile) tlog.Tile { return tlog.Tile{H: t.H, L: t.L, N: t.N} }

const tilesSQL = `SELECT t.n, h.index, h.hash
  FROM unnest($2::int[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS t (level, first, last, n)
 CROSS JOIN LATERAL (
    (SELECT e.seq AS index, e.leaf_hash AS hash FROM verdict.ledger_entries e
      WHERE t.level = 0 AND e.tenant_id = $1 AND e.seq BETWEEN t.first AND t.last
      ORDER BY e.seq)
    UNION ALL
    (SELECT n.index, n.hash FROM verdict.ledger_nodes n
      WHERE t.level > 0 AND n.tenant_id = $1 AND n.level = t.level AND n.index BETWEEN t.first AND t.last
      ORDER BY n.index)
  ) h
 ORDER BY t.n, h.index`

// readTiles reads the tiles as far as they are there without a gap.
func (s *Store) readTiles(ctx context.Context, t *treeTiles) error {
	levels, first, last := make([]int32, len(t.list)), make([]int64, len(t.list)), make([]int64, len(t.list))
	for i, tile := range t.list {
		levels[i], first[i] = int32(tile.L), tile.N<<nodeLevels
		last[i] = first[i] + int64(tile.W) - 1
	}
	t.data = make([][]byte, len(t.list))
	rows, err := s.conn.Query(ctx, tilesSQL, s.conn.Tenant(), levels, first, last)
	if err != nil {
		return err
	}
	var n, index int64
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&n, &index, &hash}, func() error {
		data := &t.data[n-1]
		if len(hash) == tlog.HashSize && index == first[n-1]+int64(len(*data)/tlog.HashSize) {
			*data = append(*data, hash...)
		}
		return nil
	})
	return err
}
