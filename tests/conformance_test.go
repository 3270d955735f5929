package tests

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// A rule is a query over the catalogue that names what breaks it. $1 is the
// module schemas. broken is SQL, run by a superuser, that breaks the rule in a
// table or role of its own, so that the rule is seen to find it.
type rule struct {
	name, query, broken string
}

const tenantTables = `
  tenant_tables AS (
    SELECT n.nspname || '.' || c.relname AS name, c.*
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p')
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))`

const newTable = `CREATE TABLE attestor.broken (tenant_id uuid NOT NULL, id uuid NOT NULL, envelope_id uuid,
  CONSTRAINT broken_pkey PRIMARY KEY (tenant_id, id));
  ALTER TABLE attestor.broken OWNER TO attestdb_owner;`

var rules = []rule{
	{
		"a tenant table has row-level security, forced, even for its owner",
		`WITH ` + tenantTables + ` SELECT name FROM tenant_tables WHERE NOT (relrowsecurity AND relforcerowsecurity)`,
		newTable,
	},
	{
		"a tenant table's policy for the application compares tenant_id with the setting, both ways",
		`WITH ` + tenantTables + ` SELECT name FROM tenant_tables t WHERE NOT EXISTS (
		   SELECT FROM pg_policy p WHERE p.polrelid = t.oid AND p.polroles = ARRAY['attestdb_app'::regrole::oid] AND p.polpermissive AND p.polcmd = '*'
		    AND pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = (NULLIF(current_setting(''attestdb.tenant_id''::text, true), ''''::text))::uuid)'
		    AND pg_get_expr(p.polwithcheck, p.polrelid) = pg_get_expr(p.polqual, p.polrelid))`,
		newTable + `ALTER TABLE attestor.broken ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
		 CREATE POLICY broken_app ON attestor.broken TO attestdb_app USING (true)`,
	},
	{
		"a table has at most one policy for a role, and none for everybody",
		`SELECT n.nspname || '.' || c.relname || ' ' || r::regrole FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
		   JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(p.polroles) r
		  WHERE n.nspname = ANY ($1) GROUP BY n.nspname, c.relname, r HAVING count(*) > 1 OR r = 0`,
		`CREATE POLICY broken ON attestor.envelopes FOR SELECT TO attestdb_app USING (true)`,
	},
	{
		"there is no schema but the modules' and their revisions', and nothing in public",
		`SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> ALL ($1::text[] || ARRAY['information_schema', 'public'])
		    AND nspname <> ALL (SELECT 'atlas_' || m FROM unnest($1::text[]) m)
		 UNION ALL SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
		 UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
		`CREATE SCHEMA attestors; CREATE TABLE attestors.notes (tenant_id uuid)`,
	},
	{
		"no policy has a sub-query",
		`SELECT polname::text FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = ANY ($1::regnamespace[])
		    AND coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '') ~* '\mselect\M'`,
		`CREATE POLICY broken ON attestor.envelopes FOR SELECT TO attestdb_worker USING (EXISTS (SELECT FROM tenancy.tenants))`,
	},
	{
		"primary, unique and exclusion keys of a tenant table begin with tenant_id",
		`WITH ` + tenantTables + ` SELECT i.indexrelid::regclass::text FROM pg_index i JOIN tenant_tables t ON t.oid = i.indrelid
		  WHERE (i.indisunique OR i.indisexclusion)
		    AND (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = i.indkey[0]) IS DISTINCT FROM 'tenant_id'`,
		`CREATE UNIQUE INDEX broken ON attestor.envelopes (sha256)`,
	},
	{
		"a foreign key between tenant tables carries the tenant, first on both sides",
		`WITH ` + tenantTables + ` SELECT k.conname::text FROM pg_constraint k
		   JOIN tenant_tables a ON a.oid = k.conrelid JOIN tenant_tables b ON b.oid = k.confrelid
		  WHERE k.contype = 'f' AND ((SELECT attname FROM pg_attribute WHERE attrelid = a.oid AND attnum = k.conkey[1]) <> 'tenant_id'
		     OR (SELECT attname FROM pg_attribute WHERE attrelid = b.oid AND attnum = k.confkey[1]) <> 'tenant_id'
		     OR k.confdeltype NOT IN ('a', 'r') OR k.confupdtype NOT IN ('a', 'r'))`,
		`CREATE TABLE attestor.parent (tenant_id uuid, id uuid PRIMARY KEY); CREATE TABLE attestor.child (tenant_id uuid, parent uuid CONSTRAINT broken REFERENCES attestor.parent (id))`,
	},
	{
		"a foreign key has an index that begins with its columns",
		`SELECT k.conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		  WHERE k.contype = 'f' AND c.relnamespace = ANY ($1::regnamespace[])
		    AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
		      AND (SELECT array_agg(x ORDER BY x) FROM unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) x)
		        = (SELECT array_agg(x ORDER BY x) FROM unnest(k.conkey) x))`,
		newTable + `ALTER TABLE attestor.broken ADD CONSTRAINT broken_fk FOREIGN KEY (tenant_id, envelope_id) REFERENCES attestor.envelopes (tenant_id, id)`,
	},
	{
		"a foreign key points to its own module or an earlier one",
		`SELECT k.conname::text FROM pg_constraint k JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
		  WHERE k.contype = 'f' AND array_position($1::regnamespace[], a.relnamespace::regnamespace)
		        < coalesce(array_position($1::regnamespace[], b.relnamespace::regnamespace), 1000)`,
		`ALTER TABLE tenancy.tenants ADD COLUMN tenant_id uuid, ADD COLUMN e uuid,
		  ADD CONSTRAINT broken FOREIGN KEY (tenant_id, e) REFERENCES attestor.envelopes (tenant_id, id)`,
	},
	{
		"only an active tenant adds rows to a tenant table",
		`WITH ` + tenantTables + ` SELECT name FROM tenant_tables t WHERE NOT EXISTS (
		   SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgenabled = 'O' AND g.tgfoid = 'tenancy.require_active_tenant()'::regprocedure
		     AND g.tgtype & (1 | 2 | 4) = (1 | 2 | 4)
		     AND (g.tgqual IS NULL OR pg_get_triggerdef(g.oid) LIKE '% WHEN ((CURRENT_USER <> ''attestdb_owner''::name)) %'))`,
		newTable,
	},
	{
		"a table whose trigger does not ask the owner takes rows from the owner alone",
		`WITH ` + tenantTables + ` SELECT name || ' ' || x.grantee::regrole FROM tenant_tables t, aclexplode(t.relacl) x
		  WHERE x.privilege_type = 'INSERT' AND x.grantee <> t.relowner AND EXISTS (
		    SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgfoid = 'tenancy.require_active_tenant()'::regprocedure AND g.tgqual IS NOT NULL)`,
		`GRANT INSERT ON attestor.envelope_signatures TO attestdb_app`,
	},
	{
		"what the application cannot update is append-only by a trigger too, or goes only with an act in the ledger",
		`SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = ANY ($1::regnamespace[]) AND c.relkind IN ('r', 'p')
		    AND NOT has_any_column_privilege('attestdb_app', c.oid, 'UPDATE') AND NOT has_any_column_privilege('attestdb_admin', c.oid, 'UPDATE')
		    AND NOT has_any_column_privilege('attestdb_worker', c.oid, 'UPDATE')
		    AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgenabled = 'O' AND g.tgfoid = 'tenancy.refuse_change()'::regprocedure
		      AND g.tgtype & (2 | 16 | 32) = (2 | 16 | 32) AND g.tgqual IS NULL AND g.tgattr = ''
		      AND (g.tgtype & 8 = 8 OR EXISTS (SELECT FROM pg_trigger d WHERE d.tgrelid = c.oid AND d.tgenabled = 'O' AND d.tgqual IS NULL
		        AND d.tgfoid = 'verdict.require_erasure()'::regprocedure AND d.tgtype & (1 | 2 | 8) = (1 | 2 | 8))))`,
		newTable,
	},
	{
		"nobody but the owner may truncate, reference or put triggers on a table, nor change or delete evidence",
		`SELECT c.oid::regclass || ' ' || x.privilege_type || ' ' || x.grantee::regrole FROM pg_class c, aclexplode(c.relacl) x
		  WHERE c.relnamespace = ANY ($1::regnamespace[]) AND x.grantee <> c.relowner AND x.privilege_type NOT IN ('SELECT', 'INSERT')`,
		`GRANT UPDATE ON attestor.envelopes TO attestdb_app`,
	},
	{
		"nothing is granted to everybody, not even by default",
		`SELECT c.oid::regclass::text FROM pg_class c, aclexplode(c.relacl) x WHERE c.relnamespace = ANY ($1::regnamespace[]) AND x.grantee = 0
		 UNION ALL SELECT n.nspname FROM pg_namespace n, aclexplode(n.nspacl) x WHERE n.oid = ANY ($1::regnamespace[]) AND x.grantee = 0
		 UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
		  WHERE p.pronamespace = ANY ($1::regnamespace[]) AND x.grantee = 0`,
		`CREATE FUNCTION attestor.broken() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
	},
	{
		"no grant may be passed on",
		`SELECT c.oid::regclass::text FROM pg_class c, aclexplode(c.relacl) x
		  WHERE c.relnamespace = ANY ($1::regnamespace[]) AND x.is_grantable AND x.grantee <> c.relowner`,
		`GRANT SELECT ON attestor.envelopes TO attestdb_app WITH GRANT OPTION`,
	},
	{
		"everything belongs to attestdb_owner, or to the role that reads or refreshes for others",
		`SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = ANY ($1::regnamespace[])
		    AND c.relowner <> ALL (ARRAY['attestdb_owner', 'attestdb_refresher']::regrole[]::oid[])
		 UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = ANY ($1::regnamespace[])
		    AND p.proowner <> ALL (ARRAY['attestdb_owner', 'attestdb_reader']::regrole[]::oid[])
		 UNION ALL SELECT nspname FROM pg_namespace n WHERE n.oid = ANY ($1::regnamespace[]) AND nspowner <> 'attestdb_owner'::regrole`,
		`CREATE TABLE attestor.broken (id int)`,
	},
	{
		"a function searches the catalogue first and temporary objects last, or was parsed when it was made",
		`SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = ANY ($1::regnamespace[])
		    AND (p.prosqlbody IS NULL OR p.prosecdef) AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}'))`,
		`CREATE FUNCTION attestor.broken() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1'`,
	},
	{
		"a view that the application may read has the application's own rights",
		`SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = ANY ($1::regnamespace[]) AND c.relkind IN ('v', 'm')
		    AND has_table_privilege('attestdb_app', c.oid, 'SELECT') AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)`,
		`CREATE VIEW attestor.broken AS SELECT id FROM attestor.envelopes; GRANT SELECT ON attestor.broken TO attestdb_app`,
	},
	{
		"a tenant table has no identity column, no partition and no inheritance",
		`WITH ` + tenantTables + ` SELECT name FROM tenant_tables t WHERE relispartition OR relhassubclass
		     OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attidentity <> '')
		     OR EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = t.oid)`,
		`CREATE TABLE attestor.broken () INHERITS (attestor.envelopes)`,
	},
	{
		// But for those that came when rows which cannot be changed may be otherwise.
		"every key is checked, and every index valid",
		`SELECT k.conname::text FROM pg_constraint k WHERE k.connamespace = ANY ($1::regnamespace[]) AND NOT k.convalidated
		    AND k.conname NOT IN ('ledger_entries_actor_printable', 'ledger_entries_erasure_reason', 'ledger_entries_not_zero',
		      'ledger_entries_subject_digest_of_algorithm', 'ledger_inputs_digest_not_zero', 'ledger_inputs_position_most', 'tenants_id_not_nil')
		 UNION ALL SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		  WHERE c.relnamespace = ANY ($1::regnamespace[]) AND NOT i.indisvalid`,
		`ALTER TABLE attestor.envelopes ADD CONSTRAINT broken CHECK (size > 1) NOT VALID`,
	},
	{
		"attestdb's roles cannot log in, have no attributes, and are members of nothing",
		`SELECT r.rolname::text FROM pg_roles r WHERE r.rolname LIKE 'attestdb\_%' AND r.rolname NOT LIKE 'attestdb\_test\_%'
		    AND (r.rolcanlogin OR r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
		      OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)) AND $1::text[] IS NOT NULL`,
		`GRANT attestdb_refresher TO attestdb_owner`,
	},
	{
		"a login of attestdb's is a member of one role alone",
		`SELECT m.member::regrole::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
		  WHERE g.rolname LIKE 'attestdb\_%' AND $1::text[] IS NOT NULL GROUP BY m.member HAVING count(DISTINCT m.roleid) > 1`,
		`GRANT attestdb_worker TO attestdb_test_app`,
	},
	{
		"only the owner may create in a module's schema",
		`SELECT n.nspname || ' ' || r.rolname FROM pg_namespace n, pg_roles r
		  WHERE n.nspname = ANY ($1) AND r.rolname LIKE 'attestdb\_%' AND has_schema_privilege(r.oid, n.oid, 'CREATE')
		    AND r.rolname NOT IN ('attestdb_owner', 'attestdb_test_owner', 'attestdb_refresher', 'attestdb_reader')`,
		`GRANT CREATE ON SCHEMA attestor TO attestdb_app`,
	},
}

// The rules hold for whatever the migrations built, so that a table that
// forgets one fails by itself; and each rule is seen to find what breaks it.
func TestCatalogueKeepsTheRules(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	conn := db.Conn(t, "superuser")
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			require.Empty(t, violations(t, conn, r.query))
			tx, err := conn.Begin(t.Context())
			require.NoError(t, err)
			defer func() { require.NoError(t, tx.Rollback(t.Context())) }()
			_, err = tx.Exec(t.Context(), r.broken)
			require.NoError(t, err)
			require.NotEmpty(t, violations(t, tx, r.query), "the rule does not find what breaks it")
		})
	}
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func violations(t *testing.T, q querier, query string) []string {
	t.Helper()
	rows, err := q.Query(t.Context(), query, migrations.Modules)
	require.NoError(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return found
}
