// Command entgen generates the Ent client in ent from the declarations in
// schema. With -check it writes nothing and exits 1 if ent is stale, naming
// each file.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"stella-ops.org/attestdb/internal/entx"
)

func main() {
	check := flag.Bool("check", false, "write nothing; exit 1 if ent is stale")
	flag.Parse()
	stale, err := run(*check)
	if err != nil {
		fmt.Fprintln(os.Stderr, "entgen:", err)
		os.Exit(2)
	}
	if len(stale) > 0 {
		for _, s := range stale {
			fmt.Println("ent/" + s)
		}
		fmt.Fprintln(os.Stderr, "entgen: ent is stale: run go generate ./ent")
		os.Exit(1)
	}
}

func run(check bool) ([]string, error) {
	root, err := entx.ModuleRoot()
	if err != nil {
		return nil, err
	}
	cfg, dir := entx.Project(root), filepath.Join(root, "ent")
	if check {
		return entx.Stale(cfg, dir)
	}
	return nil, entx.Generate(cfg, dir)
}
