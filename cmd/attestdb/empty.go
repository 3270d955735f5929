package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// emptyHint is for what a shell leaves of a variable that is not set. Taken for a path
// or a filter it would stand for the current directory or for everything.
const emptyHint = "check that the shell variable which it comes from is set"

func emptyArgument(cmd *cobra.Command, i int) error {
	return &failure{
		code: exitUnknown, usage: true, cmd: cmd, hint: emptyHint + "; . is the current directory",
		err: fmt.Errorf("argument %d is empty: give it a value, or leave it out", i+1),
	}
}

var errEmpty = errors.New("it is empty: give it a value, or leave the flag out")

// notEmpty is the value of a flag that refuses to be set to nothing.
type notEmpty struct{ pflag.Value }

func (v notEmpty) Set(s string) error {
	if s == "" {
		return errEmpty
	}
	return v.Value.Set(s)
}

// refuseEmpty has every flag of cmd and its commands refuse "". Numbers, durations and
// booleans refuse it by themselves. The wrapped values have no default, which is what
// the help would show otherwise.
func refuseEmpty(cmd *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{cmd.PersistentFlags(), cmd.Flags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			switch f.Value.Type() {
			case "string", "stringArray", "stringSlice":
				f.Value = notEmpty{f.Value}
			}
		})
	}
	for _, c := range cmd.Commands() {
		refuseEmpty(c)
	}
}

// flagError is what is wrong with a flag of cmd.
func flagError(cmd *cobra.Command, err error) error {
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok || !errors.Is(err, errEmpty) {
		return usage(cmd, err)
	}
	return &failure{
		code: exitUnknown, usage: true, cmd: cmd, hint: emptyHint,
		err: fmt.Errorf("--%s: %w", invalid.GetFlag().Name, errEmpty),
	}
}
