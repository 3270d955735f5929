package main

import "github.com/spf13/cobra"

// attestorCommand has the commands of module attestor that do not stand alone.
func (a *app) attestorCommand() *cobra.Command {
	cmd := a.group("attestor", "SBOMs and what else evidence holds", a.sbomCommand())
	return cmd
}
