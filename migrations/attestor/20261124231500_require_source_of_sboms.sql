-- An SBOM is a document that came alone, with its content, or the predicate of an
-- envelope. Without either, nobody could read it again, and a tenant that requires
-- verified evidence would hold components that nobody signed.

-- Triggers, and not a part of record_sboms: they hold whoever inserts.
CREATE FUNCTION "attestor"."require_sbom_source"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM attestor.sbom_contents c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.id)
     AND NOT EXISTS (SELECT FROM attestor.sbom_artifacts a
                      WHERE a.tenant_id = NEW.tenant_id AND a.sbom_id = NEW.id AND a.envelope_id IS NOT NULL) THEN
    RAISE EXCEPTION 'an SBOM has neither content nor an envelope' USING ERRCODE = 'check_violation',
      SCHEMA = 'attestor', TABLE = 'sboms', CONSTRAINT = 'sboms_source';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "attestor"."require_sbom_source"() FROM PUBLIC;

-- At the end of the transaction, since both are stored after the SBOM.
CREATE CONSTRAINT TRIGGER "sboms_source" AFTER INSERT ON "attestor"."sboms"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "attestor"."require_sbom_source"();

-- An artifact without an envelope is somebody's word, which nobody signed either.
CREATE TRIGGER "sbom_artifacts_signed" BEFORE INSERT ON "attestor"."sbom_artifacts"
  FOR EACH ROW WHEN (NEW."envelope_id" IS NULL) EXECUTE FUNCTION "attestor"."require_signed_sbom"();

CREATE FUNCTION "attestor"."require_sbom_predicate"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- A sub-query that the planner cannot make a join of: a plan that was made for many
  -- rows would read all statements for one.
  IF EXISTS (SELECT FROM added a
              WHERE a.envelope_id IS NOT NULL
                AND ((SELECT s.predicate_type FROM attestor.statements s
                       WHERE s.tenant_id = a.tenant_id AND s.id = a.envelope_id)
                     ~ '^https://(cyclonedx\.org/bom|spdx\.dev/Document)(/v|$)') IS NOT TRUE) THEN
    RAISE EXCEPTION 'the predicate of an envelope is no SBOM' USING ERRCODE = 'check_violation',
      SCHEMA = 'attestor', TABLE = 'sbom_artifacts', CONSTRAINT = 'sbom_artifacts_predicate';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "attestor"."require_sbom_predicate"() FROM PUBLIC;

CREATE TRIGGER "sbom_artifacts_predicate" AFTER INSERT ON "attestor"."sbom_artifacts"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "attestor"."require_sbom_predicate"();
