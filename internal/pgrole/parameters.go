package pgrole

import (
	"context"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/internal/pgfault"
)

// ParameterGrant is a right on a setting of the server by which what the migrations made
// can be passed by.
type ParameterGrant struct {
	// Parameter is the setting's name, Privilege is "SET" or "ALTER SYSTEM".
	Parameter, Privilege string
	// Grantee is who has it, or "PUBLIC".
	Grantee string
	// Revoke is the statement that takes it away, for a superuser.
	Revoke string
}

// unguarding are the settings that only a superuser sets unless it is granted, and by
// which a session passes triggers, foreign keys or the catalogue by, reads pages that
// are not what was written, or loads code.
var unguarding = []string{
	"session_replication_role", "allow_system_table_mods", "event_triggers", "session_preload_libraries", "dynamic_library_path",
	"extension_control_path", "ignore_checksum_failure", "zero_damaged_pages",
}

// What counts is whoever may become the grantee and has one of the roles, since the
// rights add up.
const parameterGrantsSQL = `
SELECT DISTINCT p.parname, x.privilege_type, x.receiver,
       pg_catalog.format('REVOKE %s ON PARAMETER %s FROM %s%s;', x.privilege_type,
         (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(part), '.' ORDER BY n)
            FROM pg_catalog.unnest(pg_catalog.string_to_array(p.parname, '.')) WITH ORDINALITY AS parts (part, n)),
         x.receiver, CASE WHEN pg_catalog.bool_or(x.is_grantable) OVER (PARTITION BY p.parname, x.privilege_type, x.receiver) THEN ' CASCADE' ELSE '' END)
  FROM pg_catalog.pg_parameter_acl p
 CROSS JOIN LATERAL (
   SELECT a.*, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END AS receiver
     FROM pg_catalog.aclexplode(p.paracl) a) AS x
 WHERE (x.privilege_type = 'ALTER SYSTEM' OR p.parname = ANY ($2))
   AND (x.grantee = 0 OR EXISTS (
     SELECT FROM pg_catalog.pg_roles m
      WHERE NOT m.rolsuper AND pg_catalog.pg_has_role(m.oid, x.grantee, 'MEMBER')
        AND EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE g.rolname = ANY ($1) AND pg_catalog.pg_has_role(m.oid, g.oid, 'MEMBER'))))
 ORDER BY 1, 2, 3`

// ParameterGrants returns the rights that everybody, a role of attestdb's, or what a
// member of one is a member of has on the server's settings: any ALTER SYSTEM, and SET
// of what undoes triggers and the like. The migrations grant none. Every role may ask.
func ParameterGrants(ctx context.Context, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
},
) ([]ParameterGrant, error) {
	rows, err := q.Query(ctx, parameterGrantsSQL, names(), unguarding)
	if err != nil {
		return nil, pgfault.Map("read rights on settings", err)
	}
	grants, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ParameterGrant])
	if err != nil {
		return nil, pgfault.Map("read rights on settings", err)
	}
	return grants, nil
}
