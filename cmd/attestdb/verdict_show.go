package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/verdict"
)

func (a *app) verdictShow() *cobra.Command {
	var payload bool
	cmd := a.verb("show SEQ|ID [--payload]", "Show one entry of the ledger, by its place or its id", 1, 1,
		func(ctx context.Context, args []string) error {
			seq, id, err := parseEntryKey(args[0])
			if err != nil {
				return err
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			var e verdict.Entry
			if id != uuid.Nil {
				e, err = tenant.Verdict().ByID(ctx, id)
			} else {
				e, err = tenant.Verdict().Get(ctx, seq)
			}
			if errors.Is(err, attestdb.ErrNotFound) {
				return no(fmt.Errorf("%s: no such entry in the ledger of tenant %s", args[0], a.tenantName()), fmt.Sprintf("`%s verdict list --all` shows the entries", programName))
			} else if err != nil {
				return err
			}
			if payload {
				return a.writePayload(ctx, tenant, &e)
			}
			return a.showLedgerEntry(ctx, tenant, &e)
		})
	cmd.Flags().BoolVar(&payload, "payload", false, "write the entry's payload: the bytes that were hashed, JSON in its canonical form")
	return cmd
}

func parseEntryKey(s string) (seq int64, id uuid.UUID, err error) {
	if len(s) == 36 {
		if id, err := uuid.Parse(s); err == nil && id != uuid.Nil {
			return 0, id, nil
		}
	}
	if seq, err = strconv.ParseInt(s, 10, 64); err != nil || seq < 0 {
		return 0, id, usagef("%q: allowed is the place of an entry, from 0, or its id (a UUID of 36 characters)", s)
	}
	return seq, uuid.Nil, nil
}

// showLedgerEntry shows an entry with its receipt.
func (a *app) showLedgerEntry(ctx context.Context, tenant *attestdb.TenantDB, e *verdict.Entry) error {
	var receipt *attestor.Detail
	if d, err := tenant.Receipt(ctx, *e); err == nil {
		receipt = &d
	} else if !errors.Is(err, attestdb.ErrNotFound) {
		return err
	}
	return a.printLedgerEntry(e, receipt)
}

func (a *app) writePayload(ctx context.Context, tenant *attestdb.TenantDB, e *verdict.Entry) error {
	if a.json {
		return usagef("--payload is written as it is: give it without --json")
	}
	raw, err := tenant.Verdict().Payload(ctx, e.Seq)
	switch {
	case errors.Is(err, attestdb.ErrNotFound):
		return no(fmt.Errorf("entry %d has no payload", e.Seq), "`attestdb verdict show` without --payload shows what it has")
	case errors.Is(err, attestdb.ErrErased):
		return no(err, fmt.Sprintf("`%s verdict list --input entry:%s` shows who erased it, and why", programName, e.LeafHash))
	case err != nil:
		return err
	}
	_, err = a.stdout.Write(raw)
	return err
}
