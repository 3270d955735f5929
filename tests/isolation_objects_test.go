package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/migrations"
)

func (a *attacker) become(t *testing.T, tenant string) {
	t.Helper()
	_, err := a.conn.Exec(t.Context(), "SELECT set_config('attestdb.tenant_id', $1, false)", tenant)
	require.NoError(t, err)
}

// Every function of the modules that the application may call, with the
// victim's id wherever a UUID fits.
func TestFunctionsTellNothingOfAnotherTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rows, err := w.super.Query(t.Context(), `
SELECT p.oid::regproc::text, p.prorettype = 'trigger'::regtype,
       ARRAY (SELECT format_type(a, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (a, n) ORDER BY n),
       has_function_privilege('attestdb_app', p.oid, 'EXECUTE'), p.prosecdef, coalesce(p.proconfig::text, '')
       -- Nothing is looked up any more in a body that was parsed when the function was made.
       || CASE WHEN p.prosqlbody IS NOT NULL AND NOT p.prosecdef THEN 'search_path' ELSE '' END
  FROM pg_proc p WHERE p.pronamespace::regnamespace::text = ANY ($1) ORDER BY 1`, migrations.Modules)
	require.NoError(t, err)
	type function struct {
		Name              string
		Trigger           bool
		Args              []string
		Callable, Definer bool
		Config            string
	}
	functions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[function])
	require.NoError(t, err)
	require.NotEmpty(t, functions)
	before := w.fingerprint(t, w.acme.ID())
	for _, f := range functions {
		require.Contains(t, f.Config, "search_path", "%s pins its search_path", f.Name)
		if f.Trigger || !f.Callable {
			require.False(t, f.Callable, "%s is called by its triggers alone", f.Name)
			continue
		}
		args := make([]string, len(f.Args))
		for i, typ := range f.Args {
			value := "NULL"
			switch typ {
			case "uuid":
				value = "'" + w.globex.ID().String() + "'"
			case "text":
				value = "'globex'"
			case "integer", "bigint":
				value = "1"
			}
			args[i] = value + "::" + typ
		}
		for _, tenant := range []string{"", w.acme.ID().String(), uuid.NewString()} {
			a := w.attacker(t)
			a.become(t, tenant)
			o := a.try(t, fmt.Sprintf("SELECT to_jsonb(x)::text FROM %s(%s) x", f.Name, strings.Join(args, ", ")), "")
			require.False(t, leaks(o.text), "%s tells %s", f.Name, o.text)
		}
	}
	require.Equal(t, before, w.fingerprint(t, w.acme.ID()))
}

// A plan that was made for one tenant serves the next one.
func TestPreparedStatementFollowsTheTenant(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sees := func(text string) bool { return leaks(text) || strings.Contains(text, w.globex.ID().String()) }
	for _, mode := range []string{"force_generic_plan", "force_custom_plan", "auto"} {
		a := w.attacker(t)
		require.Nil(t, a.try(t, "SET plan_cache_mode = "+mode, "").pgError)
		for i, r := range w.relations {
			if r.TenantColumn == "" {
				continue
			}
			name := fmt.Sprintf("p%d", i)
			a.become(t, w.globex.ID().String())
			require.Nil(t, a.try(t, fmt.Sprintf("PREPARE %s AS SELECT to_jsonb(t)::text FROM (%s) t", name, r.readable()), "").pgError)
			for range 7 { // the sixth may use a generic plan
				require.True(t, sees(a.try(t, "EXECUTE "+name, "").text), "the victim itself sees its rows of %s", r.Name)
			}
			for _, tenant := range []string{w.acme.ID().String(), "", uuid.NewString()} {
				a.become(t, tenant)
				o := a.try(t, "EXECUTE "+name, "")
				require.Nil(t, o.pgError)
				require.False(t, sees(o.text), "%s as %q, %s", r.Name, tenant, mode)
			}
		}
	}
}

// The values that the planner remembers of all tenants are for no tenant to
// read; what it estimates from them is (see docs/tenancy.md).
func TestStatisticsAreNotReadable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.super.Exec(t.Context(), "ANALYZE")
	require.NoError(t, err)
	var known bool
	require.NoError(t, w.super.QueryRow(t.Context(), "SELECT count(*) > 0 FROM pg_stats WHERE schemaname = 'attestor'").Scan(&known))
	require.True(t, known)
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	for _, view := range []string{"pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"} {
		o := a.try(t, fmt.Sprintf("SELECT to_jsonb(s)::text FROM %s s WHERE schemaname = ANY ('{%s}') AND tablename <> 'library_floors'",
			view, strings.Join(migrations.Modules, ",")), "")
		require.Nil(t, o.pgError)
		require.Zero(t, o.rows, "%s: %s", view, o.text)
	}
	require.Equal(t, "42501", a.try(t, "SELECT * FROM pg_statistic", "").pgError.Code)
}

// Functions, views and tables of the session's own: a cheap function that
// tells every row that it is shown, a definer function, a view, and tables that
// go by the names of ours.
func TestTemporaryObjectsGainNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.attacker(t)
	for _, sql := range []string{
		`CREATE FUNCTION pg_temp.told(text) RETURNS bool COST 0.0000001 LANGUAGE plpgsql
		   AS $$ BEGIN RAISE NOTICE 'told %', $1; RETURN true; END $$`,
		`CREATE FUNCTION pg_temp.current_setting(text, bool) RETURNS text LANGUAGE sql AS $$ SELECT '` + w.globex.ID().String() + `' $$`,
		`CREATE FUNCTION pg_temp.same(uuid, uuid) RETURNS bool LANGUAGE sql AS 'SELECT true'`,
		`CREATE OPERATOR pg_temp.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = pg_temp.same)`,
		`SET search_path = pg_temp, tenancy, attestor, pg_catalog`,
		// An unknown tenant makes itself one.
		`CREATE TEMP TABLE tenants (id uuid, name text, status text)`,
		`INSERT INTO pg_temp.tenants VALUES ('` + uuid.Max.String() + `', 'me', 'active')`,
	} {
		require.Nil(t, a.try(t, sql, "").pgError, sql)
	}
	before := w.fingerprint(t, w.acme.ID())
	for _, tenant := range []string{w.acme.ID().String(), "", uuid.Max.String()} {
		a.become(t, tenant)
		for i, r := range w.relations {
			if r.TenantColumn == "" {
				continue
			}
			n := fmt.Sprintf("%d_%d", i, len(tenant))
			victims := fmt.Sprintf("t.%s = '%s'", r.TenantColumn, w.globex.ID())
			rows := r.readable()
			for _, sql := range []string{
				"SELECT count(*) FROM (" + rows + ") t WHERE pg_temp.told(to_jsonb(t)::text)",
				"SELECT count(*) FROM (" + rows + ") t WHERE pg_temp.told(to_jsonb(t)::text) AND " + victims,
				"CREATE OR REPLACE TEMP VIEW v" + n + " AS " + rows,
				"SELECT to_jsonb(t)::text FROM pg_temp.v" + n + " t WHERE " + victims,
				"SELECT to_jsonb(t)::text FROM pg_temp.v" + n + " t",
				"CREATE OR REPLACE FUNCTION pg_temp.f" + n + "() RETURNS SETOF jsonb SECURITY DEFINER LANGUAGE sql AS 'SELECT to_jsonb(t) FROM (" + rows + ") t'",
				"SELECT t::text FROM pg_temp.f" + n + "() t",
			} {
				o := a.try(t, sql, "")
				require.Nil(t, o.pgError, "%s: %s", sql, o.text)
				require.False(t, leaks(o.text), "%s told %s", sql, o.text)
			}
		}
		if tenant == uuid.Max.String() {
			for _, sql := range []string{
				fmt.Sprintf(`INSERT INTO attestor.envelope_verifications
					VALUES ('%s', gen_random_uuid(), now(), '%s', 'verified', 'v', 'p', NULL, '[0]', now(), NULL)`, tenant, w.globexIDs[0]),
				recordCall(tenant, "content"),
			} {
				o := a.try(t, sql, "")
				require.NotNil(t, o.pgError)
				require.Equal(t, "AD002", o.pgError.Code)
			}
		}
	}
	require.Equal(t, before, w.fingerprint(t, w.acme.ID()))
}

// The library's own statements mean our tables, whatever the session of a
// caller's pool holds by the same names.
func TestShadowingObjectsDoNotDivertTheLibrary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	db, pool := openOnPool(t, w.DB, func(cfg *pgxpool.Config) { cfg.MaxConns = 1 })
	var shadows []string
	for _, r := range w.relations {
		_, name, _ := strings.Cut(r.Name, ".")
		_, err := pool.Exec(t.Context(), "CREATE TEMP TABLE "+name+" AS "+r.readable()+" LIMIT 0")
		require.NoError(t, err)
		shadows = append(shadows, name)
	}
	_, err := pool.Exec(t.Context(), "SET search_path = pg_temp, attestor, tenancy")
	require.NoError(t, err)
	acme := db.Tenant(w.acme.ID())
	ev := wordyEvidence(t, "shadow", "shadow")
	rec, err := acme.Record(t.Context(), ev, attestdb.Verify(wordyVerifier("no")), attestdb.KeepFailed())
	require.NoError(t, err)
	detail, err := acme.Attestor().Get(t.Context(), rec.ID)
	require.NoError(t, err)
	require.Equal(t, attestor.Failed, detail.Verification.Outcome)
	content, err := acme.Attestor().Content(t.Context(), rec.ID)
	require.NoError(t, err)
	require.Equal(t, ev.Content, content)
	found, _, err := acme.Attestor().Find(t.Context(), attestor.Query{Subject: ev.Statement.Subject[0].Digest[0]}, page.Request{})
	require.NoError(t, err)
	require.Len(t, found, 1)
	id, err := db.TenantByName(t.Context(), "globex")
	require.NoError(t, err)
	require.Equal(t, w.globex.ID(), id)
	for _, name := range shadows {
		var n int
		require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_temp."+name).Scan(&n))
		require.Zero(t, n, name)
	}
}

// What a tenant learned of another's keys and cursors opens nothing.
func TestAnotherTenantsKeysAndCursorsOpenNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	subject := wordyEvidence(t, marker, "one").Statement.Subject[0].Digest[0]
	_, err := w.globex.Record(t.Context(), wordyEvidence(t, marker+" again", "one"))
	require.NoError(t, err)
	_, cursor, err := w.globex.Attestor().Find(t.Context(), attestor.Query{Subject: subject}, page.Request{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, cursor)
	_, _, err = w.acme.Attestor().Find(t.Context(), attestor.Query{Subject: subject}, page.Request{Cursor: cursor})
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	found, _, err := w.acme.Attestor().Find(t.Context(), attestor.Query{Subject: subject}, page.Request{})
	require.NoError(t, err)
	for _, m := range found {
		require.Contains(t, w.acmeIDs, m.ID)
	}
	for _, id := range w.globexIDs {
		_, err := w.acme.Attestor().Get(t.Context(), id)
		require.ErrorIs(t, err, attestdb.ErrNotFound)
		require.False(t, leaks(err.Error()))
		_, err = w.acme.Attestor().Content(t.Context(), id)
		require.ErrorIs(t, err, attestdb.ErrNotFound)
		var pg *pgconn.PgError
		require.NotErrorAs(t, err, &pg)
	}
}
