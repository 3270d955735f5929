package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// invocation is how the user started this program, for commands to repeat.
func invocation() string {
	exe, err := os.Executable()
	if err != nil {
		exe = ""
	}
	_, err = os.Stat("cmd/attestdb/main.go")
	return invocationOf(os.Args[0], exe, err == nil)
}

var goRunDir = regexp.MustCompile(`^(b\d+/exe|[0-9a-f]{2}/[0-9a-f]{64}-d)$`)

// invocationOf tells go run by the folder of the executable: go's work folder,
// or go's cache.
func invocationOf(arg0, exe string, inModule bool) string {
	dir := filepath.Dir(exe)
	parent := filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(dir)), filepath.Base(dir)))
	switch {
	case !goRunDir.MatchString(parent):
		return quote(arg0)
	case inModule:
		return "go run ./cmd/attestdb"
	default:
		return "go run stella-ops.org/attestdb/cmd/attestdb"
	}
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote writes s as one word of a POSIX shell.
func quote(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
