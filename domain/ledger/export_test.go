package ledger_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/ledger"
	"stella-ops.org/attestdb/domain/tenant"
)

// export writes the book's first entries to a directory, and returns how many it wrote
// anew.
func (b *book) export(t testing.TB, dir string, size int64) (int, error) {
	t.Helper()
	x, err := ledger.OpenExport(dir, b.sign(t, size))
	if err != nil {
		return 0, err
	}
	defer func() { require.NoError(t, x.Close()) }()
	anew := 0
	for _, e := range b.entries[x.Size():size] {
		if err := x.Add(e.AppendLeaf(nil)); err != nil {
			return anew, err
		}
		anew++
	}
	return anew, x.Finish()
}

func (b *book) verifyExport(t testing.TB, dir string) error {
	t.Helper()
	_, err := ledger.VerifyExport(context.Background(), dir, []note.Verifier{b.verifier(t)}, nil)
	return err
}

// contents are the files of a directory.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(raw)
		return err
	}))
	return files
}

func TestExportsOfEverySize(t *testing.T) {
	t.Parallel()
	b := newBook(t, 66_000)
	for _, size := range []int64{0, 1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000} {
		dir := filepath.Join(t.TempDir(), "new", "export")
		anew, err := b.export(t, dir, size)
		require.NoError(t, err)
		require.Equal(t, int(size), anew)
		var done, total int64
		c, err := ledger.VerifyExport(t.Context(), dir, []note.Verifier{b.verifier(t)}, func(d, n int64) { done, total = d, n })
		require.NoError(t, err)
		require.Equal(t, size, c.TreeSize)
		require.Equal(t, [2]int64{size, size}, [2]int64{done, total})
		require.Len(t, contents(t, dir), files(size), "no file is left over, at size %d", size)
	}
}

// files is how many files an export has that was made at once.
func files(size int64) int {
	n := 1 + int((size+255)/256)
	for ; size > 0; size >>= 8 {
		n += int((size + 255) / 256)
	}
	return n
}

// A later export goes on where the earlier one ended, and changes nothing of it but the
// checkpoint.
func TestExportGoesOn(t *testing.T) {
	t.Parallel()
	b := newBook(t, 1500)
	dir := t.TempDir()
	before, written := map[string]string{}, map[string]fs.FileInfo{}
	whole := int64(0)
	for _, size := range []int64{0, 3, 300, 300, 512, 700, 1500} {
		anew, err := b.export(t, dir, size)
		require.NoError(t, err)
		require.Equal(t, int(size-whole), anew, "full bundles are read from the directory")
		require.NoError(t, b.verifyExport(t, dir))
		now := contents(t, dir)
		for name, content := range before {
			if name != "checkpoint" {
				require.Equal(t, content, now[name], name)
			}
			info, err := os.Stat(filepath.Join(dir, name))
			require.NoError(t, err)
			require.Equal(t, name != "checkpoint", os.SameFile(written[name], info), "%s is written once", name)
		}
		before, whole = now, size/256*256
		for name := range now {
			written[name], err = os.Stat(filepath.Join(dir, name))
			require.NoError(t, err)
		}
	}
	// One that was interrupted leaves no checkpoint of its own, and is gone on with.
	x, err := ledger.OpenExport(filepath.Join(dir, "other"), b.sign(t, 1500))
	require.NoError(t, err)
	for _, e := range b.entries[:600] {
		require.NoError(t, x.Add(e.AppendLeaf(nil)))
	}
	require.Error(t, x.Finish())
	require.NoError(t, x.Close())
	require.ErrorContains(t, b.verifyExport(t, filepath.Join(dir, "other")), "no checkpoint")
	anew, err := b.export(t, filepath.Join(dir, "other"), 1500)
	require.NoError(t, err)
	require.Equal(t, 1500-512, anew)
	require.NoError(t, b.verifyExport(t, filepath.Join(dir, "other")))
}

func TestExportRefusesAnotherDirectory(t *testing.T) {
	t.Parallel()
	b := newBook(t, 600)
	dir := t.TempDir()
	_, err := b.export(t, dir, 600)
	require.NoError(t, err)
	whole := contents(t, dir)
	_, err = b.export(t, dir, 500)
	require.ErrorIs(t, err, fault.ErrInvalid, "it is larger")
	other := newBook(t, 700)
	other.entries = nil
	other.stored = nil
	other.tenant = tenant.ID{4}
	other.key = newKey(t, ledger.Origin(other.tenant))
	other.grow(t, 700)
	_, err = other.export(t, dir, 700)
	require.ErrorIs(t, err, fault.ErrInvalid, "it is another's")
	// A ledger of the same origin that is another one.
	forged := &book{tenant: b.tenant, key: b.key}
	first := b.entries[0]
	first.Reason = "rewritten"
	forged.add(t, first)
	forged.grow(t, 800)
	_, err = forged.export(t, dir, 800)
	require.ErrorIs(t, err, fault.ErrVerification)
	require.Equal(t, whole, contents(t, dir), "nothing was changed")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "checkpoint"), []byte("x"), 0o600))
	_, err = b.export(t, dir, 600)
	require.ErrorIs(t, err, fault.ErrInvalid)
	require.NoError(t, os.Remove(filepath.Join(dir, "checkpoint")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tile", "entries", "001"), []byte("xxx"), 0o600))
	_, err = b.export(t, dir, 600)
	require.ErrorIs(t, err, fault.ErrVerification, "a bundle is damaged")
	dir = t.TempDir()
	_, err = b.export(t, dir, 600)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tile", "0", "001"), []byte("xxx"), 0o600))
	_, err = b.export(t, dir, 600)
	require.ErrorIs(t, err, fault.ErrVerification, "a tile is damaged")
	x, err := ledger.OpenExport(t.TempDir(), b.sign(t, 1))
	require.NoError(t, err)
	require.ErrorIs(t, x.Add(make([]byte, ledger.MaxLeafLength+1)), fault.ErrInvalid)
	require.NoError(t, x.Close())
}

// edit changes a file of an export.
func edit(name string, change func(string) string) func(testing.TB, string) {
	return func(t testing.TB, dir string) {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(change(string(raw))), 0o600))
	}
}

func replace(old, with string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, with, 1) }
}

func TestExportThatIsTamperedWithIsFoundOut(t *testing.T) {
	t.Parallel()
	b := newBook(t, 700)
	add := func(name, content string) func(testing.TB, string) {
		return func(t testing.TB, dir string) {
			require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
		}
	}
	remove := func(name string) func(testing.TB, string) {
		return func(t testing.TB, dir string) { require.NoError(t, os.RemoveAll(filepath.Join(dir, name))) }
	}
	flip := func(at int) func(string) string {
		return func(s string) string {
			raw := []byte(s)
			raw[at] ^= 1
			return string(raw)
		}
	}
	for name, c := range map[string]struct {
		change  func(testing.TB, string)
		problem ledger.Problem
		seq     int64
	}{
		"a leaf":                     {edit("tile/entries/001", replace("reason 260", "reason 261")), ledger.ProblemHash, 260},
		"a hash":                     {edit("tile/0/001", flip(5*32)), ledger.ProblemHash, 261},
		"a hash above":               {edit("tile/1/000.p/2", flip(32)), ledger.ProblemTile, 0},
		"a tile cut":                 {edit("tile/0/001", func(s string) string { return s[:8000] }), ledger.ProblemTile, 256},
		"a tile with more":           {edit("tile/0/001", func(s string) string { return s + "x" }), ledger.ProblemExtra, -1},
		"a tile above cut":           {edit("tile/1/000.p/2", func(s string) string { return s[:32] }), ledger.ProblemTile, 0},
		"a bundle cut":               {edit("tile/entries/001", func(s string) string { return s[:len(s)-1] }), ledger.ProblemLeaf, 256},
		"a bundle with more":         {edit("tile/entries/002.p/188", func(s string) string { return s + "\x00\x00" }), ledger.ProblemLeaf, 512},
		"a bundle gone":              {remove("tile/entries/002.p/188"), ledger.ProblemMissing, 512},
		"a tile gone":                {remove("tile/0/001"), ledger.ProblemMissing, 256},
		"a tile above gone":          {remove("tile/1/000.p/2"), ledger.ProblemMissing, 0},
		"no checkpoint":              {remove("checkpoint"), ledger.ProblemMissing, -1},
		"the checkpoint's size":      {edit("checkpoint", replace("\n700\n", "\n699\n")), ledger.ProblemSignature, -1},
		"the checkpoint of another":  {edit("checkpoint", func(string) string { return string(newBook(t, 5).sign(t, 5).Note) }), ledger.ProblemSignature, -1},
		"an older checkpoint":        {edit("checkpoint", func(string) string { return string(b.sign(t, 600).Note) }), ledger.ProblemMissing, 512},
		"a large checkpoint":         {edit("checkpoint", func(string) string { return strings.Repeat("x", ledger.MaxNoteSize+1) }), ledger.ProblemExtra, -1},
		"a file more":                {add("tile/entries/README", "x"), ledger.ProblemExtra, -1},
		"a file beside":              {add("index.html", "x"), ledger.ProblemExtra, -1},
		"a bundle more":              {add("tile/entries/003", "x"), ledger.ProblemExtra, -1},
		"a bundle's other name":      {add("tile/data/000", "x"), ledger.ProblemExtra, -1},
		"a wider bundle":             {add("tile/entries/002.p/200", "x"), ledger.ProblemExtra, -1},
		"a level more":               {add("tile/7/000", "x"), ledger.ProblemExtra, -1},
		"a level beyond":             {add("tile/9/000", "x"), ledger.ProblemExtra, -1},
		"a level beyond all":         {add("tile/1152921504606846976/000", "x"), ledger.ProblemExtra, -1},
		"an index beyond all":        {add("tile/0/x072/x057/x594/x037/x927/936", "x"), ledger.ProblemExtra, -1},
		"a tile in another spelling": {add("tile/0/x000/001", "x"), ledger.ProblemExtra, -1},
		"an older bundle":            {add("tile/entries/002.p/3", "x"), ledger.ProblemTile, -1},
		"an older tile":              {add("tile/0/002.p/1", strings.Repeat("x", 32)), ledger.ProblemTile, -1},
		"an older bundle cut": {func(t testing.TB, dir string) {
			add("tile/entries/002.p/1", contents(t, dir)["tile/entries/002.p/188"][:3])(t, dir)
		}, ledger.ProblemTile, -1},
		"an older tile with more": {func(t testing.TB, dir string) {
			add("tile/0/002.p/1", contents(t, dir)["tile/0/002.p/188"][:64])(t, dir)
		}, ledger.ProblemTile, -1},
		"a directory for a file": {func(t testing.TB, dir string) {
			remove("tile/0/001")(t, dir)
			add("tile/0/001/x", "x")(t, dir)
		}, ledger.ProblemExtra, -1},
	} {
		dir := t.TempDir()
		_, err := b.export(t, dir, 700)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".notes"), nil, 0o600), "a file with a dot is nobody's")
		require.NoError(t, b.verifyExport(t, dir))
		c.change(t, dir)
		err = b.verifyExport(t, dir)
		var wrong *ledger.ProofError
		require.ErrorAs(t, err, &wrong, name)
		require.Equal(t, c.problem, wrong.Problem, "%s: %s", name, err)
		require.Equal(t, c.seq, wrong.Seq, "%s: %s", name, err)
	}
}

// A ledger that was put together wrongly is not made right by the tree over it, nor by a
// signature.
func TestExportOfAWrongLedgerIsFoundOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*ledger.Entry)
		problem ledger.Problem
	}{
		"link":   {func(e *ledger.Entry) { e.PrevHash[0]++ }, ledger.ProblemLink},
		"seq":    {func(e *ledger.Entry) { e.Seq++ }, ledger.ProblemPlace},
		"tenant": {func(e *ledger.Entry) { e.Tenant[0]++ }, ledger.ProblemPlace},
		"tenant, under an origin that names none": {func(e *ledger.Entry) { e.Tenant[0]++ }, ledger.ProblemPlace},
		"time":            {func(e *ledger.Entry) { e.RecordedAt = e.RecordedAt.AddDate(-1, 0, 0) }, ledger.ProblemTime},
		"decision digest": {func(e *ledger.Entry) { e.DecisionDigest[0]++ }, ledger.ProblemLeaf},
		"reason":          {func(e *ledger.Entry) { e.Reason = "\xff" }, ledger.ProblemLeaf},
	} {
		b := newBook(t, 10)
		if name == "tenant, under an origin that names none" {
			b.key = newKey(t, "example.com/log")
		}
		probe := newBook(t, 11)
		e := probe.entries[10]
		e.PrevHash = b.entries[9].LeafHash
		e.DecisionDigest = e.ComputeDecisionDigest()
		c.change(&e)
		hashes, err := tlog.StoredHashesForRecordHash(10, tlog.Hash(e.ComputeLeafHash()), b)
		require.NoError(t, err)
		b.entries, b.stored = append(b.entries, e), append(b.stored, hashes...)
		dir := t.TempDir()
		_, err = b.export(t, dir, 11)
		require.NoError(t, err)
		err = b.verifyExport(t, dir)
		var wrong *ledger.ProofError
		require.ErrorAs(t, err, &wrong, name)
		require.Equal(t, c.problem, wrong.Problem, "%s: %s", name, err)
		require.Equal(t, int64(10), wrong.Seq)
	}
	// The whole of another ledger, under the checkpoint of this one.
	b := newBook(t, 300)
	forged := &book{tenant: b.tenant, key: b.key}
	first := b.entries[0]
	first.Reason = "rewritten"
	forged.add(t, first)
	forged.grow(t, 300)
	dir := t.TempDir()
	_, err := forged.export(t, dir, 300)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "checkpoint"), b.sign(t, 300).Note, 0o600))
	var wrong *ledger.ProofError
	require.ErrorAs(t, b.verifyExport(t, dir), &wrong)
	require.Equal(t, ledger.ProblemRoot, wrong.Problem)
	// It is not exported either.
	x, err := ledger.OpenExport(t.TempDir(), b.sign(t, 300))
	require.NoError(t, err)
	for _, e := range forged.entries {
		require.NoError(t, x.Add(e.AppendLeaf(nil)))
	}
	require.ErrorAs(t, x.Finish(), &wrong)
	require.Equal(t, ledger.ProblemRoot, wrong.Problem)
	require.NoError(t, x.Close())
}

func TestVerifyExportEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := newBook(t, 300)
	dir := t.TempDir()
	_, err := b.export(t, dir, 300)
	require.NoError(t, err)
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(enough)
	_, err = ledger.VerifyExport(ctx, dir, []note.Verifier{b.verifier(t)}, nil)
	require.ErrorIs(t, err, enough)
	_, err = ledger.VerifyExport(t.Context(), filepath.Join(dir, "absent"), nil, nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// tiles reads an export as x/mod's own reader of tiles does.
type tiles struct{ dir string }

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (d tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range list {
		raw, err := os.ReadFile(filepath.Join(d.dir, strings.Replace(t.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		all = append(all, raw)
	}
	return all, nil
}

// What is exported is a log to golang.org/x/mod/sumdb/tlog.
func TestTlogReadsAnExport(t *testing.T) {
	t.Parallel()
	b := newBook(t, 66_000)
	for _, size := range []int64{1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000} {
		dir := t.TempDir()
		_, err := b.export(t, dir, size)
		require.NoError(t, err)
		raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
		require.NoError(t, err)
		c, err := ledger.OpenCheckpoint(raw, b.verifier(t))
		require.NoError(t, err)
		tree := tlog.Tree{N: size, Hash: tlog.Hash(c.RootHash)}
		reader := tlog.TileHashReader(tree, tiles{dir})
		for _, seq := range []int64{0, size / 3, size - 1} {
			path, err := tlog.ProveRecord(size, seq, reader)
			require.NoError(t, err)
			require.NoError(t, tlog.CheckRecord(path, size, tree.Hash, seq, tlog.RecordHash(b.entries[seq].AppendLeaf(nil))))
			if seq > 0 {
				older, err := tlog.TreeHash(seq, b)
				require.NoError(t, err)
				path, err := tlog.ProveTree(size, seq, reader)
				require.NoError(t, err)
				require.NoError(t, tlog.CheckTree(path, size, tree.Hash, seq, older))
			}
		}
	}
}

// What a desktop or a version control leaves is nobody's, wherever it is; what stands in
// the way of a file is told of.
func TestExportAmongHiddenFiles(t *testing.T) {
	t.Parallel()
	b := newBook(t, 300)
	dir := t.TempDir()
	_, err := b.export(t, dir, 300)
	require.NoError(t, err)
	for _, name := range []string{".DS_Store", "tile/.DS_Store", "tile/.git/x001/config", "tile/entries/.x"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	require.NoError(t, b.verifyExport(t, dir))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tile/x.DS_Store"), nil, 0o600))
	var wrong *ledger.ProofError
	require.ErrorAs(t, b.verifyExport(t, dir), &wrong)
	require.Equal(t, ledger.ProblemExtra, wrong.Problem)

	dir = t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, ".attestdb-export"), 0o600))
	_, err = b.export(t, dir, 300)
	require.ErrorAs(t, err, &wrong)
	require.ErrorContains(t, err, ".attestdb-export is no file")
}
