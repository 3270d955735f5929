//go:build unix

package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/internal/testdb"
)

// idle is a standard input that has some text, and then nothing more for ever.
func idle(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, w.Close())
		require.NoError(t, r.Close())
	})
	_, err = w.WriteString(text)
	require.NoError(t, err)
	return r
}

// program is a command that is killed if it does not end by itself.
func program(t *testing.T, dir string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, programName, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

// tenantEnv has a database with tenant acme, and a directory with evidence.
func tenantEnv(t *testing.T) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	writeEvidence(t, dir)
	db := testdb.New(t)
	env = []string{
		"ATTESTDB_DATABASE_URL=" + db.URL("app"), "ATTESTDB_ADMIN_DATABASE_URL=" + db.URL("admin"),
		"ATTESTDB_TENANT=acme", "ATTESTDB_ACTOR=tester",
	}
	out, err := program(t, dir, env, "tenant", "create", "acme").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir, env
}

// A command ends with --timeout although what it reads neither goes on nor ends.
func TestTimeoutEndsWaitingForInput(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeEvidence(t, dir)
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "idle"), 0o600))
	f, err := os.OpenFile(filepath.Join(dir, "idle"), os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	_, err = f.WriteString("-----BEGIN")
	require.NoError(t, err)

	for _, line := range []string{
		"attestor chain verify -",
		"attestor chain verify FILE",
		"attestor chain assemble --subject sha256:" + strings.Repeat("0", 64) + " --policy-version 1 --vex FILE",
		"find --file FILE",
		"find --all --tenant acme --database-url-file FILE",
		"ingest --key FILE one.json",
		"ingest --trusted-root FILE --any-identity one.json",
		"migrate status --database-url-file FILE",
		"rekor verify --all --trusted-root FILE",
		"verdict append --subject sha256:" + strings.Repeat("0", 64) + " --payload -",
		"verdict append --subject sha256:" + strings.Repeat("0", 64) + " --sign-key FILE",
		"verdict checkpoint --key FILE",
		"verdict current --policy p --file FILE",
		"verdict verify --checkpoint -",
		"verdict verify --checkpoint FILE",
		"verdict verify --state FILE",
		"verdict verify-proof - --verifier " + noteKey(t),
		"verdict verify-proof FILE --verifier " + noteKey(t),
		"verdict verify-proof one.json --verifier FILE",
	} {
		for _, file := range []string{"pipe", "idle"} {
			args := strings.Fields(strings.ReplaceAll(line, "FILE", file))
			cmd := program(t, dir, nil, append(args, "--timeout", "200ms")...)
			cmd.Stdin = idle(t, "{")
			var stderr strings.Builder
			cmd.Stderr = &stderr
			_ = cmd.Run()
			require.Equal(t, exitUnknown, cmd.ProcessState.ExitCode(), "%q: %s", args, &stderr)
			require.Contains(t, stderr.String(), "the --timeout of 200ms is over", "%q", args)
			require.Contains(t, stderr.String(), "\nhint: give more time with --timeout\n", "%q", args)
			if !strings.Contains(line, "FILE") {
				break
			}
		}
	}
}

func noteKey(t *testing.T) string {
	t.Helper()
	_, verifier, err := note.GenerateKey(nil, "example.com/log")
	require.NoError(t, err)
	return verifier
}

// What was stored before the time was over is stored, and said.
func TestTimeoutKeepsWhatIsStored(t *testing.T) {
	t.Parallel()
	dir, env := tenantEnv(t)
	lines, err := os.ReadFile(filepath.Join(dir, "lines.jsonl"))
	require.NoError(t, err)
	one, err := os.ReadFile(filepath.Join(dir, "one.json"))
	require.NoError(t, err)
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe.json"), 0o600))
	for name, c := range map[string]struct {
		stdin, stdout, stderr string
		args                  []string
	}{
		"ingest lines":    {string(lines), `.*  -:1\n.*  -:3\n`, "2 in all: .* 0 refused, 0 not done\n", []string{"ingest", "-"}},
		"ingest one line": {string(one), "", "", []string{"ingest", "-"}},
		"ingest a pipe":   {"", `.*  one.json\n`, "", []string{"ingest", "one.json", "pipe.json", "two.json"}},
		"import a pipe":   {"", `.*  attested.json\n`, "pipe.json: ", []string{"attestor", "sbom", "import", "attested.json", "pipe.json", "one.json"}},
		"import":          {"{", `.*  attested.json\n`, "-: ", []string{"attestor", "sbom", "import", "attested.json", "-"}},
		"append a pipe":   {"", "", "pipe.json: ", []string{"verdict", "append", "--batch", "pipe.json"}},
		"append": {
			`{"subject":"sha256:` + strings.Repeat("0", 64) + `","result":"PASS","policy_uri":"https://p.example"}` + "\n{",
			"", "-:2: .*; no line from -:1 on was appended\n", []string{"verdict", "append", "--batch", "-"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, dir, env, append(c.args, "--timeout", "4s")...)
			cmd.Stdin = idle(t, c.stdin)
			var stdout, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			_ = cmd.Run()
			require.Equal(t, exitUnknown, cmd.ProcessState.ExitCode(), &stderr)
			require.Contains(t, stderr.String(), "the --timeout of 4s is over")
			require.Contains(t, stderr.String(), "\nhint: give more time with --timeout\n")
			require.Regexp(t, c.stderr, stderr.String())
			require.Regexp(t, "^"+c.stdout+"$", stdout.String())
		})
	}
}

func TestASignalEndsWaitingForInput(t *testing.T) {
	t.Parallel()
	dir, env := tenantEnv(t)
	lines, err := os.ReadFile(filepath.Join(dir, "lines.jsonl"))
	require.NoError(t, err)
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		cmd := program(t, dir, env, "ingest", "-")
		cmd.Stdin = idle(t, string(lines))
		var stderr strings.Builder
		cmd.Stderr = &stderr
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		r := bufio.NewReader(stdout)
		for range 2 {
			_, err := r.ReadString('\n')
			require.NoError(t, err, &stderr)
		}
		require.NoError(t, cmd.Process.Signal(signal))
		_, err = io.Copy(io.Discard, r)
		require.NoError(t, err)
		_ = cmd.Wait()
		require.Equal(t, want, cmd.ProcessState.ExitCode(), &stderr)
		require.Contains(t, stderr.String(), "what was finished is kept")
	}
}

// What ends a command otherwise does so as well while its input is idle.
func TestARefusalOfAllEndsWaitingForInput(t *testing.T) {
	t.Parallel()
	dir, env := tenantEnv(t)
	out, err := program(t, dir, env, "tenant", "suspend", "acme", "--yes").CombinedOutput()
	require.NoError(t, err, "%s", out)
	lines, err := os.ReadFile(filepath.Join(dir, "lines.jsonl"))
	require.NoError(t, err)
	cmd := program(t, dir, env, "ingest", "-")
	cmd.Stdin = idle(t, string(lines))
	out, _ = cmd.CombinedOutput()
	require.Equal(t, exitNo, cmd.ProcessState.ExitCode(), "%s", out)
	require.Contains(t, string(out), "suspended")
}
