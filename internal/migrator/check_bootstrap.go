package migrator

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"stella-ops.org/attestdb/internal/pgrole"
)

// BootstrapState is what [Bootstrap] would find.
type BootstrapState struct {
	// Missing is what it would run, Problems what it would refuse: groups that are more
	// than plain groups.
	Missing, Problems []string
	// Logins is how many logins are members of each group.
	Logins map[pgrole.Role]int
}

// CheckBootstrap says what is missing of what [Bootstrap] makes, and changes nothing. Any
// login may ask. Roles are in no dump of a database.
func CheckBootstrap(ctx context.Context, conn *pgx.Conn) (BootstrapState, error) {
	s := &session{conn: conn}
	state := BootstrapState{Logins: map[pgrole.Role]int{}}
	if err := conn.QueryRow(ctx, "SELECT pg_catalog.current_database()::text").Scan(&s.database); err != nil {
		return state, serverError(err)
	}
	var err error
	if state.Missing, err = s.bootstrapTodo(ctx); err != nil {
		return state, serverError(err)
	}
	rows, err := conn.Query(ctx, "SELECT problem FROM ("+fmt.Sprintf(groupProblemsSQL, literals(allGroups()))+") AS p (role, problem, fix) ORDER BY 1")
	if err != nil {
		return state, serverError(err)
	}
	if state.Problems, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return state, serverError(err)
	}
	rows, err = conn.Query(ctx, `SELECT g.rolname::text, count(*)::int FROM pg_catalog.pg_auth_members m
		JOIN pg_catalog.pg_roles g ON g.oid = m.roleid JOIN pg_catalog.pg_roles l ON l.oid = m.member AND l.rolcanlogin
		WHERE g.rolname = ANY ($1) GROUP BY 1`, allGroups())
	if err != nil {
		return state, serverError(err)
	}
	var role pgrole.Role
	var logins int
	_, err = pgx.ForEachRow(rows, []any{&role, &logins}, func() error {
		state.Logins[role] = logins
		return nil
	})
	return state, serverError(err)
}
