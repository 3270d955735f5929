package attestor

import (
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
)

// Extensions are the endings of the files in a directory that [Files] takes for
// evidence, in upper case as well. A file that ends in .jsonl or .ndjson holds one piece
// of evidence a line.
var Extensions = []string{".json", ".jsonl", ".ndjson", ".sigstore", ".bundle", ".dsse", ".att"}

// HasLines reports whether a file of this name holds one piece of evidence a line.
func HasLines(name string) bool {
	return slices.Contains([]string{".jsonl", ".ndjson"}, extension(name))
}

func extension(name string) string { return strings.ToLower(path.Ext(name)) }

// Names yields the name root or, if that is a directory of fsys, in lexical order the
// names of the files under it that [Files] reads: regular files that end in one of
// [Extensions], and symbolic links to such, whatever the file is called that they lead
// to. A file that has several such names is named once. It yields the error of a
// directory that cannot be listed, and of a link that leads nowhere.
//
// What begins with a dot is left out, and no link to a directory is followed: where
// Kubernetes mounts a volume, each file is a link into a hidden directory. passed, unless
// it is nil, is told the name of every other file, and of links to directories; hidden
// directories are not told.
func Names(fsys fs.FS, root string, passed func(name string)) iter.Seq2[string, error] {
	if passed == nil {
		passed = func(string) {}
	}
	return func(yield func(string, error) bool) {
		named := linkedFiles(fsys, root)
		err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
			case d.IsDir() && name != root && isHidden(d):
				return fs.SkipDir
			case d.IsDir():
				return nil
			case name != root:
				var mode fs.FileMode
				if mode, err = followed(fsys, name, d); mode.IsDir() && isHidden(d) {
					return nil
				}
				if isHidden(d) || !slices.Contains(Extensions, extension(name)) || err == nil && !mode.IsRegular() {
					passed(name)
					return nil
				}
				if err == nil && named.again(fsys, name) {
					return nil
				}
			}
			if !yield(name, cause(err)) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(root, cause(err))
		}
	}
}

func isHidden(d fs.DirEntry) bool { return strings.HasPrefix(d.Name(), ".") }

// followed is the type of what is at a name, at the end of its links.
func followed(fsys fs.FS, name string, d fs.DirEntry) (fs.FileMode, error) {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.Type(), nil
	}
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return 0, err
	}
	return info.Mode().Type(), nil
}

// linked are the files that the links under a directory lead to, which may have another
// name there. To remember every file would take memory for a whole directory.
type linked map[linkedKey][]*linkedFile

// linkedKey is the same for all names of a file, and for few files.
type linkedKey struct{ size, modified int64 }

type linkedFile struct {
	info  fs.FileInfo
	named bool
}

func keyOf(info fs.FileInfo) linkedKey {
	return linkedKey{info.Size(), info.ModTime().UnixNano()}
}

func linkedFiles(fsys fs.FS, root string) linked {
	all := linked{}
	_ = fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // Names tells
		case d.IsDir() && name != root && isHidden(d):
			return fs.SkipDir
		case d.Type()&fs.ModeSymlink == 0:
			return nil
		}
		if info, err := fs.Stat(fsys, name); err == nil && info.Mode().IsRegular() && all.find(info) == nil {
			all[keyOf(info)] = append(all[keyOf(info)], &linkedFile{info: info})
		}
		return nil
	})
	return all
}

func (l linked) find(info fs.FileInfo) *linkedFile {
	for _, f := range l[keyOf(info)] {
		if os.SameFile(f.info, info) {
			return f
		}
	}
	return nil
}

// again reports whether the file was named before by another name.
func (l linked) again(fsys fs.FS, name string) bool {
	if len(l) == 0 {
		return false
	}
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return false
	}
	f := l.find(info)
	if f == nil {
		return false
	}
	before := f.named
	f.named = true
	return before
}
