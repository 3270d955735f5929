package main

import (
	"context"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
)

func (a *app) migrateDistribute() *cobra.Command {
	var citus, printSQL bool
	cmd := mindsTimeout(a.verb("distribute", "Print the SQL that distributes a migrated database by tenant over a Citus cluster", 0, 0,
		func(ctx context.Context, _ []string) error {
			if !citus || !printSQL {
				return usagef("it only prints, and only for Citus: give --citus --print, read the SQL, and run it with psql on the coordinator")
			}
			url, _, err := a.url(ctx, readers...)
			if err != nil {
				return err
			}
			sql, err := attestdb.DistributeSQL(ctx, a.migrateConfig(url))
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]string{"sql": sql})
			}
			a.printf("%s", sql)
			return nil
		}))
	cmd.Example = "attestdb migrate distribute --citus --print > distribute.sql\n" +
		"psql -v ON_ERROR_STOP=1 -f distribute.sql 'postgres://postgres@coordinator/app'"
	cmd.Flags().BoolVar(&citus, "citus", false, "for Citus: the only kind that there is")
	cmd.Flags().BoolVar(&printSQL, "print", false, "print the SQL, for psql; changes nothing")
	return cmd
}
