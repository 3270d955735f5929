package migrator

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// StatusReport compares a database with this library.
type StatusReport struct {
	// Modules are all modules in their fixed order.
	Modules []ModuleStatus `json:"modules"`
	// UpToDate: every module is ok.
	UpToDate bool `json:"up_to_date"`
}

// PlannedFile is a migration that [Apply] would apply.
type PlannedFile struct {
	Module  string `json:"module"`
	Version string `json:"version"`
	Name    string `json:"name"`
	// Transaction: the file applies in one transaction.
	Transaction bool `json:"transaction"`
	// Resume is the number of its statements that an interrupted run applied.
	Resume int `json:"resume"`
	// Measured: what the statements do is known. It is not of a file that was changed
	// after it was looked at.
	Measured bool `json:"measured"`
	// Statements are those of the file, with what each does to tables that are there
	// before it.
	Statements []PlannedStatement `json:"statements"`
	// SQL is the whole file.
	SQL string `json:"sql"`
}

// Status compares the database with the embedded files and changes nothing. A
// database that [Apply] would refuse is a state in the report and not an error.
func Status(ctx context.Context, cfg Config) (*StatusReport, error) {
	statuses, _, _, err := examine(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return newStatusReport(statuses), nil
}

func newStatusReport(statuses []ModuleStatus) *StatusReport {
	report := &StatusReport{Modules: statuses, UpToDate: true}
	for _, s := range statuses {
		report.UpToDate = report.UpToDate && s.State == StateOK
	}
	return report
}

// Plan returns the files that [Apply] would apply, in their order, with what they lock
// and how large that is now. It changes nothing. It returns a *[fault.Schema] where Apply
// would.
func Plan(ctx context.Context, cfg Config) (plan []PlannedFile, err error) {
	err = look(ctx, cfg, func(ctx context.Context, s *session, cfg Config, dirs []*directory) error {
		statuses, state, pending, err := survey(ctx, s, cfg, dirs)
		if err != nil {
			return err
		}
		if err := refusal(statuses); err != nil {
			return err
		}
		seen := map[string]map[string]FileImpact{}
		for _, d := range dirs {
			if seen[d.module], err = impacts(cfg.FS, d.module); err != nil {
				return err
			}
		}
		now, err := sizes(ctx, s, cfg, slices.Collect(maps.Keys(seen)))
		if err != nil {
			return serverError(err)
		}
		plan = make([]PlannedFile, len(pending))
		for i, f := range pending {
			plan[i] = PlannedFile{
				Module: f.dir.module, Version: f.version, Name: f.name,
				Transaction: f.inTx, SQL: string(f.local.Bytes()),
			}
			if r := state[f.dir.module].revision(f.version); r != nil {
				plan[i].Resume = r.Applied
			}
			plan[i].foresee(f, seen[f.dir.module][f.name], now)
		}
		return nil
	})
	return plan, err
}

// examine surveys with whatever rights the login has.
func examine(ctx context.Context, cfg Config) (statuses []ModuleStatus, state map[string]*found, pending []*file, err error) {
	err = look(ctx, cfg, func(ctx context.Context, s *session, cfg Config, dirs []*directory) (err error) {
		statuses, state, pending, err = survey(ctx, s, cfg, dirs)
		return err
	})
	return statuses, state, pending, err
}

// look connects, as the owner if the login may be that, for f to read.
func look(ctx context.Context, cfg Config, f func(context.Context, *session, Config, []*directory) error) error {
	cfg, dirs, err := cfg.prepare()
	if err != nil {
		return err
	}
	cc, err := cfg.connConfig()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, cfg.Timeout, errTimeout)
	defer cancel()
	s, err := open(ctx, cc, "owner", cfg.Logger)
	if err != nil {
		return cancelled(ctx, err)
	}
	defer s.close(ctx)
	if err := s.tryOwner(ctx); err != nil {
		return cancelled(ctx, err)
	}
	if err := f(ctx, s, cfg, dirs); err != nil {
		return cancelled(ctx, err)
	}
	return nil
}

// survey compares the database with the directories and with the level.
func survey(ctx context.Context, s *session, cfg Config, dirs []*directory) ([]ModuleStatus, map[string]*found, []*file, error) {
	state, err := inspect(ctx, s.conn, dirs)
	if sqlState(err) == codeInsufficientPrivilege {
		err = s.roleFault("it may not read the revision tables",
			"use a login that is a member of an attestdb role; if another role made the tables, give them to "+ownerRole)
	}
	if err != nil {
		return nil, nil, nil, serverError(err)
	}
	statuses, pending := judge(dirs, state)
	cfg.notePending(ctx, pending)
	if cfg.LibraryLevel > 0 {
		floor, err := readFloor(ctx, s.conn)
		if err != nil {
			return nil, nil, nil, serverError(err)
		}
		if floor > cfg.LibraryLevel && !statuses[0].refuses() {
			statuses[0].set(StateNewer, fmt.Sprintf("library level %d", floor), fixNewer,
				"the database needs a library of level %d; this one has %d", floor, cfg.LibraryLevel)
		}
	}
	return statuses, state, pending, nil
}

// refusal is the first module's that refuses, nil if none does.
func refusal(statuses []ModuleStatus) error {
	for i := range statuses {
		if statuses[i].refuses() {
			return statuses[i].fault()
		}
	}
	return nil
}
