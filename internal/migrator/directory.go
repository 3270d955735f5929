package migrator

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"

	"stella-ops.org/attestdb/domain/fault"
)

var (
	reModule   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)
	reFileName = regexp.MustCompile(`^\d{14}_[A-Za-z0-9_-]+\.sql$`)
	reTxVerb   = regexp.MustCompile(`(?i)^(BEGIN|START\s+TRANSACTION|COMMIT|ROLLBACK|ABORT|END|PREPARE\s+TRANSACTION)\b`)
)

// A directory is a module's migration directory, checked against its atlas.sum.
type directory struct {
	module string
	dir    migrate.Dir
	files  []*file // by version
}

// A file is one migration.
type file struct {
	dir           *directory
	rank          int // of its module in the fixed order
	local         *migrate.LocalFile
	name, version string
	hash          string
	stmts         []*migrate.Stmt
	inTx          bool
}

// String is the file's path in the embedded file system.
func (f *file) String() string { return f.dir.module + "/" + f.name }

// compareOrder is the global order in which files apply.
func compareOrder(versionA string, rankA int, versionB string, rankB int) int {
	return cmp.Or(strings.Compare(versionA, versionB), cmp.Compare(rankA, rankB))
}

// head is the directory's newest version, "" if it holds no file.
func (d *directory) head() string {
	if len(d.files) == 0 {
		return ""
	}
	return d.files[len(d.files)-1].version
}

// broken says that the library's own files are at fault.
func (d *directory) broken(version, format string, args ...any) error {
	return &fault.Schema{
		Module: d.module, Need: cmp.Or(version, d.head(), "its files"),
		Problem: fmt.Sprintf(format, args...),
		Fix:     "the embedded files are at fault, not the database: restore the file, or rewrite atlas.sum with migratediff if the change was meant, and build again",
	}
}

// load reads the directories of all modules, without a database.
func load(fsys fs.FS, modules []string) ([]*directory, error) {
	if len(modules) == 0 {
		return nil, &fault.Invalid{Field: "Modules", Allowed: "at least one module"}
	}
	dirs := make([]*directory, 0, len(modules))
	for rank, m := range modules {
		if !reModule.MatchString(m) || slices.Contains(modules[:rank], m) {
			return nil, &fault.Invalid{Field: fmt.Sprintf("Modules[%d]", rank), Allowed: "distinct lower case names", Problem: fmt.Sprintf("%q", m)}
		}
		d, err := loadModule(fsys, m, rank)
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, d)
	}
	return dirs, nil
}

func loadModule(fsys fs.FS, module string, rank int) (*directory, error) {
	mem := &migrate.MemDir{}
	d := &directory{module: module, dir: mem}
	entries, err := fs.ReadDir(fsys, module)
	if err != nil {
		return nil, fmt.Errorf("migration directory of module %s: %w", module, err)
	}
	for _, e := range entries {
		if e.IsDir() || (!strings.HasSuffix(e.Name(), ".sql") && e.Name() != migrate.HashFileName) {
			continue
		}
		b, err := fs.ReadFile(fsys, module+"/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("migration directory of module %s: %w", module, err)
		}
		if err := mem.WriteFile(e.Name(), b); err != nil {
			return nil, err
		}
	}
	if err := migrate.Validate(mem); err != nil {
		return nil, d.checksumError(err)
	}
	sums, err := mem.Checksum()
	if err != nil {
		return nil, err
	}
	files, err := mem.Files()
	if err != nil {
		return nil, err
	}
	for _, mf := range files {
		f, err := newFile(d, rank, mf.(*migrate.LocalFile), sums)
		if err != nil {
			return nil, err
		}
		if f.version == d.head() {
			return nil, d.broken(f.version, "%s and %s have the same version", d.files[len(d.files)-1].name, f.name)
		}
		d.files = append(d.files, f)
	}
	return d, nil
}

func (d *directory) checksumError(err error) error {
	var ce *migrate.ChecksumError
	switch {
	case errors.As(err, &ce):
		version, _, _ := strings.Cut(ce.File, "_")
		return d.broken(version, "atlas.sum does not match its files: %s was %s", ce.File, ce.Reason)
	case errors.Is(err, migrate.ErrChecksumNotFound):
		return d.broken("", "the directory has no atlas.sum")
	}
	return d.broken("", "atlas.sum does not match its files: %v", err)
}

func newFile(d *directory, rank int, local *migrate.LocalFile, sums migrate.HashFile) (*file, error) {
	f := &file{dir: d, rank: rank, local: local, name: local.Name(), version: local.Version(), inTx: true}
	if !reFileName.MatchString(f.name) {
		return nil, d.broken("", "%s is not named <14 digits>_<name>.sql", f.name)
	}
	var err error
	if f.hash, err = sums.SumByName(f.name); err != nil {
		return nil, d.broken(f.version, "%s has no entry in atlas.sum", f.name)
	}
	if f.stmts, err = (&postgres.Driver{}).ScanStmts(string(local.Bytes())); err != nil {
		return nil, d.broken(f.version, "%s can't be split into statements: %v", f.name, err)
	}
	if len(local.Directive("checkpoint")) > 0 {
		return nil, d.broken(f.version, "%s is a checkpoint, which the embedded migrator does not apply", f.name)
	}
	switch mode := local.Directive("txmode"); {
	case len(mode) == 0 && strings.Contains(string(local.Bytes()), "atlas:txmode"):
		return nil, d.broken(f.version, "atlas:txmode in %s has no effect: it must be on top, followed by an empty line", f.name)
	case len(mode) == 0 || mode[0] == "file":
	case mode[0] == "none":
		f.inTx = false
	default:
		return nil, d.broken(f.version, "%s has atlas:txmode %s; allowed are none and file", f.name, mode[0])
	}
	for _, s := range f.stmts {
		if reTxVerb.MatchString(s.Text) {
			return nil, d.broken(f.version, "%s:%d begins or ends a transaction itself", f.name, f.line(s))
		}
	}
	return f, nil
}

// line is the line of the file on which a statement begins.
func (f *file) line(s *migrate.Stmt) int {
	return 1 + strings.Count(string(f.local.Bytes()[:min(s.Pos, len(f.local.Bytes()))]), "\n")
}

// FilesHeads returns the newest version of every module in fsys, and "" for a
// module without files. It needs no database.
func FilesHeads(fsys fs.FS, modules []string) (map[string]string, error) {
	dirs, err := load(fsys, modules)
	if err != nil {
		return nil, err
	}
	return filesHeads(dirs), nil
}

func filesHeads(dirs []*directory) map[string]string {
	heads := make(map[string]string, len(dirs))
	for _, d := range dirs {
		heads[d.module] = d.head()
	}
	return heads
}
