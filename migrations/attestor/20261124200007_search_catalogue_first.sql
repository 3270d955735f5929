-- As in module tenancy: a caller's temporary types must not be found first, least of
-- all by what runs as the owner.
ALTER FUNCTION "attestor"."chain_root" SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION "attestor"."envelopes_about" SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION "attestor"."record_chain" SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION "attestor"."record_envelopes" SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION "attestor"."record_evidence" SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION "attestor"."record_sboms" SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION "attestor"."sboms_about" SET search_path = pg_catalog, pg_temp;
