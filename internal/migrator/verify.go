package migrator

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/internal/pgrole"
)

// Verification is what [Verify] found.
type Verification struct {
	// Modules compares what is applied with this library, as [Status] does.
	Modules []ModuleStatus `json:"modules"`
	// UpToDate: every module is ok. If it is false, nothing but the migrations was
	// compared: what the objects should be is known of the newest version alone.
	UpToDate bool `json:"up_to_date"`
	// Revisions is how many applied files have the hash of the file here; Objects is how
	// many objects were compared.
	Revisions int `json:"revisions"`
	Objects   int `json:"objects"`
	// Differences are all that is not as the migrations made it.
	Differences []Difference `json:"differences"`
}

// OK says that the database is what the migrations build, and nothing else.
func (v *Verification) OK() bool { return v.UpToDate && len(v.Differences) == 0 }

// Newer is the first module of which the database has newer migrations than this library,
// nil if there is none: what its objects should be, a newer library knows.
func (v *Verification) Newer() *ModuleStatus {
	for i := range v.Modules {
		if v.Modules[i].State == StateNewer {
			return &v.Modules[i]
		}
	}
	return nil
}

// How an object differs.
const (
	Missing    = "missing"
	Unexpected = "unexpected"
	Changed    = "changed"
)

// Difference is one object that is not as the migrations made it.
type Difference struct {
	// Module is whose object it is, "" for what is outside of all schemas.
	Module string `json:"module,omitempty"`
	// Kind is "migrations", "role", "setting", or what kind of object it is: "table",
	// "column", "constraint", "index", "policy", "trigger", "function", "grant", …
	Kind string `json:"kind"`
	// Object is its name.
	Object string `json:"object"`
	// How is [Missing], [Unexpected] or [Changed].
	How string `json:"how"`
	// Expected and Found are the definitions, "" where there is none.
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
	// Fix says what to do about it: mostly SQL for a session of attestdb_owner.
	Fix string `json:"fix"`
}

// Verify compares everything that the migrations made with what they make: the hashes of
// the applied files, and every object of the modules' schemas with its definition, owner
// and grants; besides these the roles. It changes nothing. Any attestdb role may ask, on
// a standby too. What differs is in the report and not an error.
func Verify(ctx context.Context, cfg Config) (*Verification, error) {
	report := &Verification{Differences: []Difference{}}
	err := look(ctx, cfg, func(ctx context.Context, s *session, cfg Config, dirs []*directory) error {
		for attempt := 1; ; attempt++ {
			again, err := report.verify(ctx, s, cfg, dirs)
			if err == nil && !again {
				return nil
			}
			// An object that a migration drops meanwhile is found and not to be read.
			moved := again || sqlState(err) == codeInternal || strings.HasPrefix(sqlState(err), "42") && sqlState(err) != codeInsufficientPrivilege
			if !moved || attempt == verifyAttempts {
				if err == nil {
					err = fmt.Errorf("migrations were applied meanwhile, %d times", attempt)
				}
				return serverError(err)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

const verifyAttempts = 3

// verify compares once. It is to be done again if migrations were applied meanwhile.
func (v *Verification) verify(ctx context.Context, s *session, cfg Config, dirs []*directory) (again bool, err error) {
	*v = Verification{UpToDate: true, Differences: []Difference{}}
	var state map[string]*found
	if v.Modules, state, _, err = survey(ctx, s, cfg, dirs); err != nil {
		return false, err
	}
	for i := range v.Modules {
		v.audit(&v.Modules[i], dirs[i], state[dirs[i].module])
	}
	if !v.UpToDate {
		return false, nil
	}
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.conn, opts, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL lock_timeout = %d", cfg.LockTimeout.Milliseconds())); err != nil {
			return err
		}
		if err := v.outside(ctx, tx); err != nil {
			return err
		}
		for _, d := range dirs {
			if err := v.module(ctx, tx, cfg.FS, d.module); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	// PostgreSQL writes definitions as they are by now, whatever the snapshot.
	_, after, _, err := survey(ctx, s, cfg, dirs)
	return fingerprint(dirs, after) != fingerprint(dirs, state), err
}

// audit compares the applied files with those here.
func (v *Verification) audit(s *ModuleStatus, d *directory, have *found) {
	v.UpToDate = v.UpToDate && s.State == StateOK
	switch s.State {
	case StateOK, StatePending:
		for _, f := range d.files {
			if r := have.revision(f.version); r != nil && complete(r) {
				v.Revisions++
			}
		}
	case StateAbsent, StateNewer:
	default:
		v.Differences = append(v.Differences, Difference{
			Module: s.Module, Kind: "migrations", Object: s.Module, How: Changed,
			Expected: s.Need, Found: s.Problem, Fix: s.Fix,
		})
	}
}

func fingerprint(dirs []*directory, state map[string]*found) string {
	var b strings.Builder
	for _, d := range dirs {
		for _, r := range state[d.module].revs {
			fmt.Fprintln(&b, d.module, r.Version, r.Hash, r.Applied, r.Total)
		}
	}
	return b.String()
}

// module compares the objects of one module.
func (v *Verification) module(ctx context.Context, tx pgx.Tx, fsys fs.FS, module string) error {
	want, err := expected(fsys, module)
	if err != nil {
		return err
	}
	have, err := Catalogue(ctx, tx, module)
	if err != nil {
		return err
	}
	v.Objects += len(want)
	v.Differences = append(v.Differences, compareObjects(module, want, have)...)
	return nil
}

// Compare compares the objects of the modules with what their newest files make, and says
// how many those are. Settings of the transaction change.
func Compare(ctx context.Context, tx pgx.Tx, fsys fs.FS, modules []string) (differences []Difference, objects int, err error) {
	v := &Verification{}
	for _, m := range modules {
		if err := v.module(ctx, tx, fsys, m); err != nil {
			return nil, 0, err
		}
	}
	return v.Differences, v.Objects, nil
}

// compareObjects lists what differs, in the order of what is expected. Of a table that is
// not there, or should not be, its parts are not listed besides.
func compareObjects(module string, want, have []Object) []Difference {
	wanted, had := byKey(want), byKey(have)
	var out []Difference
	whole := map[string]bool{}
	add := func(o Object, how, expected, found string) {
		if how != Changed {
			if whole[o.partOf()] {
				return
			}
			whole[o.Name] = true
		}
		d := Difference{Module: module, Kind: o.Kind, Object: o.Name, How: how, Expected: expected, Found: found}
		d.Fix = d.fix()
		out = append(out, d)
	}
	for _, o := range want {
		found, ok := had[o.key()]
		switch {
		case !ok:
			add(o, Missing, o.Definition, "")
		case found.Definition != o.Definition:
			add(o, Changed, o.Definition, found.Definition)
		}
	}
	clear(whole)
	for _, o := range have {
		if _, ok := wanted[o.key()]; !ok {
			add(o, Unexpected, "", o.Definition)
		}
	}
	return out
}

func byKey(objects []Object) map[string]Object {
	m := make(map[string]Object, len(objects))
	for _, o := range objects {
		m[o.key()] = o
	}
	return m
}

// outside looks at what is no object of a schema and undoes what those say all the same.
func (v *Verification) outside(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, fmt.Sprintf(groupProblemsSQL, literals(allGroups())))
	if err != nil {
		return err
	}
	var role, problem, fix string
	_, err = pgx.ForEachRow(rows, []any{&role, &problem, &fix}, func() error {
		v.Differences = append(v.Differences, Difference{
			Kind: "role", Object: role, How: Changed, Expected: "a plain group", Found: problem, Fix: fix + ";",
		})
		return nil
	})
	if err != nil {
		return err
	}
	// Triggers and foreign keys are not looked at in a session that has this setting.
	rows, err = tx.Query(ctx, `
SELECT 'ALTER ' || CASE WHEN s.setrole = 0 THEN 'DATABASE ' || quote_ident(current_database())
         ELSE 'ROLE ' || quote_ident(r.rolname) || CASE WHEN s.setdatabase = 0 THEN '' ELSE ' IN DATABASE ' || quote_ident(current_database()) END END,
       c
  FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) c LEFT JOIN pg_roles r ON r.oid = s.setrole
 WHERE c LIKE 'session_replication_role=%' AND c <> 'session_replication_role=origin'
   AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
   AND (s.setrole = 0 OR NOT r.rolsuper AND EXISTS (
         SELECT FROM pg_roles g WHERE g.rolname = ANY ($1::text[]) AND pg_has_role(r.oid, g.oid, 'MEMBER')))
 ORDER BY 1`, allGroups())
	if err != nil {
		return err
	}
	var alter, setting string
	_, err = pgx.ForEachRow(rows, []any{&alter, &setting}, func() error {
		v.Differences = append(v.Differences, Difference{
			Kind: "setting", Object: strings.TrimPrefix(alter, "ALTER "), How: Unexpected, Found: setting,
			Fix: alter + " RESET session_replication_role;",
		})
		return nil
	})
	if err != nil {
		return err
	}
	grants, err := pgrole.ParameterGrants(ctx, tx)
	for _, g := range grants {
		v.Differences = append(v.Differences, Difference{
			Kind: "grant", Object: fmt.Sprintf("parameter %s to %s", g.Parameter, g.Grantee), How: Unexpected, Found: g.Privilege, Fix: g.Revoke,
		})
	}
	return err
}
