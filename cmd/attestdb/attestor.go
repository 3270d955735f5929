package main

import "github.com/spf13/cobra"

// attestorCommand has the commands of module attestor that do not stand alone.
func (a *app) attestorCommand() *cobra.Command {
	return a.group("attestor", "Work with what is stored: SBOMs, proof chains, verify it again",
		a.sbomCommand(),
		a.chainCommand(),
		a.attestorReverify(),
	)
}
