package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

// actingRoles are all logins, the superuser, and by SET ROLE the group that has
// no login.
func (w *world) actingRoles(t *testing.T) map[string]*pgx.Conn {
	t.Helper()
	conns := map[string]*pgx.Conn{"superuser": w.Conn(t, "superuser"), "reader": w.Conn(t, "superuser")}
	_, err := conns["reader"].Exec(t.Context(), "SET ROLE attestdb_reader")
	require.NoError(t, err)
	for _, role := range testdb.Roles {
		conns[role] = w.Conn(t, role)
	}
	for _, conn := range conns {
		// The tenant whose rows are attacked, so that only append-only stands in
		// the way.
		_, err := conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", w.globex.ID())
		require.NoError(t, err)
	}
	return conns
}

// Evidence cannot be changed by any role, not by the tenant that it belongs to,
// nor by the owner of the tables.
func TestEvidenceIsAppendOnlyForEveryRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.fingerprint(t, w.acme.ID())
	for role, conn := range w.actingRoles(t) {
		for _, r := range w.relations {
			if r.View {
				continue
			}
			key := r.Keys[0][len(r.Keys[0])-1]
			statements := []string{
				"DELETE FROM " + r.Name,
				"TRUNCATE " + r.Name + " CASCADE",
				fmt.Sprintf("MERGE INTO %[1]s t USING %[1]s s ON t.%[2]s = s.%[2]s WHEN MATCHED THEN DELETE", r.Name, key),
			}
			if !erasable[r.Name] {
				// Rows that may be erased are asked one by one.
				statements = append(statements, "DELETE FROM "+r.Name+" WHERE false")
			}
			if !changeable[r.Name] {
				for _, c := range r.Columns {
					statements = append(statements, fmt.Sprintf("UPDATE %s SET %s = %s", r.Name, c, c))
				}
				statements = append(statements,
					fmt.Sprintf("MERGE INTO %[1]s t USING %[1]s s ON t.%[2]s = s.%[2]s WHEN MATCHED THEN UPDATE SET %[2]s = s.%[2]s", r.Name, key),
					r.again()+fmt.Sprintf(" LIMIT 1 ON CONFLICT (%s) DO UPDATE SET %[2]s = excluded.%[2]s", strings.Join(r.Keys[0], ", "), key))
			}
			for _, sql := range statements {
				_, err := conn.Exec(t.Context(), sql)
				var pg *pgconn.PgError
				require.ErrorAs(t, err, &pg, "%s may %s", role, sql)
				allowed := []string{"42501", "AD001"}
				if strings.HasPrefix(sql, "INSERT") {
					// Who sees no tenants is stopped even earlier.
					allowed = append(allowed, "AD002")
				}
				require.Contains(t, allowed, pg.Code, "%s as %s: %v", sql, role, err)
			}
		}
	}
	require.Equal(t, before, w.fingerprint(t, w.acme.ID()))
}

// Only the auditor reads what it named no tenant for; only the application's
// and the auditor's logins read evidence at all. The owner is bound as well.
func TestOtherRolesReadNoEvidence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for role, conn := range w.actingRoles(t) {
		if role == "superuser" {
			continue
		}
		_, err := conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', '', false)")
		require.NoError(t, err)
		for _, r := range w.relations {
			if r.TenantColumn == "" || r.View || role == "admin" && administered[r.Name] {
				continue
			}
			rows, _ := conn.Query(t.Context(), "SELECT to_jsonb(t)::text FROM "+r.Name+" t")
			seen, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if role == "auditor" {
				require.NoError(t, err)
				require.NotEmpty(t, seen, "the auditor reads %s", r.Name)
				continue
			}
			require.Empty(t, seen, "%s reads %s", role, r.Name)
			if err != nil {
				var pg *pgconn.PgError
				require.ErrorAs(t, err, &pg)
				require.Equal(t, "42501", pg.Code)
			}
		}
	}
}

// Tables outside the modules' schemas, the migrations' own among them, are
// nothing that the application writes.
func TestApplicationWritesNoOtherTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, err := w.Conn(t, "app").Query(t.Context(), `
SELECT c.oid::regclass::text || ' ' || p
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_t%'
   AND n.nspname <> ALL ($1)
   AND has_table_privilege(c.oid, p)
UNION ALL
SELECT 'CREATE in ' || nspname FROM pg_namespace
 WHERE nspname NOT LIKE 'pg\_%' AND has_schema_privilege(oid, 'CREATE')`, migrations.Modules)
	require.NoError(t, err)
	rights, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Empty(t, rights)
}
