package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
)

// maxCheckpoint is the size of a signed note that is read.
const maxCheckpoint = 1 << 16

type verifyFlags struct {
	verifiers   verifierKeys
	checkpoints []string
	state       string
	allTenants  bool
}

type ledgerReportJSON struct {
	TenantID    attestdb.TenantID   `json:"tenant_id"`
	Verified    bool                `json:"verified"`
	TreeSize    int64               `json:"tree_size"`
	RootHash    digest.SHA256       `json:"root_hash"`
	Entries     int64               `json:"entries"`
	Erased      int64               `json:"erased"`
	Checkpoints int                 `json:"checkpoints"`
	Findings    []ledgerFindingJSON `json:"findings"`
	More        bool                `json:"more"`
	Error       string              `json:"error,omitempty"`
}

type ledgerFindingJSON struct {
	Seq    *int64        `json:"seq"`
	Fault  verdict.Fault `json:"fault"`
	Detail string        `json:"detail"`
}

func (a *app) verdictVerify() *cobra.Command {
	var flags verifyFlags
	cmd := a.verb("verify", "Recompute the ledger from what is stored: was anything rewritten since?", 0, 0,
		func(ctx context.Context, _ []string) error {
			req, err := flags.request(ctx)
			if err != nil {
				return err
			}
			if flags.allTenants {
				return a.verifyLedgers(ctx, req)
			}
			return a.verifyLedger(ctx, flags, req)
		})
	cmd.Example = "attestdb verdict verify --tenant acme --verifier acme.pub --checkpoint last-month.checkpoint\n" +
		"attestdb verdict verify --all-tenants"
	f := cmd.Flags()
	flags.verifiers.register(cmd)
	f.StringArrayVar(&flags.checkpoints, "checkpoint", nil, "file with a checkpoint that was kept outside the database; again for more")
	f.StringVar(&flags.state, "state", "", "file to go on from, and to write where this run ended; what was verified before is not read again")
	f.BoolVar(&flags.allTenants, "all-tenants", false, "verify every tenant's ledger, as the auditor")
	return cmd
}

func (f verifyFlags) request(ctx context.Context) (req verdict.VerifyRequest, err error) {
	if f.allTenants && (f.state != "" || len(f.checkpoints) > 0) {
		return req, usagef("--state and --checkpoint are of one ledger: give them without --all-tenants")
	}
	if len(f.verifiers) > 0 {
		if req.Verifiers, err = f.verifiers.verifiers(ctx); err != nil {
			return req, err
		}
	}
	for _, name := range f.checkpoints {
		raw, err := readAtMost(ctx, name, maxCheckpoint)
		if err != nil {
			return req, usagef("--checkpoint: %w", err)
		}
		req.Outside = append(req.Outside, raw)
	}
	if len(req.Outside) > 0 && len(req.Verifiers) == 0 {
		return req, usagef("--checkpoint needs --verifier: whose signature counts?")
	}
	if f.state == "" {
		return req, nil
	}
	if req.Resume, err = readState(ctx, f.state); errors.Is(err, os.ErrNotExist) {
		return req, nil
	}
	return req, err
}

// readState reads what an earlier run wrote. The error wraps [os.ErrNotExist] if there is
// no such file.
func readState(ctx context.Context, name string) (state verdict.State, err error) {
	raw, err := readFile(ctx, name)
	if err != nil {
		return state, usagef("--state: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err = d.Decode(&state); err == nil && len(bytes.TrimSpace(raw[d.InputOffset():])) > 0 {
		err = errors.New("there is something behind it")
	}
	if err != nil {
		return state, usagef("--state: %s is not what an earlier run wrote: %w", name, err)
	}
	return state, nil
}

func (a *app) verifyLedger(ctx context.Context, flags verifyFlags, req verdict.VerifyRequest) error {
	db, tenant, err := a.openTenant(ctx)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	bar := a.progress(0)
	defer bar.clear()
	req.Progress = func(done, size int64) {
		bar.total = int(size)
		bar.at(int(done), "")
	}
	report, err := tenant.Verdict().Verify(ctx, req)
	bar.clear()
	if err != nil {
		return err
	}
	if err := a.printReport(attestdb.VerifiedLedger{Tenant: tenant.ID(), Report: report}); err != nil {
		return err
	}
	if !report.OK() {
		return tampered(1)
	}
	if len(req.Verifiers) == 0 && len(req.Outside) == 0 {
		a.note("a ledger that was rewritten as a whole is shown by a checkpoint that was kept outside alone: --verifier and --checkpoint")
	}
	return flags.keepState(report.State)
}

// keepState writes where the run ended, whole or not at all.
func (f verifyFlags) keepState(state verdict.State) error {
	if f.state == "" {
		return nil
	}
	raw, err := json.Marshal(state)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(f.state), ".state-*")
	if err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	_, err = tmp.Write(append(raw, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), f.state)
	}
	if err != nil {
		return fmt.Errorf("--state: %w", errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}

func (a *app) verifyLedgers(ctx context.Context, req verdict.VerifyRequest) error {
	db, err := a.open(ctx, roleAuditor)
	if err != nil {
		return err
	}
	defer closeDB(ctx, db) //nolint:errcheck // the command's own error counts
	var ids []attestdb.TenantID
	for after := ""; ; {
		list, err := db.Tenancy().List(ctx, after, 1000)
		if err != nil {
			return err
		}
		for _, t := range list {
			ids, after = append(ids, t.ID), t.Name
		}
		if len(list) < 1000 {
			break
		}
	}
	bar := a.progress(len(ids))
	defer bar.clear()
	done, bad, unknown := 0, 0, 0
	all := attestdb.LedgersRequest{Tenants: ids, Request: func(attestdb.TenantID) verdict.VerifyRequest { return req }}
	for v := range db.VerifyLedgers(ctx, all) {
		done++
		bar.clear()
		if err := a.printReport(v); err != nil {
			return err
		}
		bar.at(done, v.Tenant.String())
		switch {
		case v.Err != nil:
			unknown++
		case !v.OK():
			bad++
		}
	}
	bar.clear()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if unknown > 0 {
		return &failure{code: exitUnknown, err: fmt.Errorf("%d of %d ledgers could not be verified", unknown, len(ids)), hint: "the lines above say why"}
	}
	if bad > 0 {
		return tampered(bad)
	}
	return nil
}

func tampered(ledgers int) error {
	what := "the ledger is not what it says"
	if ledgers > 1 {
		what = fmt.Sprintf("%d ledgers are not what they say", ledgers)
	}
	return no(errors.New(what), "keep a copy of the database as it is, and compare with a backup: everything before the first entry that is named is as it was")
}

func (a *app) printReport(v attestdb.VerifiedLedger) error {
	if a.json {
		line := ledgerReportJSON{
			TenantID: v.Tenant, Verified: v.Err == nil && v.OK(), TreeSize: v.Size, RootHash: v.RootHash, Entries: v.Verified,
			Erased: v.Erased, Checkpoints: v.Checkpoints, Findings: []ledgerFindingJSON{}, More: v.More,
		}
		for _, f := range v.Findings {
			found := ledgerFindingJSON{Fault: f.Fault, Detail: f.Detail}
			if f.Seq >= 0 {
				found.Seq = &f.Seq
			}
			line.Findings = append(line.Findings, found)
		}
		if v.Err != nil {
			line.Error = v.Err.Error()
		}
		if err := a.printJSON(line); err != nil {
			return err
		}
		return a.stdout.Flush()
	}
	switch {
	case v.Err != nil:
		a.printf("%s  unknown: %s\n", v.Tenant, oneLine(v.Err.Error()))
	case v.OK():
		a.printf("%s  verified: tree size %d, root sha256:%s; %d entries read, %d erasures, %d checkpoints\n",
			v.Tenant, v.Size, v.RootHash, v.Verified, v.Erased, v.Checkpoints)
	default:
		for _, f := range v.Findings {
			a.printf("%s  %s\n", v.Tenant, oneLine(f.String()))
		}
		if v.More {
			a.printf("%s  and more\n", v.Tenant)
		}
	}
	return a.stdout.Flush()
}
