package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
)

type erasureJSON struct {
	TenantID attestdb.TenantID `json:"tenant_id"`
	Seq      int64             `json:"seq"`
	Existed  bool              `json:"existed"`
}

func (a *app) verdictErase() *cobra.Command {
	var reason, envelope string
	var yes bool
	cmd := a.verb("erase SEQ | --envelope SHA256", "Erase an entry's payload, or an envelope's bytes, and leave who did and why", 0, 1,
		func(ctx context.Context, args []string) error {
			if (len(args) == 1) == (envelope != "") {
				return usagef("say what is erased: the payload of an entry by its SEQ, or --envelope SHA256")
			}
			if reason == "" {
				return usagef("--reason is needed: it stays in the ledger")
			}
			erase, what, err := erasing(args, envelope, reason)
			if err != nil {
				return err
			}
			if err := a.confirm(ctx, yes, fmt.Sprintf("Erase the bytes of %s in tenant %s? Nobody can bring them back.", what, clean(a.tenantName()))); err != nil {
				return err
			}
			return a.erase(ctx, erase)
		})
	cmd.Example = "attestdb verdict erase 17 --tenant acme --reason 'personal data, ticket 4711'\n" +
		"attestdb verdict erase --envelope 9f86… --tenant acme --reason 'personal data, ticket 4711'"
	cmd.Flags().StringVar(&reason, "reason", "", "why, as the ledger keeps it for ever")
	cmd.Flags().StringVar(&envelope, "envelope", "", "SHA-256 of the envelope whose bytes are erased")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// eraseFunc erases what the command named.
type eraseFunc func(context.Context, *verdict.Eraser, attestdb.TenantID) (verdict.Erasure, error)

func erasing(args []string, envelope, reason string) (eraseFunc, string, error) {
	if envelope != "" {
		sum, err := digest.ParseSHA256(envelope)
		if err != nil {
			return nil, "", usagef("--envelope: %w", err)
		}
		return func(ctx context.Context, e *verdict.Eraser, id attestdb.TenantID) (verdict.Erasure, error) {
			return e.Envelope(ctx, id, sum, reason)
		}, "envelope sha256:" + sum.String(), nil
	}
	seq, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil || seq < 0 {
		return nil, "", usagef("SEQ is the place of an entry in the ledger, from 0: %q is none", args[0])
	}
	return func(ctx context.Context, e *verdict.Eraser, id attestdb.TenantID) (verdict.Erasure, error) {
		return e.Payload(ctx, id, seq, reason)
	}, fmt.Sprintf("the payload of entry %d", seq), nil
}

// whoErased tells where the ledger says who erased an envelope's bytes.
func whoErased(sum digest.SHA256) string {
	return fmt.Sprintf("`%s verdict list --input envelope:%s` shows who erased them, and why", programName, sum)
}

func (a *app) erase(ctx context.Context, erase eraseFunc) error {
	named := a.tenantName()
	if named == "" {
		return &failure{code: exitUnknown, err: errors.New("no tenant is named"), hint: "give --tenant NAME or set ATTESTDB_TENANT"}
	}
	db, err := a.open(ctx, roleAdmin)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	t, err := findTenant(ctx, db.Tenancy(), named)
	if err != nil {
		return err
	}
	done, err := erase(ctx, db.Eraser().As(a.actorName()), t.ID)
	if errors.Is(err, attestdb.ErrNotFound) {
		return no(err, fmt.Sprintf("`%s verdict list --tenant %s` shows the entries", programName, clean(named)))
	}
	if errors.Is(err, attestdb.ErrHeld) {
		return no(err, "")
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(erasureJSON{TenantID: t.ID, Seq: done.Seq, Existed: done.Existed})
	}
	if done.Existed {
		a.printf("it was erased before: entry %d says who did and why\n", done.Seq)
		return nil
	}
	a.printf("erased: entry %d says who did and why\n", done.Seq)
	return nil
}
