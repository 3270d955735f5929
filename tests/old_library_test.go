package tests

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/embedpg"
	"stella-ops.org/attestdb/internal/testdb"
)

// A service on the library of each earlier release, built from this repository's history,
// writes while the database is migrated from under it to what this library brings: it
// never fails, and what it was told is there is there. Only a release that the migrations
// shut out by raising the floor is left out, and then that is tested.
func TestOldLibraryWritesWhileItsDatabaseIsMigrated(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds earlier releases")
	}
	states, err := filepath.Glob("testdata/frozen/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, states)
	for _, path := range states {
		state := strings.TrimSuffix(filepath.Base(path), ".sql")
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			db := thaw(t, state)
			cfg := attestdb.MigrateConfig{URL: db.URL("owner"), LockTimeout: 500 * time.Millisecond}
			plan, err := attestdb.PlanMigrations(t.Context(), cfg)
			require.NoError(t, err)
			if len(plan) == 0 {
				t.Skip("there is no newer migration")
			}
			old := findRelease(t, db)
			if old.level < floorOf(t, db) {
				t.Fatalf("the library of commit %s is of level %d, below the floor of its own state", old.commit, old.level)
			}
			if shutOut(t, plan, old.level) {
				_, err = attestdb.Migrate(t.Context(), cfg)
				require.NoError(t, err)
				require.Greater(t, floorOf(t, db), old.level)
				return
			}
			w := startWriter(t, old.build(t), db)
			w.wait(t, 20)
			_, err = attestdb.Migrate(t.Context(), cfg)
			require.NoError(t, err)
			w.wait(t, w.count()+20)
			w.stop(t)
			// A second service of the old release, which starts on the new schema.
			w2 := startWriter(t, old.build(t), db)
			w2.wait(t, 20)
			w2.stop(t)
			w.said, w.failed = append(w.said, w2.said...), append(w.failed, w2.failed...)
			require.Empty(t, w.failed)
			requireAllThere(t, db, w.said)
		})
	}
}

// shutOut says whether one of the files raises the floor above a level.
func shutOut(t *testing.T, plan []attestdb.PlannedMigration, level int) bool {
	t.Helper()
	raised := regexp.MustCompile(`(?s)INSERT INTO "tenancy"\."library_floors".*?VALUES \((\d+)`)
	for _, f := range plan {
		if m := raised.FindStringSubmatch(f.SQL); m != nil {
			to, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			if to > level {
				return true
			}
		}
	}
	return false
}

func floorOf(t *testing.T, db *testdb.DB) (floor int) {
	t.Helper()
	conn := db.Conn(t, "superuser")
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT coalesce(max(level), 0) FROM tenancy.library_floors").Scan(&floor))
	return floor
}

// requireAllThere looks for everything that was acknowledged, and verifies the ledger.
func requireAllThere(t *testing.T, db *testdb.DB, said []string) {
	t.Helper()
	ctx := t.Context()
	conn := db.Conn(t, "superuser")
	var recorded, appended []string
	for _, line := range said {
		what, id, _ := strings.Cut(line, " ")
		switch what {
		case "recorded":
			recorded = append(recorded, id)
		case "appended":
			appended = append(appended, id)
		}
	}
	var there, entries int
	require.NoError(t, conn.QueryRow(ctx, `SELECT count(*) FROM attestor.envelopes e JOIN attestor.envelope_contents c USING (tenant_id, id)
		WHERE encode(e.sha256, 'hex') = ANY ($1)`, recorded).Scan(&there))
	require.Len(t, recorded, there)
	require.NoError(t, conn.QueryRow(ctx, `SELECT count(*) FROM verdict.ledger_entries WHERE id::text = ANY ($1)`, appended).Scan(&entries))
	require.Len(t, appended, entries)
	require.Greater(t, there, 10)
	lib := openOn(t, db)
	id, err := lib.TenantByName(ctx, "acme")
	require.NoError(t, err)
	report, err := lib.Tenant(id).Verdict().Verify(ctx, verdict.VerifyRequest{})
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	last := recorded[len(recorded)-1]
	var envelope uuid.UUID
	require.NoError(t, conn.QueryRow(ctx, "SELECT id FROM attestor.envelopes WHERE encode(sha256, 'hex') = $1", last).Scan(&envelope))
	content, err := lib.Tenant(id).Attestor().Content(ctx, envelope)
	require.NoError(t, err)
	require.Equal(t, last, digest.Sum(content).String())
}

// release is a commit with the library as it was.
type release struct {
	commit string
	level  int
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("git %s: %v: earlier releases are built from the repository's history", args[0], err)
	}
	return strings.TrimSpace(string(out))
}

// findRelease finds the newest library whose migrations a database has: the last commit
// before the one that added a migration beyond them.
func findRelease(t *testing.T, db *testdb.DB) release {
	t.Helper()
	status, err := attestdb.Migrations(t.Context(), attestdb.MigrateConfig{URL: db.URL("owner")})
	require.NoError(t, err)
	have := map[string]string{}
	for _, m := range status.Modules {
		have[m.Module] = m.Have
	}
	file := regexp.MustCompile(`(?m)^migrations/(\w+)/(\d{14})_\S+\.sql$`)
	next := ""
	for commit := range strings.FieldsSeq(git(t, "log", "--format=%H", "--", "migrations/*.sql")) {
		fits := true
		for _, m := range file.FindAllStringSubmatch(git(t, "ls-tree", "-r", "--name-only", commit, "migrations"), -1) {
			fits = fits && m[2] <= have[m[1]]
		}
		if !fits {
			next = commit
			continue
		}
		if next != "" {
			commit = git(t, "rev-parse", next+"^")
		}
		level := regexp.MustCompile(`LibraryLevel = (\d+)`).FindStringSubmatch(git(t, "show", commit+":domain/open.go"))
		require.NotNil(t, level, commit)
		n, err := strconv.Atoi(level[1])
		require.NoError(t, err)
		return release{commit, n}
	}
	t.Skip("the history does not go back that far: a shallow clone")
	return release{}
}

// builds keeps two tests from building the same release at once.
var builds sync.Mutex

// build returns a writer that is linked with the release. It is kept in the cache, for it
// takes some seconds.
func (r release) build(t *testing.T) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	h := sha256.New()
	sources, err := filepath.Glob("testdata/oldwriter/*.go")
	require.NoError(t, err)
	for _, s := range sources {
		b, err := os.ReadFile(s)
		require.NoError(t, err)
		h.Write(b)
	}
	cache, err := embedpg.CacheDir()
	require.NoError(t, err)
	program := filepath.Join(cache, "releases", fmt.Sprintf("%.12s-%.6x", r.commit, h.Sum(nil)))
	if _, err := os.Stat(program); err == nil {
		return program
	}
	dir := t.TempDir()
	archive := exec.CommandContext(t.Context(), "git", "archive", r.commit, "go.mod", "go.sum", "domain", "ent", "internal", "migrations", "schema")
	archive.Dir = ".."
	tar := exec.CommandContext(t.Context(), "tar", "-x", "-C", dir)
	tar.Stdin, err = archive.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, archive.Start())
	out, err := tar.CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, archive.Wait())
	_, err = os.Stat(filepath.Join(dir, "domain", "verdict"))
	ledger := err == nil
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "cmd", "oldwriter"), 0o755))
	for _, s := range sources {
		if name := filepath.Base(s); name == "ledger.go" && !ledger || name == "noledger.go" && ledger {
			continue
		}
		b, err := os.ReadFile(s)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "cmd", "oldwriter", filepath.Base(s)), b, 0o644))
	}
	built := filepath.Join(dir, "writer")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", built, "./cmd/oldwriter")
	cmd.Dir = dir
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.MkdirAll(filepath.Dir(program), 0o755))
	b, err := os.ReadFile(built)
	require.NoError(t, err)
	part := fmt.Sprintf("%s.%d", program, os.Getpid())
	require.NoError(t, os.WriteFile(part, b, 0o755))
	require.NoError(t, os.Rename(part, program))
	return program
}

// oldWriter is a process that writes with the library of an earlier release.
type oldWriter struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	ended  chan struct{}
	stderr bytes.Buffer

	mu           sync.Mutex
	said, failed []string
}

func startWriter(t *testing.T, program string, db *testdb.DB) *oldWriter {
	t.Helper()
	w := &oldWriter{cmd: exec.Command(program, db.URL("app")), ended: make(chan struct{})}
	w.cmd.Stderr = &w.stderr
	out, err := w.cmd.StdoutPipe()
	require.NoError(t, err)
	w.stdin, err = w.cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, w.cmd.Start())
	t.Cleanup(func() {
		if w.cmd.ProcessState == nil {
			_ = w.cmd.Process.Kill()
			_ = w.cmd.Wait()
		}
	})
	go func() {
		defer close(w.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			w.mu.Lock()
			switch {
			case !strings.HasPrefix(lines.Text(), "failed "):
				w.said = append(w.said, lines.Text())
			case len(w.failed) < 10:
				w.failed = append(w.failed, lines.Text())
			}
			w.mu.Unlock()
		}
	}()
	return w
}

func (w *oldWriter) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.said)
}

// wait waits until so many calls have returned, and fails if one failed.
func (w *oldWriter) wait(t *testing.T, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for w.count() < n {
		select {
		case <-time.After(5 * time.Millisecond):
			require.Empty(t, w.failures())
		case <-w.ended:
			t.Fatalf("the writer ended: %v %s", w.failed, w.stderr.String())
		case <-ctx.Done():
			t.Fatalf("the writer stands still after %d calls: %v", w.count(), w.failed)
		}
	}
	require.Empty(t, w.failures())
}

func (w *oldWriter) failures() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.failed)
}

// stop lets the writer finish its calls.
func (w *oldWriter) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, w.stdin.Close())
	<-w.ended
	require.NoError(t, w.cmd.Wait(), w.stderr.String())
	require.True(t, slices.Contains(w.said, "open"))
}
