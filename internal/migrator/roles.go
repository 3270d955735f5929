package migrator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/internal/pgrole"
)

const ownerRole = string(pgrole.Owner)

// groups are the NOLOGIN roles that migrations grant to, with what each may do
// with the database itself.
var groups = []struct {
	role              pgrole.Role
	database, purpose string
	login             string // what an example login of it is called
}{
	{pgrole.Owner, "CONNECT, CREATE", "runs migrations and owns what they make", "deploy"},
	{pgrole.App, "CONNECT", "the application, one tenant at a time", "app"},
	{pgrole.Worker, "CONNECT", "background work of all tenants", "worker"},
	{pgrole.Refresher, "CONNECT, TEMPORARY", "refreshes derived views", "refresher"},
	{pgrole.Auditor, "CONNECT", "reads all tenants, writes nothing", "auditor"},
	{pgrole.Admin, "CONNECT", "tenants, requeueing, erasure", "admin"},
	{pgrole.Reader, "CONNECT", "owns functions that read across tenants; nobody logs in as it", ""},
}

// revisionReaders may read which migrations are applied. The reader owns
// functions and asks no such questions.
var revisionReaders = names(pgrole.App, pgrole.Worker, pgrole.Refresher, pgrole.Auditor, pgrole.Admin)

func names(roles ...pgrole.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}

func allGroups() []string { return names(pgrole.All...) }

func createGroupSQL(role pgrole.Role) string {
	return "CREATE ROLE " + string(role) + " NOLOGIN"
}

func grantDatabaseSQL(privileges, database string, role pgrole.Role) string {
	return fmt.Sprintf("GRANT %s ON DATABASE %s TO %s", privileges, pgx.Identifier{database}.Sanitize(), role)
}

func revokeCreateSQL(database string, role pgrole.Role) string {
	return fmt.Sprintf("REVOKE CREATE ON DATABASE %s FROM %s", pgx.Identifier{database}.Sanitize(), role)
}

// BootstrapSQL returns plain SQL that does for one database what [Bootstrap]
// does, for an administrator to read and to run with psql. It may be run again.
// It ends with examples, in comments, of a login for each role. An empty
// database stands for the one that psql is connected to; only psql understands
// that form.
func BootstrapSQL(database string) string {
	var b strings.Builder
	name := pgx.Identifier{database}.Sanitize()
	if database == "" {
		name = `:"DBNAME"`
	}
	fmt.Fprintf(&b, `-- Roles of attestdb, and their rights on database %s.
-- Run it with psql -v ON_ERROR_STOP=1 as a superuser, or as a role with
-- CREATEROLE that owns the database. Running it again changes nothing.

`, strings.ReplaceAll(cmp.Or(database, "(the current one)"), "\n", " "))
	for _, g := range groups {
		fmt.Fprintf(&b, `-- %[1]s: %[2]s.
DO $$ BEGIN
  IF to_regrole('%[1]s') IS NULL THEN %[3]s; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database's bootstrap was faster
END $$;
`, g.role, g.purpose, createGroupSQL(g.role))
	}
	b.WriteByte('\n')
	for _, g := range groups {
		fmt.Fprintf(&b, "GRANT %s ON DATABASE %s TO %s;\n", g.database, name, g.role)
	}
	rest := slices.DeleteFunc(allGroups(), func(r string) bool { return r == ownerRole })
	fmt.Fprintf(&b, "REVOKE CREATE ON DATABASE %s FROM %s;\n", name, strings.Join(rest, ", "))
	fmt.Fprintf(&b, `
-- The groups must stay plain: row level security depends on it.
DO $$ DECLARE problem text; BEGIN
  SELECT string_agg(p, '; ') INTO problem FROM (
%s
  ) AS problems (role, p, fix);
  IF problem IS NOT NULL THEN RAISE EXCEPTION 'attestdb roles: %%', problem; END IF;
END $$;

-- Then one login for each role that is used. A login is a member of exactly one
-- of the groups: the policies of several would add up, past the tenant's.
`, fmt.Sprintf(groupProblemsSQL, literals(allGroups())))
	for _, g := range groups {
		if g.login != "" {
			fmt.Fprintf(&b, "-- CREATE ROLE my_attestdb_%s LOGIN PASSWORD '...' IN ROLE %s;\n", g.login, g.role)
		}
	}
	return b.String()
}

// groupProblemsSQL finds groups that are more than plain groups; %s is the list
// of their names. It returns the role, what is wrong, and the statement that
// mends it.
const groupProblemsSQL = `    SELECT r.rolname::text, r.rolname || ' has ' || a.attribute, 'ALTER ROLE ' || r.rolname || ' NO' || a.attribute
      FROM pg_catalog.pg_roles r
     CROSS JOIN LATERAL (VALUES ('LOGIN', r.rolcanlogin), ('SUPERUSER', r.rolsuper), ('BYPASSRLS', r.rolbypassrls),
                                ('CREATEROLE', r.rolcreaterole), ('CREATEDB', r.rolcreatedb),
                                ('REPLICATION', r.rolreplication)) a (attribute, has)
     WHERE a.has AND r.rolname IN (%[1]s)
    UNION ALL
    SELECT m.rolname::text, m.rolname || ' is a member of ' || quote_ident(g.rolname),
           'REVOKE ' || quote_ident(g.rolname) || ' FROM ' || m.rolname
      FROM pg_catalog.pg_auth_members am
      JOIN pg_catalog.pg_roles m ON m.oid = am.member
      JOIN pg_catalog.pg_roles g ON g.oid = am.roleid
     WHERE m.rolname IN (%[1]s)`

func literals(names []string) string {
	return "'" + strings.Join(names, "', '") + "'"
}
