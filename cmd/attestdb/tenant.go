package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/tenancy"
)

func (a *app) tenantCommand() *cobra.Command {
	return a.group("tenant", "Make, list and suspend tenants, and say what they require",
		a.tenantCreate(), a.tenantList(), a.tenantShow(), a.tenantSuspend(), a.tenantResume(), a.tenantRequire())
}

type tenantJSON struct {
	ID              attestdb.TenantID `json:"id"`
	Name            string            `json:"name"`
	Status          tenancy.Status    `json:"status"`
	CreatedAt       time.Time         `json:"created_at"`
	CreatedBy       attestdb.Actor    `json:"created_by"`
	StatusChangedAt time.Time         `json:"status_changed_at"`
	StatusChangedBy attestdb.Actor    `json:"status_changed_by"`
	RequireVerified bool              `json:"require_verified"`
	RequireInToto   bool              `json:"require_in_toto"`
	// Null where nothing was ever said.
	RequirementsChangedAt *time.Time `json:"requirements_changed_at"`
	RequirementsChangedBy *string    `json:"requirements_changed_by"`

	Existed *bool `json:"existed,omitempty"`
}

func newTenantJSON(t tenancy.Tenant) tenantJSON {
	return tenantJSON{
		ID: t.ID, Name: t.Name, Status: t.Status, CreatedAt: t.CreatedAt, CreatedBy: t.CreatedBy,
		StatusChangedAt: t.StatusChangedAt, StatusChangedBy: t.StatusChangedBy,
		RequireVerified: t.Requirements.Verified, RequireInToto: t.Requirements.InToto,
		RequirementsChangedAt: optionalTime(t.RequirementsChangedAt), RequirementsChangedBy: optionalText(t.RequirementsChangedBy),
	}
}

// withTenancy runs f on the tenants, as one of the roles.
func (a *app) withTenancy(ctx context.Context, f func(*tenancy.Store) error, roles ...role) error {
	db, err := a.open(ctx, roles...)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	return f(db.Tenancy().As(a.actorName()))
}

func (a *app) tenantCreate() *cobra.Command {
	return a.verb("create NAME", "Make a tenant", 1, 1, func(ctx context.Context, args []string) error {
		// A wrong name needs no database to be refused.
		if err := tenancy.ValidateName(args[0]); err != nil {
			return usage(nil, err)
		}
		return a.withTenancy(ctx, func(s *tenancy.Store) error {
			t, existed, err := s.Create(ctx, args[0])
			if err != nil {
				return err
			}
			if a.json {
				line := newTenantJSON(t)
				line.Existed = &existed
				return a.printJSON(line)
			}
			a.printf("%s  %s  %s  %s\n", t.ID, t.Name, t.Status, newOrExisted(existed))
			return nil
		}, roleAdmin)
	})
}

func newOrExisted(existed bool) string {
	if existed {
		return "existed"
	}
	return "new"
}

const tenantPage = 1000

// allTenants iterates over the tenants behind the name after.
func allTenants(ctx context.Context, s *tenancy.Store, after string) iter.Seq2[tenancy.Tenant, error] {
	return func(yield func(tenancy.Tenant, error) bool) {
		for {
			list, err := s.List(ctx, after, tenantPage)
			if err != nil {
				yield(tenancy.Tenant{}, err)
				return
			}
			for _, t := range list {
				if !yield(t, nil) {
					return
				}
			}
			if len(list) < tenantPage {
				return
			}
			after = list[len(list)-1].Name
		}
	}
}

func (a *app) tenantList() *cobra.Command {
	var limit int
	var cursor string
	cmd := a.verb("list", "List the tenants by name", 0, 0, func(ctx context.Context, _ []string) error {
		if limit < 0 {
			return usagef("--limit: allowed is 1 or more, or 0 for all")
		}
		return a.withTenancy(ctx, func(s *tenancy.Store) error {
			t := newTable(a.stdout)
			if !a.json {
				t.row("ID", "NAME", "STATUS", "CREATED")
			}
			last, shown := cursor, 0
			for one, err := range allTenants(ctx, s, cursor) {
				if err != nil {
					return err
				}
				if limit > 0 && shown == limit {
					if err := t.flush(); err != nil {
						return err
					}
					return a.nextPage(last)
				}
				if a.json {
					if err := a.printJSON(newTenantJSON(one)); err != nil {
						return err
					}
				} else {
					t.row(one.ID.String(), one.Name, string(one.Status), timestamp(one.CreatedAt))
				}
				last = one.Name
				shown++
			}
			return t.flush()
		}, roleAdmin, roleAuditor)
	})
	cmd.Flags().IntVar(&limit, "limit", 0, "the most rows; 0 is all")
	cmd.Flags().StringVar(&cursor, "cursor", "", "go on behind an earlier --limit")
	return cmd
}

// findTenant returns the tenant with this name or UUID.
func findTenant(ctx context.Context, s *tenancy.Store, named string) (tenancy.Tenant, error) {
	var id attestdb.TenantID
	var t tenancy.Tenant
	var err error
	if id.UnmarshalText([]byte(named)) == nil {
		t, err = s.Get(ctx, id)
	} else {
		t, err = s.GetByName(ctx, named)
	}
	return t, noTenant(named, err)
}

// noTenant makes the answer "no" of an unknown tenant that is asked for.
func noTenant(named string, err error) error {
	if errors.Is(err, attestdb.ErrUnknownTenant) {
		return no(fmt.Errorf("tenant %q: %w", named, attestdb.ErrUnknownTenant), "")
	}
	return err
}

func (a *app) tenantShow() *cobra.Command {
	return a.verb("show NAME|UUID", "Show a tenant", 1, 1, func(ctx context.Context, args []string) error {
		return a.withTenancy(ctx, func(s *tenancy.Store) error {
			t, err := findTenant(ctx, s, args[0])
			if err != nil {
				return err
			}
			return a.printTenant(t)
		}, roleAdmin, roleAuditor)
	})
}

func (a *app) printTenant(one tenancy.Tenant) error {
	if a.json {
		return a.printJSON(newTenantJSON(one))
	}
	t := newTable(a.stdout)
	t.row("id", one.ID.String())
	t.row("name", one.Name)
	t.row("status", string(one.Status))
	t.row("status changed", timestamp(one.StatusChangedAt)+" by "+string(one.StatusChangedBy))
	t.row("requires", requirements(one.Requirements))
	if by := one.RequirementsChangedBy; by != "" {
		t.row("requirements changed", timestamp(one.RequirementsChangedAt)+" by "+string(by))
	}
	t.row("created", timestamp(one.CreatedAt)+" by "+string(one.CreatedBy))
	return t.flush()
}

func (a *app) tenantSuspend() *cobra.Command {
	var yes bool
	cmd := a.verb("suspend NAME|UUID", "Let a tenant read and not write", 1, 1, func(ctx context.Context, args []string) error {
		if err := a.confirm(ctx, yes, fmt.Sprintf("Suspend tenant %s? It can write nothing from then on.", clean(args[0]))); err != nil {
			return err
		}
		return a.changeTenant(ctx, args[0], (*tenancy.Store).Suspend)
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (a *app) tenantResume() *cobra.Command {
	return a.verb("resume NAME|UUID", "Let a suspended tenant write again", 1, 1, func(ctx context.Context, args []string) error {
		return a.changeTenant(ctx, args[0], (*tenancy.Store).Resume)
	})
}

func requirements(r tenancy.Requirements) string {
	switch {
	case r.Verified && r.InToto:
		return "verified in-toto Statements"
	case r.Verified:
		return "verified evidence"
	case r.InToto:
		return "in-toto Statements"
	}
	return "nothing"
}

func (a *app) tenantRequire() *cobra.Command {
	var verified, inToto bool
	var cmd *cobra.Command
	cmd = a.verb("require NAME|UUID", "Say what evidence a tenant takes from now on", 1, 1, func(ctx context.Context, args []string) error {
		if !cmd.Flags().Changed("verified") && !cmd.Flags().Changed("in-toto") {
			return usagef("say what is required: --verified, --in-toto, or =false for no longer")
		}
		return a.withTenancy(ctx, func(s *tenancy.Store) error {
			t, err := findTenant(ctx, s, args[0])
			if err != nil {
				return err
			}
			r := t.Requirements
			if cmd.Flags().Changed("verified") {
				r.Verified = verified
			}
			if cmd.Flags().Changed("in-toto") {
				r.InToto = inToto
			}
			if t, err = s.Require(ctx, t.ID, r); err != nil {
				return err
			}
			return a.printTenant(t)
		}, roleAdmin)
	})
	cmd.Flags().BoolVar(&verified, "verified", false, "take no evidence but such as verifies")
	cmd.Flags().BoolVar(&inToto, "in-toto", false, "take no evidence but in-toto Statements")
	return cmd
}

func (a *app) changeTenant(ctx context.Context, named string, change func(*tenancy.Store, context.Context, attestdb.TenantID) (tenancy.Tenant, error)) error {
	return a.withTenancy(ctx, func(s *tenancy.Store) error {
		t, err := findTenant(ctx, s, named)
		if err != nil {
			return err
		}
		if t, err = change(s, ctx, t.ID); err != nil {
			return err
		}
		return a.printTenant(t)
	}, roleAdmin)
}
