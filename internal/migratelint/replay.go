package migratelint

import (
	"context"
	"fmt"
	"regexp"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	_ "ariga.io/atlas/sql/postgres/postgrescheck" // registers the analyzers
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"
	"ariga.io/atlas/sql/sqlclient"
)

// replay applies the files and collects findings.
type replay struct {
	scratch  *scratch
	modules  []string
	drv      migrate.Driver
	checks   []sqlcheck.Analyzer
	findings []Finding

	// objects is the catalogue after the last statement; made and changed
	// say which statement made an object and which changed it last.
	objects       map[object]state
	made, changed map[object]place
	// parts is what all schemas hold after the last statement.
	parts map[part]belonging
	realm *schema.Realm
}

func (r *replay) run(ctx context.Context, files []*file) (err error) {
	if r.drv, err = postgres.Open(r.scratch.conn); err != nil {
		return err
	}
	if r.checks, err = sqlcheck.AnalyzerFor(postgres.DriverName, nil); err != nil {
		return err
	}
	if r.realm, err = r.inspect(ctx); err != nil {
		return err
	}
	if r.parts, err = r.scratch.boundary(ctx); err != nil {
		return err
	}
	for _, f := range files {
		if err := r.apply(ctx, f); err != nil {
			return fmt.Errorf("%s/%s: %w", f.module, f.Name(), err)
		}
	}
	return r.judgeCatalogue(ctx)
}

func (r *replay) reportf(at place, code, format string, args ...any) {
	r.findings = append(r.findings, Finding{
		Module: at.file.module, File: at.file.Name(), Line: at.line(),
		Code: code, Text: fmt.Sprintf(format, args...),
	})
}

func (r *replay) apply(ctx context.Context, f *file) error {
	before := r.objects
	pass := &sqlcheck.File{File: f.LocalFile, From: r.realm}
	if f.inTransaction() {
		if err := r.scratch.command(ctx, "BEGIN"); err != nil {
			return err
		}
	}
	for _, stmt := range f.stmts {
		changes, err := r.step(ctx, place{f, stmt}, before)
		if err != nil {
			return fmt.Errorf("line %d: %w", f.lineAt(stmt.Pos), err)
		}
		pass.Changes = append(pass.Changes, &sqlcheck.Change{Changes: changes, Stmt: stmt})
	}
	if f.inTransaction() {
		if err := r.scratch.command(ctx, "COMMIT"); err != nil {
			return err
		}
	}
	pass.To = r.realm
	var err error
	if pass.Sum, err = r.drv.RealmDiff(pass.From, pass.To); err != nil {
		return err
	}
	return r.analyze(ctx, f, pass)
}

// step executes one statement and judges what it did; before is the catalogue
// before its file.
func (r *replay) step(ctx context.Context, at place, before map[object]state) (schema.Changes, error) {
	r.scratch.truncated = nil
	unqualified, err := r.scratch.exec(ctx, at.file, at.stmt.Text)
	if err != nil {
		return nil, err
	}
	if unqualified != nil {
		r.reportf(at, "ML403", "needs a search_path; write schema names before object names (%v)", unqualified)
	}
	for _, message := range r.scratch.truncated {
		r.reportf(at, "ML402", "%s; shorten the name", message)
	}
	parts, err := r.scratch.boundary(ctx)
	if err != nil {
		return nil, err
	}
	r.judgeBoundary(at, r.parts, parts)
	r.parts = parts
	objects, err := r.scratch.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	prior := r.objects
	r.objects = objects
	for o, now := range objects {
		was, existed := prior[o]
		if !existed {
			r.made[o], r.changed[o] = at, at
			r.judgeNew(at, now, before)
		}
		if existed && was.definition != now.definition {
			r.changed[o] = at
		}
		if !existed || was.name != now.name {
			r.judgeName(at, now)
		}
	}
	return r.diff(ctx, at.stmt.Text)
}

// invisible starts statements whose effect Atlas does not see.
var invisible = regexp.MustCompile(`(?i)^(GRANT|REVOKE|COMMENT|INSERT|SELECT|SET|` +
	`(CREATE|ALTER|DROP)\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE|TRIGGER|POLICY|VIEW))\b`)

// diff returns what a statement changed in Atlas' eyes.
func (r *replay) diff(ctx context.Context, text string) (schema.Changes, error) {
	if invisible.MatchString(text) {
		return nil, nil
	}
	next, err := r.inspect(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := r.drv.RealmDiff(r.realm, next)
	r.realm = next
	return changes, err
}

func (r *replay) inspect(ctx context.Context) (*schema.Realm, error) {
	return r.drv.InspectRealm(ctx, &schema.InspectRealmOption{Schemas: r.modules})
}

// analyze runs Atlas' analyzers on a file that was applied.
func (r *replay) analyze(ctx context.Context, f *file, pass *sqlcheck.File) error {
	report := func(rep sqlcheck.Report) {
		for _, d := range rep.Diagnostics {
			r.findings = append(r.findings, Finding{
				Module: f.module, File: f.Name(), Line: f.lineAt(d.Pos),
				Code: d.Code, Text: d.Text,
			})
		}
	}
	p := &sqlcheck.Pass{
		File:     pass,
		Dev:      &sqlclient.Client{Name: postgres.DriverName, DB: r.scratch.db, Driver: r.drv},
		Reporter: sqlcheck.ReportWriterFunc(report),
	}
	for _, check := range r.checks {
		n := len(r.findings)
		// Some analyzers also return an error for what they reported.
		if err := check.Analyze(ctx, p); err != nil && len(r.findings) == n {
			return err
		}
	}
	return nil
}
