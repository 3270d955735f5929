package main

import (
	"fmt"

	"github.com/spf13/cobra"
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
