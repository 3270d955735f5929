package migratelint

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
)

// file is one migration with its statements.
type file struct {
	*migrate.LocalFile
	module string
	stmts  []*migrate.Stmt
}

// place is a statement of a file.
type place struct {
	file *file
	stmt *migrate.Stmt
}

func (p place) line() int {
	return p.file.lineAt(p.stmt.Pos)
}

func (f *file) lineAt(offset int) int {
	return 1 + strings.Count(string(f.Bytes()[:offset]), "\n")
}

// inTransaction says whether the file is applied as one transaction.
func (f *file) inTransaction() bool {
	return !slices.Contains(f.Directive("txmode"), "none")
}

// readFiles returns the migrations of all modules in the order in which they
// apply: by version, modules in their order where versions tie.
func readFiles(dir fs.FS, modules []string) ([]*file, error) {
	var files []*file
	for _, m := range modules {
		names, err := fs.Glob(dir, path.Join(m, "*.sql"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			f, err := readFile(dir, m, name)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no migrations of %s", strings.Join(modules, ", "))
	}
	slices.SortStableFunc(files, func(a, b *file) int {
		return cmp.Compare(a.Version(), b.Version())
	})
	return files, nil
}

func readFile(dir fs.FS, module, name string) (*file, error) {
	src, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, err
	}
	f := &file{LocalFile: migrate.NewLocalFile(path.Base(name), src), module: module}
	if len(f.Directive("delimiter")) > 0 {
		return nil, fmt.Errorf("%s: atlas:delimiter is not supported; end statements with a semicolon", name)
	}
	// The driver's scanner is the one that the migrator splits with; it needs
	// no connection.
	f.stmts, err = (&postgres.Driver{}).ScanStmts(string(src))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}
