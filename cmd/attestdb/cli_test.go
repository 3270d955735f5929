package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/internal/embedpg"
	"stella-ops.org/attestdb/internal/testdb"
)

// docs/cli.md names every command, every flag and every variable.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/cli.md")
	require.NoError(t, err)
	doc := string(raw)
	root := newApp().root()
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		require.Contains(t, doc, "`--"+f.Name)
	})
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			require.Contains(t, doc, "`"+c.CommandPath())
			c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
				require.Contains(t, doc, "`--"+f.Name, c.CommandPath())
			})
			visit(c)
		}
	}
	visit(root)
	for _, ending := range attestor.Extensions {
		require.Contains(t, doc, "`"+ending+"`")
	}
	for _, r := range []role{roleApp, roleOwner, roleAdmin, roleAuditor, roleBootstrap} {
		require.Contains(t, doc, "`"+r.env()+"`")
	}
}

// Every sentinel that a command can meet has advice of its own.
func TestHints(t *testing.T) {
	t.Parallel()
	general := (&app{}).explain(errors.New("x"))
	require.Equal(t, exitUnknown, general.code)
	for _, err := range []error{
		attestdb.ErrUnknownTenant, attestdb.ErrTenantSuspended, attestdb.ErrNoActor, attestdb.ErrVerification, attestdb.ErrRequirement,
		attestdb.ErrLedgerBusy, attestdb.ErrIdempotencyConflict, attestdb.ErrErased,
		attestdb.ErrReadOnly, attestdb.ErrStorageFull, attestdb.ErrUnavailable, attestdb.ErrOutcomeUnknown,
		attestdb.ErrRole, attestdb.ErrServer, attestdb.ErrSchema, attestdb.ErrInvalid, embedpg.ErrInUse,
		context.DeadlineExceeded,
	} {
		f := (&app{}).explain(fmt.Errorf("do it: %w", err))
		require.Equal(t, exitUnknown, f.code, err)
		require.NotEmpty(t, f.hint, err)
		require.NotEqual(t, general.hint, f.hint, err)
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	a := &app{secrets: []string{"hunter22"}}
	for in, want := range map[string]string{
		"cannot reach postgres://app:pa@ss@host/db":            "cannot reach postgres://app:xxxxx@host/db",
		"dsn host=h password=secret user=u":                    "dsn host=h password=xxxxx user=u",
		`dsn host=h password='a \' b' user=u`:                  "dsn host=h password=xxxxx user=u",
		"the server said hunter22":                             "the server said xxxxx",
		"signed by https://h:8080/sigstore/release.yml@refs/x": "signed by https://h:8080/sigstore/release.yml@refs/x",
	} {
		require.Equal(t, want, a.redact(in))
	}
}

func TestInvocation(t *testing.T) {
	t.Parallel()
	cached := "/Users/ann/.cache/go-build/00/00ab" + strings.Repeat("0", 60) + "-d/attestdb"
	for _, c := range []struct {
		arg0, exe string
		inModule  bool
		want      string
	}{
		{"attestdb", "/usr/bin/attestdb", true, "attestdb"},
		{"./my tools/attestdb", "/Users/ann/my tools/attestdb", false, "'./my tools/attestdb'"},
		{"x", "/tmp/go-build1/b001/exe/attestdb", true, "go run ./cmd/attestdb"},
		{"x", cached, true, "go run ./cmd/attestdb"},
		{"x", cached, false, "go run stella-ops.org/attestdb/cmd/attestdb"},
	} {
		require.Equal(t, c.want, invocationOf(c.arg0, c.exe, c.inModule))
	}
	require.Equal(t, `'it'\''s'`, quote("it's"))
}

// A signal ends a command early, and the exit code says which.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		// The server may see the first command's session a little longer.
		db := testdb.NewEmpty(t)
		conn := db.Conn(t, "app")
		cmd := exec.Command(programName, "migrate", "wait")
		cmd.Env = append(os.Environ(), "ATTESTDB_DATABASE_URL="+db.URL("app"))
		var stderr strings.Builder
		cmd.Stderr = &stderr
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool {
			var waiting bool
			err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = session_user)`).Scan(&waiting)
			return err == nil && waiting
		}, time.Minute, time.Millisecond, "it asks the database four times a second")
		require.NoError(t, cmd.Process.Signal(signal))
		_ = cmd.Wait()
		require.Equal(t, want, cmd.ProcessState.ExitCode(), stderr.String())
	}
}

// The demo's server does not outlive its command, and the next command goes on
// where an interrupted one ended.
func TestDemoInterrupted(t *testing.T) {
	t.Parallel()
	dir := demoTestDir(t)
	env := append(os.Environ(), "ATTESTDB_DEMO_DIR="+dir)
	cmd := exec.Command(programName, "demo")
	cmd.Env = env
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid"))
		return err == nil
	}, time.Minute, time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	_ = cmd.Wait()
	require.Equal(t, 130, cmd.ProcessState.ExitCode())

	again := exec.Command(programName, "demo")
	again.Env = env
	out, err := again.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NotContains(t, string(out), "waiting for", "the first one's server has ended")
}
