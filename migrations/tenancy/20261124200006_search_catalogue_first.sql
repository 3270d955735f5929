-- With an empty search_path PostgreSQL looks for types in pg_temp before pg_catalog, so
-- that a caller's temporary type named text would run the caller's code inside the
-- function. Named last, pg_temp comes last.
ALTER FUNCTION "tenancy"."refuse_change" SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION "tenancy"."require_active_tenant" SET search_path = pg_catalog, pg_temp;
