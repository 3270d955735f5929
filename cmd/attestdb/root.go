package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

const programName = "attestdb"

func ignoreError(io.Writer, fang.Styles, error) {}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   programName,
		Short: "Keep and find the evidence of software supply chains in PostgreSQL",
		Long: "Keep and find the evidence of software supply chains in PostgreSQL.\n\n" +
			"`attestdb demo` needs no server and shows what it does.",
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			a.err = unknownCommand(cmd, args[0])
			return nil
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		a.err = flagError(cmd, err)
		return nil
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.databaseURL, "database-url", "", "connection string for the one role that the command needs")
	flags.StringVar(&a.databaseURLFile, "database-url-file", "", "file with the connection string")
	flags.BoolVar(&a.demo, "demo", false, "use the demo's own PostgreSQL server")
	flags.StringVar(&a.demoDir, "demo-dir", "", "directory of the demo (ATTESTDB_DEMO_DIR)")
	flags.StringVar(&a.pooler, "pooler", "", "transaction if the URL leads to PgBouncer in transaction mode or the like (ATTESTDB_POOLER)")
	flags.StringVar(&a.setting, "tenant-setting", "", "literal if statements are handed on to other servers, as Citus does (ATTESTDB_TENANT_SETTING)")
	flags.StringVar(&a.tenant, "tenant", "", "tenant, by name or UUID (ATTESTDB_TENANT)")
	flags.StringVar(&a.actor, "actor", "", "who acts, as it is recorded (ATTESTDB_ACTOR; else user@host)")
	flags.BoolVar(&a.json, "json", false, "write JSON to standard output: one object, or one a line for lists")
	flags.DurationVar(&a.timeout, "timeout", 0, "end the command after this time, such as 30s; 0 is never")
	root.AddCommand(
		a.demoCommand(), a.migrateCommand(), a.doctorCommand(), a.tenantCommand(),
		a.ingestCommand(), a.findCommand(), a.showCommand(), a.attestorCommand(), a.rekorCommand(), a.verdictCommand(), a.versionCommand(),
	)
	refuseEmpty(root)
	return root
}

// group returns a command that has nothing but commands.
func (a *app) group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			a.err = unknownCommand(cmd, args[0])
			return nil
		}
		verbs := make([]string, len(commands))
		for i, c := range commands {
			verbs[i] = c.Name()
		}
		a.err = usage(cmd, fmt.Errorf("say what to do: %s", strings.Join(verbs, ", ")))
		return nil
	}
	cmd.AddCommand(commands...)
	return cmd
}

func unknownCommand(cmd *cobra.Command, name string) error {
	err := fmt.Errorf("unknown command %q", name)
	cmd.SuggestionsMinimumDistance = 2
	if like := cmd.SuggestionsFor(name); len(like) > 0 {
		err = fmt.Errorf("%w: did you mean %s?", err, strings.Join(like, " or "))
	}
	return usage(cmd, err)
}

// timeoutKey marks a command that minds --timeout itself.
const timeoutKey = "timeout"

func mindsTimeout(cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = map[string]string{timeoutKey: "own"}
	return cmd
}

// verb returns a command that takes least to most arguments; -1 is any number.
func (a *app) verb(use, short string, least, most int, run func(context.Context, []string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, DisableFlagsInUseLine: true}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			a.err = usage(cmd, errors.New("an argument is missing"))
			return nil
		case most >= 0 && len(args) > most:
			a.err = usage(cmd, fmt.Errorf("there are too many arguments, beginning with %q", args[most]))
			return nil
		case slices.Contains(args, ""):
			a.err = emptyArgument(cmd, slices.Index(args, ""))
			return nil
		case a.timeout < 0:
			a.err = usage(cmd, errors.New("--timeout: allowed is a positive duration, or 0 for none"))
			return nil
		}
		ctx := cmd.Context()
		if cmd.Annotations[timeoutKey] == "" {
			var cancel context.CancelFunc
			ctx, cancel = a.limited(ctx)
			defer cancel()
		}
		a.err = run(ctx, args)
		var f *failure
		if errors.As(a.err, &f) && f.usage && f.cmd == nil {
			f.cmd = cmd
		}
		return nil
	}
	return cmd
}
