package attestor

import (
	"errors"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
)

// Source is evidence that has not been parsed yet.
type Source struct {
	// Name says where it came from: a file, or a file and a line of it.
	Name string
	// Raw is the evidence, exactly as it was found.
	Raw []byte
	// Err says why it could not be read; Raw is nil then.
	Err error
}

// Extensions are the endings of the files in a directory that [Files] takes for
// evidence. A file that ends in .jsonl holds one piece of evidence a line.
var Extensions = []string{".json", ".jsonl", ".sigstore", ".bundle", ".dsse", ".att"}

// Names yields the names of the files that [Files] reads evidence from, and the
// error of a directory that cannot be listed.
func Names(fsys fs.FS, root string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
			case name != root && strings.HasPrefix(d.Name(), "."):
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			case d.IsDir(), name != root && (!d.Type().IsRegular() || !slices.Contains(Extensions, path.Ext(name))):
				return nil
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

// Files yields the evidence in the file root of fsys or, if that is a directory,
// in all files under it that end in one of [Extensions], in lexical order. Names
// that begin with a dot and what is no regular file are left out of directories.
// What cannot be read is yielded with its error, and the others follow. No more
// than one piece of evidence is in memory at a time.
func Files(fsys fs.FS, root string) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		for name, err := range Names(fsys, root) {
			if err != nil {
				if !yield(Source{Name: name, Err: err}) {
					return
				}
				continue
			}
			for s := range file(fsys, name) {
				if !yield(s) {
					return
				}
			}
		}
	}
}

func file(fsys fs.FS, name string) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		f, err := fsys.Open(name)
		if err != nil {
			yield(Source{Name: name, Err: cause(err)})
			return
		}
		defer f.Close() //nolint:errcheck // nothing was written
		if path.Ext(name) == ".jsonl" {
			Lines(name, f)(yield)
			return
		}
		raw, err := readAtMost(f)
		yield(Source{Name: name, Raw: raw, Err: cause(err)})
	}
}

// cause leaves out the path, which the source's name has.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
