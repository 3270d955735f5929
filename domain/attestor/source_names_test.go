package attestor_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
)

func TestFilesFindsEvidenceInADirectory(t *testing.T) {
	t.Parallel()
	data := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	fsys := fstest.MapFS{
		"in/b.json":             data("B\n"),
		"in/a/x.sigstore":       data("X"),
		"in/a/all.intoto.jsonl": data("1\n\n2\r\n3"),
		"in/a/z.NDJSON":         data("1\n2"),
		"in/c.Json":             data("C"),
		"in/readme.md":          data("no evidence"),
		"in/.hidden.json":       data("no evidence"),
		"in/.git/x.json":        data("no evidence"),
		"in/pipe.json":          {Mode: fs.ModeNamedPipe},
		"plain":                 data("P"),
	}
	require.Equal(t, []string{
		"in/a/all.intoto.jsonl:1=1", "in/a/all.intoto.jsonl:3=2", "in/a/all.intoto.jsonl:4=3",
		"in/a/x.sigstore=X", "in/a/z.NDJSON:1=1", "in/a/z.NDJSON:2=2", "in/b.json=B\n", "in/c.Json=C",
	}, told(attestor.Files(fsys, "in")))
	_, passed := names(fsys, "in")
	require.Equal(t, []string{"in/.hidden.json", "in/pipe.json", "in/readme.md"}, passed)
	require.Equal(t, []string{"plain=P"}, told(attestor.Files(fsys, "plain")), "a file that is named is evidence, whatever its name")
	require.Equal(t, []string{"none!" + fs.ErrNotExist.Error()}, told(attestor.Files(fsys, "none")))
	for range attestor.Files(fsys, "in") {
		break // and nothing more is yielded, else this panics
	}
}

// names are those that are taken, with "!" behind one that cannot be, and those that are
// passed over.
func names(fsys fs.FS, root string) (taken, passed []string) {
	for name, err := range attestor.Names(fsys, root, func(name string) { passed = append(passed, name) }) {
		if err != nil {
			name += "!"
		}
		taken = append(taken, name)
	}
	return taken, passed
}

// tree makes files in a directory, each with its name as its content, and links, which
// are given as "name -> target". A name that ends in a slash is a directory.
func tree(t *testing.T, entries ...string) fs.FS {
	t.Helper()
	dir := t.TempDir()
	for _, entry := range entries {
		name, target, isLink := strings.Cut(entry, " -> ")
		at := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		switch {
		case isLink:
			require.NoError(t, os.Symlink(target, at))
		case strings.HasSuffix(name, "/"):
			require.NoError(t, os.MkdirAll(at, 0o755))
		default:
			require.NoError(t, os.WriteFile(at, []byte(name), 0o600))
		}
	}
	return os.DirFS(dir)
}

// Kubernetes changes all files of a volume at once by changing one link.
func TestEachFileOfAKubernetesVolumeIsReadOnce(t *testing.T) {
	t.Parallel()
	fsys := tree(t, "..2026_11_25/f.json", "..2026_11_25/g.jsonl", "..data -> ..2026_11_25", "f.json -> ..data/f.json", "g.jsonl -> ..data/g.jsonl")
	require.Equal(t, []string{"f.json=..2026_11_25/f.json", "g.jsonl:1=..2026_11_25/g.jsonl"}, told(attestor.Files(fsys, ".")))
	_, passed := names(fsys, ".")
	require.Empty(t, passed)
}

func TestLinksAreFollowedToFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ tree, taken, passed []string }{
		"to a file behind it":          {[]string{"a.json -> b.json", "b.json"}, []string{"a.json"}, nil},
		"to a file before it":          {[]string{"a.json", "b.json -> a.json"}, []string{"a.json"}, nil},
		"several to one file":          {[]string{"a.json -> x", "b.json -> a.json", "x"}, []string{"a.json"}, []string{"x"}},
		"to a file outside":            {[]string{"in/a.json -> ../b", "b"}, []string{"in/a.json"}, []string{"b"}},
		"to a directory":               {[]string{"in/a.json", "link -> in"}, []string{"in/a.json"}, []string{"link"}},
		"to a directory by an ending":  {[]string{"in/a.json", "link.json -> in"}, []string{"in/a.json"}, []string{"link.json"}},
		"to the directory it is in":    {[]string{"in/a.json", "in/loop -> ."}, []string{"in/a.json"}, []string{"in/loop"}},
		"to itself":                    {[]string{"a.json -> a.json", "b.json"}, []string{"a.json!", "b.json"}, nil},
		"to nothing":                   {[]string{"a.json -> none", "b -> none", "c.json"}, []string{"a.json!", "c.json"}, []string{"b"}},
		"by a name that is no ending":  {[]string{"a -> b.json", "b.json"}, []string{"b.json"}, []string{"a"}},
		"hidden, to a file":            {[]string{".a.json -> b.json", "b.json"}, []string{"b.json"}, []string{".a.json"}},
		"equal files that are not one": {[]string{"1/a.json", "2/a.json", "c.json -> 1/a.json"}, []string{"1/a.json", "2/a.json"}, nil},
	} {
		taken, passed := names(tree(t, c.tree...), ".")
		require.Equal(t, c.taken, taken, name)
		require.Equal(t, c.passed, passed, name)
	}
}
