package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/domain/verdict"
)

func (a *app) verdictHold() *cobra.Command {
	return a.group("hold", "Keep bytes from being erased until the hold is released",
		a.holdPlace(), a.holdList(), a.holdRelease())
}

type holdJSON struct {
	ID        uuid.UUID         `json:"id"`
	TenantID  attestdb.TenantID `json:"tenant_id"`
	Seq       int64             `json:"seq"`
	CreatedAt time.Time         `json:"created_at"`
	Scope     verdict.ScopeKind `json:"scope"`
	Subject   *string           `json:"subject"`
	// Digest is the envelope's, or the leaf hash of the entry.
	Digest  *digest.SHA256   `json:"digest"`
	Reason  string           `json:"reason"`
	Actor   attestdb.Actor   `json:"actor"`
	Release *holdReleaseJSON `json:"release"`
}

type holdReleaseJSON struct {
	Seq       int64          `json:"seq"`
	CreatedAt time.Time      `json:"created_at"`
	Reason    string         `json:"reason"`
	Actor     attestdb.Actor `json:"actor"`
}

func newHoldJSON(tn tenancy.Tenant, h verdict.Hold) holdJSON {
	j := holdJSON{
		ID: h.ID, TenantID: tn.ID, Seq: h.Seq, CreatedAt: h.PlacedAt, Scope: h.Scope.Kind,
		Digest: optionalSHA256(h.Scope.SHA256), Reason: h.Reason, Actor: h.PlacedBy,
	}
	if !h.Scope.Subject.IsZero() {
		j.Subject = optionalText(h.Scope.Subject.String())
	}
	if r := h.Released; r != nil {
		j.Release = &holdReleaseJSON{Seq: r.Seq, CreatedAt: r.At, Reason: r.Reason, Actor: r.By}
	}
	return j
}

// holdScope says what a hold covers, on one line.
func holdScope(s verdict.Scope) string {
	switch s.Kind {
	case verdict.ScopeTenant:
		return "everything"
	case verdict.ScopeSubject:
		return "about " + s.Subject.String()
	}
	return string(s.Kind) + " " + sha256Text(s.SHA256)
}

// holdFlags say what is held.
type holdFlags struct {
	everything bool
	artifact   artifactFlags
	envelope   string
	entry      int64
}

func (f *holdFlags) scope(ctx context.Context) (verdict.Scope, error) {
	given := 0
	for _, one := range []bool{f.everything, f.artifact.given(), f.envelope != "", f.entry >= 0} {
		if one {
			given++
		}
	}
	if given != 1 {
		return verdict.Scope{}, usagef("say what is held: one of --everything, --subject or --file, --envelope, --entry")
	}
	switch {
	case f.everything:
		return verdict.WholeTenant(), nil
	case f.envelope != "":
		sum, err := digest.ParseSHA256(f.envelope)
		if err != nil {
			return verdict.Scope{}, usagef("--envelope: %w", err)
		}
		return verdict.OneEnvelope(sum), nil
	case f.entry >= 0:
		return verdict.OneEntry(f.entry), nil
	}
	d, err := f.artifact.digest(ctx)
	return verdict.AboutSubject(d), err
}

func (a *app) holdPlace() *cobra.Command {
	f := holdFlags{}
	var reason string
	cmd := a.verb("place", "Hold the bytes of an artifact's evidence, an envelope, an entry or a whole tenant", 0, 0,
		func(ctx context.Context, _ []string) error {
			scope, err := f.scope(ctx)
			if err != nil {
				return err
			}
			if reason == "" {
				return usagef("--reason is needed: it stays in the ledger")
			}
			return a.withRetention(ctx, func(r *verdict.Retention, tn tenancy.Tenant) error {
				h, err := r.Hold(ctx, tn.ID, scope, reason)
				switch {
				case errors.Is(err, attestdb.ErrErased):
					return no(err, fmt.Sprintf("`%s verdict list --all --tenant %s` shows who erased it, and why: there is nothing left to hold", programName, tn.Name))
				case errors.Is(err, attestdb.ErrNotFound):
					return no(err, fmt.Sprintf("`%s find` and `%s verdict list` show what there is in tenant %s", programName, programName, tn.Name))
				case err != nil:
					return err
				}
				if a.json {
					return a.printJSON(newHoldJSON(tn, h))
				}
				a.printf("%s  held: entry %d says who did and why\n", h.ID, h.Seq)
				return nil
			}, roleAdmin)
		})
	cmd.Example = "attestdb verdict hold place --tenant acme --subject sha256:9f86… --reason 'case 4711'\n" +
		"attestdb verdict hold place --tenant acme --everything --reason 'case 4711'"
	cmd.Flags().BoolVar(&f.everything, "everything", false, "everything of the tenant's, what comes later too")
	f.artifact.register(cmd)
	cmd.Flags().StringVar(&f.envelope, "envelope", "", "SHA-256 of the envelope whose bytes are held")
	cmd.Flags().Int64Var(&f.entry, "entry", -1, "place in the ledger of the entry whose payload is held")
	cmd.Flags().StringVar(&reason, "reason", "", "why, as the ledger keeps it for ever")
	return cmd
}

func (a *app) holdList() *cobra.Command {
	var all bool
	cmd := a.verb("list", "List the tenant's holds, the oldest first", 0, 0, func(ctx context.Context, _ []string) error {
		return a.withRetention(ctx, func(r *verdict.Retention, tn tenancy.Tenant) error {
			t := newTable(a.stdout)
			if !a.json {
				t.row("ID", "SEQ", "PLACED", "BY", "WHAT", "REASON", "RELEASED")
			}
			for h, err := range r.Holds(ctx, tn.ID, all) {
				if err != nil {
					return err
				}
				if a.json {
					if err := a.printJSON(newHoldJSON(tn, h)); err != nil {
						return err
					}
					continue
				}
				released := ""
				if h.Released != nil {
					released = timestamp(h.Released.At) + " by " + string(h.Released.By) + ": " + h.Released.Reason
				}
				t.row(h.ID.String(), strconv.FormatInt(h.Seq, 10), timestamp(h.PlacedAt), string(h.PlacedBy), holdScope(h.Scope), h.Reason, released)
			}
			return t.flush()
		}, roleAdmin, roleAuditor)
	})
	cmd.Flags().BoolVar(&all, "all", false, "those that are released, too")
	return cmd
}

func (a *app) holdRelease() *cobra.Command {
	var reason string
	var yes bool
	cmd := a.verb("release ID", "End a hold: what it covered may be erased", 1, 1, func(ctx context.Context, args []string) error {
		id, err := uuid.Parse(args[0])
		if err != nil {
			return usagef("ID is a hold's: %q is none", args[0])
		}
		if reason == "" {
			return usagef("--reason is needed: it stays in the ledger")
		}
		if err := a.confirm(ctx, yes, fmt.Sprintf("Release hold %s of tenant %s? What it covered may be erased from then on.", id, clean(a.tenantName()))); err != nil {
			return err
		}
		return a.withRetention(ctx, func(r *verdict.Retention, tn tenancy.Tenant) error {
			said, err := r.Release(ctx, tn.ID, id, reason)
			if errors.Is(err, attestdb.ErrNotFound) {
				return no(err, fmt.Sprintf("`%s verdict hold list --tenant %s` shows the holds", programName, tn.Name))
			}
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(erasureJSON{TenantID: tn.ID, Seq: said.Seq, Existed: said.Existed})
			}
			if said.Existed {
				a.printf("it was released before: entry %d says who did and why\n", said.Seq)
				return nil
			}
			a.printf("released: entry %d says who did and why\n", said.Seq)
			return nil
		}, roleAdmin)
	})
	cmd.Flags().StringVar(&reason, "reason", "", "why, as the ledger keeps it for ever")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
