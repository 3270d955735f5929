package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
)

type plannedJSON struct {
	attestdb.PlannedMigration
	SQL string `json:"sql,omitempty"`
}

func (a *app) migratePlan() *cobra.Command {
	var sql bool
	cmd := mindsTimeout(a.verb("plan", "Show the files that `migrate up` would apply, and what they lock, rewrite and read", 0, 0,
		func(ctx context.Context, _ []string) error {
			url, _, err := a.url(ctx, readers...)
			if err != nil {
				return err
			}
			plan, err := attestdb.PlanMigrations(ctx, a.migrateConfig(url))
			if err != nil {
				return err
			}
			for _, f := range plan {
				switch {
				case a.json:
					line := plannedJSON{PlannedMigration: f}
					if sql {
						line.SQL = f.SQL
					}
					if err := a.printJSON(line); err != nil {
						return err
					}
				case sql:
					a.printf("-- %s/%s\n%s\n", f.Module, f.Name, strings.TrimRight(f.SQL, "\n"))
				default:
					a.printPlanned(f)
				}
			}
			a.summarize(plan, !a.json && !sql)
			return nil
		}))
	cmd.Flags().BoolVar(&sql, "sql", false, "with the SQL of the files")
	return cmd
}

// printPlanned writes a file, and below it what each statement does to tables that are in
// the database now.
func (a *app) printPlanned(f attestdb.PlannedMigration) {
	a.printf("%s/%s\n", f.Module, f.Name)
	if !f.Measured {
		a.printf("  what it locks is not known: read its SQL with --sql\n")
	}
	if f.Resume > 0 {
		a.printf("  %d of its statements are applied: it goes on behind them\n", f.Resume)
	}
	for _, s := range f.Statements {
		for _, t := range s.Tables {
			if t.Exists && !s.Applied {
				a.printf("  line %d: %s\n", s.Line, effect(t))
			}
		}
	}
}

// effect is what a statement does to a table, in words.
func effect(t attestdb.PlannedTable) string {
	var does []string
	if t.Lock != "" {
		lock := "locks it " + t.Lock
		switch {
		case t.Blocks != "":
			lock += ", which blocks " + t.Blocks
		case t.Lock == "ROW EXCLUSIVE":
			lock += ", as every write does"
		}
		does = append(does, lock)
	}
	switch {
	case t.Rewrites:
		does = append(does, "rewrites it with its indexes")
	case t.ReadsAll:
		does = append(does, "reads all of it")
	}
	if len(t.Rebuilds) > 0 {
		does = append(does, "builds "+strings.Join(t.Rebuilds, " and ")+" again")
	}
	size := ""
	switch {
	case t.Rows != nil && t.Bytes != nil:
		size = fmt.Sprintf(" (about %d rows, %s)", *t.Rows, bytesText(*t.Bytes))
	case t.Bytes != nil:
		size = fmt.Sprintf(" (%s)", bytesText(*t.Bytes))
	}
	return t.Table + size + ": " + strings.Join(does, "; ")
}

func bytesText(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	i := 0
	for n >= 10*1024 && i < len(units)-1 {
		n, i = (n+512)/1024, i+1
	}
	return fmt.Sprintf("%d %s", n, units[i])
}

// summarize tells what of the whole plan deserves a look first.
func (a *app) summarize(plan []attestdb.PlannedMigration, whole bool) {
	if len(plan) == 0 {
		a.note("nothing to apply")
		return
	}
	if !whole {
		return
	}
	var blocked, rewritten, read []string
	add := func(list *[]string, t attestdb.PlannedTable) {
		if !slices.Contains(*list, t.Table) {
			*list = append(*list, t.Table)
		}
	}
	for _, f := range plan {
		for _, s := range f.Statements {
			for _, t := range s.Tables {
				switch {
				case !t.Exists || s.Applied:
					continue
				case t.Rewrites:
					add(&rewritten, t)
				case t.ReadsAll:
					add(&read, t)
				}
				if strings.Contains(t.Blocks, "writes") {
					add(&blocked, t)
				}
			}
		}
	}
	for _, list := range []struct {
		what   string
		tables []string
	}{{"writers wait for", blocked}, {"rewritten", rewritten}, {"read whole", read}} {
		text := "none of the tables that are there"
		if len(list.tables) > 0 {
			slices.Sort(list.tables)
			text = strings.Join(list.tables, ", ")
		}
		a.note("%s: %s", list.what, text)
	}
}
