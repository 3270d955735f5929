package tests

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/health"
)

// archived is a server that archives its log, with a base backup.
type archived struct {
	*ownServer
	archive string // where the log goes
	base    string // a copy of the server's folder, with its backup_label
}

func startArchived(t *testing.T) *archived {
	t.Helper()
	dir, err := os.MkdirTemp("", "attestdb-archive-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	a := &archived{archive: filepath.Join(dir, "wal")}
	require.NoError(t, os.Chmod(dir, 0o711))
	require.NoError(t, os.Mkdir(a.archive, 0o700))
	require.NoError(t, os.Chmod(a.archive, 0o777)) // the server's account writes it
	a.ownServer = startPrimary(t, map[string]string{
		"archive_mode": "on", "archive_command": fmt.Sprintf("test ! -f %[1]s/%%f && cp %%p %[1]s/%%f", a.archive),
	})
	return a
}

// backUp makes a base backup with PostgreSQL's own functions, since not every build has
// pg_basebackup.
func (a *archived) backUp(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, a.superuser())
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	parent, err := os.MkdirTemp("", "attestdb-base-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(parent)) })
	a.base = filepath.Join(parent, "server")
	_, err = conn.Exec(ctx, "SELECT pg_backup_start('a test', true)")
	require.NoError(t, err)
	// What vanishes while it is copied is in the log.
	if out, err := exec.Command("cp", "-a", a.cfg.Dir, a.base).CombinedOutput(); err != nil {
		t.Logf("copy: %s", out)
	}
	var label string
	require.NoError(t, conn.QueryRow(ctx, "SELECT labelfile FROM pg_backup_stop(true)").Scan(&label))
	data := filepath.Join(a.base, "data")
	require.NoError(t, os.Remove(filepath.Join(data, "postmaster.pid")))
	require.NoError(t, os.RemoveAll(filepath.Join(a.base, "run")))
	require.NoError(t, os.RemoveAll(filepath.Join(data, "pg_wal"))) // the archive has it
	for _, folder := range []string{"pg_wal", "pg_wal/archive_status"} {
		out, err := exec.Command("install", "-d", "-m", "0700", filepath.Join(data, folder)).CombinedOutput()
		require.NoError(t, err, "%s", out)
		if os.Getuid() == 0 {
			out, err := exec.Command("chown", "--reference="+data, filepath.Join(data, folder)).CombinedOutput()
			require.NoError(t, err, "%s", out)
		}
	}
	writeAs(t, data, filepath.Join(data, "backup_label"), label)
}

// now is the server's time, apart from the commits before and after.
func (a *archived) now(t *testing.T) string {
	t.Helper()
	var at time.Time
	time.Sleep(20 * time.Millisecond)
	a.query(t, "SELECT clock_timestamp()", &at)
	time.Sleep(20 * time.Millisecond)
	return at.UTC().Format("2006-01-02 15:04:05.999999") + "+00"
}

// archiveAll waits until everything is in the archive.
func (a *archived) archiveAll(t *testing.T) {
	t.Helper()
	var last string
	a.query(t, "SELECT pg_walfile_name(pg_switch_wal())", &last)
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(a.archive, last))
		return err == nil
	}, 30*time.Second, 20*time.Millisecond)
}

// recoverTo starts a copy of the base backup, which replays the archive as the settings say.
func (a *archived) recoverTo(t *testing.T, settings map[string]string) *ownServer {
	t.Helper()
	parent, err := os.MkdirTemp("", "attestdb-recovered-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(parent)) })
	dir := filepath.Join(parent, "server")
	out, err := exec.Command("cp", "-a", a.base, dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	data := filepath.Join(dir, "data")
	writeAs(t, data, filepath.Join(data, "recovery.signal"), "")
	all := maps.Clone(a.cfg.Settings)
	all["archive_mode"], all["restore_command"] = "off", fmt.Sprintf("cp %s/%%f %%p", a.archive)
	maps.Copy(all, settings)
	return startServerIn(t, dir, all)
}

// recovered waits until replay has come to where it ends.
func (s *ownServer) recovered(t *testing.T, condition string) {
	t.Helper()
	require.Eventually(t, func() bool {
		var is bool
		s.query(t, "SELECT "+condition, &is)
		return is
	}, 60*time.Second, 20*time.Millisecond)
}

// A copy that was recovered to a time before the last acknowledged entries is found out by
// the checkpoints that were kept outside, while it has paused there and after it was
// promoted; one that was recovered to the end is complete.
func TestPointInTimeRecovery(t *testing.T) {
	t.Parallel()
	a := startArchived(t)
	b := newBackedUp(t, a.open(t, 4), "acme", "globex")
	b.keep(t, "acme", "globex")
	a.backUp(t)
	b.decide(t, "acme", 4)
	b.keep(t, "acme")
	between := a.now(t)
	b.decide(t, "acme", 3)
	late := b.outside
	b.keep(t, "acme", "globex")
	a.archiveAll(t)
	require.NoError(t, a.Kill(), "the disk is gone, and the archive is left")

	t.Run("to a time before", func(t *testing.T) {
		t.Parallel()
		s := a.recoverTo(t, map[string]string{"recovery_target_time": between, "recovery_target_action": "pause"})
		s.recovered(t, "pg_get_wal_replay_pause_state() = 'paused'")
		for _, promoted := range []bool{false, true} {
			if promoted {
				s.exec(t, ownDatabase, "SELECT pg_promote()")
				s.recovered(t, "NOT pg_is_in_recovery()")
			}
			report := checkRestored(t, s.url, b.request())
			require.Equal(t, health.Fail, report.Status)
			found := findingsByName(report)
			require.Len(t, found, 1, "%+v", found)
			require.Contains(t, found["acme"][0].Detail, "at least 3 entries of the ledger are lost: a checkpoint that was kept outside is of 34, and there are 31")
			require.EqualValues(t, 3, tenantOf(t, report, b.tenants["acme"].ID()).Lost)
			if promoted {
				requireCheck(t, report.Database, "restored.recovery", health.OK)
			} else {
				require.Contains(t, requireCheck(t, report.Database, "restored.recovery", health.Warn).Fix, "pg_promote()")
			}
			// For who knows of nothing later it is complete.
			req := b.request()
			req.Checkpoints = late
			requireComplete(t, checkRestored(t, s.url, req), "acme", "globex")
		}
	})
	t.Run("to the end", func(t *testing.T) {
		t.Parallel()
		s := a.recoverTo(t, nil)
		s.recovered(t, "NOT pg_is_in_recovery()")
		requireComplete(t, checkRestored(t, s.url, b.request()), "acme", "globex")
		h := s.open(t, 2).Tenant(b.tenants["acme"].ID()).As("ci")
		_, err := h.Verdict().Append(t.Context(), decided("after"))
		require.NoError(t, err, "it goes on where it ended")
	})
}
