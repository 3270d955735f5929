package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/health"
)

// restoredFlags are those of `doctor --restored`.
type restoredFlags struct {
	on          bool
	verifiers   verifierKeys
	checkpoints []string
	counts      string
}

// request reads the checkpoints: files, and all files in and below directories.
func (f restoredFlags) request(ctx context.Context) (req attestdb.RestoredRequest, err error) {
	if !f.on {
		if len(f.checkpoints)+len(f.verifiers)+len(f.counts) > 0 {
			return req, usagef("--checkpoint, --verifier and --counts need --restored")
		}
		return req, nil
	}
	if len(f.checkpoints) > 0 {
		if req.Verifiers, err = f.verifiers.verifiers(ctx); err != nil {
			return req, err
		}
	}
	if f.counts != "" {
		if req.Earlier, err = readCounts(ctx, f.counts); err != nil {
			return req, err
		}
	}
	for _, arg := range f.checkpoints {
		dir, root := locate(arg)
		fsys := newInputFS(ctx, filepath.Clean(dir))
		before := len(req.Checkpoints)
		err := fs.WalkDir(fsys, root, func(name string, entry fs.DirEntry, err error) error {
			path := filepath.Join(dir, filepath.FromSlash(name))
			switch {
			case err != nil:
				return err
			case name != root && strings.HasPrefix(entry.Name(), "."):
				if entry.IsDir() {
					return fs.SkipDir
				}
				return nil
			case entry.IsDir():
				return nil
			}
			raw, err := readAtMost(ctx, path, maxCheckpoint)
			req.Checkpoints = append(req.Checkpoints, attestdb.OutsideCheckpoint{Name: path, Note: raw})
			return err
		})
		if err == nil && len(req.Checkpoints) == before {
			err = errors.New("there is no file in it")
		}
		if err != nil {
			return req, usagef("--checkpoint %s: %w", arg, err)
		}
	}
	return req, nil
}

// readCounts reads how many rows there were from what an earlier run printed.
func readCounts(ctx context.Context, name string) ([]attestdb.RestoredRows, error) {
	raw, err := readFile(ctx, name)
	if err != nil {
		return nil, usagef("--counts: %w", err)
	}
	var earlier struct {
		Tenants []struct {
			ID   attestdb.TenantID `json:"tenant_id"`
			Rows map[string]int64  `json:"rows"`
		} `json:"tenants"`
	}
	if err := json.Unmarshal(raw, &earlier); err != nil || len(earlier.Tenants) == 0 {
		return nil, usagef("--counts: %s is not what `%s doctor --restored --json` printed", name, programName)
	}
	rows := make([]attestdb.RestoredRows, len(earlier.Tenants))
	for i, t := range earlier.Tenants {
		rows[i] = attestdb.RestoredRows{Tenant: t.ID, Rows: t.Rows}
	}
	return rows, nil
}

func (a *app) doctorRestored(ctx context.Context, cfg attestdb.DiagnoseConfig, req attestdb.RestoredRequest) error {
	bar := a.progress(0)
	defer bar.clear()
	req.Progress = func(p attestdb.RestoredProgress) {
		bar.total = p.Total
		bar.at(p.Done, p.Step)
	}
	report, err := attestdb.CheckRestored(ctx, cfg, req)
	bar.clear()
	switch {
	case errors.Is(err, attestdb.ErrInvalid) && len(req.Checkpoints) > 0:
		return invalidFlag("--checkpoint", err)
	case err != nil:
		return err
	}
	if a.json {
		err = a.printJSON(newRestoredJSON(report))
	} else {
		err = a.printRestored(report)
	}
	if err != nil {
		return err
	}
	return restoredOutcome(report)
}

type restoredJSON struct {
	Status     health.Status        `json:"status"`
	Database   health.Report        `json:"database"`
	Tenants    []restoredTenantJSON `json:"tenants"`
	Unassigned []string             `json:"unassigned"`
	Error      string               `json:"error,omitempty"`
}

type restoredTenantJSON struct {
	TenantID  attestdb.TenantID          `json:"tenant_id"`
	Name      *string                    `json:"name"`
	Status    health.Status              `json:"status"`
	TreeSize  int64                      `json:"tree_size"`
	RootHash  digest.SHA256              `json:"root_hash"`
	Outside   int                        `json:"outside"`
	Covered   int64                      `json:"covered"`
	Lost      int64                      `json:"lost"`
	Rows      map[string]int64           `json:"rows"`
	Chains    int64                      `json:"chains"`
	Envelopes int64                      `json:"envelopes"`
	Findings  []attestdb.RestoredFinding `json:"findings"`
	More      bool                       `json:"more"`
	Error     string                     `json:"error,omitempty"`
}

func newRestoredJSON(r attestdb.RestoredReport) restoredJSON {
	r.Database.Checks = r.Database.Worst()
	out := restoredJSON{Status: r.Status, Database: r.Database, Tenants: []restoredTenantJSON{}, Unassigned: append([]string{}, r.Unassigned...)}
	if r.Err != nil {
		out.Error = r.Err.Error()
	}
	for i := range r.Tenants {
		t := &r.Tenants[i]
		line := restoredTenantJSON{
			TenantID: t.ID, Name: optionalText(t.Name), Status: t.Status(), TreeSize: t.Ledger.Size, RootHash: t.Ledger.RootHash, Outside: t.Outside,
			Covered: t.Covered, Lost: t.Lost, Rows: t.Rows, Chains: t.Chains, Envelopes: t.Envelopes, Findings: append([]attestdb.RestoredFinding{}, t.Findings...), More: t.More,
		}
		if t.Err != nil {
			line.Error = t.Err.Error()
		}
		out.Tenants = append(out.Tenants, line)
	}
	return out
}

func (a *app) printRestored(r attestdb.RestoredReport) error {
	r.Database.Checks = r.Database.Worst()
	if err := a.printChecks(r.Database); err != nil {
		return err
	}
	a.printf("\n")
	t := newTable(a.stdout)
	t.row("STATUS", "TENANT", "ENTRIES", "COVERED", "LOST", "CHAINS", "ENVELOPES")
	for i := range r.Tenants {
		n := &r.Tenants[i]
		covered := "-"
		if n.Outside > 0 {
			covered = fmt.Sprint(n.Covered)
		}
		t.row(string(n.Status()), restoredName(n), fmt.Sprint(n.Ledger.Size), covered, fmt.Sprint(n.Lost), fmt.Sprint(n.Chains), fmt.Sprint(n.Envelopes))
	}
	if err := t.flush(); err != nil {
		return err
	}
	for i := range r.Tenants {
		n := &r.Tenants[i]
		for _, f := range n.Findings {
			a.printf("\n%s  %s: %s", restoredName(n), f.Part, oneLine(f.Detail))
		}
		switch {
		case n.Err != nil:
			a.printf("\n%s  unknown: %s", restoredName(n), oneLine(a.redact(n.Err.Error())))
		case n.Outside == 0:
			a.printf("\n%s  unknown: no checkpoint and no state from outside speaks of its ledger: whether it is complete cannot be told", restoredName(n))
		}
		if n.More {
			a.printf("\n%s  and more", restoredName(n))
		}
	}
	for _, u := range r.Unassigned {
		a.printf("\nunknown: checkpoint %s: `%s verdict verify --tenant NAME --checkpoint FILE` compares it", oneLine(u), programName)
	}
	if r.Err != nil {
		a.printf("\nunknown: the tenants were not looked at: %s", oneLine(a.redact(r.Err.Error())))
	}
	a.printf("\n")
	return nil
}

func restoredName(t *attestdb.RestoredTenant) string {
	if t.Name == "" {
		return t.ID.String() + " (not there)"
	}
	return t.Name
}

// restoredOutcome says what to do, the worst first.
func restoredOutcome(r attestdb.RestoredReport) error {
	var wrong, unknown int
	var lost []string
	for i := range r.Tenants {
		t := &r.Tenants[i]
		switch {
		case t.Lost > 0:
			lost = append(lost, fmt.Sprintf("%s %d", restoredName(t), t.Lost))
			wrong++
		case t.Status() == health.Fail:
			wrong++
		case t.Status() == health.Unknown:
			unknown++
		}
	}
	switch {
	case len(lost) > 0:
		return no(fmt.Errorf("entries of %d ledgers are lost: %s", len(lost), strings.Join(lost, ", ")),
			"let nothing write to the copy: recover further (a later backup, more WAL), and check again; docs/backup.md says what to do if there is no more")
	case wrong > 0:
		return no(fmt.Errorf("%d of %d tenants are not what they should be", wrong, len(r.Tenants)),
			"let nothing write to the copy: restore anew from another backup, and compare; the lines above say what is wrong")
	case r.Status == health.Fail:
		return no(errors.New("the database is not as it should be"), "the lines above say how to mend each")
	case r.Status == health.Unknown && len(r.Tenants) == 0 && r.Err == nil:
		return &failure{code: exitUnknown, err: errors.New("the copy has no tenant"), hint: "is it the right database? Give checkpoints that were kept outside with --checkpoint"}
	case unknown > 0:
		return &failure{
			code: exitUnknown, err: fmt.Errorf("of %d of %d tenants it could not be told whether they are complete", unknown, len(r.Tenants)),
			hint: "give checkpoints that were kept outside with --checkpoint and --verifier, or states with --state",
		}
	case r.Status == health.Unknown:
		return &failure{code: exitUnknown, err: errors.New("not all could be told"), hint: "the lines above say what could not, and why"}
	}
	return nil
}
