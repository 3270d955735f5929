// Package entx is attestdb's way of running Ent's code generator. It adds three
// things to Ent: it refuses declarations that break a rule of package schema
// (see [Check]), it takes every update, delete and upsert path of append-only
// entities out of the generated client, and it knows when generated code is
// stale. Ent's own migrations are left out of the client: they know nothing of
// schemas, tenants and hand-written SQL.
package entx

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
)

// Features are the features of Ent that attestdb's client is generated with.
// sql/upsert, sql/modifier and sql/execquery stay off: each is a way around the
// client's hooks.
var Features = []string{"sql/schemaconfig", "intercept"}

// Config says what to generate from.
type Config struct {
	// Schema is the directory of the schema package.
	Schema string
	// Package is the import path of the generated package.
	Package string
	// Features are names of Ent's features.
	Features []string
}

// Project returns the Config of attestdb's own client, given the module's root
// directory.
func Project(root string) Config {
	return Config{
		Schema:   filepath.Join(root, "schema"),
		Package:  "stella-ops.org/attestdb/ent",
		Features: Features,
	}
}

// ModuleRoot returns the directory of the go.mod that governs the working
// directory.
func ModuleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod above %s: run this inside the module", start)
		}
	}
}

// loading serialises Ent's loader, which works in a fixed directory (.entc)
// below the working directory and removes it when it is done.
var loading sync.Mutex

// Load returns the graph of the schema package. It returns every breach of the
// rules of [Check], joined.
func Load(cfg Config) (*gen.Graph, error) {
	return loadGraph(cfg, "")
}

func loadGraph(cfg Config, target string) (*gen.Graph, error) {
	c := &gen.Config{Target: target, Package: cfg.Package}
	if target == "" {
		c.Target = filepath.Join(os.TempDir(), "ent") // never written
	}
	storage, err := gen.NewStorage("sql")
	if err != nil {
		return nil, err
	}
	// Without Ent's own migrations, which know one schema only: the client must
	// not offer to create its tables.
	withoutMigrate := *storage
	withoutMigrate.SchemaMode &^= gen.Migrate
	c.Storage = &withoutMigrate
	for _, name := range cfg.Features {
		known := slices.ContainsFunc(gen.AllFeatures, func(f gen.Feature) bool { return f.Name == name })
		if !known {
			return nil, fmt.Errorf("ent has no feature %q", name)
		}
	}
	if err := entc.FeatureNames(cfg.Features...)(c); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Schema)
	if err != nil {
		return nil, err
	}
	loading.Lock()
	defer loading.Unlock()
	g, err := entc.LoadGraph(dir, c)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", cfg.Schema, err)
	}
	if err := Check(g); err != nil {
		return nil, err
	}
	return g, nil
}

// generate returns the files of the client by their slash-separated path.
func generate(cfg Config) (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "entgen")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	g, err := loadGraph(cfg, dir)
	if err != nil {
		return nil, err
	}
	if err := g.Gen(); err != nil {
		return nil, err
	}
	files, err := generatedFiles(dir)
	if err != nil {
		return nil, err
	}
	return files, prune(files, g)
}

// Generate brings dir into step with the schema: it writes the files that
// differ and removes generated files that should be gone. Files that do not
// carry Ent's header are left alone. On an error before the first write, dir is
// as it was.
func Generate(cfg Config, dir string) error {
	want, err := generate(cfg)
	if err != nil {
		return err
	}
	have, err := generatedFiles(dir)
	if err != nil {
		return err
	}
	for name, content := range want {
		if bytes.Equal(have[name], content) {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	for name := range have {
		if _, ok := want[name]; ok {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil {
			return err
		}
		// Only an empty directory goes.
		_ = os.Remove(filepath.Dir(path))
	}
	return nil
}

// Stale compares dir with what [Generate] would leave there and returns one
// line for each difference, sorted, such as "envelope_query.go: differs". No
// line means that dir is in step. Nothing is written to dir.
func Stale(cfg Config, dir string) ([]string, error) {
	want, err := generate(cfg)
	if err != nil {
		return nil, err
	}
	have, err := generatedFiles(dir)
	if err != nil {
		return nil, err
	}
	var stale []string
	for name, content := range want {
		switch got, ok := have[name]; {
		case !ok:
			stale = append(stale, name+": missing")
		case !bytes.Equal(got, content):
			stale = append(stale, name+": differs")
		}
	}
	for name := range have {
		if _, ok := want[name]; !ok {
			stale = append(stale, name+": should be gone")
		}
	}
	strange, err := strangers(dir)
	if err != nil {
		return nil, err
	}
	stale = append(stale, strange...)
	slices.Sort(stale)
	return stale, nil
}

// strangers are files that nobody generated: code beside the client could open what
// the generator closed.
func strangers(dir string) (strange []string, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || rel == "generate.go" {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil && !bytes.HasPrefix(content, generatedHeader) {
			strange = append(strange, filepath.ToSlash(rel)+": is not generated")
		}
		return err
	})
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return strange, err
}

var generatedHeader = []byte("// Code generated by ent, DO NOT EDIT.")

func generatedFiles(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(content, generatedHeader) {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)] = content
		return nil
	})
	if errors.Is(err, os.ErrNotExist) {
		return files, nil
	}
	return files, err
}
