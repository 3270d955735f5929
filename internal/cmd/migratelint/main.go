// Command migratelint finds what a reviewer must not let pass in the
// migrations of all modules together; see package migratelint for how, and
// docs/schema-review.md for what to do about it.
//
//	go run ./internal/cmd/migratelint           judge the migrations
//	go run ./internal/cmd/migratelint -json     one finding a line
//	go run ./internal/cmd/migratelint -rules    list the rules
//
// It runs a private server unless -dev-url gives another one.
//
// Exit status: 0 nothing found, or every finding is allowed by a comment; 1
// findings; 2 could not tell.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"

	"stella-ops.org/attestdb/internal/embedpg"
	"stella-ops.org/attestdb/internal/migratelint"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/migrations"
)

type options struct {
	dir, devURL string
	json, rules bool
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "", "root of the migration directories (default those that this program was built with)")
	flag.StringVar(&o.devURL, "dev-url", "", "superuser URL of a server for a scratch database (default a private server)")
	flag.BoolVar(&o.json, "json", false, "print one JSON object a finding")
	flag.BoolVar(&o.rules, "rules", false, "list the rules beyond Atlas' and exit")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	refused, err := run(ctx, o)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "migratelint:", err)
		os.Exit(2)
	case refused > 0:
		fmt.Fprintf(os.Stderr, "migratelint: %d to fix, or to allow with a reason: see docs/schema-review.md\n", refused)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (refused int, err error) {
	if flag.NArg() > 0 {
		return 0, errors.New("takes flags only")
	}
	if o.rules {
		for _, r := range migratelint.Rules() {
			fmt.Println(r.Code, r.Text)
		}
		return 0, nil
	}
	var dir fs.FS = migrations.FS
	if o.dir != "" {
		dir = os.DirFS(o.dir)
	}
	url, stop, err := server(ctx, o.devURL)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := migrator.Bootstrap(ctx, url); err != nil {
		return 0, err
	}
	findings, err := migratelint.Lint(ctx, url, dir, migrations.Modules)
	if err != nil {
		return 0, err
	}
	out := json.NewEncoder(os.Stdout)
	for _, f := range findings {
		if o.json {
			err = out.Encode(f)
		} else {
			_, err = fmt.Println(f)
		}
		if err != nil {
			return 0, err
		}
	}
	return migratelint.Refused(findings), nil
}

// server returns the superuser URL of devURL's server, or of a private one
// that ends with stop.
func server(ctx context.Context, devURL string) (url string, stop func() error, err error) {
	if devURL != "" {
		return devURL, func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "migratelint")
	if err != nil {
		return "", nil, err
	}
	srv, err := embedpg.Start(ctx, embedpg.Config{Dir: dir, Fast: true})
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	stop = func() error {
		return errors.Join(srv.Stop(context.WithoutCancel(ctx)), os.RemoveAll(dir))
	}
	return srv.URL("postgres", "postgres"), stop, nil
}
