package tests

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

func diagnose(t *testing.T, url string) health.Report {
	t.Helper()
	report, err := attestdb.Diagnose(t.Context(), attestdb.DiagnoseConfig{Login: attestdb.Conn{URL: url, MaxConns: 2}})
	require.NoError(t, err)
	return report
}

// What Open refuses with an error, Diagnose reports, each with its fix.
func TestDiagnoseReportsWhatOpenRefuses(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "attestdb-own-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	s := startServerIn(t, filepath.Join(dir, "server"), map[string]string{"fsync": "off"})
	s.exec(t, "postgres", "CREATE DATABASE "+ownDatabase)
	s.exec(t, "postgres", "CREATE ROLE app LOGIN")

	report := diagnose(t, s.url("app"))
	require.Equal(t, health.Fail, report.Status)
	require.Contains(t, requireCheck(t, report, "role.app", health.Fail).Fix, "migrate bootstrap")
	require.NoError(t, attestdb.Bootstrap(t.Context(), s.superuser()))
	report = diagnose(t, s.url("app"))
	require.Contains(t, requireCheck(t, report, "role.app", health.Fail).Fix, "GRANT attestdb_app")
	requireCheck(t, report, "connection.app", health.OK)
	report = diagnose(t, s.superuser())
	require.Contains(t, requireCheck(t, report, "role.app", health.Fail).Error, "superuser")

	s.exec(t, "postgres", "GRANT attestdb_app TO app")
	report = diagnose(t, s.url("app"))
	requireCheck(t, report, "role.app", health.OK)
	require.Contains(t, requireCheck(t, report, "schema", health.Fail).Fix, "migrate up")
	for _, module := range []string{"tenancy", "attestor", "rekor", "verdict"} {
		c := requireCheck(t, report, "migrations."+module, health.Fail)
		require.Contains(t, c.Value, "absent")
	}
	report = diagnose(t, s.URL("app", "elsewhere"))
	require.Contains(t, requireCheck(t, report, "connection.app", health.Fail).Fix, "create the database")
	report = diagnose(t, s.url("owner"))
	require.Contains(t, requireCheck(t, report, "connection.app", health.Fail).Fix, "check user and password", "a login that the server does not know")

	url := s.url("app")
	require.NoError(t, s.Kill())
	begun := time.Now()
	report = diagnose(t, url)
	require.Less(t, time.Since(begun), 12*time.Second)
	require.Equal(t, health.Unknown, report.Status, "nobody can tell how a server is that does not answer")
	requireCheck(t, report, "connection.app", health.Unknown)
	requireCheckSkipped(t, report, "server.xid")
}

func TestDiagnoseTellsOldFromNew(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	super := d.Conn(t, "superuser")
	report := diagnose(t, d.URL("app"))
	requireWell(t, report, needMonitor...)
	for _, role := range []string{"owner", "admin", "auditor", "worker"} {
		report := diagnose(t, d.URL(role))
		requireCheck(t, report, "role."+role, health.OK)
		requireCheck(t, report, "schema", health.OK)
		requireWell(t, report, needMonitor...)
	}

	// Older than the library.
	execOn(t, super, `CREATE TEMP TABLE kept AS SELECT * FROM atlas_verdict.atlas_schema_revisions ORDER BY version DESC LIMIT 1;
	      DELETE FROM atlas_verdict.atlas_schema_revisions r USING kept k WHERE r.version = k.version`)
	report = diagnose(t, d.URL("app"))
	require.Contains(t, requireCheck(t, report, "schema", health.Fail).Error, "older")
	require.Contains(t, requireCheck(t, report, "migrations.verdict", health.Fail).Value, "pending")
	requireCheck(t, report, "migrations.attestor", health.OK)

	// Its newest file was interrupted.
	execOn(t, super, `INSERT INTO atlas_verdict.atlas_schema_revisions SELECT (r.x).* FROM (
	        SELECT jsonb_populate_record(k, '{"total": 9, "applied": 0}') AS x FROM kept k) r`)
	report = diagnose(t, d.URL("app"))
	require.Regexp(t, `verdict/\d{14} began and did not end`, requireCheck(t, report, "schema", health.Fail).Error)
	execOn(t, super, `DELETE FROM atlas_verdict.atlas_schema_revisions WHERE applied <> total; INSERT INTO atlas_verdict.atlas_schema_revisions SELECT * FROM kept`)
	requireCheck(t, diagnose(t, d.URL("app")), "schema", health.OK)

	// One that a newer library applies just now is no reason to be down.
	execOn(t, super, `INSERT INTO atlas_verdict.atlas_schema_revisions SELECT (r.x).* FROM (
	        SELECT jsonb_populate_record(k, '{"version": "29990101000000", "total": 9, "applied": 3}') AS x FROM kept k) r`)
	report = diagnose(t, d.URL("app"))
	require.Contains(t, requireCheck(t, report, "schema", health.Warn).Error, "verdict/29990101000000 began and did not end")

	// Newer than the library, which can live with it, until a floor says that it cannot.
	execOn(t, super, "UPDATE atlas_verdict.atlas_schema_revisions SET applied = total")
	report = diagnose(t, d.URL("app"))
	require.Contains(t, requireCheck(t, report, "schema", health.Warn).Value, "verdict 29990101000000")
	require.Contains(t, requireCheck(t, report, "migrations.verdict", health.Warn).Value, "newer")
	db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}})
	require.Equal(t, health.Warn, db.HealthChecks().Ready(t.Context()).Status, "and is ready")
	execOn(t, super, "INSERT INTO tenancy.library_floors (level, reason, raised_at) VALUES (99, 'a test', now())")
	require.Contains(t, requireCheck(t, diagnose(t, d.URL("app")), "schema", health.Fail).Fix, "newer release")

	// An applied file that is another.
	execOn(t, super, "UPDATE atlas_verdict.atlas_schema_revisions SET hash = 'x'")
	require.Contains(t, requireCheck(t, diagnose(t, d.URL("app")), "migrations.verdict", health.Fail).Value, "edited")
}

func TestDiagnoseRefusesWhatNobodyCanBeAskedWith(t *testing.T) {
	t.Parallel()
	app := attestdb.Conn{URL: "postgres://app@host/db"}
	for field, cfg := range map[string]attestdb.DiagnoseConfig{
		"Config":                {},
		"DiagnoseConfig.Login":  {Login: app, Owner: app},
		"Config.Login.URL":      {Login: attestdb.Conn{URL: "postgres://user:secret@host:port/x"}},
		"DiagnoseConfig.States": {Login: app, States: []attestdb.LedgerState{{State: verdict.State{Size: 1}}}},
		"health.Thresholds.Lag": {Owner: app, Config: attestdb.Config{Health: attestdb.HealthConfig{Thresholds: health.Thresholds{Lag: health.Limit[int64]{Warn: 2, Fail: 1}}}}},
		"health.ReadyCache":     {Owner: app, Config: attestdb.Config{Health: attestdb.HealthConfig{Timing: health.Config{ReadyCache: -1}}}},
	} {
		_, err := attestdb.Diagnose(t.Context(), cfg)
		var invalid *attestdb.InvalidError
		require.ErrorAs(t, err, &invalid, field)
		require.Equal(t, field, invalid.Field)
		require.NotContains(t, err.Error(), "secret")
	}
}
