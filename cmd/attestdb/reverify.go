package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

type reverifyJSON struct {
	ID     uuid.UUID     `json:"id"`
	SHA256 digest.SHA256 `json:"sha256"`
	// Was is the newest verification of before, Verification today's; null if the
	// verifier could not tell.
	Was          *verificationJSON `json:"was"`
	Verification *verificationJSON `json:"verification"`
	Error        string            `json:"error,omitempty"`
}

func (a *app) attestorReverify() *cobra.Command {
	var flags findFlags
	var verify verifierFlags
	var keep, all bool
	var cmd *cobra.Command
	cmd = a.verb("reverify [DIGEST]", "Verify stored evidence again: which would fail today?", 0, 1,
		func(ctx context.Context, args []string) error {
			q, _, err := flags.query(ctx, args, time.Now())
			if err != nil {
				return err
			}
			verifier, err := verify.verifier(ctx, cmd.Flags())
			if err != nil {
				return err
			}
			if verifier == nil {
				return usagef("say how to verify: --trusted-root or --key")
			}
			db, tenant, err := a.openTenant(ctx)
			if err != nil {
				return err
			}
			defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
			r := reverifier{app: a, all: all}
			return r.run(ctx, tenant, attestdb.ReverifyConfig{Verifier: verifier, Query: q, Keep: keep})
		})
	cmd.Example = "attestdb attestor reverify --tenant acme --trusted-root trusted_root.json --any-identity\n" +
		"attestdb attestor reverify --tenant acme --key new.pub --key-id old --keep"
	flags.register(cmd.Flags())
	verify.register(cmd.Flags())
	cmd.Flags().BoolVar(&keep, "keep", false, "store what is found, as the newest verification")
	cmd.Flags().BoolVar(&all, "all", false, "list what verifies, too")
	return cmd
}

type reverifier struct {
	*app
	all bool

	verified, failed, unknown, changed int
}

func (r *reverifier) run(ctx context.Context, tenant *attestdb.TenantDB, cfg attestdb.ReverifyConfig) error {
	total, err := tenant.Attestor().Count(ctx, cfg.Query)
	if err != nil {
		return invalidFlag("reverify", err)
	}
	if total == 0 {
		return no(fmt.Errorf("there is no such evidence in tenant %s", r.tenantName()), fmt.Sprintf("`%s find` shows what there is", programName))
	}
	bar := r.progress(int(total))
	defer bar.clear()
	done := 0
	for v, err := range tenant.Reverify(ctx, cfg) {
		if err != nil {
			return err
		}
		done++
		if r.count(v) || r.all {
			bar.clear()
			if err := r.print(v); err != nil {
				return err
			}
		}
		bar.at(done, v.ID.String())
	}
	bar.clear()
	r.note("%d in all: %d verify today, %d do not, %d could not be told; %d have another outcome than before",
		done, r.verified, r.failed, r.unknown, r.changed)
	switch {
	case r.unknown > 0:
		return &failure{code: exitUnknown, err: fmt.Errorf("%d of %d could not be verified", r.unknown, done), hint: "the lines above say why; the others are done"}
	case r.failed > 0:
		return no(fmt.Errorf("%d of %d do not verify", r.failed, done), "the lines above say why; --keep stores that, so that `attestdb find` shows it")
	}
	return nil
}

// count reports whether the evidence is worth a line: it does not verify.
func (r *reverifier) count(v attestdb.Reverified) bool {
	if v.Changed() {
		r.changed++
	}
	switch {
	case v.Err != nil:
		r.unknown++
	case v.Today.Outcome == attestor.Verified:
		r.verified++
		return false
	default:
		r.failed++
	}
	return true
}

func (r *reverifier) print(v attestdb.Reverified) error {
	if r.json {
		line := reverifyJSON{ID: v.ID, SHA256: v.SHA256, Was: newVerificationJSON(v.Verification)}
		if v.Err != nil {
			line.Error = v.Err.Error()
		} else {
			line.Verification = newVerificationJSON(v.Today)
		}
		if err := r.printJSON(line); err != nil {
			return err
		}
		return r.stdout.Flush()
	}
	outcome, reason := string(v.Today.Outcome), v.Today.Reason
	if v.Err != nil {
		outcome, reason = "unknown", v.Err.Error()
	}
	r.printf("%s  %s  %s → %s  %s\n", v.ID, v.SHA256.String()[:12], v.Verification.Outcome, outcome, oneLine(reason))
	return r.stdout.Flush()
}
