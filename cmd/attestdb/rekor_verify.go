package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/logentry"
	"stella-ops.org/attestdb/domain/rekor"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

func (a *app) rekorVerify() *cobra.Command {
	var trustedRoot string
	var all bool
	cmd := a.verb("verify ID|SHA256… | --all", "Verify log entries again, offline, from what is stored", 0, -1,
		func(ctx context.Context, args []string) error {
			switch {
			case all == (len(args) > 0):
				return usagef("give the ids of entries or envelopes, the sha256 of envelopes' bytes, or --all")
			case trustedRoot == "":
				return usagef("--trusted-root: name a trusted_root.json with the logs that you trust")
			}
			for _, arg := range args {
				if _, _, err := parseKey(arg); err != nil {
					return err
				}
			}
			root, err := readFile(ctx, trustedRoot)
			if err != nil {
				return usagef("--trusted-root: %w", err)
			}
			logs, err := sigstore.NewLogVerifier(root)
			if err != nil {
				return invalidFlag("--trusted-root", err)
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			v := entryVerifier{app: a, tenant: tenant, logs: logs, table: newTable(a.stdout), bar: a.progress(0)}
			return v.run(ctx, args)
		})
	cmd.Example = "attestdb rekor verify --tenant acme --trusted-root trusted_root.json --all"
	cmd.Flags().StringVar(&trustedRoot, "trusted-root", "", "this trusted_root.json has the logs that are trusted")
	cmd.Flags().BoolVar(&all, "all", false, "verify every entry of the tenant")
	return cmd
}

type entryVerifier struct {
	*app
	tenant *attestdb.TenantDB
	logs   logentry.Verifier
	table  *table
	bar    *progress

	verified, failed, absent int
}

// run verifies the entries that are named, or all if none is.
func (v *entryVerifier) run(ctx context.Context, args []string) error {
	defer v.bar.clear()
	if len(args) == 0 {
		if err := v.each(v.tenant.VerifyEntries(ctx, v.logs, rekor.Query{})); err != nil {
			return err
		}
	}
	for _, arg := range args {
		if err := v.named(ctx, arg); err != nil {
			return fmt.Errorf("%s: %w", arg, err)
		}
	}
	v.bar.clear()
	if err := v.table.flush(); err != nil {
		return err
	}
	v.note("%d verified, %d failed, %d not there", v.verified, v.failed, v.absent)
	switch {
	case v.failed > 0:
		return no(fmt.Errorf("%d of %d log entries do not verify", v.failed, v.failed+v.verified), "the lines above name the check; check that the trusted root is the expected one")
	case v.absent > 0:
		return no(fmt.Errorf("%d have no log entry in tenant %s", v.absent, v.tenantName()), fmt.Sprintf("`%s rekor find` shows the entries", programName))
	}
	return nil
}

func (v *entryVerifier) named(ctx context.Context, arg string) error {
	id, err := envelopeID(ctx, v.tenant, arg)
	if err == nil {
		var one attestdb.EntryVerification
		if one, err = v.tenant.VerifyEntry(ctx, v.logs, id); err == nil {
			return v.print(one)
		}
	}
	before := v.verified + v.failed
	if errors.Is(err, attestdb.ErrNotFound) && id != uuid.Nil {
		err = v.each(v.tenant.VerifyEntries(ctx, v.logs, rekor.Query{Envelope: id}))
	}
	if err != nil && !errors.Is(err, attestdb.ErrNotFound) {
		return err
	}
	if v.verified+v.failed == before {
		v.absent++
		v.note("%s: no log entry", arg)
	}
	return nil
}

// envelopeID returns the id that is meant by an id or by the digest of bytes.
func envelopeID(ctx context.Context, tenant *attestdb.TenantDB, key string) (uuid.UUID, error) {
	id, sum, err := parseKey(key)
	if err == nil && sum != nil {
		return tenant.Attestor().IDBySHA256(ctx, *sum)
	}
	return id, err
}

func (v *entryVerifier) each(results iter.Seq2[attestdb.EntryVerification, error]) error {
	for r, err := range results {
		if err != nil {
			return err
		}
		if err := v.print(r); err != nil {
			return err
		}
	}
	return nil
}

type entryVerificationJSON struct {
	TenantID   attestdb.TenantID `json:"tenant_id"`
	ID         uuid.UUID         `json:"id"`
	EnvelopeID uuid.UUID         `json:"envelope_id"`
	LogIndex   int64             `json:"log_index"`
	Verified   bool              `json:"verified"`
	Check      *string           `json:"check"`
	Reason     *string           `json:"reason"`
}

func (v *entryVerifier) print(r attestdb.EntryVerification) error {
	line := entryVerificationJSON{
		TenantID: v.tenant.ID(), ID: r.Entry.ID, EnvelopeID: r.Entry.EnvelopeID, LogIndex: r.Entry.Entry.LogIndex, Verified: r.Failure == nil,
	}
	outcome, why := "verified", ""
	if f := r.Failure; f != nil {
		v.failed++
		outcome, why = "failed", f.Error()
		line.Check, line.Reason = optionalText(f.Check), optionalText(f.Reason)
	} else {
		v.verified++
	}
	v.bar.at(v.verified+v.failed, r.Entry.ID.String())
	if v.json {
		return v.printJSON(line)
	}
	if v.verified+v.failed == 1 {
		v.table.row("ID", "OUTCOME", "LOG INDEX", "ENVELOPE", "CHECK")
	}
	v.table.row(line.ID.String(), outcome, strconv.FormatInt(line.LogIndex, 10), line.EnvelopeID.String(), why)
	return nil
}
