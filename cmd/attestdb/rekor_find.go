package main

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/rekor"
)

type rekorFindFlags struct {
	logIndex                          int64
	logID, uuid, body, envelope       string
	since, integratedFrom, integrated string
	limit                             int
	cursor                            string
}

func (a *app) rekorFind() *cobra.Command {
	var f rekorFindFlags
	var cmd *cobra.Command
	cmd = a.verb("find [FLAGS]", "Find log entries by log index, uuid, body, envelope or time, newest first; without a flag all", 0, 0,
		func(ctx context.Context, _ []string) error {
			q, err := f.query(cmd.Flags().Changed("log-index"))
			if err != nil {
				return err
			}
			if f.limit < 0 {
				return usagef("--limit: allowed is 1 or more, or 0 for all")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			if f.envelope != "" {
				if q.Envelope, err = envelopeID(ctx, tenant, f.envelope); err != nil {
					return a.nothingLogged(err)
				}
			}
			return a.findLogEntries(ctx, tenant, q, f.limit, f.cursor, []pin{
				{"--since", f.since, q.Since},
				{"--integrated-from", f.integratedFrom, q.IntegratedFrom}, {"--integrated-before", f.integrated, q.IntegratedBefore},
			})
		})
	cmd.Example = "attestdb rekor find --tenant acme --log-index 31821305\n" +
		"attestdb rekor find --tenant acme --integrated-from 2023-08-18 --integrated-before 2023-08-19"
	flags := cmd.Flags()
	flags.Int64Var(&f.logIndex, "log-index", 0, "the entry's index in the whole log")
	flags.StringVar(&f.logID, "log-id", "", "with --log-index: the log's id, in hexadecimal")
	flags.StringVar(&f.uuid, "uuid", "", "the entry's uuid in Rekor v1, or its leaf hash (80 or 64 hexadecimal digits)")
	flags.StringVar(&f.body, "body-sha256", "", "the sha256 of the entry's canonicalized body")
	flags.StringVar(&f.envelope, "envelope", "", "the envelope that brought the entries: its id, or the sha256 of its bytes")
	flags.StringVar(&f.integratedFrom, "integrated-from", "", "integrated at this time (RFC 3339), date, or duration ago, or later")
	flags.StringVar(&f.integrated, "integrated-before", "", "integrated before this time")
	flags.StringVar(&f.since, "since", "", "only what was recorded since this time (RFC 3339), date, or duration ago (36h)")
	flags.IntVar(&f.limit, "limit", 0, "the most rows; 0 is all")
	flags.StringVar(&f.cursor, "cursor", "", "go on behind an earlier --limit")
	return cmd
}

// query is what the flags ask for, but for the envelope, which is looked up.
func (f *rekorFindFlags) query(byIndex bool) (q rekor.Query, err error) {
	if byIndex {
		q.LogIndex = &f.logIndex
	}
	if q.LogID, err = hex.DecodeString(f.logID); err != nil {
		return q, usagef("--log-id: allowed are hexadecimal digits")
	}
	q.UUID = f.uuid
	if f.body != "" {
		if q.BodySHA256, err = digest.ParseSHA256(f.body); err != nil {
			return q, usagef("--body-sha256: %w", err)
		}
	}
	now := time.Now()
	if q.Since, err = parseTime("--since", f.since, now); err != nil {
		return q, err
	}
	if q.IntegratedFrom, err = parseTime("--integrated-from", f.integratedFrom, now); err != nil {
		return q, err
	}
	q.IntegratedBefore, err = parseTime("--integrated-before", f.integrated, now)
	return q, err
}

func (a *app) nothingLogged(err error) error {
	if err == nil || errors.Is(err, attestdb.ErrNotFound) {
		return no(errors.New("no such log entry in tenant "+a.tenantName()), "`"+programName+" ingest` stores bundles with their log entries")
	}
	return err
}

func (a *app) findLogEntries(ctx context.Context, tenant *attestdb.TenantDB, q rekor.Query, limit int, cursor string, pins []pin) error {
	t := newTable(a.stdout)
	found := 0
	for {
		rows := page.MaxLimit
		if limit > 0 {
			rows = min(rows, limit-found)
		}
		entries, next, err := tenant.Rekor().Find(ctx, q, page.Request{Limit: rows, Cursor: cursor})
		if err != nil {
			return invalidFlag("find", err)
		}
		for i := range entries {
			found++
			if err := a.printLogEntryLine(t, found, tenant.ID(), &entries[i]); err != nil {
				return err
			}
		}
		if cursor = next; next == "" || limit > 0 && found >= limit {
			break
		}
	}
	if err := t.flush(); err != nil {
		return err
	}
	if found == 0 {
		return a.nothingLogged(nil)
	}
	if cursor != "" {
		return a.nextPage(cursor, pins...)
	}
	return nil
}

func (a *app) printLogEntryLine(t *table, n int, tenant attestdb.TenantID, s *rekor.Stored) error {
	if a.json {
		return a.printJSON(newLogEntryJSON(tenant, s))
	}
	if n == 1 {
		t.row("ID", "CREATED", "LOG INDEX", "KIND", "INTEGRATED", "VERIFIED", "ENVELOPE", "UUID")
	}
	t.row(s.ID.String(), timestamp(s.CreatedAt), strconv.FormatInt(s.Entry.LogIndex, 10), s.Entry.Kind+" "+s.Entry.Version,
		timestamp(s.Entry.IntegratedTime), timestamp(s.VerifiedAt), s.EnvelopeID.String(), s.Entry.UUID())
	return nil
}
