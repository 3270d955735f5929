package migrator

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgrole"
)

// loginSettings are what the sessions of a login begin with. They belong to the login:
// a session does not inherit what is set on a group.
var loginSettings = []struct {
	name, value string
	since       int // the first server version that has it
}{
	{"statement_timeout", "30s", 0},
	{"lock_timeout", "5s", 0},
	{"idle_in_transaction_session_timeout", "60s", 0},
	{"transaction_timeout", "120s", 170000},
	{"default_transaction_isolation", "read committed", 0},
}

func loginSettingSQL(login, database, name, value string) string {
	return fmt.Sprintf("ALTER ROLE %s IN DATABASE %s SET %s = '%s'",
		pgx.Identifier{login}.Sanitize(), database, name, value)
}

// LoginSQL returns what [ConfigureLogin] does as SQL for psql. An empty database stands
// for the one that psql is connected to.
func LoginSQL(database, login string) string {
	name := pgx.Identifier{database}.Sanitize()
	if database == "" {
		name = `:"DBNAME"`
	}
	var b strings.Builder
	for _, s := range loginSettings {
		if s.since > 0 {
			fmt.Fprintf(&b, "-- PostgreSQL %d and newer:\n", s.since/10000)
		}
		b.WriteString(loginSettingSQL(login, name, s.name, s.value) + ";\n")
	}
	return b.String()
}

// ConfigureLogin gives a login of attestdb's the limits of its sessions in the database
// that url leads to, for poolers, through which no program can set its own. It returns
// the statements that it ran; a setting that the login has in this database already is
// left as it is, whatever its value. It needs a superuser, the login itself, or a role
// with CREATEROLE (and, since PostgreSQL 16, the admin option on the login).
//
// It returns a *[fault.Role] if the login does not exist, is not a member of exactly
// one of attestdb's roles, or if the rights are lacking.
func ConfigureLogin(ctx context.Context, url, login string) ([]string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, bootstrapPatience, errBootstrapTimeout)
	defer cancel()
	s, err := openBootstrap(ctx, url)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	if s.readOnly {
		return nil, fmt.Errorf("%w: set a login's limits on the primary", fault.ErrReadOnly)
	}
	have, err := s.loginHas(ctx, login)
	if err != nil {
		return nil, err
	}
	var version int
	if err := s.conn.QueryRow(ctx, "SELECT pg_catalog.current_setting('server_version_num')::int").Scan(&version); err != nil {
		return nil, serverError(err)
	}
	var done []string
	for _, set := range loginSettings {
		if version < set.since || slices.Contains(have, set.name) {
			continue
		}
		stmt := loginSettingSQL(login, pgx.Identifier{s.database}.Sanitize(), set.name, set.value)
		_, err := s.conn.Exec(ctx, stmt)
		if sqlState(err) == codeInsufficientPrivilege {
			return done, &fault.Role{
				Purpose: "login " + login, Login: s.login, Problem: fmt.Sprintf("the server refused %q: %v", stmt, err),
				Fix: "use a superuser, the login itself, or a role with CREATEROLE and the admin option on it",
			}
		}
		if err != nil {
			return done, serverError(err)
		}
		done = append(done, stmt)
	}
	return done, nil
}

// loginHas returns the names of what is set for the login in this database, after it has
// looked at who it is.
func (s *session) loginHas(ctx context.Context, login string) ([]string, error) {
	var (
		exists  bool
		member  []string
		setting []string
	)
	err := s.conn.QueryRow(ctx, `
SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = $1 AND r.rolcanlogin),
       ARRAY (SELECT g.rolname::text FROM pg_catalog.pg_roles g
               WHERE g.rolname = ANY ($2) AND pg_catalog.to_regrole(pg_catalog.quote_ident($1)) IS NOT NULL
                 AND pg_catalog.pg_has_role(pg_catalog.to_regrole(pg_catalog.quote_ident($1)), g.oid, 'MEMBER') ORDER BY 1),
       ARRAY (SELECT pg_catalog.split_part(c, '=', 1) FROM pg_catalog.pg_db_role_setting s
               CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) c
               WHERE s.setrole = pg_catalog.to_regrole(pg_catalog.quote_ident($1))
                 AND s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))`,
		login, allGroups()).Scan(&exists, &member, &setting)
	if err != nil {
		return nil, serverError(err)
	}
	problem := ""
	switch {
	case !exists:
		problem = "there is no such login"
	case len(member) == 0:
		problem = "it is a member of none of attestdb's roles"
	case len(member) > 1:
		problem = "it is a member of " + strings.Join(member, " and ")
	case member[0] == string(pgrole.Owner):
		problem = "it runs migrations, which set their own limits"
	}
	if problem != "" {
		return nil, &fault.Role{
			Purpose: "session limits", Login: login, Problem: problem,
			Fix: "name a login that is a member of exactly one of attestdb's roles, and not of " + ownerRole,
		}
	}
	return setting, nil
}
