-- As in module tenancy: a caller's temporary types must not be found first, least of
-- all by what runs as the owner.
ALTER FUNCTION "rekor"."record_entries" SET search_path = pg_catalog, pg_temp;
