package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/testdb"
)

// Everybody who may ask which migrations are applied may ask whether they still stand.
func TestVerifySchemaFindsNothingInWhatTheMigrationsBuilt(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, role := range []string{"owner", "app", "admin", "auditor", "worker", "refresher", "superuser"} {
		v, err := attestdb.VerifySchema(t.Context(), attestdb.MigrateConfig{URL: db.URL(role)})
		require.NoError(t, err, role)
		require.Empty(t, v.Differences, role)
		require.True(t, v.OK(), role)
		require.Greater(t, v.Revisions, 50)
		require.Greater(t, v.Objects, 500)
	}
}

// attacks are what somebody with the owner's rights may do, or a superuser where it says
// so, each with what is found of it: kind, object, how.
var attacks = []struct {
	name, sql          string
	superuser          bool
	kind, object, how  string
	more               int    // how many differences there are besides; -1 is any number
	found, fix, undone string // found and fix contain these; undone is what undoes it if fix does not
}{
	{name: "a trigger disabled", sql: `ALTER TABLE attestor.envelopes DISABLE TRIGGER envelopes_append_only`,
		kind: "trigger", object: "envelopes_append_only on attestor.envelopes", how: "changed", found: " disabled"},
	{name: "a trigger for replicas only", sql: `ALTER TABLE verdict.ledger_entries ENABLE REPLICA TRIGGER ledger_entries_append_only`,
		kind: "trigger", object: "ledger_entries_append_only on verdict.ledger_entries", how: "changed", found: " replica only"},
	{name: "a trigger dropped", sql: `DROP TRIGGER tenants_keep ON tenancy.tenants`,
		kind: "trigger", object: "tenants_keep on tenancy.tenants", how: "missing", fix: "CREATE TRIGGER tenants_keep"},
	{name: "a trigger more", sql: `CREATE TRIGGER zz BEFORE INSERT ON attestor.envelopes FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant()`,
		kind: "trigger", object: "zz on attestor.envelopes", how: "unexpected"},
	{name: "a key's triggers disabled", sql: `ALTER TABLE attestor.envelope_contents DISABLE TRIGGER ALL`, superuser: true,
		kind: "constraint", object: "envelope_contents_envelope_fk on attestor.envelope_contents", how: "changed", found: " disabled", more: 4, undone: "never"},
	{name: "a policy dropped", sql: `DROP POLICY tenants_app ON tenancy.tenants`,
		kind: "policy", object: "tenants_app on tenancy.tenants", how: "missing"},
	{name: "a policy widened", sql: `ALTER POLICY tenants_app ON tenancy.tenants USING (true)`,
		kind: "policy", object: "tenants_app on tenancy.tenants", how: "changed", found: "USING (true)"},
	{name: "a policy more", sql: `CREATE POLICY everybody ON attestor.envelopes FOR SELECT TO attestdb_app USING (true)`,
		kind: "policy", object: "everybody on attestor.envelopes", how: "unexpected"},
	{name: "row-level security off", sql: `ALTER TABLE attestor.statements DISABLE ROW LEVEL SECURITY`,
		kind: "table", object: "attestor.statements", how: "changed", fix: "ENABLE ROW LEVEL SECURITY"},
	{name: "row-level security not forced", sql: `ALTER TABLE attestor.statements NO FORCE ROW LEVEL SECURITY`,
		kind: "table", object: "attestor.statements", how: "changed", fix: "FORCE ROW LEVEL SECURITY"},
	{name: "a table without a log", sql: `ALTER TABLE rekor.log_entries SET UNLOGGED`,
		kind: "table", object: "rekor.log_entries", how: "changed", found: "unlogged"},
	{name: "UPDATE granted", sql: `GRANT UPDATE ON verdict.ledger_entries TO attestdb_app`,
		kind: "grant", object: "verdict.ledger_entries to attestdb_app", how: "changed", fix: "REVOKE UPDATE ON verdict.ledger_entries FROM attestdb_app"},
	{name: "UPDATE of one column granted", sql: `GRANT UPDATE (name) ON tenancy.tenants TO attestdb_app`,
		kind: "grant", object: "tenancy.tenants columns to attestdb_app, UPDATE", how: "unexpected", found: "name"},
	{name: "SELECT granted to everybody", sql: `GRANT SELECT ON attestor.envelopes TO PUBLIC`,
		kind: "grant", object: "attestor.envelopes to PUBLIC", how: "unexpected"},
	{name: "a right to pass on", sql: `GRANT SELECT ON attestor.envelopes TO attestdb_auditor WITH GRANT OPTION`,
		kind: "grant", object: "attestor.envelopes to attestdb_auditor", how: "changed", found: "WITH GRANT OPTION",
		undone: `REVOKE GRANT OPTION FOR SELECT ON attestor.envelopes FROM attestdb_auditor`},
	{name: "a right of the owner revoked", sql: `REVOKE INSERT ON attestor.envelopes FROM attestdb_owner`,
		kind: "grant", object: "attestor.envelopes to its owner", how: "unexpected", found: "lacks INSERT"},
	{name: "a right revoked", sql: `REVOKE SELECT ON attestor.envelopes FROM attestdb_app`,
		kind: "grant", object: "attestor.envelopes to attestdb_app", how: "missing", fix: "GRANT SELECT"},
	{name: "CREATE in a schema", sql: `GRANT CREATE ON SCHEMA tenancy TO attestdb_app`,
		kind: "grant", object: "schema tenancy to attestdb_app", how: "changed", fix: "REVOKE CREATE ON SCHEMA tenancy FROM attestdb_app"},
	{name: "revisions to be rewritten", sql: `GRANT UPDATE ON atlas_tenancy.atlas_schema_revisions TO attestdb_app`,
		kind: "grant", object: "atlas_tenancy.atlas_schema_revisions to attestdb_app", how: "changed"},
	{name: "a function edited", sql: `CREATE OR REPLACE FUNCTION tenancy.refuse_change() RETURNS trigger LANGUAGE plpgsql
		SET search_path TO 'pg_catalog', 'pg_temp' AS $$BEGIN RETURN NULL; END$$`,
		kind: "function", object: "tenancy.refuse_change()", how: "changed", fix: "--json", undone: "body"},
	{name: "a function that searches elsewhere", sql: `ALTER FUNCTION tenancy.refuse_change() RESET search_path`,
		kind: "function", object: "tenancy.refuse_change()", how: "changed", undone: "body"},
	{name: "a function for everybody", sql: `GRANT EXECUTE ON FUNCTION verdict.erase_envelope TO PUBLIC`,
		kind: "function", object: "verdict.erase_envelope(", how: "changed", found: "PUBLIC",
		undone: `REVOKE EXECUTE ON FUNCTION verdict.erase_envelope FROM PUBLIC`},
	{name: "a function more", sql: `CREATE FUNCTION attestor.all_of_them() RETURNS SETOF attestor.envelopes LANGUAGE sql SECURITY DEFINER
		AS 'SELECT * FROM attestor.envelopes'`,
		kind: "function", object: "attestor.all_of_them()", how: "unexpected", found: "PUBLIC"},
	{name: "an aggregate", sql: `CREATE AGGREGATE attestor.total (bigint) (SFUNC = int8pl, STYPE = bigint)`,
		kind: "aggregate", object: "attestor.total(bigint)", how: "unexpected"},
	{name: "a column more", sql: `ALTER TABLE attestor.envelopes ADD COLUMN note text`,
		kind: "column", object: "attestor.envelopes.note", how: "unexpected", undone: `ALTER TABLE attestor.envelopes DROP COLUMN note`},
	{name: "a column that may be null", sql: `ALTER TABLE attestor.envelopes ALTER COLUMN size DROP NOT NULL`,
		kind: "column", object: "attestor.envelopes.size", how: "changed", undone: `ALTER TABLE attestor.envelopes ALTER COLUMN size SET NOT NULL`},
	{name: "a default", sql: `ALTER TABLE tenancy.tenants ALTER COLUMN status SET DEFAULT 'suspended'`,
		kind: "column", object: "tenancy.tenants.status", how: "changed", undone: `ALTER TABLE tenancy.tenants ALTER COLUMN status SET DEFAULT 'active'`},
	{name: "a check dropped", sql: `ALTER TABLE tenancy.tenants DROP CONSTRAINT tenants_status_known`,
		kind: "constraint", object: "tenants_status_known on tenancy.tenants", how: "missing"},
	{name: "a check that is none", sql: `ALTER TABLE tenancy.tenants DROP CONSTRAINT tenants_status_known; ALTER TABLE tenancy.tenants ADD CONSTRAINT tenants_status_known CHECK (true)`,
		kind: "constraint", object: "tenants_status_known on tenancy.tenants", how: "changed"},
	{name: "an index dropped", sql: `DROP INDEX tenancy.tenants_name_key`,
		kind: "index", object: "tenants_name_key on tenancy.tenants", how: "missing"},
	{name: "an index more", sql: `CREATE INDEX more ON tenancy.tenants (created_by)`,
		kind: "index", object: "more on tenancy.tenants", how: "unexpected"},
	{name: "an index that nobody may use", sql: `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'tenancy.tenants_name_key'::regclass`, superuser: true,
		kind: "index", object: "tenants_name_key on tenancy.tenants", how: "changed", found: " invalid"},
	{name: "a rule instead of an insert", sql: `CREATE RULE swallow AS ON INSERT TO verdict.ledger_checkpoints DO INSTEAD NOTHING`,
		kind: "rule", object: "swallow on verdict.ledger_checkpoints", how: "unexpected"},
	{name: "a child with rows of its own", sql: `CREATE SCHEMA side; CREATE TABLE side.more () INHERITS (attestor.statements)`,
		kind: "child", object: "side.more of attestor.statements", how: "unexpected"},
	{name: "a table more", sql: `CREATE TABLE attestor.more (id int PRIMARY KEY, x text); GRANT SELECT ON attestor.more TO attestdb_app`,
		kind: "table", object: "attestor.more", how: "unexpected"},
	{name: "a view more", sql: `CREATE VIEW attestor.everything AS SELECT * FROM attestor.envelopes`,
		kind: "view", object: "attestor.everything", how: "unexpected"},
	{name: "a table given away", sql: `ALTER TABLE tenancy.library_floors OWNER TO attestdb_admin`, superuser: true,
		kind: "table", object: "tenancy.library_floors", how: "changed", fix: "OWNER TO attestdb_owner", more: -1, undone: "never"},
	{name: "rights in advance", sql: `ALTER DEFAULT PRIVILEGES IN SCHEMA attestor GRANT ALL ON TABLES TO attestdb_app`,
		kind: "default acl", object: "for role attestdb_owner in schema attestor on tables", how: "unexpected",
		undone: `ALTER DEFAULT PRIVILEGES IN SCHEMA attestor REVOKE ALL ON TABLES FROM attestdb_app`},
	{name: "statistics", sql: `CREATE STATISTICS attestor.more ON id, size FROM attestor.envelopes`,
		kind: "statistics object", object: "attestor.more", how: "unexpected"},
	{name: "a file that was edited", sql: `UPDATE atlas_verdict.atlas_schema_revisions SET hash = 'x' WHERE version = '20261125010000'`,
		kind: "migrations", object: "verdict", how: "changed", found: "differs from the one in this library", undone: "never"},
	{name: "a file that was never applied", sql: `DELETE FROM atlas_attestor.atlas_schema_revisions WHERE version = '20261124160001'`,
		kind: "migrations", object: "attestor", how: "changed", found: "is not applied", undone: "never"},
}

func TestVerifySchemaFindsWhatAnOwnerChanged(t *testing.T) {
	t.Parallel()
	for _, attack := range attacks {
		t.Run(attack.name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			db := testdb.New(t)
			role := "owner"
			if attack.superuser {
				role = "superuser"
			}
			conn := db.Conn(t, role)
			if !attack.superuser {
				_, err := conn.Exec(ctx, "SET ROLE attestdb_owner")
				require.NoError(t, err)
			}
			_, err := conn.Exec(ctx, attack.sql)
			require.NoError(t, err)

			v, err := attestdb.VerifySchema(ctx, attestdb.MigrateConfig{URL: db.URL("auditor")})
			require.NoError(t, err)
			require.False(t, v.OK())
			if attack.more >= 0 {
				require.Len(t, v.Differences, 1+attack.more, v.Differences)
			}
			var d attestdb.MigrateDifference
			for _, d = range v.Differences {
				if d.Kind == attack.kind && strings.HasPrefix(d.Object, attack.object) {
					break
				}
			}
			require.Equal(t, attack.kind, d.Kind, v.Differences)
			require.Contains(t, d.Object, attack.object)
			require.Equal(t, attack.how, d.How)
			require.Contains(t, d.Found, attack.found)
			require.Contains(t, d.Fix, attack.fix)
			require.NotEmpty(t, d.Fix)

			// What it says to do undoes it.
			switch undo := attack.undone; undo {
			case "never":
				return
			case "body":
				_, body, _ := strings.Cut(d.Expected, "\n")
				_, err = conn.Exec(ctx, body)
			case "":
				statement, _, _ := strings.Cut(d.Fix, "; after")
				_, err = conn.Exec(ctx, statement)
			default:
				_, err = conn.Exec(ctx, undo)
			}
			require.NoError(t, err, d.Fix)
			v, err = attestdb.VerifySchema(ctx, attestdb.MigrateConfig{URL: db.URL("app")})
			require.NoError(t, err)
			require.Empty(t, v.Differences)
		})
	}
}

// A setting by which triggers and foreign keys are not looked at counts, too.
func TestVerifySchemaFindsSessionsWithoutTriggers(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	conn := db.Conn(t, "superuser")
	var name string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT current_database()").Scan(&name))
	_, err := conn.Exec(t.Context(), "ALTER ROLE attestdb_test_app IN DATABASE "+name+" SET session_replication_role = replica")
	require.NoError(t, err)
	v, err := attestdb.VerifySchema(t.Context(), attestdb.MigrateConfig{URL: db.URL("auditor")})
	require.NoError(t, err)
	require.Equal(t, []attestdb.MigrateDifference{{
		Kind: "setting", Object: "ROLE attestdb_test_app IN DATABASE " + name, How: "unexpected", Found: "session_replication_role=replica",
		Fix: "ALTER ROLE attestdb_test_app IN DATABASE " + name + " RESET session_replication_role;",
	}}, v.Differences)
	_, err = conn.Exec(t.Context(), v.Differences[0].Fix)
	require.NoError(t, err)
}

// Where nothing may be written it works as well, since it writes nothing.
func TestVerifySchemaWritesNothing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, role := range []string{"owner", "app"} {
		url := db.URL(role) + "&default_transaction_read_only=on"
		v, err := attestdb.VerifySchema(t.Context(), attestdb.MigrateConfig{URL: url})
		require.NoError(t, err)
		require.True(t, v.OK())
	}
}

// Of a database that is behind nothing is said but that, and of one that is ahead neither.
func TestVerifySchemaOfAnotherVersion(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	empty := testdb.NewEmpty(t)
	v, err := attestdb.VerifySchema(ctx, attestdb.MigrateConfig{URL: empty.URL("owner")})
	require.NoError(t, err)
	require.False(t, v.OK())
	require.False(t, v.UpToDate)
	require.Empty(t, v.Differences)

	behind := thaw(t, "0003_attestor_in_full")
	v, err = attestdb.VerifySchema(ctx, attestdb.MigrateConfig{URL: behind.URL("app")})
	require.NoError(t, err)
	require.False(t, v.OK())
	require.False(t, v.UpToDate)
	require.Empty(t, v.Differences, "an old state is no drift")
	require.Nil(t, v.Newer())
	require.Greater(t, v.Revisions, 10)
	require.Zero(t, v.Objects)

	ahead := testdb.New(t)
	_, err = ahead.Conn(t, "superuser").Exec(ctx, `INSERT INTO atlas_verdict.atlas_schema_revisions
		SELECT '29991231235959', 'later', type, applied, total, executed_at, execution_time, error, error_stmt, hash, partial_hashes, operator_version
		  FROM atlas_verdict.atlas_schema_revisions LIMIT 1`)
	require.NoError(t, err)
	v, err = attestdb.VerifySchema(ctx, attestdb.MigrateConfig{URL: ahead.URL("app")})
	require.NoError(t, err)
	require.False(t, v.OK())
	require.Empty(t, v.Differences)
	require.Equal(t, "verdict", v.Newer().Module)
}
