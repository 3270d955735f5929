package attestor

import (
	"errors"
	"io/fs"
	"iter"
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

// Files yields the evidence in the file root of fsys or, if that is a directory, in the
// files under it that [Names] names. What cannot be read is yielded with its error, and
// the others follow. No more than one piece of evidence is in memory at a time.
func Files(fsys fs.FS, root string) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		for name, err := range Names(fsys, root, nil) {
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
		if HasLines(name) {
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
