-- A chain sums up what there was about one artifact. So whatever segment is an in-toto
-- Statement is one about the artifact, be it a VEX document, a reasoning or a verdict, and
-- it is of the kind that its predicateType says. What is no Statement says nothing of
-- artifacts, and may be in any chain.

-- predicate_kinds are the predicate types, up to their version, of which one knows which
-- kind of segment they are. Go has the same.
CREATE FUNCTION "attestor"."predicate_kinds"() RETURNS TABLE (predicate_type text, kind text)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
  VALUES ('https://spdx.dev/Document', 'sbom'),
         ('https://cyclonedx.org/bom', 'sbom'),
         ('https://cyclonedx.org/vex', 'vex'),
         ('https://openvex.dev/ns', 'vex'),
         ('https://slsa.dev/verification_summary', 'verdict'),
         ('https://stella-ops.org/attestdb/verdict-warning', 'verdict'),
         ('https://slsa.dev/provenance', 'evidence'),
         ('https://cosign.sigstore.dev/attestation/vuln', 'evidence'),
         ('https://github.com/npm/attestation', 'evidence')
$$;
REVOKE ALL ON FUNCTION "attestor"."predicate_kinds" FROM PUBLIC;

-- check_segments refuses what no chain of the artifact's may have, with the segment in
-- DETAIL. A segment without a content is an envelope of the tenant's, or for an sbom one
-- that was imported alone: else AD010. Its bytes are there: else AD012. Its Statement is
-- about the artifact, and there is one if it is an sbom or evidence: else AD011. An sbom,
-- a vex or a verdict has no predicateType that is known to be of another kind: else AD013.
CREATE OR REPLACE FUNCTION "attestor"."check_segments"(
  tenant uuid, kinds text[], sums bytea[], contents bytea[], algorithm text, subject bytea) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  bad record;
BEGIN
  -- Each by itself: joined, the planner has every segment meet every envelope as long as
  -- it does not know how many there are.
  SELECT s.kind, s.sum, f.code INTO bad
    FROM unnest(kinds, sums, contents) WITH ORDINALITY AS s (kind, sum, content, n)
    LEFT JOIN LATERAL (
      SELECT e.id, e.created_at FROM attestor.envelopes e
       WHERE e.tenant_id = tenant AND e.sha256 = s.sum
       LIMIT 1) e ON true
    LEFT JOIN LATERAL (
      SELECT t.id, t.predicate_type FROM attestor.statements t
       WHERE t.tenant_id = tenant AND t.id = e.id
       LIMIT 1) t ON true
    LEFT JOIN LATERAL (
      SELECT b.id FROM attestor.sboms b
       WHERE s.kind = 'sbom' AND e.id IS NULL AND b.tenant_id = tenant AND b.sha256 = s.sum
         AND (SELECT true FROM attestor.sbom_contents c WHERE c.tenant_id = tenant AND c.id = b.id LIMIT 1)
       LIMIT 1) b ON true
    CROSS JOIN LATERAL (SELECT CASE
      WHEN b.id IS NOT NULL THEN
        CASE WHEN (SELECT true FROM attestor.sbom_artifacts a
                    WHERE a.tenant_id = tenant AND a.sbom_id = b.id AND a.algorithm = check_segments.algorithm AND a.digest = subject
                    LIMIT 1) IS NULL THEN 'AD011' END
      WHEN e.id IS NULL THEN 'AD010'
      WHEN (SELECT true FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = e.id LIMIT 1) IS NULL THEN 'AD012'
      WHEN t.id IS NULL THEN
        CASE WHEN s.kind IN ('sbom', 'evidence') THEN 'AD011' END
      -- A Statement and its subjects have one time.
      WHEN (SELECT true FROM attestor.statement_subjects x
             WHERE x.tenant_id = tenant AND x.digest = subject AND x.algorithm = check_segments.algorithm
               AND x.created_at = e.created_at AND x.statement_id = t.id
             LIMIT 1) IS NULL THEN 'AD011'
      WHEN s.kind IN ('sbom', 'vex', 'verdict') AND EXISTS (
        SELECT FROM attestor.predicate_kinds() k
         WHERE k.kind <> s.kind AND starts_with(t.predicate_type, k.predicate_type)
           AND substr(t.predicate_type, length(k.predicate_type) + 1, 1) IN ('', '/', '@')) THEN 'AD013'
      END AS code) f
   WHERE s.content IS NULL AND f.code IS NOT NULL
   ORDER BY s.n
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '%', CASE bad.code
        WHEN 'AD010' THEN 'the segment is not there'
        WHEN 'AD011' THEN 'the segment is not about the subject'
        WHEN 'AD012' THEN 'the bytes of the segment were erased'
        ELSE 'the segment is of another kind' END
      USING ERRCODE = bad.code, DETAIL = concat(bad.kind, ' sha256:', encode(bad.sum, 'hex'));
  END IF;
END $$;

-- What they asked, check_segments asks.
DROP FUNCTION "attestor"."sboms_about";
DROP FUNCTION "attestor"."envelopes_about";
