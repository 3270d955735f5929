package main

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
)

func (a *app) migrateCommand() *cobra.Command {
	return a.group("migrate", "Prepare the database and look at its schema",
		a.migrateUp(), a.migrateStatus(), a.migratePlan(), a.migrateWait(), a.migrateVerify(), a.migrateBootstrap(), a.migrateLogin(), a.migrateDistribute())
}

// readers may ask for the migrations' state, in the order of preference.
var readers = []role{roleOwner, roleApp, roleAdmin, roleAuditor}

func (a *app) migrateConfig(url string) attestdb.MigrateConfig {
	return attestdb.MigrateConfig{URL: url, Timeout: a.timeout, Logger: a.logger()}
}

func (a *app) migrateUp() *cobra.Command {
	return mindsTimeout(a.verb("up", "Apply the migrations that the database lacks", 0, 0,
		func(ctx context.Context, _ []string) error {
			url, _, err := a.url(ctx, roleOwner)
			if err != nil {
				return err
			}
			cfg := a.migrateConfig(url)
			var bar *progress
			cfg.OnFile = func(module, file string, n, total int) {
				if bar == nil {
					bar = a.progress(total)
				}
				bar.at(n-1, module+"/"+file)
			}
			report, err := attestdb.Migrate(ctx, cfg)
			if bar != nil {
				bar.clear()
			}
			// After an error, the report says what is applied nevertheless.
			if report != nil {
				if err := a.printApplied(report); err != nil {
					return err
				}
			}
			return err
		}))
}

func (a *app) printApplied(report *attestdb.MigrateReport) error {
	if a.json {
		return a.printJSON(report)
	}
	for _, f := range report.Applied {
		a.printf("applied %s/%s\n", f.Module, f.Name)
	}
	if report.UpToDate {
		a.printf("up to date: %s\n", headList(report.Heads))
	}
	return nil
}

func headList(heads map[string]string) string {
	list := make([]string, 0, len(heads))
	for module, version := range heads {
		list = append(list, module+" "+version)
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}

func (a *app) migrateStatus() *cobra.Command {
	return mindsTimeout(a.verb("status", "Compare the database with this program, module by module", 0, 0,
		func(ctx context.Context, _ []string) error {
			url, _, err := a.url(ctx, readers...)
			if err != nil {
				return err
			}
			status, err := attestdb.Migrations(ctx, a.migrateConfig(url))
			if err != nil {
				return err
			}
			if a.json {
				err = a.printJSON(status)
			} else {
				err = a.printStatus(status)
			}
			if err != nil || status.UpToDate {
				return err
			}
			return notUpToDate(status)
		}))
}

func (a *app) printStatus(status *attestdb.MigrateStatus) error {
	t := newTable(a.stdout)
	t.row("MODULE", "STATE", "HAVE", "NEED", "PENDING")
	for _, m := range status.Modules {
		t.row(m.Module, string(m.State), m.Have, m.Need, fmt.Sprint(len(m.Pending)))
	}
	return t.flush()
}

func notUpToDate(status *attestdb.MigrateStatus) error {
	var problems, fixes []string
	seen := map[string]bool{}
	for _, m := range status.Modules {
		if m.Problem == "" {
			continue
		}
		problems = append(problems, m.Module+": "+m.Problem)
		if !seen[m.Fix] {
			seen[m.Fix] = true
			fixes = append(fixes, m.Fix)
		}
	}
	return no(errors.New("the schema is not up to date: "+strings.Join(problems, "; ")), strings.Join(fixes, "; "))
}

const defaultWait = 5 * time.Minute

func (a *app) migrateWait() *cobra.Command {
	return mindsTimeout(a.verb("wait", "Wait until somebody else has applied the migrations", 0, 0,
		func(ctx context.Context, _ []string) error {
			wait := a.timeout
			if wait == 0 {
				wait = defaultWait
			}
			deadline := time.Now().Add(wait)
			for {
				db, err := a.open(ctx, roleApp, roleAdmin, roleAuditor)
				if err == nil {
					err = closeDB(ctx, db)
				}
				schema, _ := errors.AsType[*attestdb.SchemaError](err)
				if schema != nil && schema.Newer {
					return err // waiting is in vain
				}
				waiting := errors.Is(err, attestdb.ErrSchema) || errors.Is(err, attestdb.ErrUnavailable)
				if !waiting || !time.Now().Add(waitPause).Before(deadline) {
					return a.waited(err, wait)
				}
				select {
				case <-time.After(waitPause):
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
		}))
}

const waitPause = 250 * time.Millisecond

func (a *app) waited(err error, wait time.Duration) error {
	switch {
	case err == nil && a.json:
		return a.printJSON(map[string]bool{"up_to_date": true})
	case err == nil:
		a.printf("the schema is there\n")
		return nil
	case errors.Is(err, attestdb.ErrSchema):
		return no(fmt.Errorf("waited %s: %w", wait, err), "")
	}
	return err
}

func (a *app) migrateBootstrap() *cobra.Command {
	var printSQL bool
	cmd := a.verb("bootstrap", "Make the database roles: once for a server and a database, as an administrator", 0, 0,
		func(ctx context.Context, _ []string) error {
			if printSQL {
				return a.printBootstrap(ctx)
			}
			url, _, err := a.url(ctx, roleBootstrap)
			if err != nil {
				return err
			}
			if err := attestdb.Bootstrap(ctx, url); err != nil {
				return err
			}
			database := databaseOf(url)
			if a.json {
				return a.printJSON(map[string]any{"database": database, "bootstrapped": true})
			}
			a.printf("the roles are there, with their rights on database %s\n", database)
			a.note("next: make a login in each role that is used (--print shows how), then `%s migrate up`", programName)
			return nil
		})
	cmd.Flags().BoolVar(&printSQL, "print", false, "print the SQL instead, for psql; needs no database")
	return cmd
}

func (a *app) printBootstrap(ctx context.Context) error {
	database := "" // whichever psql is connected to
	if a.databaseURL != "" || a.databaseURLFile != "" {
		url, _, err := a.url(ctx, roleBootstrap)
		if err != nil {
			return err
		}
		database = databaseOf(url)
	}
	sql := attestdb.BootstrapSQL(database)
	if a.json {
		return a.printJSON(map[string]string{"sql": sql})
	}
	a.printf("%s", sql)
	return nil
}

func databaseOf(url string) string {
	cc, err := pgx.ParseConfig(url)
	if err != nil {
		return ""
	}
	if cc.Database == "" {
		return cc.User
	}
	return cc.Database
}
