-- A segment of a proof chain that brings its content is a document that nobody signed, as
-- an SBOM alone is. One that names a stored envelope brings none.
CREATE TRIGGER "proof_segments_signed" BEFORE INSERT ON "attestor"."proof_segments"
  FOR EACH ROW WHEN (NEW."content" IS NOT NULL) EXECUTE FUNCTION "attestor"."require_signed"('a document in a proof chain');

-- An SBOM may have come alone before the tenant required that.
CREATE FUNCTION "attestor"."require_signed_sbom_segment"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM tenancy.tenants t WHERE t.id = NEW.tenant_id AND (t.require_verified OR t.require_in_toto))
     AND NOT EXISTS (SELECT FROM attestor.envelopes e WHERE e.tenant_id = NEW.tenant_id AND e.sha256 = NEW.digest) THEN
    RAISE EXCEPTION 'the tenant requires signed evidence, which an SBOM alone is not' USING ERRCODE = 'AD004';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION "attestor"."require_signed_sbom_segment"() FROM PUBLIC;

CREATE TRIGGER "proof_segments_sbom_signed" BEFORE INSERT ON "attestor"."proof_segments"
  FOR EACH ROW WHEN (NEW."kind" = 'sbom') EXECUTE FUNCTION "attestor"."require_signed_sbom_segment"();
