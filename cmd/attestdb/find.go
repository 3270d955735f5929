package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/page"
)

func (a *app) findCommand() *cobra.Command {
	var flags findFlags
	var cursor string
	var limit int
	var all bool
	cmd := a.verb("find [DIGEST]", "Find evidence by artifact, signer, predicate type or time, newest first", 0, 1,
		func(ctx context.Context, args []string) error {
			q, what, err := flags.query(ctx, args, time.Now())
			if err != nil {
				return err
			}
			if what == "" && !all {
				return usagef("say what to find: a DIGEST, --file, --san…, --issuer, --key-id, --predicate-type, --since, or --all for everything")
			}
			if what == "" {
				what = "at all"
			}
			if limit < 0 {
				return usagef("--limit: allowed is 1 or more, or 0 for all")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			f := finder{app: a, tenant: tenant, limit: limit, cursor: cursor, what: what, pins: []pin{{"--since", flags.since, q.Since}, {"--until", flags.until, q.Until}}}
			return f.run(ctx, q)
		})
	cmd.Example = "attestdb find --tenant acme sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\n" +
		"attestdb find --tenant acme --file dist/app.tar.gz --since 24h\n" +
		"attestdb find --tenant acme --san-prefix https://github.com/acme/ --predicate-type https://slsa.dev/provenance/v1"
	flags.register(cmd.Flags())
	cmd.Flags().BoolVar(&all, "all", false, "everything, if nothing else is asked for")
	cmd.Flags().IntVar(&limit, "limit", 0, "the most rows; 0 is all")
	cmd.Flags().StringVar(&cursor, "cursor", "", "go on behind an earlier --limit")
	return cmd
}

type finder struct {
	*app
	tenant *attestdb.TenantDB
	limit  int
	cursor string
	// what names what is looked for.
	what string
	pins []pin

	table *table
	found int
}

// run prints the matches: all of them, or as many as the limit allows.
func (f *finder) run(ctx context.Context, q attestor.Query) error {
	f.table = newTable(f.stdout)
	next := f.cursor
	for {
		rows := page.MaxLimit
		if f.limit > 0 {
			rows = min(rows, f.limit-f.found)
		}
		matches, cursor, err := f.tenant.Attestor().Find(ctx, q, page.Request{Limit: rows, Cursor: next})
		if err != nil {
			return invalidFlag("find", err)
		}
		for _, m := range matches {
			if err := f.print(m); err != nil {
				return err
			}
		}
		next = cursor
		if next == "" || f.limit > 0 && f.found >= f.limit {
			break
		}
	}
	if err := f.table.flush(); err != nil {
		return err
	}
	if f.found == 0 {
		hint := fmt.Sprintf("`%s ingest` stores evidence", programName)
		if !q.Subject.IsZero() {
			hint += fmt.Sprintf("; the algorithm must be the one of the statement (`%s show` lists a statement's digests)", programName)
		}
		return no(fmt.Errorf("nothing %s in tenant %s", f.what, f.tenantName()), hint)
	}
	if next != "" {
		return f.nextPage(next, f.pins...)
	}
	return nil
}

// tenantName is the tenant as the user named it.
func (a *app) tenantName() string {
	if a.tenant != "" {
		return a.tenant
	}
	return os.Getenv("ATTESTDB_TENANT")
}

func (f *finder) print(m attestor.Match) error {
	f.found++
	if f.json {
		line := newStoredJSON(f.tenant.ID(), m.Stored)
		line.SubjectNames = m.SubjectNames
		return f.printJSON(line)
	}
	if f.found == 1 {
		f.table.row("ID", "CREATED", "OUTCOME", "PREDICATE TYPE", "SIGNER", "SUBJECT")
	}
	signers := make([]string, len(m.Signers))
	for i, s := range m.Signers {
		signers[i] = signerName(s)
	}
	f.table.row(m.ID.String(), timestamp(m.CreatedAt), string(m.Verification.Outcome), m.PredicateType,
		strings.Join(signers, ", "), strings.Join(m.SubjectNames, ", "))
	return nil
}
