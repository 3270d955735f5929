package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/domain/verdict"
)

type retentionRun struct {
	*app
	dry, yes, all bool
}

func (a *app) retentionRun() *cobra.Command {
	run := retentionRun{app: a}
	cmd := a.verb("run", "Erase what has been kept for long enough and is not held, and leave who did", 0, 0,
		func(ctx context.Context, _ []string) error {
			if run.all && a.tenant != "" {
				return usagef("--all-tenants and --tenant: give one of them")
			}
			if run.all {
				return run.everywhere(ctx)
			}
			return a.withRetention(ctx, func(r *verdict.Retention, tn tenancy.Tenant) error {
				return run.one(ctx, r, tn)
			}, roleAdmin)
		})
	cmd.Example = "attestdb verdict retention run --tenant acme --dry-run\n" +
		"attestdb verdict retention run --all-tenants --yes"
	cmd.Flags().BoolVar(&run.dry, "dry-run", false, "count what would be erased, and erase nothing")
	cmd.Flags().BoolVar(&run.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&run.all, "all-tenants", false, "of every tenant, each by its own rules")
	return cmd
}

// one runs for one tenant. Where somebody is asked, it is said first how much goes.
func (run retentionRun) one(ctx context.Context, r *verdict.Retention, tn tenancy.Tenant) error {
	total := 0
	if !run.dry && !run.yes {
		counted := verdict.Expired{}
		if onTerminal(run.stdin) {
			var err error
			if counted, err = r.Run(ctx, tn.ID, verdict.RunRequest{DryRun: true}); err != nil {
				return err
			}
			if counted.Envelopes+counted.Payloads == 0 {
				return run.print(tn, counted, nil)
			}
		}
		total = int(counted.Envelopes + counted.Payloads)
		err := run.confirm(ctx, false, fmt.Sprintf("Erase the bytes of %d envelopes and %d payloads of tenant %s? Nobody can bring them back.",
			counted.Envelopes, counted.Payloads, tn.Name))
		if err != nil {
			return err
		}
	}
	bar := run.progress(total)
	defer bar.clear()
	done, err := r.Run(ctx, tn.ID, verdict.RunRequest{DryRun: run.dry, Progress: func(e verdict.Expired) {
		bar.at(int(e.Envelopes+e.Payloads), tn.Name)
	}})
	bar.clear()
	if printed := run.print(tn, done, err); printed != nil {
		return printed
	}
	return err
}

// everywhere runs for every tenant; one that fails does not keep the others from it.
func (run retentionRun) everywhere(ctx context.Context) error {
	if !run.dry {
		if err := run.confirm(ctx, run.yes, "Erase what has expired of every tenant? Nobody can bring it back."); err != nil {
			return err
		}
	}
	db, err := run.open(ctx, roleAdmin)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	run.yes = true
	r := db.Retention().As(run.actorName())
	tenants, failed := 0, 0
	for tn, err := range allTenants(ctx, db.Tenancy(), "") {
		if err != nil {
			return err
		}
		tenants++
		err := run.one(ctx, r, tn)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, attestdb.ErrNoActor), errors.Is(err, attestdb.ErrInvalid), errors.Is(err, attestdb.ErrUnavailable):
			return err // the others would fail alike
		case err != nil:
			run.note("tenant %s: %s", tn.Name, err)
			failed++
		}
	}
	if failed > 0 {
		return &failure{
			code: exitUnknown, err: fmt.Errorf("%d of %d tenants are not done", failed, tenants),
			hint: "the lines above say why; run the command again: what is erased stays so, and the rest is gone on with",
		}
	}
	return nil
}

func (run retentionRun) print(tn tenancy.Tenant, e verdict.Expired, err error) error {
	if run.json {
		line := retentionRunJSON{
			TenantID: tn.ID, DryRun: run.dry, Looked: e.Looked, Envelopes: e.Envelopes, Payloads: e.Payloads,
			HeldEnvelopes: e.HeldEnvelopes, HeldPayloads: e.HeldPayloads,
		}
		if err != nil {
			line.Error = run.redact(err.Error())
		}
		if err := run.printJSON(line); err != nil {
			return err
		}
		return run.stdout.Flush()
	}
	verb := "erased"
	if run.dry {
		verb = "would be erased"
	}
	run.printf("%s: %d envelopes and %d payloads %s; %d envelopes and %d payloads have expired and are held\n",
		tn.Name, e.Envelopes, e.Payloads, verb, e.HeldEnvelopes, e.HeldPayloads)
	return run.stdout.Flush()
}
