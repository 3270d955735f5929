package migrator_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/embedpg"
	"stella-ops.org/attestdb/internal/migrator"
	"stella-ops.org/attestdb/internal/pgrole"
)

// requireGroups asserts what Bootstrap promises of one database.
func requireGroups(t *testing.T, srv *embedpg.Server, name string) {
	t.Helper()
	conn := dial(t, srv.URL("postgres", name))
	require.EqualValues(t, len(pgrole.All), scan[int64](t, conn, `
SELECT count(*) FROM pg_roles WHERE rolname = ANY ($1) AND NOT (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)`, pgrole.All))
	require.Zero(t, scan[int64](t, conn, "SELECT count(*) FROM pg_auth_members WHERE member::regrole::text = ANY ($1)", pgrole.All))
	require.Equal(t, []string{"attestdb_owner"}, scan[[]string](t, conn, `
SELECT array_agg(r::text) FROM unnest($1::text[]) r WHERE has_database_privilege(r, current_database(), 'CREATE')`, pgrole.All))
	require.EqualValues(t, len(pgrole.All), scan[int64](t, conn, `
SELECT count(*) FROM pg_database d, aclexplode(datacl) a
 WHERE datname = current_database() AND a.privilege_type = 'CONNECT' AND a.grantee::regrole::text = ANY ($1)`, pgrole.All))
	todo, err := migrator.BootstrapPlan(t.Context(), srv.URL("postgres", name))
	require.NoError(t, err)
	require.Empty(t, todo)
}

func dropGroups(t *testing.T, srv *embedpg.Server, databases ...string) {
	t.Helper()
	conn := dial(t, srv.URL("postgres", "postgres"))
	for _, role := range pgrole.All {
		for _, name := range databases {
			run(t, conn, fmt.Sprintf("REVOKE ALL ON DATABASE %s FROM %s", name, role))
		}
		run(t, conn, "DROP ROLE "+string(role))
	}
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	srv := freshServer(t)
	admin := dial(t, srv.URL("postgres", "postgres"))

	t.Run("eight databases at once", func(t *testing.T) {
		var names []string
		for i := range 8 {
			names = append(names, fmt.Sprintf("b%d", i))
			createDB(t, srv, names[i], "postgres")
		}
		for range 5 {
			var (
				wg   sync.WaitGroup
				errs [8]error
			)
			for i, name := range names {
				wg.Go(func() { errs[i] = migrator.Bootstrap(t.Context(), srv.URL("postgres", name)) })
			}
			wg.Wait()
			require.NoError(t, errors.Join(errs[:]...))
			for _, name := range names {
				requireGroups(t, srv, name)
			}
			dropGroups(t, srv, names...)
		}
	})

	t.Run("printed", func(t *testing.T) {
		const name = `"odd ""name"`
		createDB(t, srv, name, "postgres")
		conn := dial(t, srv.URL("postgres", `odd "name`))
		script := migrator.BootstrapSQL(`odd "name`)
		for range 2 {
			run(t, conn, script)
			requireGroups(t, srv, `odd "name`)
		}
		for _, role := range pgrole.All[:6] {
			require.Contains(t, script, "LOGIN PASSWORD '...' IN ROLE "+string(role)+";")
		}
		run(t, conn, "GRANT attestdb_reader TO attestdb_app")
		_, err := conn.Exec(t.Context(), script)
		require.ErrorContains(t, err, "attestdb_app is a member of attestdb_reader")
		run(t, conn, "REVOKE attestdb_reader FROM attestdb_app")
		dropGroups(t, srv, name)
	})

	t.Run("as creator and owner", func(t *testing.T) {
		run(t, admin, "CREATE ROLE creator LOGIN CREATEROLE")
		createDB(t, srv, "owned", "creator")
		createDB(t, srv, "others", "postgres")
		require.NoError(t, migrator.Bootstrap(t.Context(), srv.URL("creator", "owned")))
		requireGroups(t, srv, "owned")
		err := migrator.Bootstrap(t.Context(), srv.URL("creator", "others"))
		requireRole(t, err, "may not grant rights on database others, which belongs to postgres", "--print")

		// What the fix of the migrator's refusal says is enough.
		cfg := (&database{srv: srv, name: "owned"}).config(base.fs())
		cfg.URL = srv.URL("creator", "owned")
		if _, err := migrator.Apply(t.Context(), cfg); err != nil {
			var role *fault.Role
			require.ErrorAs(t, err, &role)
			_, grant, _ := strings.Cut(role.Fix, "then ")
			run(t, dial(t, cfg.URL), grant)
			_, err = migrator.Apply(t.Context(), cfg)
			require.NoError(t, err)
		}
		run(t, admin, "DROP DATABASE owned WITH (FORCE)")
		dropGroups(t, srv, "others")
	})

	t.Run("without rights", func(t *testing.T) {
		run(t, admin, "CREATE ROLE stranger LOGIN")
		err := migrator.Bootstrap(t.Context(), srv.URL("stranger", "postgres"))
		requireRole(t, err, "may not create roles", "--print")
		require.NoError(t, migrator.Bootstrap(t.Context(), srv.URL("postgres", "postgres")))
		require.NoError(t, migrator.Bootstrap(t.Context(), srv.URL("stranger", "postgres")), "nothing is left to do")
	})

	t.Run("groups that are more", func(t *testing.T) {
		for _, c := range []struct{ sql, undo, problem string }{
			{"ALTER ROLE attestdb_app LOGIN", "ALTER ROLE attestdb_app NOLOGIN", "attestdb_app has LOGIN"},
			{"ALTER ROLE attestdb_reader BYPASSRLS", "ALTER ROLE attestdb_reader NOBYPASSRLS", "attestdb_reader has BYPASSRLS"},
			{"GRANT attestdb_refresher TO attestdb_owner", "REVOKE attestdb_refresher FROM attestdb_owner", "attestdb_owner is a member of attestdb_refresher"},
			{"GRANT pg_read_all_data TO attestdb_app", "REVOKE pg_read_all_data FROM attestdb_app", "attestdb_app is a member of pg_read_all_data"},
		} {
			run(t, admin, c.sql)
			requireRole(t, migrator.Bootstrap(t.Context(), srv.URL("postgres", "postgres")), c.problem, c.undo)
			run(t, admin, c.undo)
		}
		run(t, admin, "GRANT CREATE ON DATABASE postgres TO attestdb_app")
		require.NoError(t, migrator.Bootstrap(t.Context(), srv.URL("postgres", "postgres")))
		requireGroups(t, srv, "postgres")
	})
}

// A host that takes connections and then says nothing, as behind a firewall,
// does not hold anybody for long.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
	}()
	url := "postgres://postgres@" + listener.Addr().String() + "/postgres?sslmode=disable"
	for name, call := range map[string]func(context.Context) error{
		"bootstrap": func(ctx context.Context) error { return migrator.Bootstrap(ctx, url) },
		"apply": func(ctx context.Context) error {
			_, err := migrator.Apply(ctx, migrator.Config{URL: url, FS: base.fs(), Modules: []string{"tenancy", "attestor"}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			require.ErrorIs(t, call(ctx), fault.ErrUnavailable)
			require.NoError(t, ctx.Err(), "it gave up by itself")
		})
	}
}

func requireRole(t *testing.T, err error, problem, fix string) {
	t.Helper()
	var role *fault.Role
	require.ErrorAs(t, err, &role)
	require.Contains(t, role.Problem, problem)
	require.Contains(t, role.Fix, fix)
}
