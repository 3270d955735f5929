package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/verdict"
)

func (a *app) verdictCurrent() *cobra.Command {
	var artifact artifactFlags
	var policy string
	var require []string
	cmd := a.verb("current --subject DIGEST|--file ARTIFACT --policy URI [--require RESULT]", "Show the decision that counts for an artifact under a policy: the newest", 0, 0,
		func(ctx context.Context, _ []string) error {
			subject, err := artifact.digest(ctx)
			if err != nil {
				return err
			}
			if policy == "" {
				return usagef("say under which policy: --policy URI")
			}
			for _, r := range require {
				if !slices.Contains([]verdict.Result{verdict.Pass, verdict.Fail, verdict.Warn}, verdict.Result(r)) {
					return usagef("--require %q: allowed is PASS, FAIL or WARN", r)
				}
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			e, err := tenant.Verdict().Current(ctx, verdict.Key{Subject: subject, PolicyURI: policy})
			if errors.Is(err, attestdb.ErrNotFound) {
				return no(fmt.Errorf("no decision about %s under %s in the ledger of tenant %s", subject, policy, a.tenantName()),
					fmt.Sprintf("`%s verdict list --subject %s` shows what was decided under other policies", programName, subject))
			} else if err != nil {
				return invalidFlag("verdict current", err)
			}
			if err := a.showLedgerEntry(ctx, tenant, &e); err != nil {
				return err
			}
			if len(require) > 0 && !slices.Contains(require, string(e.Result)) {
				return no(fmt.Errorf("%s: required is %s", e.Result, strings.Join(require, " or ")),
					fmt.Sprintf("`%s verdict show %d` shows on what it was decided, and why", programName, e.Seq))
			}
			return nil
		})
	cmd.Example = "attestdb verdict current --tenant acme --file dist/app.tar.gz --policy https://policies.example/release --require PASS,WARN"
	artifact.register(cmd)
	cmd.Flags().StringVar(&policy, "policy", "", "the policy's URI, exactly")
	cmd.Flags().StringSliceVar(&require, "require", nil, "exit with 1 unless the decision is this one, or one of these: PASS, FAIL, WARN")
	return cmd
}
