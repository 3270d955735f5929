package main

import "github.com/spf13/cobra"

func (a *app) attestorCommand() *cobra.Command {
	return a.group("attestor", "Look after evidence that is stored",
		a.attestorReverify())
}
