package tests

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// fillDecisions gives a tenant n decisions with two inputs and a payload each, most under one
// policy, past keys and triggers, and has the planner know.
func fillDecisions(t testing.TB, database *testdb.DB, tenant attestdb.TenantID, n int) {
	t.Helper()
	conn := database.Conn(t, "superuser")
	_, err := conn.Exec(t.Context(), "SET session_replication_role = replica")
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `CREATE TEMPORARY TABLE fresh AS
		SELECT gen_random_uuid() AS id, now() + n * interval '1 second' AS at, n + 20 AS n FROM generate_series(1, $1::int) n`, n)
	require.NoError(t, err)
	for _, sql := range []string{
		`INSERT INTO verdict.ledger_entries
		 SELECT $1, id, n, at, sha256('p'), 'decision', NULL, 'sha256', sha256((n % 99)::text::bytea), 'n', 'PASS',
		        CASE WHEN n % 50 = 0 THEN 'rare' ELSE 'p' END, NULL, 'r', NULL, 'v', at, sha256('p'), sha256('d'), 'ci', id::text, sha256(uuid_send(id)) FROM fresh`,
		`INSERT INTO verdict.ledger_inputs SELECT $1, gen_random_uuid(), at, n, p, 'envelope', sha256((n % 99 || '-' || p)::bytea) FROM fresh, generate_series(0, 1) p`,
		`INSERT INTO verdict.ledger_payloads SELECT $1, id, at, sha256('n'), '{}' FROM fresh`,
	} {
		_, err = conn.Exec(t.Context(), sql, uuid.UUID(tenant))
		require.NoError(t, err)
	}
	for _, sql := range []string{"DROP TABLE fresh", "VACUUM ANALYZE"} {
		_, err = conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
}

func both(these, anyone planNode) []planNode { return []planNode{these, anyone} }

// Each way to read a ledger has its index, as the application's role, whichever values
// are frequent.
func TestLedgerReadsUseTheirIndexes(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	var tap wiretap
	db, acme := openTapped(t, database, &tap)
	d := verdict.Decision{
		Subject: verdict.Subject{Digest: digest.Sum([]byte("7")).Digest()}, Result: verdict.Pass, Policy: verdict.Policy{URI: "p"},
		Inputs: []verdict.Input{{Kind: "envelope", Digest: digest.Sum([]byte("7-0"))}}, Payload: []byte("{}"),
	}
	entry, err := acme.Verdict().Append(t.Context(), d)
	require.NoError(t, err)
	for _, verified := range []bool{true, false} {
		_, err := db.Tenancy().As("ci").Require(t.Context(), acme.ID(), tenancy.Requirements{Verified: verified})
		require.NoError(t, err)
	}
	fillDecisions(t, database, acme.ID(), 40_000)
	fillDecisions(t, database, domaintest.Tenant(t, db, "globex").ID(), 10_000)
	fillTenants(t, database)

	at := entry.RecordedAt
	store := acme.Verdict()
	find := func(q verdict.Query) func() {
		return func() {
			entries, next, err := store.Find(t.Context(), q, page.Request{Limit: 1})
			require.NoError(t, err)
			require.Len(t, entries, 1, "%+v", q)
			require.NotEmpty(t, next)
			_, _, err = store.Find(t.Context(), q, page.Request{Limit: 1, Cursor: next})
			require.NoError(t, err)
		}
	}
	subject, input := d.Subject.Digest, d.Inputs[0]
	for _, read := range []struct {
		index string
		call  func()
	}{
		{"ledger_entries_seq_key", find(verdict.Query{})},
		{"ledger_entries_subject_idx", find(verdict.BySubject(subject))},
		{"ledger_entries_policy_idx", find(verdict.ByPolicy("p"))},
		{"ledger_entries_policy_idx", find(verdict.ByPolicy("rare"))},
		{"ledger_entries_action_idx", find(verdict.ByAction("tenant.require"))},
		{"ledger_entries_action_idx", find(verdict.Query{Action: "tenant.require", Since: at})},
		{"ledger_entries_recorded_at_idx", find(verdict.ByTime(at, at.Add(time.Hour)))},
		{"ledger_entries_recorded_at_idx", find(verdict.Query{PolicyURI: "p", Since: at})},
		{"ledger_inputs_digest_idx", find(verdict.ByInput("", input.Digest))},
		{"ledger_inputs_digest_idx", find(verdict.ByInput("envelope", input.Digest))},
		{"ledger_inputs_digest_idx", find(verdict.Query{Input: input, Until: at.Add(9 * time.Hour)})},
		{"ledger_entries_current_idx", find(verdict.Query{Subject: subject, PolicyURI: "p"})},
		{"ledger_entries_subject_idx", find(verdict.Query{Subject: subject, Input: input})},
		{"ledger_entries_policy_idx", find(verdict.Query{PolicyURI: "p", Input: input, Since: at})},
		{"ledger_entries_current_idx", func() {
			_, err := store.Current(t.Context(), verdict.Key{Subject: subject, PolicyURI: "p"})
			require.NoError(t, err)
		}},
		{"ledger_entries_seq_key", func() {
			_, err := store.Get(t.Context(), entry.Seq)
			require.NoError(t, err)
		}},
		{"ledger_entries_pkey", func() {
			_, err := store.ByID(t.Context(), entry.ID)
			require.NoError(t, err)
		}},
		{"ledger_inputs_digest_idx", func() {
			_, err := store.Payload(t.Context(), entry.Seq)
			require.NoError(t, err)
		}},
	} {
		tap.take()
		read.call()
		sent := tap.take()
		require.NotEmpty(t, sent)
		for _, s := range sent {
			explainApp(t, database, acme.ID(), s.sql, s.args...)
			// Another one without a filter could have to sort what it reads.
			for _, plan := range both(plans(t, database, acme.ID(), s.sql, s.args)) {
				require.Contains(t, plan.indexes(), read.index, s.sql)
			}
		}
	}
}
