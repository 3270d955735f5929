package main

import "github.com/spf13/cobra"

// verdictCommand has the commands of module verdict.
func (a *app) verdictCommand() *cobra.Command {
	cmd := a.group("verdict", "Record decisions in the tenant's ledger, find them, and verify the ledger",
		a.verdictAppend(), a.verdictList(), a.verdictShow(), a.verdictCurrent(), a.verdictVerify(), a.verdictErase())
	cmd.Aliases = []string{"ledger"}
	return cmd
}
