package attestor

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"stella-ops.org/attestdb/domain/fault"
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

// Lines yields the evidence in r, one piece a line, without the line's end; blank
// lines are passed over. Names are name and the line's number, from 1. A line that is longer than
// [MaxContentSize] is yielded with an error, as is what r fails with, after which
// nothing follows.
func Lines(name string, r io.Reader) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		br := bufio.NewReaderSize(r, 1<<16)
		for n := 1; ; n++ {
			line, long, err := readLine(br)
			s := Source{Name: fmt.Sprintf("%s:%d", name, n)}
			switch {
			case err != nil && !errors.Is(err, io.EOF):
				s.Err = cause(err)
				yield(s)
				return
			case long:
				s.Err = tooLong()
			default:
				s.Raw = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
			}
			if (long || len(bytes.TrimSpace(line)) > 0) && !yield(s) || err != nil {
				return
			}
		}
	}
}

// Documents yields the evidence in r: one document, or, if its first line that is not
// blank is a document by itself and more follows, one document a line as in [Lines].
// Tools write attestations in both forms. One document is all bytes of r, blank lines
// and its last line's end included.
func Documents(name string, r io.Reader) iter.Seq[Source] {
	return func(yield func(Source) bool) {
		br := bufio.NewReaderSize(r, 1<<16)
		first, long, err := readLine(br)
		var blank []byte
		for err == nil && !long && len(bytes.TrimSpace(first)) == 0 {
			blank = append(blank, first...)
			first, long, err = readLine(br)
			long = long || len(blank) > MaxContentSize
		}
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			yield(Source{Name: name, Err: cause(err)})
			return
		case long:
			yield(Source{Name: name, Err: tooLong()})
			return
		}
		if err != nil || !json.Valid(first) {
			rest, err := readAtMost(io.MultiReader(bytes.NewReader(blank), bytes.NewReader(first), br))
			yield(Source{Name: name, Raw: rest, Err: cause(err)})
			return
		}
		if rest, err := br.Peek(1); err == nil && len(rest) > 0 {
			Lines(name, io.MultiReader(bytes.NewReader(blank), bytes.NewReader(first), br))(yield)
			return
		}
		yield(Source{Name: name, Raw: append(blank, first...)})
	}
}

// readLine reads a line with its end. One that is too long is read to its end
// and not kept.
func readLine(r *bufio.Reader) (line []byte, long bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > MaxContentSize+1; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

// readAtMost reads one byte more than may be, for [Parse] to say so.
func readAtMost(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxContentSize+1))
	if err != nil {
		return nil, err
	}
	return raw, nil
}

func tooLong() error {
	return &fault.Invalid{Field: "evidence", Allowed: fmt.Sprintf("at most %d bytes", MaxContentSize), Problem: "it has more"}
}

// cause leaves out the path, which the source's name has.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}
