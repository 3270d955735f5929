package tests

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/domain/tenant"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// fresh has every question asked anew.
var fresh = health.Config{ReadyCache: time.Nanosecond, Cache: time.Nanosecond}

// requireCheck returns the check of a name, which must have the status.
func requireCheck(t *testing.T, report health.Report, name string, want health.Status) health.Result {
	t.Helper()
	c, ok := report.Get(name)
	require.True(t, ok, "there is no check %q", name)
	require.Equal(t, want, c.Status, "%+v", c)
	if want != health.OK {
		require.NotEmpty(t, c.Fix, "%+v", c)
	}
	return c
}

// requireWell requires every check to be ok, but for those that are named.
func requireWell(t *testing.T, report health.Report, but ...string) {
	t.Helper()
	require.NotEmpty(t, report.Checks)
	for _, c := range report.Checks {
		require.False(t, c.Since.IsZero())
		if c.Status != health.OK {
			require.Contains(t, but, c.Name, "%+v", c)
		}
	}
}

// probe asks a handler as an orchestrator does.
func probe(t *testing.T, url string) (int, health.Report) {
	t.Helper()
	res, err := http.Get(url)
	require.NoError(t, err)
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, errors.Join(err, res.Body.Close()))
	var report health.Report
	require.NoError(t, json.Unmarshal(raw, &report), string(raw))
	return res.StatusCode, report
}

func execOn(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	require.NoError(t, err)
}

// The program is told not ready soon after a client keeps all connections; others fail at
// their deadline, and whoever asks for health piles up nowhere.
func TestReadinessTellsOfAnExhaustedPool(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	pool := d.Pool(t, "app")
	db := openWith(t, attestdb.Config{App: attestdb.Conn{Pool: pool}, Admin: attestdb.Conn{URL: d.URL("admin")}})
	acme := domaintest.Tenant(t, db, "acme")
	server := httptest.NewServer(db.HealthHandler())
	t.Cleanup(server.Close)
	code, report := probe(t, server.URL+"/readyz")
	require.Equal(t, 200, code, "%+v", report)

	for range pool.Config().MaxConns {
		stuck, err := pool.Acquire(t.Context())
		require.NoError(t, err)
		defer stuck.Release()
	}
	taken := time.Now()
	const cache, wait = time.Second, 1500 * time.Millisecond // how long an answer holds, and how long one takes
	require.Eventually(t, func() bool {
		code, report = probe(t, server.URL+"/readyz")
		return code == 503
	}, cache+wait, time.Millisecond, "it says so")
	require.Less(t, time.Since(taken), cache+wait)
	c := requireCheck(t, report, "connection.app", health.Fail)
	require.Contains(t, c.Error, "the pool is exhausted")
	require.Len(t, report.Checks, 5, "only what it is ready by")

	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			begun := time.Now()
			code, _ := probe(t, server.URL+"/readyz")
			require.Equal(t, 503, code)
			require.Less(t, time.Since(begun), 2*wait)
		})
	}
	res, err := http.Get(server.URL + "/livez")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode, "alive it is")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err = acme.Record(ctx, domaintest.NewSigner(t).Evidence(t, "a", []byte("a")))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(begun), time.Second)
	group.Wait()
}

func TestReadinessComesBackWithTheServer(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, nil)
	db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: s.url("app")}, Health: attestdb.HealthConfig{Timing: fresh}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	server := httptest.NewServer(db.HealthHandler())
	t.Cleanup(server.Close)
	code, report := probe(t, server.URL+"/readyz")
	require.Equal(t, 200, code, "%+v", report)
	before := requireCheck(t, report, "connection.app", health.OK).Since

	require.NoError(t, s.Kill())
	begun := time.Now()
	code, report = probe(t, server.URL+"/readyz")
	require.Equal(t, 503, code)
	require.Less(t, time.Since(begun), 3*time.Second)
	lost := requireCheck(t, report, "connection.app", health.Unknown)
	require.True(t, lost.Since.After(before))
	requireCheckSkipped(t, report, "schema")
	begun = time.Now()
	require.Equal(t, health.Unknown, db.Health(t.Context()).Status)
	require.Less(t, time.Since(begun), 11*time.Second)

	s.start(t)
	require.Eventually(t, func() bool {
		code, report = probe(t, server.URL+"/readyz")
		return code == 200
	}, 10*time.Second, 50*time.Millisecond, "%+v", report)
	require.True(t, requireCheck(t, report, "connection.app", health.OK).Since.After(lost.Since))
}

func requireCheckSkipped(t *testing.T, report health.Report, name string) {
	t.Helper()
	c, ok := report.Get(name)
	require.True(t, ok)
	require.Equal(t, health.Skipped, c.Status, "%+v", c)
}

// What anybody does to what keeps tenants apart is told, by name.
func TestHealthFindsWhatNoLongerKeepsTenantsApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, sql string
		// fails are checks that fail, with a part of what they say.
		fails map[string]string
		ready bool
	}{
		{"not forced", `SET ROLE attestdb_owner; ALTER TABLE attestor.envelopes NO FORCE ROW LEVEL SECURITY`, map[string]string{"rls.gaps": "attestor.envelopes: row-level security is not forced"}, false},
		{"off", `SET ROLE attestdb_owner; ALTER TABLE verdict.ledger_entries DISABLE ROW LEVEL SECURITY`, map[string]string{
			"rls.gaps": "verdict.ledger_entries: row-level security is off", "rls.selftest": "without a tenant rows are seen in verdict.ledger_entries",
		}, false},
		{"tenants", `SET ROLE attestdb_owner; ALTER TABLE tenancy.tenants DISABLE ROW LEVEL SECURITY`, map[string]string{"rls.gaps": "tenancy.tenants"}, false},
		{"no policy", `SET ROLE attestdb_owner; DROP POLICY envelopes_app ON attestor.envelopes`, map[string]string{
			"rls.gaps": "attestor.envelopes: there is no policy for attestdb_app", "rls.policies": "attestor.envelopes",
		}, false},
		{"for all", `SET ROLE attestdb_owner; CREATE POLICY more ON verdict.ledger_entries FOR SELECT USING (true)`, map[string]string{
			"rls.gaps": "verdict.ledger_entries: there is a policy for everybody", "rls.policies": "verdict.ledger_entries", "rls.selftest": "verdict.ledger_entries",
		}, false},
		{"one more", `SET ROLE attestdb_owner; CREATE POLICY more ON verdict.ledger_entries FOR SELECT TO attestdb_app USING (true)`, map[string]string{
			"rls.policies": "verdict.ledger_entries: a policy of more", "rls.selftest": "verdict.ledger_entries",
		}, true},
		{"any tenant but none", `SET ROLE attestdb_owner; ALTER POLICY ledger_entries_app ON verdict.ledger_entries USING (current_setting('attestdb.tenant_id', true) <> '')`, map[string]string{
			"rls.policies": "verdict.ledger_entries", "rls.selftest": "a tenant that has nothing sees rows in verdict.ledger_entries",
		}, true},
		{"a new table", `SET ROLE attestdb_owner; CREATE TABLE attestor.later (tenant_id uuid, id uuid)`, map[string]string{"rls.gaps": "attestor.later", "rls.policies": "attestor.later"}, false},
		{"triggers", `ALTER TABLE verdict.ledger_entries DISABLE TRIGGER ALL`, map[string]string{"triggers": "on verdict.ledger_entries"}, true},
		{"what writes", `SET ROLE attestdb_owner; ALTER TABLE attestor.envelope_verifications DISABLE TRIGGER USER;
			ALTER POLICY envelope_verifications_app ON attestor.envelope_verifications WITH CHECK (true)`, map[string]string{
			"rls.policies": "attestor.envelope_verifications", "rls.selftest": "another tenant's row was refused for no reason of tenancy", "triggers": "envelope_verifications",
		}, true},
		{"a tenant that stays", `DO $$ BEGIN EXECUTE format('ALTER ROLE attestdb_test_app IN DATABASE %I SET attestdb.tenant_id = ''018f0000-0000-7000-8000-000000000001''', current_database()); END $$`,
			map[string]string{"rls.selftest": "a connection of the pool carries a tenant"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := testdb.New(t)
			domaintest.Tenant(t, openOn(t, d), "acme") // whose ledger has an entry
			execOn(t, d.Conn(t, "superuser"), c.sql)
			db := openWith(t, attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}})
			report := db.Health(t.Context())
			found := map[string]string{}
			for name, want := range c.fails {
				r := requireCheck(t, report, name, health.Fail)
				require.Contains(t, r.Value+" "+r.Error, want)
				found[name] = ""
			}
			for _, r := range report.Checks {
				if _, expected := found[r.Name]; !expected {
					require.NotEqual(t, health.Fail, r.Status, "%+v", r)
				}
			}
			rec := httptest.NewRecorder()
			db.HealthHandler().ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
			require.Equal(t, c.ready, rec.Code == http.StatusOK, rec.Body.String())
		})
	}
}

// Whatever the size of a table, and whatever the planner believes of it, the self-test
// reads none from end to end.
func TestSelfTestReadsNoTable(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	super := d.Conn(t, "superuser")
	// By statistics as short as these each tenant has half of the table, one that is not
	// there as well: so a plan for it hopes to meet a row of it soon, whatever it reads.
	execOn(t, super, "ALTER TABLE attestor.statements ALTER tenant_id SET STATISTICS 1, DISABLE TRIGGER ALL")
	_, err := super.Exec(t.Context(), `INSERT INTO attestor.statements (tenant_id, id, created_at, statement_type, predicate_type)
		SELECT CASE n % 2 WHEN 0 THEN '018f0000-0000-7000-8000-000000000001'::uuid ELSE '018f0000-0000-7000-8000-000000000002' END,
		       gen_random_uuid(), now(), 'https://in-toto.io/Statement/v1', 'p' FROM generate_series(1, 50000) n`)
	require.NoError(t, err)
	execOn(t, super, "ALTER TABLE attestor.statements ENABLE TRIGGER ALL; ANALYZE")
	const scans = "SELECT coalesce(sum(seq_scan), 0)::int, coalesce(sum(idx_scan), 0)::int FROM pg_stat_user_tables WHERE relname = 'statements'"
	var seq, idx, seqAfter, idxAfter int
	read := func(seq, idx *int) {
		execOn(t, super, "SELECT pg_stat_clear_snapshot()")
		require.NoError(t, super.QueryRow(t.Context(), scans).Scan(seq, idx))
	}
	// What the statistics are of so far is all that was done so far.
	execOn(t, super, "SELECT pg_stat_force_next_flush()")
	read(&seq, &idx)
	// So that each statement is planned when it runs.
	db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: d.URL("app")}, Pooler: attestdb.PoolerTransaction})
	require.NoError(t, err)
	requireCheck(t, db.Health(t.Context()), "rls.selftest", health.OK)
	require.NoError(t, db.Close(context.Background())) // and the sessions say what they did
	require.Eventually(t, func() bool {
		read(&seqAfter, &idxAfter)
		return idxAfter > idx
	}, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, seq, seqAfter)
}

func TestLedgerFreshness(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	db := openWith(t, attestdb.Config{
		App: attestdb.Conn{URL: d.URL("app")}, Admin: attestdb.Conn{URL: d.URL("admin")}, Auditor: attestdb.Conn{URL: d.URL("auditor")},
		Health: attestdb.HealthConfig{Timing: fresh, Thresholds: health.Thresholds{Uncovered: health.Limit[time.Duration]{Warn: time.Nanosecond}}},
	})
	report := db.Health(t.Context())
	requireCheck(t, report, "ledger.verified", health.Skipped)
	require.Equal(t, "0 ledgers", requireCheck(t, report, "ledger.checkpoints", health.OK).Value)

	acme, globex := domaintest.Tenant(t, db, "acme"), domaintest.Tenant(t, db, "globex")
	empty, err := db.Tenant(tenant.ID{15: 1}).Verdict().Freshness(t.Context())
	require.NoError(t, err)
	require.Zero(t, empty.Size)
	_, err = acme.Verdict().Append(t.Context(), decided("a"))
	require.NoError(t, err)
	f, err := acme.Verdict().Freshness(t.Context())
	require.NoError(t, err)
	require.Equal(t, acme.ID(), f.Tenant)
	require.EqualValues(t, 2, f.Size)
	require.EqualValues(t, 2, f.Uncovered())
	require.WithinDuration(t, time.Now(), f.NewestEntry, time.Minute)
	require.True(t, f.UncoveredSince.Before(f.NewestEntry))
	require.Zero(t, f.Checkpointed)

	key := signingKey(t, "acme")
	_, err = acme.Verdict().Checkpoint(t.Context(), key, "")
	require.NoError(t, err)
	f, err = acme.Verdict().Freshness(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, f.Checkpointed)
	require.Zero(t, f.Uncovered())
	require.Zero(t, f.UncoveredFor())
	require.WithinDuration(t, time.Now(), f.NewestCheckpoint, time.Minute)

	o, err := db.LedgerOverview(t.Context(), time.Hour)
	require.NoError(t, err)
	require.EqualValues(t, 2, o.Ledgers)
	require.Zero(t, o.Late)
	require.Equal(t, acme.ID(), o.Newest.Tenant)
	require.Equal(t, globex.ID(), o.Latest.Tenant, "the only one without a checkpoint")
	o, err = db.LedgerOverview(t.Context(), 0)
	require.NoError(t, err)
	require.EqualValues(t, 1, o.Late)

	// A program remembers what it verified.
	ids := []tenant.ID{acme.ID(), globex.ID()}
	for range db.VerifyLedgers(t.Context(), attestdb.LedgersRequest{Tenants: ids}) {
	}
	require.Contains(t, requireCheck(t, db.Health(t.Context()), "ledger.verified", health.OK).Value, "2 ledgers verified")
	report0, err := globex.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
	require.NoError(t, err)
	super := d.Conn(t, "superuser")
	execOn(t, super, "SET session_replication_role = replica")
	_, err = super.Exec(t.Context(), "UPDATE verdict.ledger_entries SET reason = 'no' WHERE tenant_id = $1", globex.ID().UUID())
	require.NoError(t, err)
	for range db.VerifyLedgers(t.Context(), attestdb.LedgersRequest{Tenants: ids}) {
	}
	c := requireCheck(t, db.Health(t.Context()), "ledger.verified", health.Fail)
	require.Contains(t, c.Error, globex.ID().String())

	// A file remembers it for the doctor, who compares the last entry that was verified.
	state := attestdb.LedgerState{State: report0.State, At: time.Now()}
	diagnosed, err := attestdb.Diagnose(t.Context(), attestdb.DiagnoseConfig{
		Config: attestdb.Config{Auditor: attestdb.Conn{URL: d.URL("auditor")}}, States: []attestdb.LedgerState{state},
	})
	require.NoError(t, err)
	c = requireCheck(t, diagnosed, "ledger.state."+globex.ID().String(), health.Fail)
	require.Contains(t, c.Error, "entry 0 is not the one that was verified")
}
