package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

type verdictListFlags struct {
	artifact             artifactFlags
	policy, action       string
	input                string
	since, until, cursor string
	limit                int
	all                  bool
}

func (a *app) verdictList() *cobra.Command {
	var f verdictListFlags
	cmd := a.verb("list [FLAGS]", "List decisions by artifact, policy, input or time, or acts of administrators, newest first", 0, 0,
		func(ctx context.Context, _ []string) error {
			q, what, err := f.query(ctx, time.Now())
			if err != nil {
				return err
			}
			if what == "" && !f.all {
				return usagef("say what to list: --subject, --file, --policy, --action, --input, --since, --until, or --all for everything")
			}
			if f.limit < 0 {
				return usagef("--limit: allowed is 1 or more, or 0 for all")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			return a.listVerdicts(ctx, tenant, q, &f, what)
		})
	cmd.Example = "attestdb verdict list --tenant acme --file dist/app.tar.gz\n" +
		"attestdb verdict list --tenant acme --policy https://policies.example/release --since 24h\n" +
		"attestdb verdict list --tenant acme --input envelope:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	f.artifact.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", "", "decided under the policy with this URI, exactly")
	flags.StringVar(&f.action, "action", "", "what an administrator did, as tenant.suspend")
	flags.StringVar(&f.input, "input", "", "decided on the evidence with this sha256; KIND:SHA256 says as what, too")
	flags.StringVar(&f.since, "since", "", "only what was recorded since this time (RFC 3339), date, or duration ago (36h)")
	flags.StringVar(&f.until, "until", "", "only what was recorded before this time, date, or duration ago")
	flags.BoolVar(&f.all, "all", false, "everything, if nothing else is asked for")
	flags.IntVar(&f.limit, "limit", 0, "the most rows; 0 is all")
	flags.StringVar(&f.cursor, "cursor", "", "go on behind an earlier --limit")
	return cmd
}

// query returns the question, and what it asks for in words, "" if for everything.
func (f *verdictListFlags) query(ctx context.Context, now time.Time) (q verdict.Query, what string, err error) {
	var said []string
	if f.artifact.given() {
		if q.Subject, err = f.artifact.digest(ctx); err != nil {
			return q, "", err
		}
		said = append(said, "about "+q.Subject.String())
	}
	if q.PolicyURI = f.policy; f.policy != "" {
		said = append(said, "under policy "+f.policy)
	}
	if q.Action = f.action; f.action != "" {
		said = append(said, "of "+f.action)
	}
	if f.input != "" {
		if q.Input, err = parseInput("--input", f.input); err != nil {
			return q, "", err
		}
		said = append(said, "on "+f.input)
	}
	if q.Since, err = parseTime("--since", f.since, now); err != nil {
		return q, "", err
	}
	if q.Until, err = parseTime("--until", f.until, now); err != nil {
		return q, "", err
	}
	if f.since != "" || f.until != "" {
		said = append(said, "then")
	}
	return q, strings.Join(said, ", "), nil
}

// parseInput reads KIND:SHA256, or SHA256 alone, which may begin with sha256: and has no
// kind then.
func parseInput(flag, s string) (verdict.Input, error) {
	kind, sum := "", s
	if before, after, ok := strings.Cut(s, ":"); ok && before != "sha256" {
		kind, sum = before, after
	}
	parsed, err := digest.ParseSHA256(sum)
	if err != nil {
		return verdict.Input{}, usagef("%s %q: allowed is a kind and a sha256, as in envelope:9f86… (64 hexadecimal digits)", flag, s)
	}
	return verdict.Input{Kind: kind, Digest: parsed}, nil
}

// parseSomeSHA256 refuses zeros, which stand for no digest.
func parseSomeSHA256(field, s string) (digest.SHA256, error) {
	sum, err := digest.ParseSHA256(s)
	if err == nil && sum == (digest.SHA256{}) {
		err = &attestdb.InvalidError{Field: field, Allowed: "a sha256 that is not all zeros"}
	}
	return sum, err
}

func (a *app) listVerdicts(ctx context.Context, tenant *attestdb.TenantDB, q verdict.Query, f *verdictListFlags, what string) error {
	t := newTable(a.stdout)
	found, cursor := 0, f.cursor
	for {
		rows := page.MaxLimit
		if f.limit > 0 {
			rows = min(rows, f.limit-found)
		}
		entries, next, err := tenant.Verdict().Find(ctx, q, page.Request{Limit: rows, Cursor: cursor})
		if err != nil {
			return invalidFlag("verdict list", err)
		}
		for i := range entries {
			found++
			if err := a.printVerdictLine(t, found, &entries[i]); err != nil {
				return err
			}
		}
		if cursor = next; next == "" || f.limit > 0 && found >= f.limit {
			break
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	if found == 0 {
		return no(fmt.Errorf("no entry %s in the ledger of tenant %s", what, a.tenantName()), fmt.Sprintf("`%s verdict append` records decisions", programName))
	}
	if cursor != "" {
		return a.nextPage(cursor, pin{"--since", f.since, q.Since}, pin{"--until", f.until, q.Until})
	}
	return nil
}

func (a *app) printVerdictLine(t *table, n int, e *verdict.Entry) error {
	if a.json {
		return a.printJSON(newLedgerEntryJSON(*e))
	}
	if n == 1 {
		t.row("SEQ", "RECORDED", "RESULT", "SUBJECT", "POLICY", "ACTOR", "REASON")
	}
	subject := e.Subject.Name
	if subject == "" {
		subject = e.Subject.Digest.String()
	}
	t.row(strconv.FormatInt(e.Seq, 10), timestamp(e.RecordedAt), outcome(e), subject, e.Policy.URI, string(e.Actor), e.Reason)
	return nil
}
