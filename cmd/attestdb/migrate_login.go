package main

import (
	"context"

	"github.com/spf13/cobra"

	attestdb "stella-ops.org/attestdb/domain"
)

func (a *app) migrateLogin() *cobra.Command {
	var printSQL bool
	cmd := a.verb("login LOGIN", "Give a login the limits of its sessions, for programs behind a pooler", 1, 1,
		func(ctx context.Context, args []string) error {
			if printSQL {
				return a.printLogin(ctx, args[0])
			}
			url, _, err := a.url(ctx, roleBootstrap)
			if err != nil {
				return err
			}
			done, err := attestdb.ConfigureLogin(ctx, url, args[0])
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"login": args[0], "database": databaseOf(url), "changed": append([]string{}, done...)})
			}
			for _, stmt := range done {
				a.printf("%s\n", stmt)
			}
			a.note("login %s has its limits; sessions that are open keep what they have", args[0])
			return nil
		})
	cmd.Flags().BoolVar(&printSQL, "print", false, "print the SQL instead, for psql; needs no database")
	return cmd
}

func (a *app) printLogin(ctx context.Context, login string) error {
	database := "" // whichever psql is connected to
	if a.databaseURL != "" || a.databaseURLFile != "" {
		url, _, err := a.url(ctx, roleBootstrap)
		if err != nil {
			return err
		}
		database = databaseOf(url)
	}
	sql := attestdb.LoginSQL(database, login)
	if a.json {
		return a.printJSON(map[string]string{"sql": sql})
	}
	a.printf("%s", sql)
	return nil
}
