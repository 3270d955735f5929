package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
)

func (a *app) findCommand() *cobra.Command {
	var file, cursor, since string
	var limit int
	cmd := a.verb("find DIGEST | --file ARTIFACT", "Find the statements about an artifact, newest first", 0, 1,
		func(ctx context.Context, args []string) error {
			subject, err := findSubject(args, file)
			if err != nil {
				return err
			}
			from, err := parseSince(since, time.Now())
			if err != nil {
				return err
			}
			if limit < 0 {
				return usagef("--limit: allowed is 1 or more, or 0 for all")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			f := finder{app: a, tenant: tenant, limit: limit, cursor: cursor}
			return f.run(ctx, attestor.Query{Subject: subject, Since: from})
		})
	cmd.Example = "attestdb find --tenant acme sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\n" +
		"attestdb find --tenant acme --file dist/app.tar.gz --since 24h"
	cmd.Flags().StringVar(&file, "file", "", "look for this file's sha256 instead of a DIGEST")
	cmd.Flags().IntVar(&limit, "limit", 0, "the most rows; 0 is all")
	cmd.Flags().StringVar(&cursor, "cursor", "", "go on behind an earlier --limit")
	cmd.Flags().StringVar(&since, "since", "", "only what was recorded since this time (RFC 3339), date, or duration ago (36h)")
	return cmd
}

func findSubject(args []string, file string) (digest.Digest, error) {
	if (len(args) == 1) == (file != "") {
		return digest.Digest{}, usagef("give a DIGEST or --file ARTIFACT")
	}
	if file == "" {
		d, err := digest.Parse(args[0])
		if err != nil {
			return d, usage(nil, err)
		}
		return d, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return digest.Digest{}, usagef("--file: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return digest.Digest{}, usagef("--file: %w", err)
	}
	return digest.New("sha256", hex.EncodeToString(h.Sum(nil)))
}

func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d).UTC(), nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef("--since %q: allowed is a time such as 2026-01-31T12:00:00Z, a date (UTC), or a duration such as 36h", s)
}

type finder struct {
	*app
	tenant *attestdb.TenantDB
	limit  int
	cursor string

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
		return no(fmt.Errorf("nothing about %s in tenant %s", q.Subject, f.tenantName()),
			fmt.Sprintf("`%s ingest` stores evidence; the algorithm must be the one of the statement (`%s show` lists a statement's digests)", programName, programName))
	}
	if next != "" {
		return f.nextPage(next)
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
