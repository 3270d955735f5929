package migrator

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgrole"
)

// bootstrapPatience bounds a whole bootstrap, with the wait for others in the
// same cluster.
const bootstrapPatience = time.Minute

var errBootstrapTimeout = fmt.Errorf("bootstrap is not done after %s: the server does not answer, "+
	"or other sessions keep changing the cluster's roles: %w", bootstrapPatience, context.DeadlineExceeded)

// Bootstrap makes the roles that migrations grant to, and gives them their
// rights on the database that url leads to. Roles belong to the whole cluster:
// it may run for many databases at once, and again at any time. It needs a
// superuser, or a role with CREATEROLE that owns the database; with everything
// in place it changes nothing and any login will do. It gives up after a minute.
//
// It returns a *[fault.Role] if the login lacks the rights, or if one of the
// roles exists with more rights than a plain group has; it does not take such
// rights away.
func Bootstrap(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, bootstrapPatience, errBootstrapTimeout)
	defer cancel()
	s, err := openBootstrap(ctx, url)
	if err != nil {
		return err
	}
	defer s.close(ctx)
	for {
		retry, err := s.bootstrap(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return serverError(err)
		case !retry:
			return s.checkGroups(ctx)
		}
		if sleep(ctx, jitter(50*time.Millisecond)) != nil {
			return context.Cause(ctx)
		}
	}
}

func openBootstrap(ctx context.Context, url string) (*session, error) {
	cc, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	return open(ctx, cc, "bootstrap", slog.New(slog.DiscardHandler))
}

// bootstrap runs what is missing, and tells whether to look again.
func (s *session) bootstrap(ctx context.Context) (retry bool, err error) {
	todo, err := s.bootstrapTodo(ctx)
	if err != nil || len(todo) == 0 {
		return false, err
	}
	if s.readOnly {
		return false, fmt.Errorf("%w: bootstrap on the primary", fault.ErrReadOnly)
	}
	if err := s.mayBootstrap(ctx, todo); err != nil {
		return false, err
	}
	for _, stmt := range todo {
		_, err := s.conn.Exec(ctx, stmt)
		switch sqlState(err) {
		// Another database's bootstrap changed the same catalogue row, or made
		// the role first.
		case codeInternal, codeUniqueViolation, codeDuplicateObject, codeSerialization, codeDeadlock:
			return true, nil
		case codeInsufficientPrivilege:
			return false, s.bootstrapFault(fmt.Sprintf("the server refused %q: %v", stmt, err))
		}
		if err != nil {
			return false, err
		}
	}
	// A grant without the right to it is a warning, not an error.
	left, err := s.bootstrapTodo(ctx)
	if err == nil && len(left) > 0 && slices.Equal(left, todo) {
		err = s.bootstrapFault(fmt.Sprintf("the server ignored %q", left[0]))
	}
	return len(left) > 0, err
}

// bootstrapTodo is what is missing, as SQL. A right counts only if it was
// granted to the group itself: what PUBLIC has may be revoked.
func (s *session) bootstrapTodo(ctx context.Context) ([]string, error) {
	rows, err := s.conn.Query(ctx, `
SELECT g, to_regrole(g) IS NOT NULL, coalesce(array_agg(a.privilege_type) FILTER (WHERE a.privilege_type IS NOT NULL), '{}')
  FROM unnest($1::text[]) g
  JOIN pg_catalog.pg_database d ON d.datname = current_database()
  LEFT JOIN LATERAL aclexplode(d.datacl) a ON a.grantee = to_regrole(g)
 GROUP BY g`, allGroups())
	if err != nil {
		return nil, err
	}
	var (
		role    pgrole.Role
		exists  bool
		granted []string
		present = map[pgrole.Role]bool{}
		rights  = map[pgrole.Role][]string{}
	)
	_, err = pgx.ForEachRow(rows, []any{&role, &exists, &granted}, func() error {
		present[role], rights[role] = exists, slices.Clone(granted)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var create, grant []string
	for _, g := range groups {
		if !present[g.role] {
			create = append(create, createGroupSQL(g.role))
		}
		want := strings.Split(g.database, ", ")
		for _, p := range want {
			if !slices.Contains(rights[g.role], p) {
				grant = append(grant, grantDatabaseSQL(g.database, s.database, g.role))
				break
			}
		}
		if slices.Contains(rights[g.role], "CREATE") && !slices.Contains(want, "CREATE") {
			grant = append(grant, revokeCreateSQL(s.database, g.role))
		}
	}
	return append(create, grant...), nil
}

// mayBootstrap says beforehand which right the login lacks.
func (s *session) mayBootstrap(ctx context.Context, todo []string) error {
	if s.superuser {
		return nil
	}
	var owner string
	var owns bool
	err := s.conn.QueryRow(ctx, `
SELECT pg_get_userbyid(datdba)::text, pg_has_role(datdba, 'USAGE') FROM pg_catalog.pg_database
 WHERE datname = current_database()`).Scan(&owner, &owns)
	if err != nil {
		return err
	}
	creates := slices.ContainsFunc(todo, func(q string) bool { return strings.HasPrefix(q, "CREATE ROLE") })
	grants := slices.ContainsFunc(todo, func(q string) bool { return !strings.HasPrefix(q, "CREATE ROLE") })
	switch {
	case creates && !s.createRole:
		return s.bootstrapFault("it may not create roles: it is no superuser and lacks CREATEROLE")
	case grants && !owns:
		return s.bootstrapFault(fmt.Sprintf("it may not grant rights on database %s, which belongs to %s", s.database, owner))
	}
	return nil
}

func (s *session) bootstrapFault(problem string) error {
	return &fault.Role{
		Purpose: "bootstrap", Login: s.login, Problem: problem,
		Fix: "use a superuser, or a role with CREATEROLE that owns the database; " +
			"or give an administrator the output of `attestdb migrate bootstrap --print`",
	}
}

// checkGroups refuses groups that are more than plain groups.
func (s *session) checkGroups(ctx context.Context) error {
	rows, err := s.conn.Query(ctx, fmt.Sprintf(groupProblemsSQL, literals(allGroups()))+" ORDER BY 1, 2")
	if err != nil {
		return serverError(err)
	}
	var (
		role, problem, fix string
		problems, fixes    []string
	)
	_, err = pgx.ForEachRow(rows, []any{&role, &problem, &fix}, func() error {
		problems, fixes = append(problems, problem), append(fixes, fix)
		return nil
	})
	if err != nil {
		return serverError(err)
	}
	if len(problems) == 0 {
		return nil
	}
	return &fault.Role{
		Purpose: "bootstrap", Login: s.login, Problem: strings.Join(problems, "; "),
		Fix: "as an administrator run: " + strings.Join(fixes, "; "),
	}
}
