package main

import "github.com/spf13/cobra"

// verdictCommand has the commands of module verdict.
func (a *app) verdictCommand() *cobra.Command {
	cmd := a.group("verdict", "Record decisions in the tenant's ledger, and look them up",
		a.verdictAppend(), a.verdictList(), a.verdictShow(), a.verdictCurrent())
	cmd.Aliases = []string{"ledger"}
	return cmd
}
