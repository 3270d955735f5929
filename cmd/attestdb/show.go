package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

func (a *app) showCommand() *cobra.Command {
	content := &showForm{flag: "content", usage: "write the exact bytes that were ingested"}
	bundle := &showForm{flag: "bundle", usage: "write a Sigstore bundle of version 0.3"}
	return a.showVerb("Show one envelope: signers, verification, subjects", "find DIGEST` shows the ids of the statements about an artifact",
		func(ctx context.Context, tenant *attestdb.TenantDB, id uuid.UUID, sum *digest.SHA256) error {
			return a.show(ctx, tenant, id, sum, content.chosen || bundle.chosen, bundle.chosen)
		}, content, bundle)
}

// showForm is a form other than a table, and the flag that chooses it.
type showForm struct {
	flag, usage string
	chosen      bool
}

// showVerb returns a command that shows what has an id or a digest, in one of the
// forms.
func (a *app) showVerb(short, hint string,
	show func(ctx context.Context, tenant *attestdb.TenantDB, id uuid.UUID, sum *digest.SHA256) error, forms ...*showForm,
) *cobra.Command {
	cmd := a.verb("show ID|SHA256", short, 1, 1,
		func(ctx context.Context, args []string) error {
			if err := a.oneForm(forms); err != nil {
				return err
			}
			id, sum, err := parseKey(args[0])
			if err != nil {
				return err
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			err = show(ctx, tenant, id, sum)
			if errors.Is(err, attestdb.ErrNotFound) {
				return no(fmt.Errorf("%s: not found in tenant %s", args[0], a.tenantName()), "`"+programName+" "+hint)
			}
			return err
		})
	for _, f := range forms {
		cmd.Flags().BoolVar(&f.chosen, f.flag, false, f.usage)
	}
	return cmd
}

func (a *app) oneForm(forms []*showForm) error {
	var names, chosen []string
	for _, f := range forms {
		names = append(names, "--"+f.flag)
		if f.chosen {
			chosen = append(chosen, f.flag)
		}
	}
	if len(chosen) > 1 || len(chosen) == 1 && a.json {
		return usagef("%s and --json: give one of them", strings.Join(names, ", "))
	}
	return nil
}

// parseKey reads an id, or else the digest of the bytes.
func parseKey(s string) (uuid.UUID, *digest.SHA256, error) {
	if len(s) == 36 {
		if id, err := uuid.Parse(s); err == nil {
			return id, nil, nil
		}
	}
	sum, err := digest.ParseSHA256(s)
	if err != nil {
		return uuid.UUID{}, nil, usagef("%q: allowed is an id (a UUID of 36 characters), or the sha256 of its bytes (64 hexadecimal digits)", s)
	}
	return uuid.UUID{}, &sum, nil
}

func (a *app) show(ctx context.Context, tenant *attestdb.TenantDB, id uuid.UUID, sum *digest.SHA256, content, bundle bool) (err error) {
	store := tenant.Attestor()
	if sum != nil {
		if id, err = store.IDBySHA256(ctx, *sum); err != nil {
			return err
		}
	}
	if content {
		raw, err := store.Content(ctx, id)
		if errors.Is(err, attestdb.ErrErased) {
			return no(fmt.Errorf("the bytes of envelope %s: %w", id, err), fmt.Sprintf("`%s show %s` says more", programName, id))
		}
		if err != nil {
			return err
		}
		if bundle {
			return a.printBundle(raw)
		}
		_, err = a.stdout.Write(raw)
		return err
	}
	detail, err := store.Get(ctx, id)
	if err != nil {
		return err
	}
	if a.json {
		object := newStoredJSON(tenant.ID(), detail.Stored)
		object.Subjects = newSubjectsJSON(detail.Subject)
		return a.printJSON(object)
	}
	erased := ""
	if detail.Erased {
		if erased, err = erasedText(ctx, tenant, detail.SHA256); err != nil {
			return err
		}
	}
	return a.printDetail(tenant.ID(), detail, erased)
}

// erasedText says of bytes that are gone what the ledger says of that.
func erasedText(ctx context.Context, tenant *attestdb.TenantDB, sum digest.SHA256) (string, error) {
	erasures, err := tenant.Verdict().EnvelopeErasures(ctx, []digest.SHA256{sum})
	if err != nil {
		return "", err
	}
	if seq, ok := erasures[sum]; ok {
		return fmt.Sprintf("erased: entry %d of the ledger says who did and why", seq), nil
	}
	return "gone, and no entry of the ledger says that they were erased", nil
}

func (a *app) printBundle(content []byte) error {
	ev, err := attestor.Parse(content)
	if err != nil {
		return fmt.Errorf("stored envelope: %w", err)
	}
	bundle, err := ev.BundleV03()
	if errors.Is(err, attestdb.ErrInvalid) {
		return no(fmt.Errorf("no bundle of version 0.3 can hold it: %w", err), "--content writes it as it was ingested")
	} else if err != nil {
		return err
	}
	_, err = a.stdout.Write(append(bundle, '\n'))
	return err
}

func (a *app) printDetail(tenant attestdb.TenantID, d attestor.Detail, erased string) error {
	t := newTable(a.stdout)
	t.row("id", d.ID.String())
	t.row("tenant", tenant.String())
	t.row("sha256", d.SHA256.String())
	t.row("size", strconv.FormatInt(d.Size, 10)+" bytes")
	if erased != "" {
		t.row("bytes", erased)
	}
	t.row("created", timestamp(d.CreatedAt))
	t.row("recorded by", string(d.RecordedBy))
	t.row("media type", d.MediaType)
	t.row("payload type", d.PayloadType)
	t.row("payload sha256", d.PayloadSHA256.String())
	if d.StatementType != "" {
		t.row("statement type", d.StatementType)
		t.row("predicate type", d.PredicateType)
	}
	for i, s := range d.Signers {
		name := signerName(s)
		if s.Issuer != "" {
			name += " (issuer " + s.Issuer + ")"
		}
		t.row(fmt.Sprintf("signer %d", i), name)
	}
	v := d.Verification
	t.row("outcome", string(v.Outcome))
	if v.Outcome != attestor.Unverified {
		t.row("verifier", v.Verifier)
		t.row("policy", v.Policy)
		if v.Reason != "" {
			t.row("reason", v.Reason)
		}
		t.row("signatures", fmt.Sprint(v.Signatures))
		t.row("verified at", timestamp(v.TimeVerified))
		t.row("signed at", timestamp(v.SignedAt))
	}
	for _, s := range d.Subject {
		for i, one := range s.Digest {
			label, name := " ", ""
			if i == 0 {
				label, name = "subject", "  "+s.Name
			}
			t.row(label, one.String()+name)
		}
	}
	return t.flush()
}
