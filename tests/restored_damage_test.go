package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/health"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// without writes a list for pg_restore --use-list that leaves the rows of tables out.
func without(t testing.TB, dump string, tables ...string) string {
	t.Helper()
	var kept []string
	left := 0
	for line := range strings.Lines(tool(t, "pg_restore", "--list", dump)) {
		leave := false
		for _, table := range tables {
			schema, name, _ := strings.Cut(table, ".")
			leave = leave || regexp.MustCompile(` TABLE DATA `+schema+` `+name+` `).MatchString(line)
		}
		if leave {
			left++
			continue
		}
		kept = append(kept, line)
	}
	require.Equal(t, len(tables), left)
	file := filepath.Join(t.TempDir(), "list")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(kept, "")), 0o600))
	return file
}

// A dump that was restored without the rows of a table, in a way that PostgreSQL checks
// and that no error tells of, or in one that it does not check.
func TestRestoreWithoutATableIsFound(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme", "globex")
	b.keep(t, "acme", "globex")
	dump := dumpOf(t, d.URL("superuser"))

	// Nothing refers to the bytes of envelopes.
	copied := restore(t, dump, "--use-list", without(t, dump, "attestor.envelope_contents"))
	found := findingsByName(checkRestored(t, copied.URL, b.request()))
	require.Len(t, found, 2)
	require.Contains(t, found["acme"][0].Detail, "are gone, and no entry says that they were erased")

	// Rows that are loaded into a database that is there, with triggers off, are checked
	// by no foreign key, and each of them stays valid.
	schema := restore(t, dump, "--schema-only")
	_, err := toolErr(t, "pg_restore", "--data-only", "--exit-on-error", "--single-transaction", "--dbname", schema.URL("superuser"), dump)
	require.Error(t, err, "triggers refuse it")
	tool(t, "pg_restore", "--data-only", "--disable-triggers", "--exit-on-error", "--use-list", without(t, dump, "attestor.statements"),
		"--dbname", schema.URL("superuser"), dump)
	report := checkRestored(t, schema.URL, b.request())
	requireCheck(t, report.Database, "server.constraints", health.OK)
	requireCheck(t, report.Database, "triggers", health.OK)
	details := ""
	for _, f := range findingsByName(report)["globex"] {
		details += f.Part + ": " + f.Detail + "\n"
	}
	require.Contains(t, details, "rows of attestor.statement_subjects refer to rows of attestor.statements that are missing (statement_subjects_statement_fk)")
	require.Contains(t, details, "payload or Statement is stored as another than is in its bytes")

	// The same load with everything is complete.
	whole := restore(t, dump, "--schema-only")
	tool(t, "pg_restore", "--data-only", "--disable-triggers", "--exit-on-error", "--dbname", whole.URL("superuser"), dump)
	requireComplete(t, checkRestored(t, whole.URL, b.request()), "acme", "globex")
}

// notMissed are tables of which nothing inside says how many rows there should be.
var notMissed = map[string]bool{
	"attestor.envelope_verifications": true, "attestor.sbom_entry_digests": true, "attestor.sbom_entry_licences": true,
	"rekor.log_entries": true,
}

// notCounted are tables whose rows are erased, or are no tenant's.
var notCounted = []string{"attestor.envelope_contents", "verdict.ledger_payloads", "tenancy.tenants", "tenancy.library_floors"}

// Each table that lost its rows is found, by what needs them or by earlier counts.
func TestEveryTableThatIsEmptyIsFound(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme")
	b.keep(t, "acme")
	before := checkRestored(t, d.URL, b.request())
	requireComplete(t, before, "acme")
	super := d.Conn(t, "superuser")
	execOn(t, super, "SET session_replication_role = replica")
	rows, err := super.Query(t.Context(), `SELECT n.nspname || '.' || c.relname,
		(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attgenerated = '')
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($1) AND c.relkind = 'r' ORDER BY 1`, migrations.Modules)
	require.NoError(t, err)
	type table struct{ Name, Columns string }
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	require.NoError(t, err)
	require.Greater(t, len(tables), 20)
	for _, table := range tables {
		execOn(t, super, "CREATE TEMP TABLE kept AS SELECT "+table.Columns+" FROM "+table.Name)
		var n int
		require.NoError(t, super.QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n))
		require.Positive(t, n, "%s is in no dump of this test", table.Name)
		execOn(t, super, "DELETE FROM "+table.Name)
		report := checkRestored(t, d.URL, b.request())
		if notMissed[table.Name] {
			require.Equal(t, health.OK, report.Status, table.Name)
		} else {
			require.Equal(t, health.Fail, report.Status, table.Name)
		}
		if !slices.Contains(notCounted, table.Name) {
			req := b.request()
			req.Earlier = []attestdb.RestoredRows{{Tenant: before.Tenants[0].ID, Rows: before.Tenants[0].Rows}}
			report = checkRestored(t, d.URL, req)
			require.Equal(t, health.Fail, report.Status, table.Name)
			details := ""
			for _, f := range report.Tenants[0].Findings {
				details += f.Detail + "\n"
			}
			require.Contains(t, details, "rows of "+table.Name+" are lost", table.Name)
		}
		execOn(t, super, "INSERT INTO "+table.Name+" ("+table.Columns+") SELECT * FROM kept; DROP TABLE kept")
	}
	requireComplete(t, checkRestored(t, d.URL, b.request()), "acme")
}

// What was changed while triggers were off is found, and where.
func TestEditedRowsOfACopyAreFound(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme", "globex")
	b.keep(t, "acme", "globex")
	super := d.Conn(t, "superuser")
	globex := b.tenants["globex"].ID().String()
	for _, c := range []struct{ sql, part, detail string }{
		{"UPDATE attestor.envelope_contents SET content = content || ' '", "evidence", "its bytes have another digest"},
		{"UPDATE attestor.envelope_contents SET content = content || ' '", "chain", "segment"},
		{"UPDATE attestor.envelopes SET size = size + 1", "evidence", "bytes instead of"},
		{"UPDATE attestor.envelopes SET payload_type = 'x'", "evidence", "its media type, payload or Statement"},
		{"UPDATE attestor.envelope_signatures SET sig = sig || '0'", "evidence", "signatures that are stored are not the"},
		{"UPDATE attestor.envelope_signatures SET position = position + 1", "rows", "envelopes whose signatures are missing"},
		{"UPDATE attestor.statement_subjects SET name = name || 'x'", "evidence", "subjects that are stored are not the"},
		{"UPDATE attestor.statements SET predicate_type = 'x'", "evidence", "its media type, payload or Statement"},
		{"UPDATE attestor.sboms SET component_count = component_count + 1", "rows", "SBOMs that have not as many components as they say"},
		{"UPDATE attestor.sbom_contents SET content = content || ' '", "rows", "SBOMs whose document has another digest or size"},
		{"UPDATE attestor.proof_segments SET digest = sha256(digest) WHERE content IS NULL", "chain", "segment"},
		{"UPDATE attestor.proof_chains SET policy_version = 'x'", "chain", "chain"},
		{"UPDATE attestor.sbom_entries SET sbom_id = gen_random_uuid()", "rows", "refer to rows of attestor.sboms that are missing"},
		{"UPDATE attestor.envelope_verifications SET signatures = '[7]'", "rows", "names a signature that is not there"},
		{"UPDATE verdict.ledger_entries SET reason = 'another' WHERE kind = 'decision'", "ledger", "its bytes have another hash"},
		{"UPDATE verdict.ledger_payloads SET content = content || ' '", "ledger", "payload"},
	} {
		tx, err := super.Begin(t.Context())
		require.NoError(t, err)
		table := strings.Fields(c.sql)[1]
		_, err = tx.Exec(t.Context(), "SET LOCAL session_replication_role = replica; CREATE TABLE public.kept AS TABLE "+table)
		require.NoError(t, err)
		where := " WHERE "
		if strings.Contains(c.sql, where) {
			where = " AND "
		}
		tag, err := tx.Exec(t.Context(), c.sql+where+"tenant_id = '"+globex+"'")
		require.NoError(t, err, c.sql)
		require.Positive(t, tag.RowsAffected(), c.sql)
		require.NoError(t, tx.Commit(t.Context()))

		report := checkRestored(t, d.URL, b.request())
		require.Equal(t, health.Fail, report.Status, c.sql)
		found := findingsByName(report)
		require.Len(t, found, 1, c.sql)
		var said bool
		for _, f := range found["globex"] {
			said = said || f.Part == c.part && strings.Contains(f.Detail, c.detail)
		}
		require.True(t, said, "%s: %+v", c.sql, found["globex"])
		undo(t, super, table)
	}
	requireComplete(t, checkRestored(t, d.URL, b.request()), "acme", "globex")
}

// undo puts the rows of a table back.
func undo(t *testing.T, super *pgx.Conn, table string) {
	t.Helper()
	var columns string
	require.NoError(t, super.QueryRow(t.Context(), `SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
		FROM pg_attribute a WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND a.attgenerated = ''`, table).Scan(&columns))
	execOn(t, super, "BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM "+table+"; INSERT INTO "+table+" ("+columns+") SELECT "+columns+
		" FROM public.kept; DROP TABLE public.kept; COMMIT")
}

// What a restore left out of the schema is named.
func TestMissingObjectsOfACopyAreNamed(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	b := newBackedUp(t, openOn(t, d), "acme")
	b.keep(t, "acme")
	super := d.Conn(t, "superuser")
	dump := dumpOf(t, d.URL("superuser"))
	for _, c := range []struct{ sql, missing string }{
		{"DROP POLICY envelopes_app ON attestor.envelopes", "policy envelopes_app on attestor.envelopes (missing)"},
		{"DROP INDEX verdict.ledger_entries_idempotency_key", "index ledger_entries_idempotency_key on verdict.ledger_entries (missing)"},
		{"ALTER TABLE attestor.statements DROP CONSTRAINT statements_envelope_fk", "constraint statements_envelope_fk on attestor.statements (missing)"},
		{"DROP TRIGGER ledger_entries_law ON verdict.ledger_entries", "trigger ledger_entries_law on verdict.ledger_entries (missing)"},
		{"REVOKE SELECT ON attestor.sboms FROM attestdb_app", "grant "},
		{"ALTER TABLE rekor.log_entries NO FORCE ROW LEVEL SECURITY", "table rekor.log_entries (changed)"},
		{"ALTER TABLE attestor.sboms OWNER TO postgres", "table attestor.sboms (changed)"},
		{"DROP FUNCTION attestor.predicate_kinds CASCADE", "function attestor.predicate_kinds() (missing)"},
	} {
		copied := restore(t, dump)
		execOn(t, copied.Conn(t, "superuser"), c.sql)
		report := checkRestored(t, copied.URL, b.request())
		require.Equal(t, health.Fail, report.Status, c.sql)
		require.Contains(t, requireCheck(t, report.Database, "restored.objects", health.Fail).Value, c.missing)
	}
	execOn(t, super, "SET session_replication_role = replica; DELETE FROM tenancy.library_floors")
	floors := requireCheck(t, checkRestored(t, d.URL, b.request()).Database, "restored.floors", health.Fail)
	require.Contains(t, floors.Value, "is empty")

	// What belongs to the server, or to the database as a whole.
	execOn(t, super, "DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM attestdb_worker', current_database()); END $$")
	execOn(t, super, `CREATE TABLE public.sorted (name text COLLATE "en-x-icu"); UPDATE pg_collation SET collversion = '0' WHERE collname = 'en-x-icu'`)
	report := checkRestored(t, d.URL, b.request())
	require.Contains(t, requireCheck(t, report.Database, "restored.roles", health.Fail).Error, "GRANT CONNECT ON DATABASE")
	require.Contains(t, requireCheck(t, report.Database, "restored.collation", health.Fail).Value, "en-x-icu")
}
