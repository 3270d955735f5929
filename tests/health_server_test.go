package tests

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/health"
)

// conn is a connection of a login's, which is closed when the test ends.
func (s *ownServer) conn(t *testing.T, login string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.url(login))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// diagnose looks at a server as the application and the auditor.
func (s *ownServer) diagnose(t *testing.T, limits health.Thresholds) health.Report {
	t.Helper()
	report, err := attestdb.Diagnose(t.Context(), attestdb.DiagnoseConfig{Config: attestdb.Config{
		App: attestdb.Conn{URL: s.url("app"), MaxConns: 4}, Auditor: attestdb.Conn{URL: s.url("auditor"), MaxConns: 4},
		Health: attestdb.HealthConfig{Thresholds: limits},
	}})
	require.NoError(t, err)
	return report
}

// needMonitor are the checks that a plain login may not make.
var needMonitor = []string{"server.replication", "server.wal", "server.transactions", "server.idle_in_transaction", "server.xmin"}

// A member of pg_monitor and of one role of attestdb's sees everything; without it each
// check that needs it says so. Then, one by one, what can go wrong on a server does.
func TestServerChecks(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, map[string]string{"wal_level": "replica", "max_wal_senders": "4", "max_prepared_transactions": "2"})
	db := s.open(t, 2)
	acme := domaintest.Tenant(t, db, "acme")
	for range 3 {
		_, err := acme.Verdict().Append(t.Context(), decided("a"))
		require.NoError(t, err)
	}
	report := s.diagnose(t, health.Thresholds{})
	for _, name := range needMonitor {
		require.Equal(t, `GRANT pg_monitor TO "auditor"`, requireCheck(t, report, name, health.Skipped).Fix)
	}
	requireWell(t, report, needMonitor...)
	require.Equal(t, health.OK, report.Status, "what may not be asked makes nothing worse")

	s.exec(t, ownDatabase, "GRANT pg_monitor TO auditor")
	_, err := attestdb.Open(t.Context(), attestdb.Config{Auditor: attestdb.Conn{URL: s.url("auditor")}})
	require.NoError(t, err, "a monitor is not refused")
	report = s.diagnose(t, health.Thresholds{})
	requireWell(t, report)
	require.Contains(t, requireCheck(t, report, "server.replication", health.OK).Value, "no replica")
	require.NotEmpty(t, requireCheck(t, report, "server.wal", health.OK).Threshold)

	super := s.conn(t, "postgres")
	short := health.Limit[time.Duration]{Warn: time.Millisecond, Fail: time.Hour}
	t.Run("sessions", func(t *testing.T) {
		idle := s.conn(t, "app")
		execOn(t, idle, "SET application_name = 'forgetful'; BEGIN; SELECT 1")
		time.Sleep(10 * time.Millisecond)
		report := s.diagnose(t, health.Thresholds{Transaction: short, Idle: short})
		for _, name := range []string{"server.transactions", "server.idle_in_transaction"} {
			c := requireCheck(t, report, name, health.Warn)
			require.Contains(t, c.Value, `application "forgetful"`)
			require.Contains(t, c.Fix, "pg_terminate_backend(")
		}
		report = s.diagnose(t, health.Thresholds{Idle: health.Limit[time.Duration]{Warn: time.Millisecond, Fail: time.Millisecond}})
		requireCheck(t, report, "server.idle_in_transaction", health.Fail)
		requireCheck(t, report, "server.transactions", health.OK)
	})
	t.Run("xmin", func(t *testing.T) {
		execOn(t, super, "BEGIN; CREATE TABLE public.t (); PREPARE TRANSACTION 'left over'")
		for range 20 {
			execOn(t, super, "SELECT txid_current()")
		}
		report := s.diagnose(t, health.Thresholds{Xmin: health.Limit[int64]{Warn: 10}, XID: health.Limit[int64]{Warn: 10}})
		require.Contains(t, requireCheck(t, report, "server.xmin", health.Warn).Value, "prepared transaction left over")
		requireCheck(t, report, "server.xid", health.Warn)
		execOn(t, super, "ROLLBACK PREPARED 'left over'")
	})
	t.Run("indexes", func(t *testing.T) {
		_, err := super.Exec(t.Context(), "CREATE UNIQUE INDEX CONCURRENTLY half ON verdict.ledger_entries (kind)")
		require.Error(t, err, "it fails, and leaves an index that is invalid")
		c := requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.indexes", health.Fail)
		require.Contains(t, c.Value, "verdict.half")
		require.Contains(t, c.Fix, "REINDEX INDEX CONCURRENTLY verdict.half")
		building := s.conn(t, "postgres")
		execOn(t, building, "BEGIN; LOCK TABLE verdict.ledger_entries IN SHARE UPDATE EXCLUSIVE MODE")
		requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.indexes", health.Warn)
		execOn(t, building, "ROLLBACK")
		execOn(t, super, "DROP INDEX verdict.half")
		requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.indexes", health.OK)
	})
	t.Run("constraints", func(t *testing.T) {
		execOn(t, super, "ALTER TABLE verdict.ledger_entries ADD CONSTRAINT doubtful CHECK (seq > 1) NOT VALID")
		c := requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.constraints", health.Warn)
		require.Contains(t, c.Value, "doubtful on verdict.ledger_entries")
		execOn(t, super, "ALTER TABLE verdict.ledger_entries DROP CONSTRAINT doubtful")
	})
	t.Run("dead rows", func(t *testing.T) {
		execOn(t, super, `CREATE TABLE attestor.busy (n int) WITH (autovacuum_enabled = off); INSERT INTO attestor.busy SELECT generate_series(1, 20000);
			DELETE FROM attestor.busy; SELECT pg_stat_force_next_flush()`)
		require.Eventually(t, func() bool {
			c, _ := s.diagnose(t, health.Thresholds{}).Get("server.dead_tuples")
			return c.Status == health.Warn
		}, 10*time.Second, 50*time.Millisecond)
		execOn(t, super, "DROP TABLE attestor.busy")
	})
	t.Run("slots", func(t *testing.T) {
		execOn(t, super, "SELECT pg_create_physical_replication_slot('forgotten', true)")
		execOn(t, super, "CREATE TABLE public.filler AS SELECT generate_series(1, 10000)")
		report := s.diagnose(t, health.Thresholds{SlotRetained: health.Limit[int64]{Warn: 1000}})
		c := requireCheck(t, report, "server.slots", health.Warn)
		require.Contains(t, c.Value, `"forgotten", not in use`)
		execOn(t, super, "SELECT pg_drop_replication_slot('forgotten')")
	})
	t.Run("the log", func(t *testing.T) {
		report := s.diagnose(t, health.Thresholds{WAL: health.Limit[float64]{Warn: 0.001}, Connections: health.Limit[float64]{Warn: 0.001}})
		requireCheck(t, report, "server.wal", health.Warn)
		requireCheck(t, report, "server.connections", health.Warn)
	})
	t.Run("latency", func(t *testing.T) {
		report := s.diagnose(t, health.Thresholds{Latency: health.Limit[time.Duration]{Warn: time.Nanosecond, Fail: 2 * time.Nanosecond}})
		c := requireCheck(t, report, "latency.app", health.Fail)
		require.Regexp(t, `^p50 \S+, p95 \S+ of 20 round trips$`, c.Value)
	})
}

// A slot that has reserved nothing yet has no wal_status, and hides none that is worse.
func TestSlotThatIsLostIsToldBesideAFreshOne(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, map[string]string{
		"wal_level": "replica", "max_wal_senders": "4", "max_slot_wal_keep_size": "1MB", "max_wal_size": "32MB", "min_wal_size": "32MB",
	})
	super := s.conn(t, "postgres")
	execOn(t, super, "SELECT pg_create_physical_replication_slot('fresh')")
	requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.slots", health.OK)
	execOn(t, super, "SELECT pg_create_physical_replication_slot('behind', true)")
	execOn(t, super, "CREATE TABLE public.filler AS SELECT generate_series(1, 10000)")
	c := requireCheck(t, s.diagnose(t, health.Thresholds{SlotRetained: health.Limit[int64]{Warn: 1000}}), "server.slots", health.Warn)
	require.Contains(t, c.Value, `2 slots; "behind"`)

	for range 6 {
		execOn(t, super, "INSERT INTO public.filler SELECT generate_series(1, 10000)")
		execOn(t, super, "SELECT pg_switch_wal()")
		execOn(t, super, "CHECKPOINT")
	}
	c = requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.slots", health.Fail)
	require.Contains(t, c.Value, `2 slots; "behind", not in use, wal_status "lost"`)
}

func TestArchiverThatFailsIsTold(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, map[string]string{"wal_level": "replica", "archive_mode": "on", "archive_command": "false"})
	s.exec(t, ownDatabase, "GRANT pg_monitor TO auditor")
	s.exec(t, ownDatabase, "SELECT pg_switch_wal()")
	require.Eventually(t, func() bool {
		c, _ := s.diagnose(t, health.Thresholds{}).Get("server.archiver")
		return c.Status == health.Warn
	}, 30*time.Second, 200*time.Millisecond)
	c := requireCheck(t, s.diagnose(t, health.Thresholds{Archive: health.Limit[time.Duration]{Fail: time.Millisecond}}), "server.archiver", health.Fail)
	require.Contains(t, c.Value, "the oldest file waits for")
}

// Who may switch triggers off for a session is told, and a session that runs none.
func TestHealthTellsOfSettingsThatPassTriggersBy(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, nil)
	requireCheck(t, s.diagnose(t, health.Thresholds{}), "settings", health.OK)
	s.exec(t, ownDatabase, "GRANT SET ON PARAMETER session_replication_role TO attestdb_app")
	c := requireCheck(t, s.diagnose(t, health.Thresholds{}), "settings", health.Fail)
	require.Contains(t, c.Fix, "REVOKE SET ON PARAMETER session_replication_role FROM attestdb_app;")
	v, err := attestdb.VerifySchema(t.Context(), attestdb.MigrateConfig{URL: s.url("auditor")})
	require.NoError(t, err)
	require.Len(t, v.Differences, 1)
	s.exec(t, ownDatabase, v.Differences[0].Fix)
	requireCheck(t, s.diagnose(t, health.Thresholds{}), "settings", health.OK)

	s.exec(t, ownDatabase, "ALTER ROLE app SET session_replication_role = replica")
	require.Contains(t, requireCheck(t, s.diagnose(t, health.Thresholds{}), "settings", health.Fail).Fix, "ALTER ROLE \"app\" RESET")
}

// An archiver that never ends an attempt has no failure, and one without a command makes
// none: neither is well.
func TestArchiverThatArchivesNothingIsTold(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, map[string]string{"wal_level": "replica", "archive_mode": "on"})
	archiver := func() health.Result {
		c, ok := s.diagnose(t, health.Thresholds{}).Get("server.archiver")
		require.True(t, ok)
		return c
	}
	command := func(command string) {
		s.exec(t, ownDatabase, "ALTER SYSTEM SET archive_command = '"+command+"'")
		s.exec(t, ownDatabase, "SELECT pg_reload_conf()")
	}
	s.exec(t, ownDatabase, "SELECT pg_switch_wal()")
	for _, monitor := range []bool{false, true} {
		if monitor {
			s.exec(t, ownDatabase, "GRANT pg_monitor TO auditor")
		}
		c := archiver()
		require.Equal(t, health.Warn, c.Status, "%+v", c)
		require.Contains(t, c.Error, "neither archive_command nor archive_library is set")
		require.Contains(t, c.Value, "nothing was archived yet")
		require.Equal(t, monitor, strings.Contains(c.Value, "the oldest file waits for"), c.Value)
		require.Equal(t, !monitor, strings.Contains(c.Value, "can't be seen without pg_monitor"), c.Value)
	}

	hangs := filepath.Join(s.cfg.Dir, "data", "hangs")
	require.NoError(t, os.WriteFile(hangs, nil, 0o644))
	command("while test -e hangs; do sleep 0.1; done")
	require.Eventually(t, func() bool {
		c := archiver()
		require.NotContains(t, c.Value, "succeeded")
		return c.Status == health.OK && strings.Contains(c.Value, "nothing was archived yet")
	}, 10*time.Second, 50*time.Millisecond, "a file is on its way for a while")
	s.exec(t, ownDatabase, "REVOKE pg_monitor FROM auditor")
	require.Contains(t, requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.archiver", health.Skipped).Fix, "GRANT pg_monitor TO")
	s.exec(t, ownDatabase, "GRANT pg_monitor TO auditor")
	ready, err := filepath.Glob(filepath.Join(s.cfg.Dir, "data", "pg_wal", "archive_status", "*.ready"))
	require.NoError(t, err)
	require.NotEmpty(t, ready)
	for ago, status := range map[time.Duration]health.Status{2 * time.Minute: health.Warn, 16 * time.Minute: health.Fail} {
		at := time.Now().Add(-ago)
		require.NoError(t, os.Chtimes(ready[0], at, at))
		c := requireCheck(t, s.diagnose(t, health.Thresholds{}), "server.archiver", status)
		require.Contains(t, c.Error, "or hangs")
		require.Regexp(t, `0 failures so far, nothing was archived yet; \d files wait, the oldest file waits for `, c.Value)
	}

	require.NoError(t, os.Remove(hangs))
	require.Eventually(t, func() bool {
		c := archiver()
		return c.Status == health.OK && strings.Contains(c.Value, "last archived 2") && strings.Contains(c.Value, "no file waits")
	}, 20*time.Second, 50*time.Millisecond)
}

// startReplica starts a streaming replica of a server, which is stopped meanwhile. It is a
// cold copy, so that a server without pg_basebackup has one too.
func startReplica(t *testing.T, primary *ownServer) *ownServer {
	t.Helper()
	ctx := context.Background()
	require.NoError(t, primary.Stop(ctx))
	dir := filepath.Join(filepath.Dir(primary.cfg.Dir), "replica")
	out, err := exec.Command("cp", "-a", primary.cfg.Dir, dir).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "standby.signal"), nil, 0o644))
	primary.start(t)
	replica := &ownServer{cfg: primary.cfg}
	replica.cfg.Dir = dir
	replica.cfg.Settings = map[string]string{
		"hot_standby": "on", "wal_level": "replica", "max_wal_senders": "4", "hba_file": primary.cfg.Settings["hba_file"],
		"primary_conninfo": "host=" + primary.SocketDir() + " port=5432 user=postgres application_name=replica",
	}
	replica.start(t)
	t.Cleanup(func() { _ = replica.Kill() })
	return replica
}

func TestDoctorOnAReplica(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/dev/shm", "attestdb-own-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	hba := filepath.Join(dir, "pg_hba.conf")
	require.NoError(t, os.WriteFile(hba, []byte("local all all peer map=attestdb\nlocal replication all peer map=attestdb\n"), 0o644))
	primary := startServerIn(t, filepath.Join(dir, "server"), map[string]string{"wal_level": "replica", "max_wal_senders": "4", "hba_file": hba})
	primary.prepare(t)
	primary.exec(t, ownDatabase, "GRANT pg_monitor TO auditor")
	replica := startReplica(t, primary)
	require.Eventually(t, func() bool {
		c, _ := primary.diagnose(t, health.Thresholds{}).Get("server.replication")
		return c.Status == health.OK && c.Value != "no replica"
	}, 20*time.Second, 50*time.Millisecond)
	c := requireCheck(t, primary.diagnose(t, health.Thresholds{}), "server.replication", health.OK)
	require.Contains(t, c.Value, `1 replicas; the furthest behind is "replica" (local, streaming, async) by `)

	var report health.Report
	require.Eventually(t, func() bool {
		report = replica.diagnose(t, health.Thresholds{})
		return report.Status == health.OK
	}, 20*time.Second, 50*time.Millisecond, "%+v", report)
	requireWell(t, report)
	require.Contains(t, requireCheck(t, report, "connection.app", health.OK).Value, "a replica: read-only")
	require.Contains(t, requireCheck(t, report, "rls.selftest", health.OK).Value, "writing was not tried")
	require.Contains(t, requireCheck(t, report, "server.replication", health.OK).Value, "received and not replayed")
	db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: replica.url("app")}})
	require.Equal(t, health.OK, db.HealthChecks().Ready(t.Context()).Status, "it is ready for reads")
	writer := openWith(t, attestdb.Config{App: attestdb.Conn{URL: replica.url("app")}, Health: attestdb.HealthConfig{RequireWrites: true}})
	c = requireCheck(t, writer.HealthChecks().Ready(t.Context()), "connection.app", health.Fail)
	require.Contains(t, c.Fix, "target_session_attrs")

	replica.exec(t, ownDatabase, "SELECT pg_wal_replay_pause()")
	primary.exec(t, ownDatabase, "CREATE TABLE public.filler AS SELECT generate_series(1, 10000)")
	few := health.Thresholds{Lag: health.Limit[int64]{Warn: 1000}}
	require.Eventually(t, func() bool {
		c, _ := primary.diagnose(t, few).Get("server.replication")
		return c.Status == health.Warn
	}, 20*time.Second, 50*time.Millisecond, "the primary sees it fall behind")
	requireCheck(t, replica.diagnose(t, few), "server.replication", health.Warn)
	replica.exec(t, ownDatabase, "SELECT pg_wal_replay_resume()")
	require.NoError(t, primary.Kill())
	require.Eventually(t, func() bool {
		c, _ := replica.diagnose(t, health.Thresholds{}).Get("server.replication")
		return c.Status == health.Warn && c.Error == "it does not stream from a primary"
	}, 20*time.Second, 50*time.Millisecond)
}
