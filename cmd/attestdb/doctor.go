package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/health"
)

// doctorCommand has room for other questions than how a running database is: each gets a
// flag, and a list of checks of its own.
func (a *app) doctorCommand() *cobra.Command {
	var states []string
	var restored restoredFlags
	cmd := a.verb("doctor", "Say how the database is, what is wrong, and how to mend it", 0, 0,
		func(ctx context.Context, _ []string) error {
			cfg, err := a.diagnoseConfig(ctx)
			if err != nil {
				return err
			}
			for _, name := range states {
				state, err := readLedgerState(ctx, name)
				if err != nil {
					return err
				}
				cfg.States = append(cfg.States, state)
			}
			req, err := restored.request(ctx)
			if err != nil {
				return err
			}
			if restored.on {
				return a.doctorRestored(ctx, cfg, req)
			}
			report, err := attestdb.Diagnose(ctx, cfg)
			if err != nil {
				return err
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return a.printHealth(report)
		})
	cmd.Example = "attestdb doctor\nattestdb doctor --state acme.state --json\n" +
		"attestdb doctor --restored --checkpoint checkpoints/ --verifier ledger-keys.txt"
	cmd.Flags().StringArrayVar(&states, "state", nil, "file that `verdict verify --state` wrote: is the ledger still the one that was verified? Again for more")
	cmd.Flags().BoolVar(&restored.on, "restored", false, "check a copy that was restored from a backup, before it takes traffic: reads everything, as the auditor")
	cmd.Flags().StringArrayVar(&restored.checkpoints, "checkpoint", nil, "with --restored: file with a checkpoint that was kept outside the database, of whatever tenant, or a directory of such files. Again for more")
	cmd.Flags().StringVar(&restored.counts, "counts", "", "with --restored: file with what an earlier run printed with --json; no table may have fewer rows than then")
	restored.verifiers.register(cmd)
	return cmd
}

// diagnoseConfig has every login that there is a URL for: each sees what others may not.
// A URL that was given explicitly may be any role's.
func (a *app) diagnoseConfig(ctx context.Context) (cfg attestdb.DiagnoseConfig, err error) {
	if cfg.Pooler, err = a.poolerKind(); err != nil {
		return cfg, err
	}
	conns := map[role]*attestdb.Conn{roleOwner: &cfg.Owner, roleApp: &cfg.App, roleAdmin: &cfg.Admin, roleAuditor: &cfg.Auditor}
	conn := func(url string) attestdb.Conn { return attestdb.Conn{URL: url, MaxConns: 4} }
	url, _, err := a.url(ctx, readers...)
	switch {
	case err != nil:
		return cfg, err
	case a.demo:
		for r, c := range conns {
			*c = conn(a.server.url(r))
		}
		return cfg, nil
	case a.databaseURL != "" || a.databaseURLFile != "":
		cfg.Login = conn(url)
		return cfg, nil
	}
	for r, c := range conns {
		if named := os.Getenv(r.env()); named != "" {
			url, _, err := a.checkURL(r.env(), named, r)
			if err != nil {
				return cfg, err
			}
			*c = conn(url)
		}
	}
	return cfg, nil
}

// readLedgerState reads what `verdict verify --state` wrote, and when.
func readLedgerState(ctx context.Context, name string) (state attestdb.LedgerState, err error) {
	if state.State, err = readState(ctx, name); err != nil {
		return state, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return state, usagef("--state: %w", err)
	}
	state.At = info.ModTime()
	return state, nil
}

// printHealth writes the worst first, and is an error unless all is well.
func (a *app) printHealth(report health.Report) error {
	report.Checks = report.Worst()
	if a.json {
		if err := a.printJSON(report); err != nil {
			return err
		}
	} else if err := a.printChecks(report); err != nil {
		return err
	}
	failed, unknown := 0, 0
	for _, c := range report.Checks {
		switch c.Status {
		case health.Fail:
			failed++
		case health.Unknown:
			unknown++
		}
	}
	const hint = "the lines above say how to mend each"
	switch {
	case failed > 0:
		return no(fmt.Errorf("%d of %d checks failed", failed, len(report.Checks)), hint)
	case unknown > 0:
		return &failure{code: exitUnknown, err: fmt.Errorf("%d of %d checks could not be told", unknown, len(report.Checks)), hint: hint}
	}
	return nil
}

func (a *app) printChecks(report health.Report) error {
	t := newTable(a.stdout)
	t.row("STATUS", "CHECK", "VALUE", "THRESHOLD")
	for _, c := range report.Checks {
		t.row(string(c.Status), c.Name, a.redact(c.Value), c.Threshold)
	}
	if err := t.flush(); err != nil {
		return err
	}
	// What several checks say alike is said once.
	names := map[health.Result][]string{}
	var words []health.Result
	for _, c := range report.Checks {
		if c.Error == "" && c.Fix == "" {
			continue
		}
		word := health.Result{Status: c.Status, Error: c.Error, Fix: c.Fix}
		if names[word] == nil {
			words = append(words, word)
		}
		names[word] = append(names[word], c.Name)
	}
	for _, w := range words {
		a.printf("\n%s  %s\n  %s\n", w.Status, strings.Join(names[w], ", "), oneLine(a.redact(w.Error)))
		if w.Fix != "" {
			a.printf("  fix: %s\n", oneLine(a.redact(w.Fix)))
		}
	}
	return nil
}
