// Package pgrole checks that a connection's login has the rights of exactly one
// of attestdb's roles.
//
// Policies of inherited roles are ORed, so a login that is a member of two
// roles may see every tenant. Nothing but this check would ever tell.
package pgrole

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgfault"
	"stella-ops.org/attestdb/migrations"
)

// Role is one of the groups that bootstrap makes. None can log in.
type Role string

// The roles, as design and documentation name them.
const (
	Owner     Role = "attestdb_owner"
	App       Role = "attestdb_app"
	Worker    Role = "attestdb_worker"
	Refresher Role = "attestdb_refresher"
	Auditor   Role = "attestdb_auditor"
	Admin     Role = "attestdb_admin"
	Reader    Role = "attestdb_reader"
)

// All lists the roles.
var All = []Role{Owner, App, Worker, Refresher, Auditor, Admin, Reader}

// Querier is what a pool, a connection and a transaction have in common.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const minServerVersion = 150000

// Who counts is the role that logged in and the session's role, since RESET
// leads back to both, and every role that SET ROLE leads to from them.
const checkSQL = `
WITH login AS (
  SELECT r.oid AS id FROM pg_catalog.pg_roles r WHERE r.rolname = session_user
  UNION
  SELECT a.usesysid FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a
), reach AS (
  SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolreplication
    FROM pg_catalog.pg_roles r
   WHERE EXISTS (SELECT FROM login l WHERE pg_catalog.pg_has_role(l.id, r.oid, 'MEMBER'))
)
SELECT pg_catalog.current_setting('server_version_num')::int,
       pg_catalog.current_setting('server_version'),
       session_user::text,
       EXISTS (SELECT FROM reach WHERE rolsuper),
       EXISTS (SELECT FROM reach WHERE rolbypassrls),
       EXISTS (SELECT FROM reach WHERE rolcreaterole),
       EXISTS (SELECT FROM reach WHERE rolreplication
                  OR rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')),
       EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = ANY ($3) AND c.relowner IN (SELECT oid FROM reach WHERE rolname <> ALL ($1))),
       ARRAY (SELECT rolname::text FROM reach WHERE rolname = ANY ($1) ORDER BY 1),
       EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = $2),
       EXISTS (SELECT FROM pg_catalog.pg_roles r
                WHERE r.rolname = $2 AND pg_catalog.pg_has_role(current_user, r.oid, 'USAGE'))`

// Check returns nil if q's login is a member of role and of no other role of
// attestdb's, and can neither become a superuser, nor bypass row-level security, as who
// reads the server's files or its log or owns a table can, nor hand out roles.
// Otherwise it returns a *[fault.Role], or an error that wraps
// [fault.ErrServer] if the server is older than PostgreSQL 15.
func Check(ctx context.Context, q Querier, role Role) error {
	var f facts
	err := q.QueryRow(ctx, checkSQL, names(), string(role), migrations.Modules).Scan(&f.version, &f.versionText, &f.login,
		&f.super, &f.bypass, &f.createRole, &f.files, &f.owner, &f.member, &f.exists, &f.inherit)
	if err != nil {
		return pgfault.Map("check role", err)
	}
	return judge(role, f)
}

func names() []string {
	list := make([]string, len(All))
	for i, r := range All {
		list[i] = string(r)
	}
	return list
}

type facts struct {
	version                           int
	versionText, login                string
	super, bypass, createRole, exists bool
	files, owner                      bool
	inherit                           bool
	member                            []string
}

func judge(role Role, f facts) error {
	if f.version < minServerVersion {
		return fmt.Errorf("%w: it is PostgreSQL %s; attestdb needs 15 or newer", fault.ErrServer, f.versionText)
	}
	purpose := strings.TrimPrefix(string(role), "attestdb_")
	refuse := func(problem, fix string) error {
		return &fault.Role{Purpose: purpose, Login: f.login, Problem: problem, Fix: fix}
	}
	own := fmt.Sprintf("use a login of its own: CREATE ROLE %s_login LOGIN IN ROLE %s", role, role)
	switch {
	case !f.exists:
		return refuse(fmt.Sprintf("role %s does not exist", role), "run attestdb migrate bootstrap as a superuser or with CREATEROLE")
	case f.super:
		return refuse("it is, or can become, a superuser, for whom no row-level security holds", own)
	case f.bypass:
		return refuse("it bypasses, or can come to bypass, row-level security", own)
	case f.createRole:
		return refuse("it can make itself a member of other roles with CREATEROLE", own)
	case f.files:
		return refuse("it can reach the server's files, programs or log, past row-level security", own)
	case f.owner:
		return refuse("it owns tables of attestdb's, and could switch row-level security off", own)
	case len(f.member) == 0:
		return refuse(fmt.Sprintf("it is not a member of %s", role), fmt.Sprintf("GRANT %s TO %q", role, f.login))
	case len(f.member) > 1:
		return refuse("it is a member of "+strings.Join(f.member, " and ")+", and would have the rights of each", own)
	case f.member[0] != string(role):
		return refuse(fmt.Sprintf("it is a member of %s instead of %s", f.member[0], role), own)
	case !f.inherit:
		return refuse(fmt.Sprintf("it does not inherit the rights of %s", role), fmt.Sprintf("ALTER ROLE %q INHERIT, and GRANT %s TO %q", f.login, role, f.login))
	}
	return nil
}
