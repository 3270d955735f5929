package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/embedpg"
	"stella-ops.org/attestdb/internal/testdb"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){programName: main})
}

// TestScripts runs the command line on real databases. Each script has one of
// its own: migrated, but empty for migrate*, and none for those in noDatabase.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"validjson":  validJSON,
			"sql":        runSQL,
			"thaw":       thaw,
			"runsamples": runSamples,
			"match":      match,
			"runprinted": runPrinted,
		},
	})
}

var noDatabase = []string{"version", "usage", "demo"}

type urlKey struct{}

func setup(env *testscript.Env) error {
	t := env.T().(testing.TB)
	script := filepath.Base(t.Name())
	env.Values[testKey{}] = t
	env.Setenv("ATTESTDB_ACTOR", "tester")
	// Coverage of the commands, and no colours, whoever runs the tests.
	env.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
	env.Setenv("ATTESTDB_DEMO_DIR", filepath.Join(env.WorkDir, "no-demo"))
	writeEvidence(t, env.WorkDir)
	if script == "demo" {
		dir := demoTestDir(t)
		env.Setenv("ATTESTDB_DEMO_DIR", dir)
	}
	if slices.Contains(noDatabase, script) {
		return nil
	}
	db := testdb.New
	if strings.HasPrefix(script, "migrate") {
		db = testdb.NewEmpty
	}
	d := db(t)
	env.Setenv("ATTESTDB_DATABASE_URL", d.URL("app"))
	env.Setenv("ATTESTDB_OWNER_DATABASE_URL", d.URL("owner"))
	env.Setenv("ATTESTDB_ADMIN_DATABASE_URL", d.URL("admin"))
	env.Setenv("ATTESTDB_AUDITOR_DATABASE_URL", d.URL("auditor"))
	env.Setenv("ATTESTDB_BOOTSTRAP_DATABASE_URL", d.URL("superuser"))
	env.Setenv("AUDITOR_URL", d.URL("auditor"))
	env.Setenv("WORKER_URL", d.URL("worker"))
	env.Setenv("SUPERUSER_URL", d.URL("superuser"))
	env.Setenv("NO_DATABASE_URL", strings.Replace(d.URL("app"), "/test_", "/absent_", 1))
	env.Values[urlKey{}] = d.URL("superuser")
	return nil
}

// demoTestDir is a directory that the account which the server runs under can
// reach, other than those of testing and testscript.
func demoTestDir(t testing.TB) string {
	t.Helper()
	base := "/dev/shm"
	if _, err := os.Stat(base); err != nil {
		base = ""
	}
	parent, err := os.MkdirTemp(base, "attestdb-cli-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(parent, 0o755))
	dir := filepath.Join(parent, "demo")
	t.Cleanup(func() {
		require.NoError(t, embedpg.Remove(dir))
		require.NoError(t, os.RemoveAll(parent))
	})
	return dir
}

// exits runs a command and wants its exit code, as in "exits 1 attestdb find".
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if want != 0 && !strings.Contains(ts.ReadFile("stderr"), "\nhint: ") {
		ts.Fatalf("there is no hint")
	}
}

// validJSON wants so many lines on stdout, each an object with the keys:
// validjson 2 id name.
func validJSON(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	lines := strings.SplitAfter(ts.ReadFile("stdout"), "\n")
	if last := lines[len(lines)-1]; last != "" {
		ts.Fatalf("the last line %q has no end", last)
	}
	lines = lines[:len(lines)-1]
	if neg || len(lines) != want {
		ts.Fatalf("%d lines, want %d", len(lines), want)
	}
	for _, line := range lines {
		var object map[string]any
		ts.Check(json.Unmarshal([]byte(line), &object))
		for key := range object {
			if !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(key) {
				ts.Fatalf("key %q is not in snake_case", key)
			}
		}
		for _, key := range args[1:] {
			if _, ok := object[key]; !ok {
				ts.Fatalf("%s has no key %q", line, key)
			}
		}
	}
}

// runSQL runs a statement on the script's database as a superuser.
func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, ts.Value(urlKey{}).(string))
	ts.Check(err)
	defer conn.Close(ctx)
	for _, statement := range args {
		_, err = conn.Exec(ctx, statement)
		ts.Check(err)
	}
}

// thaw makes the script's empty database one of an old release, with data:
// thaw 0002_whole_envelopes.
func thaw(ts *testscript.TestScript, _ bool, args []string) {
	dump, err := os.ReadFile(filepath.Join("../../tests/testdata/frozen", args[0]+".sql"))
	ts.Check(err)
	runSQL(ts, false, []string{string(dump)})
}

// match sets a variable to the last group of a pattern in stdout or stderr:
// match ID stdout '"id":"([^"]+)"'.
func match(ts *testscript.TestScript, _ bool, args []string) {
	groups := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	if groups == nil {
		ts.Fatalf("%s does not match %s", args[1], args[2])
	}
	ts.Setenv(args[0], groups[len(groups)-1])
}

// runPrinted runs every command that the demo printed, through a shell, and
// wants the exit code that its comment says.
func runPrinted(ts *testscript.TestScript, _ bool, args []string) {
	ran := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		command, ok := strings.CutPrefix(line, "  "+programName+" ")
		if !ok {
			continue
		}
		want := 0
		if m := regexp.MustCompile(`# .*exit (\d)`).FindStringSubmatch(command); m != nil {
			want = int(m[1][0] - '0')
		}
		exits(ts, false, []string{strconv.Itoa(want), "sh", "-c", programName + " " + command})
		ran++
	}
	if ran < 5 {
		ts.Fatalf("the demo printed %d commands", ran)
	}
}
