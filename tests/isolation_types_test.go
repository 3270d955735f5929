package tests

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/migrations"
)

// Types are looked for in pg_temp before the catalogue unless a function says
// otherwise: a domain of the caller's that is named like one would have its check run
// with the function's rights.
func TestTemporaryTypesRunNothingInFunctions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tenant := w.acme.ID().String()
	rows, err := w.super.Query(t.Context(), `
SELECT p.oid::regproc::text, ARRAY (SELECT format_type(a, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (a, n) ORDER BY n)
  FROM pg_proc p WHERE p.pronamespace::regnamespace::text = ANY ($1) AND has_function_privilege('attestdb_app', p.oid, 'EXECUTE')
 ORDER BY 1`, migrations.Modules)
	require.NoError(t, err)
	type function struct {
		Name string
		Args []string
	}
	functions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[function])
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(functions), 4)
	calls := []string{recordCall(tenant, "types")}
	for _, f := range functions {
		args := make([]string, len(f.Args))
		for i, typ := range f.Args {
			switch {
			case strings.HasSuffix(typ, "[]"):
				args[i] = "'{}'"
			case typ == "uuid":
				args[i] = "'" + tenant + "'"
			case typ == "text":
				args[i] = "'sha256'"
			default:
				args[i] = "NULL"
			}
		}
		calls = append(calls, "SELECT * FROM "+f.Name+"("+strings.Join(args, ", ")+")")
	}
	for _, call := range calls {
		a := w.attacker(t)
		a.become(t, tenant)
		for _, sql := range append([]string{
			`CREATE FUNCTION pg_temp.evil() RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''ran as %'', current_user; RETURN true; END'`,
		}, temporaryTypes...) {
			require.Nil(t, a.try(t, sql, "").pgError, sql)
		}
		require.Contains(t, a.try(t, "SELECT 'x'::text", "").text, "ran as attestdb_test_app", "the trap is set")
		require.NotContains(t, a.try(t, call, "").text, "ran as attestdb_owner", call)
	}
}

// temporaryTypes are domains over the types that functions use, and run evil.
var temporaryTypes = func() []string {
	var create []string
	for _, name := range []string{"text", "uuid", "bytea", "timestamptz", "jsonb", "int4", "int8", "bool", "_text", "_uuid", "_bytea", "record", "name", "oid"} {
		base := name
		if name == "record" {
			base = "text"
		}
		create = append(create, `CREATE DOMAIN pg_temp."`+name+`" AS pg_catalog."`+base+`" CHECK (pg_temp.evil())`)
	}
	return create
}()

// What a trigger asks is asked of the catalogue's types, though it runs as the caller.
func TestTemporaryTypeLetsNoSuspendedTenantWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.db.Tenancy().As("admin").Suspend(t.Context(), w.acme.ID())
	require.NoError(t, err)
	before := w.fingerprint(t, attestdb.TenantID{})
	a := w.attacker(t)
	a.become(t, w.acme.ID().String())
	for _, sql := range []string{
		`CREATE TYPE pg_temp.text AS ENUM ('active')`,
		`CREATE FUNCTION pg_temp.active(pg_catalog.text) RETURNS pg_temp.text LANGUAGE sql AS $$ SELECT 'active'::pg_temp.text $$`,
		`CREATE CAST (pg_catalog.text AS pg_temp.text) WITH FUNCTION pg_temp.active(pg_catalog.text) AS ASSIGNMENT`,
	} {
		// Without the right to make a cast there is less to fear.
		if o := a.try(t, sql, ""); o.pgError != nil {
			require.Equal(t, "42501", o.pgError.Code, "%s: %s", sql, o.text)
		}
	}
	o := a.try(t, `INSERT INTO attestor.envelope_verifications VALUES ('`+w.acme.ID().String()+`', gen_random_uuid(), now(), '`+
		w.acmeIDs[0].String()+`', 'verified', 'v', 'p', NULL, '[0]', now(), NULL)`, "")
	require.NotNil(t, o.pgError)
	require.Equal(t, "AD003", o.pgError.Code)
	require.Equal(t, before, w.fingerprint(t, attestdb.TenantID{}))
}
