package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
)

func (a *app) migrateVerify() *cobra.Command {
	return mindsTimeout(a.verb("verify", "Compare the database with what its migrations build: hashes, objects, rights", 0, 0,
		func(ctx context.Context, _ []string) error {
			url, _, err := a.url(ctx, readers...)
			if err != nil {
				return err
			}
			v, err := attestdb.VerifySchema(ctx, a.migrateConfig(url))
			if err != nil {
				return err
			}
			if a.json {
				err = a.printJSON(struct {
					OK bool `json:"ok"`
					*attestdb.MigrateVerification
				}{v.OK(), v})
			} else {
				a.printVerification(v)
			}
			if err != nil || v.OK() {
				return err
			}
			return notVerified(v)
		}))
}

func (a *app) printVerification(v *attestdb.MigrateVerification) {
	for _, d := range v.Differences {
		a.printf("%s %s: %s\n", d.Kind, oneLine(d.Object), d.How)
		expected, found := shortDefinitions(d)
		a.printf("  expected  %s\n  found     %s\n  fix       %s\n", oneLine(expected), oneLine(found), oneLine(d.Fix))
	}
	if v.OK() {
		heads := make(map[string]string, len(v.Modules))
		for _, m := range v.Modules {
			heads[m.Module] = m.Have
		}
		a.printf("as the migrations made it: %d applied files, %d objects; %s\n", v.Revisions, v.Objects, headList(heads))
	}
}

// shortDefinitions are a line each: of longer ones a hash, and the first line that
// differs.
func shortDefinitions(d attestdb.MigrateDifference) (expected, found string) {
	want, have := strings.Split(d.Expected, "\n"), strings.Split(d.Found, "\n")
	if len(want) == 1 && len(have) == 1 {
		return cmp.Or(d.Expected, "nothing"), cmp.Or(d.Found, "nothing")
	}
	at := 0
	for at < len(want) && at < len(have) && want[at] == have[at] {
		at++
	}
	short := func(definition string, lines []string) string {
		switch {
		case definition == "":
			return "nothing"
		case at >= len(lines):
			return fmt.Sprintf("sha256:%x, of %d lines", sha256.Sum256([]byte(definition)), len(lines))
		}
		return fmt.Sprintf("sha256:%x, line %d: %s", sha256.Sum256([]byte(definition)), at+1, strings.TrimSpace(lines[at]))
	}
	return short(d.Expected, want), short(d.Found, have)
}

func notVerified(v *attestdb.MigrateVerification) error {
	if m := v.Newer(); m != nil {
		return &failure{code: exitUnknown, err: fmt.Errorf("%s: %s: its objects were not compared", m.Module, m.Problem),
			hint: "verify with the release that migrated the database"}
	}
	if len(v.Differences) == 0 {
		return no(fmt.Errorf("not up to date, so that its objects were not compared: %w", notUpToDate(&attestdb.MigrateStatus{Modules: v.Modules})),
			"run `attestdb migrate up`, then `attestdb migrate verify`")
	}
	return no(fmt.Errorf("differences from what the migrations build: %d", len(v.Differences)),
		"find out who had the owner's rights and did it, then apply each fix as "+
			"attestdb_owner, and verify the ledgers: `attestdb verdict verify --all-tenants`")
}
