package main

import (
	"bufio"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
)

// runnable are the commands that do something, each as the words that call it.
func runnable(cmd *cobra.Command) [][]string {
	var all [][]string
	for _, c := range cmd.Commands() {
		if c.HasSubCommands() {
			all = append(all, runnable(c)...)
		} else {
			all = append(all, strings.Fields(c.CommandPath())[1:])
		}
	}
	return all
}

// refused runs a command line that has to be a mistake.
func refused(t *testing.T, args ...string) *failure {
	t.Helper()
	a := &app{stdout: bufio.NewWriter(io.Discard), stderr: io.Discard}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(io.Discard)
	require.NoError(t, root.ExecuteContext(t.Context()))
	var f *failure
	require.ErrorAs(t, a.err, &f, "%q", args)
	require.True(t, f.usage, args)
	require.Equal(t, exitUnknown, f.code, args)
	return f
}

// Taken for none at all, an empty filter would find everything.
func TestNoFlagTakesAnEmptyValue(t *testing.T) {
	t.Parallel()
	walked := map[string]bool{}
	root := newApp().root()
	for _, words := range runnable(root) {
		cmd, _, err := root.Find(words)
		require.NoError(t, err)
		visit := func(f *pflag.Flag) {
			walked[f.Name] = true
			require.Contains(t, refused(t, append(words, "--"+f.Name+"=")...).Error(), "--"+f.Name, words)
			if f.NoOptDefVal == "" {
				require.Contains(t, refused(t, append(words, "--"+f.Name, "")...).Error(), "--"+f.Name, words)
			}
		}
		cmd.LocalFlags().VisitAll(visit)
		cmd.InheritedFlags().VisitAll(visit)
	}
	for _, name := range []string{"database-url", "issuer", "range", "key", "require", "sbom", "timeout", "limit", "json"} {
		require.True(t, walked[name], name)
	}
}

// What is given besides does not make up for it.
func TestAnEmptyValueAmongOthersIsRefused(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"find", "--issuer", "", "--issuer", "https://issuer.example"},
		{"ingest", "--key", "key.pem", "--key", "", "one.json"},
		{"verdict", "current", "--require", "", "--require", "PASS"},
	} {
		f := refused(t, args...)
		require.Contains(t, f.Error(), "it is empty: give it a value, or leave the flag out", args)
		require.Contains(t, f.hint, "variable", args)
	}
}

// An empty argument is what a shell makes of a variable that is not set.
func TestNoCommandTakesAnEmptyArgument(t *testing.T) {
	t.Parallel()
	for _, words := range runnable(newApp().root()) {
		args := slices.Concat(words, []string{""})
		f := refused(t, args...)
		if !strings.Contains(f.Error(), "too many arguments") {
			require.Contains(t, f.Error(), "argument 1 is empty", args)
			require.Contains(t, f.hint, "variable", args)
		}
	}
	require.Contains(t, refused(t, "ingest", "x.json", "").Error(), "argument 2 is empty")
}
