package main

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"stella-ops.org/attestdb/domain/attestor"
)

// directoryHelp says which files of a directory [filesOf] finds.
var directoryHelp = "Of a directory, the files in and below it are read whose names end in " + strings.Join(attestor.Extensions, ", ") +
	", in whatever case; those of .jsonl and .ndjson hold one document a line. Links to files are followed, links to directories are not, " +
	"and each file is read once. Names that begin with a dot are left out. What is passed over is counted and named behind the summary."

// foundFile is a file that an argument stands for.
type foundFile struct {
	path string
	fsys fs.FS
	name string // in fsys
	err  error
}

// filesOf are the files that an argument stands for: itself, or those of a directory.
func filesOf(ctx context.Context, arg string, passed func(path string)) iter.Seq[foundFile] {
	dir, root := locate(arg)
	fsys := newInputFS(ctx, filepath.Clean(dir))
	path := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	return func(yield func(foundFile) bool) {
		for name, err := range attestor.Names(fsys, root, func(name string) { passed(path(name)) }) {
			if !yield(foundFile{path: path(name), fsys: fsys, name: name, err: err}) {
				return
			}
		}
	}
}

// sources are the pieces of evidence in the file.
func (f foundFile) sources() iter.Seq[attestor.Source] {
	return func(yield func(attestor.Source) bool) {
		if f.err != nil {
			yield(attestor.Source{Name: f.path, Err: f.err})
			return
		}
		for s := range attestor.Files(f.fsys, f.name) {
			s.Name = f.path + strings.TrimPrefix(s.Name, f.name)
			if !yield(s) {
				return
			}
		}
	}
}

// locate splits a path into a directory and a name in it, "." for itself.
func locate(arg string) (dir, root string) {
	if st, err := os.Stat(arg); err == nil && st.IsDir() {
		return arg, "."
	}
	return filepath.Split(filepath.Clean(arg))
}

// count is how many files there are, to show how far it is, 0 if that is not
// known: lines cannot be counted without being read.
func count(ctx context.Context, args []string) int {
	n := 0
	for _, arg := range args {
		if arg == "-" {
			return 0
		}
		for f := range filesOf(ctx, arg, func(string) {}) {
			if f.err != nil || attestor.HasLines(f.name) {
				return 0
			}
			n++
		}
	}
	return n
}

// passedOver are the files of directories that were not read, the first by their names.
type passedOver struct {
	count int
	names []string
}

func (p *passedOver) add(path string) {
	if p.count++; p.count <= 3 {
		p.names = append(p.names, path)
	}
}

func (p *passedOver) String() string {
	files, more := "files", ""
	if p.count == 1 {
		files = "file"
	}
	if p.count > len(p.names) {
		more = "…"
	}
	return fmt.Sprintf("%d %s passed over: %s%s", p.count, files, oneLine(strings.Join(p.names, ", ")), more)
}

type passedOverJSON struct {
	PassedOver int      `json:"passed_over"`
	Files      []string `json:"passed_over_files"`
}

// tell says what was passed over, if anything was.
func (a *app) tell(p *passedOver) error {
	if p.count == 0 {
		return nil
	}
	a.note("%s", p)
	if a.json {
		return a.printJSON(passedOverJSON{p.count, p.names})
	}
	return nil
}
