package tests

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/testdb"
)

// A login that can't do its work is no healthy one: what it lacks is told with the
// statement that gives it back, and what the self-test could not look at is not passed
// off as looked at.
func TestHealthTellsOfRightsThatAreGone(t *testing.T) {
	t.Parallel()
	const readable = `SELECT count(*) FROM pg_class c WHERE relnamespace = ANY ($1::text[]::regnamespace[]) AND relkind = 'r' AND relrowsecurity
		AND has_any_column_privilege('attestdb_app', c.oid, 'SELECT')`
	rowSecurity := `DO $$ BEGIN EXECUTE format('ALTER ROLE attestdb_test_app IN DATABASE %I SET row_security = off', current_database()); END $$`
	for _, c := range []struct {
		name, sql string
		// access, grants and self are the checks' statuses, says a part of what they say.
		access, grants, self health.Status
		says                 map[string]string
		works                bool // what is tried of a call still works
	}{
		{"row_security", rowSecurity, health.Fail, health.OK, health.Unknown, map[string]string{
			"access.app": "row_security is off", "rls.selftest": "query would be affected by row-level security policy",
		}, false},
		{"a schema", "REVOKE USAGE ON SCHEMA verdict FROM attestdb_app", health.Fail, health.Fail, health.Unknown, map[string]string{
			"access.app": "USAGE on schema verdict", "grants.app": "it lacks 1 of ", "rls.selftest": "VERDICT tables that the login should read, and may not, were not looked at: verdict.",
		}, false},
		{"another schema", "REVOKE USAGE ON SCHEMA attestor FROM attestdb_app", health.Fail, health.Fail, health.Unknown, map[string]string{
			"access.app": "USAGE on schema attestor", "rls.selftest": "could not be tried",
		}, true},
		{"every table of a schema", "REVOKE ALL ON ALL TABLES IN SCHEMA verdict FROM attestdb_app", health.Fail, health.Fail, health.Unknown, map[string]string{
			"access.app": "SELECT on verdict.ledger", "grants.app": "it lacks VERDICT of ", "rls.selftest": "VERDICT tables that the login should read",
		}, false},
		{"every table", "REVOKE ALL ON ALL TABLES IN SCHEMA tenancy, attestor, rekor, verdict FROM attestdb_app", health.Fail, health.Fail, health.Unknown, map[string]string{
			"rls.selftest": "may read no table",
		}, false},
		{"one table", "REVOKE SELECT ON rekor.log_entries FROM attestdb_app", health.Warn, health.Fail, health.Unknown, map[string]string{
			"access.app": "grants.app fails", "grants.app": "it lacks 1 of ", "rls.selftest": "1 tables that the login should read, and may not, were not looked at: rekor.log_entries",
		}, true},
		{"to write", "REVOKE INSERT ON attestor.envelope_verifications FROM attestdb_app", health.Warn, health.Fail, health.Unknown, map[string]string{
			"grants.app": "INSERT on attestor.envelope_verifications", "rls.selftest": "could not be tried: permission denied",
		}, true},
		{"to call", "REVOKE EXECUTE ON FUNCTION verdict.append_entries FROM attestdb_app", health.Warn, health.Fail, health.OK, map[string]string{
			"grants.app": "EXECUTE on function verdict.append_entries",
		}, false},
		{"a column", "REVOKE SELECT (status) ON tenancy.tenants FROM attestdb_app", health.Warn, health.Fail, health.Unknown, map[string]string{
			"grants.app": "SELECT (status) on tenancy.tenants",
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := testdb.New(t)
			super := d.Conn(t, "superuser")
			var all, ofVerdict int
			require.NoError(t, super.QueryRow(t.Context(), readable, []string{"tenancy", "attestor", "rekor", "verdict"}).Scan(&all))
			require.NoError(t, super.QueryRow(t.Context(), readable, []string{"verdict"}).Scan(&ofVerdict))
			require.Greater(t, all, 20)
			allTables := fmt.Sprintf("%d tables show no other tenant's rows", all)
			acme := domaintest.Tenant(t, openOn(t, d), "acme")
			db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}, Health: attestdb.HealthConfig{Timing: fresh}})
			well := func(db *attestdb.DB) {
				t.Helper()
				report := db.Health(t.Context())
				require.NotEqual(t, health.Fail, report.Status, "%+v", report)
				requireCheck(t, report, "access.app", health.OK)
				requireCheck(t, report, "grants.app", health.OK)
				require.Contains(t, requireCheck(t, report, "rls.selftest", health.OK).Value, allTables)
			}
			well(db)

			execOn(t, super, c.sql)
			if c.name == "row_security" { // it holds for new sessions
				db = openWith(t, attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}, Health: attestdb.HealthConfig{Timing: fresh}})
			}
			ledger := db.Tenant(acme.ID()).As("ci").Verdict()
			_, err := ledger.Append(t.Context(), decided("a"))
			_, sizeErr := ledger.Size(t.Context())
			require.Equal(t, c.works, errors.Join(err, sizeErr) == nil, "%v %v", err, sizeErr)

			report := db.Health(t.Context())
			require.True(t, report.Bad())
			for name, status := range map[string]health.Status{"access.app": c.access, "grants.app": c.grants, "rls.selftest": c.self} {
				r, ok := report.Get(name)
				require.True(t, ok)
				require.Equal(t, status, r.Status, "%+v", r)
				require.Contains(t, r.Value+" "+r.Error, strings.ReplaceAll(c.says[name], "VERDICT", strconv.Itoa(ofVerdict)))
				if status != health.OK {
					require.NotEmpty(t, r.Fix)
					require.False(t, name == "rls.selftest" && strings.Contains(r.Value, allTables) && strings.Contains(r.Error, "not looked at"), "%+v", r)
				}
			}
			rec := httptest.NewRecorder()
			db.HealthHandler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
			require.Equal(t, c.access == health.Warn, rec.Code == http.StatusOK, rec.Body.String())

			if g := requireStatement(t, report, "grants.app"); g != "" && strings.Contains(g, ";") && !strings.Contains(g, "…") {
				execOn(t, super, g)
				well(db)
			}
		})
	}
}

// requireStatement is the SQL of a check's fix, "" if the check is well.
func requireStatement(t *testing.T, report health.Report, name string) string {
	t.Helper()
	c, ok := report.Get(name)
	require.True(t, ok)
	sql, _, _ := strings.Cut(c.Fix, " `")
	return sql
}

// Others' logins are asked for what their roles have.
func TestHealthTellsOfTheAuditorsRights(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	execOn(t, d.Conn(t, "superuser"), "REVOKE SELECT ON verdict.ledger_entries FROM attestdb_auditor")
	report, err := attestdb.Diagnose(t.Context(), attestdb.DiagnoseConfig{
		Config: attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}, Auditor: attestdb.Conn{URL: d.URL("auditor")}, Admin: attestdb.Conn{URL: d.URL("admin")}},
	})
	require.NoError(t, err)
	requireCheck(t, report, "grants.app", health.OK)
	requireCheck(t, report, "grants.admin", health.OK)
	requireCheck(t, report, "access.auditor", health.Warn)
	require.Contains(t, requireCheck(t, report, "grants.auditor", health.Fail).Fix, `GRANT SELECT ON "verdict"."ledger_entries" TO "attestdb_auditor";`)
}

// A newer schema may grant something else; an older one is older, and that is told once.
func TestHealthKnowsTheRightsOfItsOwnSchema(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	super := d.Conn(t, "superuser")
	execOn(t, super, `REVOKE SELECT ON rekor.log_entries FROM attestdb_app; INSERT INTO atlas_verdict.atlas_schema_revisions
		SELECT '29991231235959', 'later', type, applied, total, executed_at, execution_time, error, error_stmt, hash, partial_hashes, operator_version
		  FROM atlas_verdict.atlas_schema_revisions LIMIT 1`)
	require.Contains(t, requireCheck(t, diagnose(t, d.URL("app")), "grants.app", health.Warn).Error, "newer schema")
	execOn(t, super, "REVOKE USAGE ON SCHEMA verdict FROM attestdb_app")
	requireCheck(t, diagnose(t, d.URL("app")), "access.app", health.Fail)

	behind := thaw(t, "0003_attestor_in_full")
	report := diagnose(t, behind.URL("app"))
	requireCheck(t, report, "schema", health.Fail)
	requireCheckSkipped(t, report, "access.app")
	requireCheckSkipped(t, report, "grants.app")
}

// A policy and a lack of rights refuse a row with one and the same code.
func TestSelfTestTellsAPolicyFromALackOfRights(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	super := d.Conn(t, "superuser")
	execOn(t, super, "ALTER TABLE attestor.envelope_verifications DISABLE TRIGGER USER") // which refuses before a policy does
	require.Contains(t, requireCheck(t, diagnose(t, d.URL("app")), "rls.selftest", health.OK).Value, "and none is written")
	execOn(t, super, "REVOKE INSERT ON attestor.envelope_verifications FROM attestdb_app")
	require.Contains(t, requireCheck(t, diagnose(t, d.URL("app")), "rls.selftest", health.Unknown).Error, "permission denied")
}
