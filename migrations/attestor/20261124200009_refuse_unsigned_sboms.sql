-- A tenant that requires verified evidence, or in-toto Statements, takes no SBOM that came
-- alone: nobody signed it, and it is no Statement. Contents are of such SBOMs only, and so
-- are artifacts without an envelope. The trigger's argument names what it is.
CREATE FUNCTION "attestor"."require_signed"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  must_verify boolean;
  must_state boolean;
BEGIN
  SELECT t.require_verified, t.require_in_toto INTO must_verify, must_state
    FROM tenancy.tenants t WHERE t.id = NEW.tenant_id;
  IF must_verify THEN
    RAISE EXCEPTION 'the tenant requires verified evidence, which % is not', TG_ARGV[0] USING ERRCODE = 'AD004';
  ELSIF must_state THEN
    RAISE EXCEPTION 'the tenant requires in-toto Statements, which % is not', TG_ARGV[0] USING ERRCODE = 'AD004';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION "attestor"."require_signed"() FROM PUBLIC;

CREATE TRIGGER "sbom_contents_signed" BEFORE INSERT ON "attestor"."sbom_contents"
  FOR EACH ROW EXECUTE FUNCTION "attestor"."require_signed"('an SBOM alone');

CREATE TRIGGER "sbom_artifacts_signed" BEFORE INSERT ON "attestor"."sbom_artifacts"
  FOR EACH ROW WHEN (NEW."envelope_id" IS NULL) EXECUTE FUNCTION "attestor"."require_signed"('an SBOM alone');
