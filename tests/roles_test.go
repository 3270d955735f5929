package tests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/testdb"
)

// groups are attestdb's roles; the cluster is shared, so the logins that the
// tests make have names of their own and go with the test.
var groups = []string{
	"attestdb_owner", "attestdb_app", "attestdb_worker", "attestdb_refresher",
	"attestdb_auditor", "attestdb_admin", "attestdb_reader",
}

var loginSerial atomic.Int64

// identLock keeps two tests from writing the server's user map at once.
var identLock sync.Mutex

// newLogin makes a login by CREATE ROLE with options, lets this user log in as
// it, and returns its connection URL. Statements may name it as %[1]s, and make
// a group %[1]s_team, which goes with it.
func newLogin(t *testing.T, db *testdb.DB, options string, statements ...string) (name, url string) {
	t.Helper()
	name = fmt.Sprintf("login_%d_%d", os.Getpid(), loginSerial.Add(1))
	super := db.Conn(t, "superuser")
	for _, sql := range append([]string{"CREATE ROLE %[1]s LOGIN " + options}, statements...) {
		_, err := super.Exec(t.Context(), fmt.Sprintf(sql, name))
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), db.URL("superuser"))
		require.NoError(t, err)
		_, err = conn.Exec(context.Background(), "DROP OWNED BY "+name+"; DROP ROLE IF EXISTS "+name+"_team; DROP ROLE "+name)
		require.NoError(t, errors.Join(err, conn.Close(context.Background())))
	})
	mapLogin(t, super, name)
	url = strings.Replace(db.URL("app"), "attestdb_test_app", name, 1)
	return name, url
}

// mapLogin adds a login to the server's user map wherever the application's
// test login is in it.
func mapLogin(t *testing.T, super *pgx.Conn, name string) {
	t.Helper()
	identLock.Lock()
	defer identLock.Unlock()
	var path string
	require.NoError(t, super.QueryRow(t.Context(), "SHOW ident_file").Scan(&path))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	for line := range strings.Lines(string(content)) {
		if strings.Contains(line, `"attestdb_test_app"`) {
			content = append(content, strings.Replace(line, "attestdb_test_app", name, 1)...)
		}
	}
	require.NoError(t, os.WriteFile(path, content, 0o644))
	_, err = super.Exec(t.Context(), "SELECT pg_reload_conf()")
	require.NoError(t, err)
	url := super.Config().ConnString()
	require.Eventually(t, func() bool {
		conn, err := pgx.Connect(t.Context(), strings.Replace(url, "postgres@", name+"@", 1))
		if err == nil {
			return conn.Close(t.Context()) == nil
		}
		var pg *pgconn.PgError
		return errors.As(err, &pg) && pg.Code != "28000"
	}, 10*time.Second, 10*time.Millisecond, "the server reads its user map")
}

// refused asserts that Open refuses the URL for each purpose, as a pool of its
// own and as the caller's, and returns the error for the application.
func refused(t *testing.T, url string) *attestdb.RoleError {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	defer pool.Close()
	var app *attestdb.RoleError
	for _, conn := range []attestdb.Conn{{URL: url}, {Pool: pool}} {
		for i, cfg := range []attestdb.Config{{App: conn}, {Admin: conn}, {Auditor: conn}} {
			db, err := attestdb.Open(t.Context(), cfg)
			require.Nil(t, db)
			require.ErrorIs(t, err, attestdb.ErrRole)
			var role *attestdb.RoleError
			require.ErrorAs(t, err, &role)
			require.NotEmpty(t, role.Fix)
			if i == 0 {
				app = role
			}
		}
	}
	require.NoError(t, pool.Ping(t.Context()), "a caller's pool stays open")
	return app
}

// Policies of two roles are ORed: such a login could see every tenant.
func TestOpenRefusesEachPairOfRoles(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for i, one := range groups {
		for _, other := range groups[i+1:] {
			name, url := newLogin(t, db, "IN ROLE "+one+", "+other)
			err := refused(t, url)
			require.Contains(t, err.Problem, one)
			require.Contains(t, err.Problem, other)
			require.Contains(t, err.Fix, "IN ROLE attestdb_app")
			require.Equal(t, name, err.Login)
		}
	}
}

func TestOpenRefusesLoginsWithTooManyOrTooFewRights(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	for _, c := range []struct {
		name, options string
		statements    []string
		problem, fix  string
	}{
		{name: "superuser", options: "SUPERUSER IN ROLE attestdb_app", problem: "superuser", fix: "CREATE ROLE"},
		{name: "bypasses row security", options: "BYPASSRLS IN ROLE attestdb_app", problem: "row-level security", fix: "CREATE ROLE"},
		{
			name: "may become a superuser", options: "NOINHERIT IN ROLE attestdb_app",
			statements: []string{"CREATE ROLE %[1]s_team SUPERUSER ROLE %[1]s"}, problem: "superuser", fix: "CREATE ROLE",
		},
		{
			name: "may come to bypass row security", options: "NOINHERIT IN ROLE attestdb_app",
			statements: []string{"CREATE ROLE %[1]s_team BYPASSRLS ROLE %[1]s"}, problem: "row-level security", fix: "CREATE ROLE",
		},
		{
			name: "two roles by way of a team", options: "IN ROLE attestdb_app",
			statements: []string{"CREATE ROLE %[1]s_team IN ROLE attestdb_auditor ROLE %[1]s"}, problem: "attestdb_auditor", fix: "CREATE ROLE",
		},
		{name: "may grant itself roles", options: "CREATEROLE IN ROLE attestdb_app", problem: "CREATEROLE", fix: "CREATE ROLE"},
		{name: "replicates", options: "REPLICATION IN ROLE attestdb_app", problem: "files, programs or log", fix: "CREATE ROLE"},
		{name: "runs programs", options: "IN ROLE attestdb_app, pg_execute_server_program", problem: "files, programs or log", fix: "CREATE ROLE"},
		{
			name: "owns a table", options: "IN ROLE attestdb_app",
			statements: []string{"CREATE TABLE attestor.owned_by_%[1]s ()", "ALTER TABLE attestor.owned_by_%[1]s OWNER TO %[1]s"},
			problem:    "owns tables", fix: "CREATE ROLE",
		},
		{name: "does not inherit", options: "NOINHERIT IN ROLE attestdb_app", problem: "does not inherit", fix: "INHERIT"},
		{name: "no member", problem: "not a member of attestdb_app", fix: "GRANT attestdb_app"},
		{name: "another role", options: "IN ROLE attestdb_worker", problem: "attestdb_worker instead of attestdb_app", fix: "CREATE ROLE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			name, url := newLogin(t, db, c.options, c.statements...)
			err := refused(t, url)
			require.Contains(t, err.Problem, c.problem)
			require.Contains(t, err.Fix, c.fix)
			require.Equal(t, name, err.Login)
		})
	}
}

// What a connection is now does not hide what it logged in as, since RESET ROLE
// leads back.
func TestSetRoleHidesNothing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, both := newLogin(t, db, "IN ROLE attestdb_app, attestdb_owner")
	for url, problem := range map[string]string{db.URL("superuser"): "superuser", both: "attestdb_owner"} {
		err := refused(t, url+"&options=-c%20role%3Dattestdb_app")
		require.Contains(t, err.Problem, problem)
	}
	// The other way round a login may take its role's name.
	_, plain := newLogin(t, db, "NOINHERIT IN ROLE attestdb_app")
	openWith(t, attestdb.Config{App: attestdb.Conn{URL: plain + "&options=-c%20role%3Dattestdb_app"}})
}

// SET SESSION AUTHORIZATION hides the superuser who used it from session_user,
// but RESET leads back all the same.
func TestSetSessionAuthorizationHidesNothing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	cfg, err := pgxpool.ParseConfig(db.URL("superuser"))
	require.NoError(t, err)
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET SESSION AUTHORIZATION attestdb_test_app")
		return err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	_, err = attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{Pool: pool}})
	var role *attestdb.RoleError
	require.ErrorAs(t, err, &role)
	require.Contains(t, role.Problem, "superuser")
}

// A login belongs to its role's member as well, and each role has its place.
func TestOpenAcceptsOneRoleInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, url := newLogin(t, db, "", "CREATE ROLE %[1]s_team IN ROLE attestdb_app ROLE %[1]s")
	openWith(t, attestdb.Config{App: attestdb.Conn{URL: url}})
	for _, role := range testdb.Roles {
		conn := attestdb.Conn{URL: db.URL(role)}
		for place, cfg := range map[string]attestdb.Config{"app": {App: conn}, "admin": {Admin: conn}, "auditor": {Auditor: conn}} {
			got, err := attestdb.Open(t.Context(), cfg)
			if role == place {
				require.NoError(t, err)
				require.NoError(t, got.Close(t.Context()))
				continue
			}
			require.ErrorIs(t, err, attestdb.ErrRole, "%s as %s", role, place)
		}
	}
}
