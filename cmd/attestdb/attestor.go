package main

import "github.com/spf13/cobra"

func (a *app) attestorCommand() *cobra.Command {
	return a.group("attestor", "Work with what is stored: verify it again, chain it",
		a.chainCommand(),
		a.attestorReverify(),
	)
}
