package migrator

import (
	"cmp"
	"fmt"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"stella-ops.org/attestdb/domain/fault"
)

// A State says how a module in the database compares with this library.
type State string

// The states of a module. Only ok, pending and absent let [Apply] begin.
const (
	// StateOK: every file here is applied, and nothing else is.
	StateOK State = "ok"
	// StatePending: some files here are not applied yet, or one of them was
	// interrupted and will be resumed.
	StatePending State = "pending"
	// StateAbsent: nothing of the module is in the database.
	StateAbsent State = "absent"
	// StateNewer: files are applied that are newer than this library.
	StateNewer State = "newer"
	// StateEdited: an applied file differs from the one here.
	StateEdited State = "edited"
	// StateOutOfOrder: a file that is not applied should have been before one
	// that is.
	StateOutOfOrder State = "out_of_order"
	// StateMissing: a file is applied that is not here, and it is not the newest.
	StateMissing State = "missing"
	// StateForeign: a schema of the module's name exists that we did not make.
	StateForeign State = "foreign"
	// StateLost: files are applied, but the module's schema is gone.
	StateLost State = "lost"
)

// ModuleStatus compares one module in the database with this library.
type ModuleStatus struct {
	Module string `json:"module"`
	State  State  `json:"state"`
	// Have is the newest applied version, "" for none.
	Have string `json:"have"`
	// Need is the newest version here.
	Need string `json:"need"`
	// Pending are the names of the files that are not applied.
	Pending []string `json:"pending"`
	// Problem says what is wrong or to do, and Fix how; both "" if State is ok.
	Problem string `json:"problem,omitempty"`
	Fix     string `json:"fix,omitempty"`

	at string // the version that Problem is about
}

// refuses says whether the state keeps every migration from applying.
func (s *ModuleStatus) refuses() bool {
	return s.State != StateOK && s.State != StatePending && s.State != StateAbsent
}

func (s *ModuleStatus) fault() error {
	return &fault.Schema{Module: s.Module, Have: s.Have, Need: cmp.Or(s.at, s.Need), Newer: s.State == StateNewer, Problem: s.Problem, Fix: s.Fix}
}

func (s *ModuleStatus) set(state State, at, fix, format string, args ...any) {
	s.State, s.at, s.Fix, s.Problem = state, at, fix, fmt.Sprintf(format, args...)
}

const (
	fixUp    = "run `attestdb migrate up`"
	fixNewer = "use the newer release of this library that migrated the database"
	fixOther = "use the release that applied it; an applied migration is never edited or removed, a change is a new file"
	fixOrder = "give the file a version above every applied one (migratediff does) and release again"
)

// judge compares every module with its directory. It returns the modules in
// their order, and the files to apply in theirs if no module refuses.
func judge(dirs []*directory, state map[string]*found) ([]ModuleStatus, []*file) {
	var (
		statuses = make([]ModuleStatus, len(dirs))
		newest   *applied
		pending  []*file
	)
	for i, d := range dirs {
		statuses[i] = judgeModule(d, state[d.module])
		if v := state[d.module].head(); v != "" && (newest == nil || compareOrder(v, i, newest.version, newest.rank) > 0) {
			newest = &applied{module: d.module, version: v, rank: i}
		}
	}
	for i, d := range dirs {
		s := &statuses[i]
		for _, f := range unapplied(d, state[d.module]) {
			s.Pending = append(s.Pending, f.name)
			pending = append(pending, f)
			if !s.refuses() && newest != nil && compareOrder(f.version, f.rank, newest.version, newest.rank) < 0 {
				s.set(StateOutOfOrder, f.version, fixOrder, "%s is not applied, but the later %s of module %s is",
					f.name, newest.version, newest.module)
			}
		}
	}
	sortFiles(pending)
	return statuses, pending
}

type applied struct {
	module, version string
	rank            int
}

// unapplied are the files that are not applied in full.
func unapplied(d *directory, have *found) []*file {
	var out []*file
	for _, f := range d.files {
		r := have.revision(f.version)
		if (r == nil || !complete(r)) && f.version > have.baseline() {
			out = append(out, f)
		}
	}
	return out
}

func judgeModule(d *directory, have *found) ModuleStatus {
	s := ModuleStatus{Module: d.module, State: StateOK, Have: have.head(), Need: d.head(), Pending: []string{}}
	switch {
	case len(have.revs) == 0 && have.schema:
		s.set(StateForeign, "", fmt.Sprintf("if it belongs to another application, give attestdb a database of its own; "+
			"if it is ours, restore %s from a backup", revisionIdent(d.module)),
			"schema %s exists, but %s does not say that attestdb made it", d.module, revisionIdent(d.module))
	case len(have.revs) == 0 && len(d.files) > 0:
		s.set(StateAbsent, "", fixUp, "it is not migrated")
	case len(have.revs) > 0 && !have.schema && have.head() != "":
		s.set(StateLost, "", fmt.Sprintf("restore the schema from a backup; if its data may go, also drop schema %s and migrate again",
			revisionSchema(d.module)), "its migrations are applied, but schema %s is gone", d.module)
	default:
		s.compare(d, have)
	}
	return s
}

// compare walks files and revisions in the order of their versions and stops at
// the first difference: atlas.sum chains its hashes, so that every file behind
// a changed one seems to have changed, too.
func (s *ModuleStatus) compare(d *directory, have *found) {
	files, revs := d.files, have.revs
	for len(files) > 0 || len(revs) > 0 {
		switch {
		case len(revs) == 0 || len(files) > 0 && files[0].version < revs[0].Version:
			f := files[0]
			files = files[1:]
			switch {
			case f.version <= have.baseline():
			case len(revs) > 0:
				s.set(StateOutOfOrder, f.version, fixOrder, "%s is not applied, but the later %s is", f.name, revs[0].Version)
				return
			case s.State == StateOK:
				s.set(StatePending, "", fixUp, "the database is older than this library")
			}
		case len(files) == 0 || revs[0].Version < files[0].version:
			r := revs[0]
			if r.Version > d.head() {
				s.set(StateNewer, r.Version, fixNewer, "the database has migration %s_%s, which is newer than this library",
					r.Version, r.Description)
			} else {
				s.set(StateMissing, r.Version, fixOther, "the database has migration %s_%s, which this library lacks",
					r.Version, r.Description)
			}
			return
		default:
			if !s.compareFile(files[0], revs[0], len(revs) == 1) {
				return
			}
			files, revs = files[1:], revs[1:]
		}
	}
}

// compareFile compares a file with its revision, and tells whether to go on.
func (s *ModuleStatus) compareFile(f *file, r *migrate.Revision, last bool) bool {
	switch {
	case complete(r) && r.Type.Has(migrate.RevisionTypeBaseline) && r.Hash == "":
	case complete(r) && strings.TrimPrefix(r.Hash, "h1:") != f.hash:
		s.set(StateEdited, f.version, fixOther, "the applied %s differs from the one in this library", f.name)
		return false
	case complete(r):
	case !last:
		s.set(StateOutOfOrder, f.version, "finish it by hand, then correct its row in "+revisionIdent(s.Module),
			"%s was interrupted after %d of %d statements, but later files are applied", f.name, r.Applied, r.Total)
		return false
	case !appliedUnchanged(f, r):
		s.set(StateEdited, f.version, fixOther, "%s was interrupted after %d of %d statements, and one of those differs in this library",
			f.name, r.Applied, r.Total)
		return false
	default:
		s.set(StatePending, f.version, fixUp+": it resumes there", "%s was interrupted after %d of %d statements",
			f.name, r.Applied, r.Total)
		if r.Error != "" {
			s.Problem += ": " + r.Error
		}
	}
	return true
}
