package tests

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// scratchTable is a table of tenants in no module's way.
const scratchTable = `CREATE TABLE attestor.scratch (tenant_id uuid NOT NULL, id uuid NOT NULL, other uuid, CONSTRAINT scratch_pkey PRIMARY KEY (tenant_id, id));
  ALTER TABLE attestor.scratch OWNER TO attestdb_owner;`

// citusRules are what Citus refuses, or silently does otherwise, of tables that are
// distributed by tenant_id: measured on Citus 13.2, and asked here of any PostgreSQL. Those
// about keys and policies are rules of every table too (TestCatalogueKeepsTheRules), here
// as Citus has them. planted is the name of what broken makes.
var citusRules = []struct{ name, query, broken, planted string }{
	{
		"a primary, unique or exclusion key contains tenant_id, first",
		`WITH ` + tenantTables + ` SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tenant_tables t ON t.oid = i.indrelid
		  WHERE (i.indisunique OR i.indisexclusion) AND (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = i.indkey[0]) IS DISTINCT FROM 'tenant_id'`,
		scratchTable + `ALTER TABLE attestor.scratch ADD CONSTRAINT scratch_ex EXCLUDE USING btree (other WITH =, tenant_id WITH =)`, "attestor.scratch_ex",
	},
	{
		"a table of tenants has a primary key, which says who a row is",
		`WITH ` + tenantTables + ` SELECT name FROM tenant_tables t WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)`,
		`CREATE TABLE attestor.scratch (tenant_id uuid NOT NULL)`, "attestor.scratch",
	},
	{
		"tenant_id is a uuid that is never NULL, so that all tables are in one group",
		`WITH ` + tenantTables + ` SELECT name FROM tenant_tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id'
		  WHERE a.atttypid <> 'uuid'::regtype OR NOT a.attnotnull OR a.attgenerated <> ''`,
		`CREATE TABLE attestor.scratch (tenant_id text NOT NULL)`, "attestor.scratch",
	},
	{
		"a foreign key between tables of tenants contains tenant_id, in the same place of both",
		`WITH ` + tenantTables + ` SELECT k.conname::text FROM pg_constraint k JOIN tenant_tables a ON a.oid = k.conrelid JOIN tenant_tables b ON b.oid = k.confrelid
		  WHERE k.contype = 'f' AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS u (x, y)
		    JOIN pg_attribute c ON c.attrelid = a.oid AND c.attnum = u.x AND c.attname = 'tenant_id'
		    JOIN pg_attribute d ON d.attrelid = b.oid AND d.attnum = u.y AND d.attname = 'tenant_id')`,
		scratchTable + `ALTER TABLE attestor.scratch ADD CONSTRAINT scratch_key UNIQUE (id, other), ADD CONSTRAINT scratch_fk FOREIGN KEY (id, other) REFERENCES attestor.scratch (id, other)`, "scratch_fk",
	},
	{
		"a reference table points to reference tables only",
		`WITH ` + tenantTables + ` SELECT k.conname::text FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid JOIN tenant_tables b ON b.oid = k.confrelid
		  WHERE k.contype = 'f' AND a.relnamespace = ANY ($1::regnamespace[]) AND a.oid NOT IN (SELECT oid FROM tenant_tables)`,
		scratchTable + `CREATE TABLE attestor.scratch_ref (a uuid, b uuid, CONSTRAINT scratch_ref_fk FOREIGN KEY (a, b) REFERENCES attestor.scratch (tenant_id, id))`, "scratch_ref_fk",
	},
	{
		"no foreign key leads out of the modules, where tables stay local",
		`SELECT k.conname::text FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
		  WHERE k.contype = 'f' AND (a.relnamespace = ANY ($1::regnamespace[])) <> (b.relnamespace = ANY ($1::regnamespace[]))`,
		scratchTable + `CREATE TABLE public.scratch (id uuid PRIMARY KEY); ALTER TABLE attestor.scratch ADD CONSTRAINT scratch_fk FOREIGN KEY (other) REFERENCES public.scratch (id)`, "scratch_fk",
	},
	{
		"no foreign key sets NULL or a default",
		`SELECT k.conname::text FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = ANY ($1::regnamespace[])
		    AND (k.confdeltype IN ('n', 'd') OR k.confupdtype IN ('n', 'd'))`,
		scratchTable + `ALTER TABLE attestor.scratch ADD CONSTRAINT scratch_fk FOREIGN KEY (tenant_id, other) REFERENCES attestor.scratch (tenant_id, id) ON DELETE SET NULL (other)`, "scratch_fk",
	},
	{
		"no policy has a sub-query",
		`SELECT polname::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = ANY ($1::regnamespace[])
		    AND coalesce(p.polqual::text, '') || coalesce(p.polwithcheck::text, '') LIKE '%{SUBLINK %'`,
		`CREATE POLICY scratch ON attestor.envelopes FOR SELECT TO attestdb_worker USING (tenant_id IN (SELECT id FROM tenancy.tenants))`, "scratch",
	},
	{
		"a policy calls nothing of ours, which would have to be on every worker",
		`SELECT p.polname::text FROM pg_policy p JOIN pg_depend d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
		   JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = ANY ($1::regnamespace[])`,
		`CREATE FUNCTION attestor.scratch() RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE POLICY scratch ON attestor.envelopes FOR SELECT TO attestdb_worker USING (attestor.scratch())`, "scratch",
	},
	{
		"no column counts up by itself: there is no identity, no serial and no sequence",
		`SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		  WHERE c.relnamespace = ANY ($1::regnamespace[]) AND a.attidentity <> ''
		 UNION ALL SELECT d.adrelid::regclass || ': ' || pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
		  WHERE c.relnamespace = ANY ($1::regnamespace[]) AND pg_get_expr(d.adbin, d.adrelid) ~ 'nextval'
		 UNION ALL SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = ANY ($1::regnamespace[]) AND c.relkind = 'S'`,
		`CREATE TABLE attestor.scratch (tenant_id uuid NOT NULL, n bigserial)`, "attestor.scratch: nextval('attestor.scratch_n_seq'::regclass)",
	},
	{
		"nobody changes tenant_id: no role may, and a trigger stops the owner",
		`WITH ` + tenantTables + ` SELECT t.name || ' by ' || r.rolname FROM tenant_tables t, pg_roles r
		  WHERE r.rolname LIKE 'attestdb\_%' AND r.rolname NOT IN ('attestdb_owner', 'attestdb_test_owner') AND has_column_privilege(r.oid, t.oid, 'tenant_id', 'UPDATE')
		 UNION ALL SELECT t.name FROM tenant_tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant_id'
		  WHERE NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgenabled = 'O' AND g.tgqual IS NULL AND g.tgtype & (2 | 16) = (2 | 16)
		    AND g.tgfoid = 'tenancy.refuse_change()'::regprocedure AND (g.tgattr = '' OR a.attnum = ANY (g.tgattr)))`,
		scratchTable + `CREATE TRIGGER scratch BEFORE UPDATE OF other ON attestor.scratch FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change()`, "attestor.scratch",
	},
	{
		"a materialized view is read by nobody but its owner: it has no row-level security",
		`SELECT c.oid::regclass || ' by ' || x.grantee::regrole FROM pg_class c, aclexplode(c.relacl) x
		  WHERE c.relkind = 'm' AND c.relnamespace = ANY ($1::regnamespace[]) AND x.grantee <> c.relowner`,
		`CREATE MATERIALIZED VIEW attestor.scratch AS SELECT 1 AS a; GRANT SELECT ON attestor.scratch TO attestdb_app`, "attestor.scratch by attestdb_app",
	},
	{
		"a table of tenants is whole: no partition, no parent, no child, and kept in the log",
		`WITH ` + tenantTables + ` SELECT name FROM tenant_tables t WHERE relkind <> 'r' OR relpersistence <> 'p' OR relispartition OR relhassubclass
		     OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = t.oid)`,
		`CREATE UNLOGGED TABLE attestor.scratch (tenant_id uuid NOT NULL)`, "attestor.scratch",
	},
	{
		"a function that programs call on tables of tenants says by an argument whose",
		`SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = ANY ($1::regnamespace[])
		    AND EXISTS (SELECT FROM aclexplode(p.proacl) x WHERE x.grantee <> p.proowner)
		    AND p.prosrc || coalesce(pg_get_function_sqlbody(p.oid), '') ~* '\m(FROM|JOIN|INTO|UPDATE)\s+(attestor|rekor|verdict)\.\w+(?!\w|\()'
		    AND p.proargtypes[array_position(p.proargnames, 'tenant') - 1] IS DISTINCT FROM 'uuid'::regtype`,
		`CREATE FUNCTION attestor.scratch(id uuid) RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM attestor.envelopes'; GRANT EXECUTE ON FUNCTION attestor.scratch TO attestdb_app`,
		"attestor.scratch(uuid)",
	},
	{
		"no function knows of what each node has of its own: advisory locks, notifications, transaction ids",
		`SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = ANY ($1::regnamespace[])
		    AND p.prosrc || coalesce(pg_get_function_sqlbody(p.oid), '') ~* '\m(pg_(try_)?advisory\w*|pg_notify|notify|listen|txid_\w+|pg_current_xact_id\w*|pg_current_snapshot|pg_backend_pid)\M'`,
		`CREATE FUNCTION attestor.scratch() RETURNS void LANGUAGE sql AS 'SELECT pg_advisory_xact_lock(1)'`, "attestor.scratch()",
	},
	{
		"no function goes through a table recursively",
		`SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = ANY ($1::regnamespace[]) AND p.prosrc ~* '\mwith\s+recursive\M'`,
		`CREATE FUNCTION attestor.scratch() RETURNS int LANGUAGE sql AS 'WITH RECURSIVE r AS (SELECT 1 AS a UNION SELECT a FROM r) SELECT a FROM r'`, "attestor.scratch()",
	},
}

func TestTablesKeepTheRulesOfCitus(t *testing.T) {
	t.Parallel()
	conn := testdb.New(t).Conn(t, "superuser")
	for _, r := range citusRules {
		t.Run(r.name, func(t *testing.T) {
			require.Empty(t, violations(t, conn, r.query))
			tx := begin(t, conn)
			_, err := tx.Exec(t.Context(), r.broken)
			require.NoError(t, err)
			require.Contains(t, violations(t, tx, r.query), r.planted, "the rule does not find what breaks it")
			require.NoError(t, tx.Rollback(t.Context()))
		})
	}
}

// lockingClause is where a statement locks rows.
var lockingClause = regexp.MustCompile(`(?i)\bFOR\s+(NO\s+KEY\s+UPDATE|UPDATE|SHARE|KEY\s+SHARE)\b`)

// What functions do to tables of tenants they do to one tenant's rows: each statement that
// names such a table names tenant_id, and one that locks rows compares it. That is as far
// as text can tell.
func TestFunctionsNameTheTenantInEveryStatement(t *testing.T) {
	t.Parallel()
	conn := testdb.New(t).Conn(t, "superuser")
	require.Empty(t, tenantless(t, conn))
	for name, body := range map[string]string{
		"locks everybody's":  "PERFORM FROM verdict.ledgers l WHERE l.id = gen_random_uuid() FOR NO KEY UPDATE;",
		"locks without":      "PERFORM l.tenant_id FROM verdict.ledgers l FOR UPDATE SKIP LOCKED;",
		"reads everybody's":  "PERFORM count(*) FROM attestor.envelopes;",
		"joins by id alone":  "PERFORM FROM attestor.envelopes e JOIN attestor.statements s ON s.id = e.id;",
		"deletes by id":      "DELETE FROM verdict.ledger_payloads WHERE id = gen_random_uuid();",
		"inserts for nobody": "INSERT INTO verdict.ledgers (id, created_at) VALUES (gen_random_uuid(), now());",
	} {
		tx := begin(t, conn)
		_, err := tx.Exec(t.Context(), "CREATE FUNCTION attestor.scratch() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n"+body+"\nEND $$")
		require.NoError(t, err)
		require.NotEmpty(t, tenantless(t, tx), name)
		require.NoError(t, tx.Rollback(t.Context()))
	}
}

// tenantless are the statements of functions that name a tenant's table and no tenant. A
// whole row (a.*) has its own.
func tenantless(t *testing.T, on querier) (found []string) {
	t.Helper()
	tables := violations(t, on, `WITH `+tenantTables+` SELECT name FROM tenant_tables`)
	named := regexp.MustCompile(`(?i)\b(FROM|JOIN|INTO|UPDATE)\s+(ONLY\s+)?(` + strings.Join(tables, "|") + `)\b`)
	rows, err := on.Query(t.Context(), `SELECT p.oid::regprocedure::text, p.prosrc || coalesce(pg_get_function_sqlbody(p.oid), '')
		FROM pg_proc p WHERE p.pronamespace = ANY ($1::regnamespace[])`, migrations.Modules)
	require.NoError(t, err)
	var name, body string
	_, err = pgx.ForEachRow(rows, []any{&name, &body}, func() error {
		body = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(body, "")
		for statement := range strings.SplitSeq(body, ";") {
			uses := len(named.FindAllString(statement, -1))
			compares := len(regexp.MustCompile(`tenant_id\s*(=|\)|,|IS NOT DISTINCT)|SELECT [ae]\.\*`).FindAllString(statement, -1))
			locks := lockingClause.MatchString(statement) && !strings.Contains(statement, "tenant_id =")
			if uses > compares || uses > 0 && locks {
				found = append(found, fmt.Sprintf("%s: %d tables, %d tenants: %s", name, uses, compares, strings.TrimSpace(statement)))
			}
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// Every trigger on a table that Citus distributes needs citus.enable_unsafe_triggers, and
// takes its guarantee along where that is off: so the list is one that a reviewer signs off.
func TestCatalogueListsTheTriggersThatCitusCallsUnsafe(t *testing.T) {
	t.Parallel()
	conn := testdb.New(t).Conn(t, "superuser")
	lines := violations(t, conn, `SELECT g.tgrelid::regclass || ' ' || g.tgname || ': ' || CASE WHEN g.tgtype & 1 = 1 THEN 'row' ELSE 'statement' END
		|| CASE WHEN g.tgnewtable IS NOT NULL OR g.tgoldtable IS NOT NULL THEN ' with transition table' ELSE '' END || ', ' || g.tgfoid::regproc
		FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE NOT g.tgisinternal AND c.relnamespace = ANY ($1::regnamespace[])`)
	slices.Sort(lines)
	require.NotEmpty(t, lines)
	golden(t, filepath.Join("testdata", "citus_triggers.golden"), strings.Join(lines, "\n")+"\n")
}
