package pgrole_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgrole"
	"stella-ops.org/attestdb/internal/testdb"
)

func TestCheckAcceptsEachLoginForItsRoleAlone(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	for _, login := range testdb.Roles {
		conn := db.Conn(t, login)
		for _, role := range pgrole.All {
			err := pgrole.Check(t.Context(), conn, role)
			if string(role) == "attestdb_"+login {
				require.NoError(t, err)
				continue
			}
			var refused *fault.Role
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "attestdb_test_"+login, refused.Login)
			require.Contains(t, refused.Problem, "attestdb_"+login)
		}
	}
}

// Whatever a search path holds, the check means the server's own catalogue.
func TestCheckIsNotFooledByTheSearchPath(t *testing.T) {
	t.Parallel()
	conn := testdb.NewEmpty(t).Conn(t, "worker")
	for _, sql := range []string{
		"CREATE TEMP TABLE pg_roles (oid oid, rolname name, rolsuper bool, rolbypassrls bool)",
		"CREATE FUNCTION pg_temp.pg_has_role(name, oid, text) RETURNS bool LANGUAGE sql AS 'SELECT true'",
		"SET search_path = pg_temp, pg_catalog",
	} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	require.ErrorIs(t, pgrole.Check(t.Context(), conn, pgrole.App), fault.ErrRole)
	require.NoError(t, pgrole.Check(t.Context(), conn, pgrole.Worker))
}
