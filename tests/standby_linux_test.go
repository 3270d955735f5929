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
)

// startPrimary starts a migrated server that standbys can follow.
func startPrimary(t testing.TB, more map[string]string) *ownServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "attestdb-primary-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	hba := filepath.Join(dir, "hba.conf")
	require.NoError(t, os.WriteFile(hba, []byte("local all,replication all peer map=attestdb\n"), 0o644))
	settings := map[string]string{
		"wal_level": "replica", "max_wal_senders": "5", "wal_keep_size": "256MB", "hot_standby": "on", "hba_file": hba,
	}
	maps.Copy(settings, more)
	s := startServerIn(t, filepath.Join(dir, "server"), settings)
	s.prepare(t)
	return s
}

// standby starts a server that streams from s, as standby "one". Its copy of the data is made with
// PostgreSQL's own functions, since not every build has pg_basebackup.
func (s *ownServer) standby(t testing.TB) *ownServer {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, s.superuser())
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	parent, err := os.MkdirTemp("", "attestdb-standby-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(parent)) })
	dir := filepath.Join(parent, "server")

	_, err = conn.Exec(ctx, "SELECT pg_backup_start('standby', true)")
	require.NoError(t, err)
	// What vanishes while it is copied is in the log.
	out, err := exec.Command("cp", "-a", s.cfg.Dir, dir).CombinedOutput()
	if err != nil {
		t.Logf("copy: %s", out)
	}
	var label string
	require.NoError(t, conn.QueryRow(ctx, "SELECT labelfile FROM pg_backup_stop(false)").Scan(&label))
	data := filepath.Join(dir, "data")
	require.NoError(t, os.Remove(filepath.Join(data, "postmaster.pid")))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "run")))
	for file, content := range map[string]string{"backup_label": label, "standby.signal": ""} {
		writeAs(t, data, filepath.Join(data, file), content)
	}
	settings := map[string]string{
		"primary_conninfo": fmt.Sprintf("host=%s port=5432 user=postgres application_name=one", s.SocketDir()),
	}
	maps.Copy(settings, s.cfg.Settings)
	return startServerIn(t, dir, settings)
}

// writeAs writes a file that belongs to whom the folder belongs to.
func writeAs(t testing.TB, folder, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	if os.Getuid() == 0 {
		out, err := exec.Command("chown", "--reference="+folder, path).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

// query runs a query for one value as superuser.
func (s *ownServer) query(t testing.TB, sql string, into any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.superuser())
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	require.NoError(t, conn.QueryRow(t.Context(), sql).Scan(into))
}

// follows waits until the standby has everything that the primary wrote.
func (s *ownServer) follows(t testing.TB, primary *ownServer) {
	t.Helper()
	var position string
	primary.query(t, "SELECT pg_current_wal_lsn()::text", &position)
	require.Eventually(t, func() bool {
		var has bool
		s.query(t, fmt.Sprintf("SELECT coalesce(pg_last_wal_replay_lsn() >= '%s', false)", position), &has)
		return has
	}, 30*time.Second, 10*time.Millisecond)
}
