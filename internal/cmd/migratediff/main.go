// Command migratediff writes the next migration of every module whose
// declarations in schema have moved on from its migrations. It replays all
// migration directories, in version order over all modules, on a scratch
// database, and writes what the declarations ask for beyond that.
//
//	go run ./internal/cmd/migratediff -name add_envelope_size   write
//	go run ./internal/cmd/migratediff -check                    drift gate
//	go run ./internal/cmd/migratediff -hash                     after writing SQL by hand
//
// Nothing is ever dropped: what the migrations create and the declarations do
// not is reported as left alone, since hand-written objects look the same as
// those whose declaration is gone. Write a drop by hand. Write a rename by hand
// too, before running migratediff: it would see a new column.
//
// Exit status: 0 done, or in step; 1 drift found by -check, or a landed
// migration was edited; 2 could not tell.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"stella-ops.org/attestdb/internal/entx"
	"stella-ops.org/attestdb/migrations"
)

// errNo is wrapped by errors that answer the question with no.
var errNo = errors.New("no")

type options struct {
	name, dir, devURL string
	check, hash       bool
}

func main() {
	var o options
	flag.StringVar(&o.name, "name", "", "what the migration does, as a verb phrase: add_envelope_size")
	flag.BoolVar(&o.check, "check", false, "write nothing; exit 1 and print the pending statements if there are any")
	flag.BoolVar(&o.hash, "hash", false, "only bring every atlas.sum into step with its files")
	flag.StringVar(&o.dir, "dir", "", "root of the migration directories (default migrations in the module's root)")
	flag.StringVar(&o.devURL, "dev-url", "", "superuser URL of a server for scratch databases (default a private server)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "migratediff:", err)
		if errors.Is(err, errNo) {
			os.Exit(1)
		}
		os.Exit(2)
	}
}

func run(ctx context.Context, o options) error {
	root, err := entx.ModuleRoot()
	if err != nil {
		return err
	}
	if o.dir == "" {
		o.dir = filepath.Join(root, "migrations")
	}
	switch {
	case o.hash && !o.check && o.name == "":
		return rehash(ctx, o.dir, migrations.Modules)
	case o.hash, o.check == (o.name != ""):
		return errors.New("give one of -name, -check and -hash")
	}
	url, stop, err := server(ctx, o.devURL)
	if err != nil {
		return err
	}
	defer stop()
	plans, err := Diff(ctx, url, o.dir, filepath.Join(root, "schema"), migrations.Modules)
	if err != nil {
		return err
	}
	for _, p := range plans {
		for _, what := range p.LeftAlone {
			fmt.Fprintf(os.Stderr, "%s: left alone: %s\n", p.Module, what)
		}
	}
	if o.check {
		return reportDrift(os.Stdout, plans)
	}
	files, err := Write(o.dir, o.name, plans, time.Now())
	for _, f := range files {
		fmt.Println(f)
	}
	if err == nil && len(files) == 0 {
		fmt.Fprintln(os.Stderr, "migrations are in step with the declarations")
	}
	return err
}

// reportDrift prints the pending statements. If there are any, its error wraps
// errNo.
func reportDrift(w io.Writer, plans []ModulePlan) error {
	pending := false
	for _, p := range plans {
		for _, s := range p.Statements {
			pending = true
			fmt.Fprintf(w, "-- %s\n%s;\n", p.Module, s)
		}
	}
	if pending {
		return fmt.Errorf("migrations lag behind the declarations: run migratediff -name <what_it_does>: %w", errNo)
	}
	return nil
}
