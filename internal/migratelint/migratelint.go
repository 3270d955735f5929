// Package migratelint finds what a reviewer must not let pass in the
// migrations of all modules together.
//
// It replays every directory, in global version order, statement by statement
// and with an empty search_path, on a scratch database. On each file it runs
// Atlas' analyzers for PostgreSQL (DS101 to DS103, MF101 to MF104, CD101, …);
// what Atlas does not look for are rules of our own, listed by [Rules]: some
// see what one statement does to what earlier files made, the others look at
// the catalogue after the last file.
//
// A finding can be allowed by a comment above the statement that it names:
//
//	-- attestdb:allow ML101 the table is empty until the next release
//
// It then stays among the findings, with its reason.
package migratelint

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"slices"
)

// Finding is one thing that a rule objects to.
type Finding struct {
	// Module and File say where, Line is that of the statement's first word.
	Module string `json:"module"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	// Code names the rule: ML… is one of [Rules], the others are Atlas'.
	Code string `json:"code"`
	// Text says what is wrong and what to do instead.
	Text string `json:"text"`
	// Allowed is the reason that the file gives for letting it pass, "" if
	// it gives none.
	Allowed string `json:"allowed,omitempty"`
}

// String renders the finding as "module/file:line CODE text".
func (f Finding) String() string {
	s := fmt.Sprintf("%s/%s:%d %s %s", f.Module, f.File, f.Line, f.Code, f.Text)
	if f.Allowed != "" {
		s += " (allowed: " + f.Allowed + ")"
	}
	return s
}

// Lint replays the modules' directories of dir on a scratch database of the
// server at serverURL, which it creates and drops again, and returns the
// findings, sorted by place. The login must be a superuser, and the roles that
// the migrations grant to must exist. modules is the fixed order of modules: a
// foreign key may point to earlier ones only. An error means that the files
// could not be judged: one of them does not parse or does not apply.
func Lint(ctx context.Context, serverURL string, dir fs.FS, modules []string) ([]Finding, error) {
	files, err := readFiles(dir, modules)
	if err != nil {
		return nil, err
	}
	scratch, err := newScratch(ctx, serverURL, modules)
	if err != nil {
		return nil, err
	}
	r := &replay{scratch: scratch, modules: modules, made: make(map[object]place), changed: make(map[object]place)}
	err = r.run(ctx, files)
	if dropErr := scratch.drop(ctx); err == nil {
		err = dropErr
	}
	if err != nil {
		return nil, err
	}
	findings := allow(r.findings, files)
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Module, b.Module), cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Text, b.Text),
		)
	})
	return slices.Compact(findings), nil
}

// Refused counts the findings that no comment allows.
func Refused(findings []Finding) int {
	n := 0
	for _, f := range findings {
		if f.Allowed == "" {
			n++
		}
	}
	return n
}
