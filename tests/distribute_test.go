package tests

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/internal/testdb"
	"stella-ops.org/attestdb/migrations"
)

func distributeSQL(t *testing.T, db *testdb.DB) string {
	t.Helper()
	sql, err := attestdb.DistributeSQL(t.Context(), attestdb.MigrateConfig{URL: db.URL("owner")})
	require.NoError(t, err)
	return sql
}

// citusStubs have the signatures of Citus' functions (13) and some of its refusals: they
// keep what they are called with, in order.
const citusStubs = `
CREATE SCHEMA citus;
CREATE TYPE citus.distribution_type AS ENUM ('hash', 'range', 'append');
CREATE TABLE citus.calls (n int GENERATED ALWAYS AS IDENTITY, kind text, what text, argument text, colocate_with text);

CREATE FUNCTION citus.trigger_check(t regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = t AND NOT tgisinternal) AND current_setting('citus.enable_unsafe_triggers', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'triggers are not supported on distributed tables: %', t;
  END IF;
  IF EXISTS (SELECT FROM citus.calls WHERE what = t::text) THEN
    RAISE EXCEPTION 'table % is already distributed', t;
  END IF;
END $$;

CREATE FUNCTION public.create_reference_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  PERFORM citus.trigger_check(table_name);
  INSERT INTO citus.calls (kind, what) VALUES ('reference', table_name);
END $$;

CREATE FUNCTION public.create_distributed_table(table_name regclass, distribution_column text, distribution_type citus.distribution_type DEFAULT 'hash',
  colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE parent text; BEGIN
  PERFORM citus.trigger_check(table_name);
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = table_name AND attname = distribution_column AND attnotnull) THEN
    RAISE EXCEPTION 'column % of % does not exist', distribution_column, table_name;
  END IF;
  IF colocate_with NOT IN ('default', 'none') AND NOT EXISTS (SELECT FROM citus.calls c WHERE c.kind = 'table' AND c.what = create_distributed_table.colocate_with::regclass::text) THEN
    RAISE EXCEPTION 'relation % is not distributed', colocate_with;
  END IF;
  SELECT confrelid::regclass INTO parent FROM pg_constraint
   WHERE conrelid = table_name AND contype = 'f' AND confrelid <> conrelid AND confrelid::regclass::text NOT IN (SELECT what FROM citus.calls) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'referenced table % must be a distributed table or a reference table', parent;
  END IF;
  INSERT INTO citus.calls (kind, what, argument, colocate_with) VALUES ('table', table_name, distribution_column, colocate_with);
END $$;

CREATE FUNCTION public.create_distributed_function(function_name regprocedure, distribution_arg_name text DEFAULT NULL, colocate_with text DEFAULT 'default',
  force_delegation bool DEFAULT NULL) RETURNS void LANGUAGE plpgsql CALLED ON NULL INPUT AS $$ BEGIN
  IF distribution_arg_name IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_proc p WHERE p.oid = function_name AND p.proargtypes[array_position(p.proargnames, distribution_arg_name) - 1] = 'uuid'::regtype) THEN
    RAISE EXCEPTION 'cannot distribute the function % since the distribution argument is not valid', function_name;
  END IF;
  INSERT INTO citus.calls (kind, what, argument, colocate_with) VALUES ('function', function_name, distribution_arg_name, colocate_with);
END $$;`

// The script for Citus has every table and every function once, parents first, and runs on
// a server that has functions of Citus' names: its syntax, its names and its order are
// right. What Citus would do is not tested here.
func TestDistributionScriptsSyntaxNamesAndOrder(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	sql := distributeSQL(t, db)
	super := db.Conn(t, "superuser")
	_, err := super.Exec(t.Context(), citusStubs)
	require.NoError(t, err)
	// As psql does: one statement at a time, each a transaction.
	for _, statement := range statementsOf(sql) {
		_, err := super.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}

	list := func(query string, args ...any) []string {
		rows, err := super.Query(t.Context(), query, args...)
		require.NoError(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return all
	}
	tables := list(`SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = ANY ($1::regnamespace[]) AND c.relkind IN ('r', 'p') ORDER BY 1`, migrations.Modules)
	require.Equal(t, tables, list("SELECT what FROM citus.calls WHERE kind IN ('reference', 'table') ORDER BY 1"), "each table once")
	require.Equal(t, []string{"tenancy.library_floors", "tenancy.tenants"}, list("SELECT what FROM citus.calls WHERE kind = 'reference' ORDER BY 1"))
	require.Equal(t, []string{"tenant_id"}, list("SELECT DISTINCT argument FROM citus.calls WHERE kind = 'table'"))
	require.Len(t, list("SELECT what FROM citus.calls WHERE kind = 'table' AND colocate_with = 'none'"), 1, "all are in one group")
	functions := list("SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = ANY ($1::regnamespace[]) ORDER BY 1", migrations.Modules)
	require.Equal(t, functions, list("SELECT what FROM citus.calls WHERE kind = 'function' ORDER BY 1"), "each function once")
	require.Equal(t, list(`SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(p.proacl) x
		WHERE p.pronamespace = ANY ($1::regnamespace[]) AND x.grantee <> p.proowner AND pg_get_function_identity_arguments(p.oid) LIKE '%tenant uuid%' GROUP BY 1 ORDER BY 1`, migrations.Modules),
		list("SELECT what FROM citus.calls WHERE kind = 'function' AND argument = 'tenant' ORDER BY 1"), "programs' functions run where the tenant is")

	// Logins have the settings that they need, in this database alone.
	for login, want := range map[string]string{
		"attestdb_test_app": "citus.propagate_set_commands=local", "attestdb_test_auditor": "citus.propagate_set_commands=local",
		"attestdb_test_owner": "citus.multi_shard_modify_mode=sequential",
	} {
		require.Contains(t, list(`SELECT unnest(setconfig) FROM pg_db_role_setting
			WHERE setrole = $1::regrole AND setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`, login), want)
	}
	// Every trigger is named, since each needs the setting.
	for _, trigger := range list(`SELECT g.tgrelid::regclass || ': ' || g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
		WHERE NOT g.tgisinternal AND c.relnamespace = ANY ($1::regnamespace[])`, migrations.Modules) {
		require.Contains(t, sql, "\n--   "+trigger+"\n")
	}
	require.Contains(t, sql, "Functions with advisory locks, which hold on one node only: none")

	// The check sees a wrong order, and triggers without the setting.
	creations := slices.DeleteFunc(statementsOf(sql), func(s string) bool { return !strings.Contains(s, "create_distributed_table") })
	_, err = super.Exec(t.Context(), "TRUNCATE citus.calls; INSERT INTO citus.calls (kind, what) SELECT 'table', split_part($q$"+creations[0]+"$q$, '''', 2)")
	require.NoError(t, err)
	failed := false
	for _, statement := range slices.Backward(creations[1:]) {
		if _, err := super.Exec(t.Context(), statement); err != nil {
			require.ErrorContains(t, err, "must be a distributed table")
			failed = true
			break
		}
	}
	require.True(t, failed)
	_, err = super.Exec(t.Context(), "SET citus.enable_unsafe_triggers = off; "+creations[1])
	require.ErrorContains(t, err, "triggers are not supported")
}

// statementsOf splits a script where psql would.
func statementsOf(sql string) []string {
	sql = regexp.MustCompile(`(?m)^\s*--.*$`).ReplaceAllString(sql, "")
	var list []string
	for i, part := range strings.Split(sql, "$$") {
		if i%2 == 1 {
			list[len(list)-1] += "$$" + part + "$$"
			continue
		}
		pieces := strings.Split(part, ";")
		if i > 0 {
			list[len(list)-1] += pieces[0]
			pieces = pieces[1:]
		}
		list = append(list, pieces...)
	}
	return slices.DeleteFunc(list, func(s string) bool { return strings.TrimSpace(s) == "" })
}

func TestDistributionWantsAMigratedDatabase(t *testing.T) {
	t.Parallel()
	_, err := attestdb.DistributeSQL(t.Context(), attestdb.MigrateConfig{URL: testdb.NewEmpty(t).URL("owner")})
	var schema *attestdb.SchemaError
	require.ErrorAs(t, err, &schema)
}
