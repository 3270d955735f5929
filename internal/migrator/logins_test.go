package migrator_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/migrator"
)

// What is set on a group reaches no login that is a member of it, so it is set on logins.
func TestConfigureLogin(t *testing.T) {
	t.Parallel()
	srv := freshServer(t)
	admin := dial(t, srv.URL("postgres", "postgres"))
	createDB(t, srv, "logins", "postgres")
	at := srv.URL("postgres", "logins")
	require.NoError(t, migrator.Bootstrap(t.Context(), at))
	for _, sql := range []string{
		"CREATE ROLE my_app LOGIN IN ROLE attestdb_app", `CREATE ROLE "odd ""name" LOGIN IN ROLE attestdb_auditor`,
		"CREATE ROLE nobody_of_ours LOGIN", "CREATE ROLE two LOGIN IN ROLE attestdb_app, attestdb_admin",
		"CREATE ROLE deploy LOGIN IN ROLE attestdb_owner", "CREATE ROLE other LOGIN",
	} {
		run(t, admin, sql)
	}
	as := func(login, database, setting string) (value string) {
		conn := dial(t, srv.URL("postgres", database))
		run(t, conn, "SET SESSION AUTHORIZATION "+pgx.Identifier{login}.Sanitize())
		// What a session of the login begins with.
		return scan[string](t, conn, `SELECT coalesce((SELECT split_part(c, '=', 2) FROM pg_db_role_setting s
			CROSS JOIN unnest(s.setconfig) c WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = session_user)
			AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND split_part(c, '=', 1) = $1), 'none')`, setting)
	}
	run(t, admin, "ALTER ROLE my_app IN DATABASE logins SET lock_timeout = '1s'")
	done, err := migrator.ConfigureLogin(t.Context(), at, "my_app")
	require.NoError(t, err)
	require.NotEmpty(t, done)
	require.Equal(t, "30s", as("my_app", "logins", "statement_timeout"))
	require.Equal(t, "1s", as("my_app", "logins", "lock_timeout"), "what was set is left as it is")
	require.Equal(t, "none", as("my_app", "postgres", "statement_timeout"), "another database")
	done, err = migrator.ConfigureLogin(t.Context(), at, "my_app")
	require.NoError(t, err)
	require.Empty(t, done)
	_, err = migrator.ConfigureLogin(t.Context(), at, `odd "name`)
	require.NoError(t, err)
	require.Equal(t, "read committed", as(`odd "name`, "logins", "default_transaction_isolation"))

	for _, login := range []string{"nobody", "nobody_of_ours", "two", "deploy", "attestdb_app"} {
		_, err := migrator.ConfigureLogin(t.Context(), at, login)
		var role *fault.Role
		require.ErrorAs(t, err, &role, login)
		require.NotEmpty(t, role.Fix)
	}

	// A login may set its own, and nobody's else.
	run(t, admin, "ALTER ROLE my_app IN DATABASE logins RESET ALL")
	sql := migrator.LoginSQL("logins", "my_app")
	conn := dial(t, srv.URL("postgres", "logins"))
	run(t, conn, "SET SESSION AUTHORIZATION other")
	_, err = conn.Exec(context.Background(), sql)
	require.ErrorContains(t, err, "ermission denied")
	run(t, conn, "RESET SESSION AUTHORIZATION")
	run(t, conn, "SET SESSION AUTHORIZATION my_app")
	_, err = conn.Exec(context.Background(), sql)
	if srv.Major() >= 17 {
		require.NoError(t, err)
		require.Equal(t, "120s", as("my_app", "logins", "transaction_timeout"))
	}
}
