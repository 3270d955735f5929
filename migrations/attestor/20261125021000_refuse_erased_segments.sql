-- An envelope whose bytes were erased is there by name alone: a chain with it would be
-- broken when it is made, and its evidence is nobody's to look at. So record_chain takes
-- none, and whoever records the bytes again hears that they are gone.

-- bytes_gone tells it of an envelope. It is volatile, and so sees what was stored while
-- the statement that asks waited for somebody else's.
CREATE FUNCTION "attestor"."bytes_gone"(tenant uuid, envelope uuid) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = envelope);
END $$;
REVOKE ALL ON FUNCTION "attestor"."bytes_gone" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "attestor"."bytes_gone" TO attestdb_app;

-- check_segments refuses what no chain of the artifact's may have, with the segment in
-- DETAIL. A segment without a content is an envelope of the tenant's, or for an sbom one
-- that was imported alone: else AD010. If it is an sbom or evidence it is about the
-- artifact: else AD011. Its bytes are there: else AD012.
CREATE FUNCTION "attestor"."check_segments"(
  tenant uuid, kinds text[], sums bytea[], contents bytea[], algorithm text, subject bytea) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  of_sboms bytea[];
  of_evidence bytea[];
  bad record;
BEGIN
  SELECT array_agg(s.sum) FILTER (WHERE s.kind = 'sbom'), array_agg(s.sum) FILTER (WHERE s.kind = 'evidence')
    INTO of_sboms, of_evidence
    FROM unnest(kinds, sums) AS s (kind, sum);
  SELECT s.kind, s.sum INTO bad
    FROM unnest(kinds, sums, contents) AS s (kind, sum, content)
   WHERE s.content IS NULL
     AND NOT coalesce(CASE s.kind
           WHEN 'sbom' THEN s.sum IN (SELECT attestor.sboms_about(tenant, of_sboms, algorithm, subject))
           WHEN 'evidence' THEN s.sum IN (SELECT attestor.envelopes_about(tenant, of_evidence, algorithm, subject))
           ELSE (SELECT true FROM attestor.envelopes e WHERE e.tenant_id = tenant AND e.sha256 = s.sum LIMIT 1) END, false)
   LIMIT 1;
  IF FOUND THEN
    IF EXISTS (SELECT FROM attestor.envelopes e WHERE e.tenant_id = tenant AND e.sha256 = bad.sum)
       OR bad.kind = 'sbom' AND EXISTS (SELECT FROM attestor.sboms b JOIN attestor.sbom_contents c ON c.tenant_id = tenant AND c.id = b.id
                                         WHERE b.tenant_id = tenant AND b.sha256 = bad.sum) THEN
      RAISE EXCEPTION 'the segment is not about the subject' USING ERRCODE = 'AD011', DETAIL = concat(bad.kind, ' sha256:', encode(bad.sum, 'hex'));
    END IF;
    RAISE EXCEPTION 'the segment is not there' USING ERRCODE = 'AD010', DETAIL = concat(bad.kind, ' sha256:', encode(bad.sum, 'hex'));
  END IF;

  -- Each by itself, as in envelopes_about.
  SELECT s.kind, s.sum INTO bad
    FROM unnest(kinds, sums, contents) AS s (kind, sum, content)
    CROSS JOIN LATERAL (
      SELECT e.id FROM attestor.envelopes e
       WHERE e.tenant_id = tenant AND e.sha256 = s.sum
       LIMIT 1) e
   WHERE s.content IS NULL
     AND (SELECT true FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = e.id LIMIT 1) IS NULL
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the bytes of the segment were erased' USING ERRCODE = 'AD012', DETAIL = concat(bad.kind, ' sha256:', encode(bad.sum, 'hex'));
  END IF;
END $$;
REVOKE ALL ON FUNCTION "attestor"."check_segments" FROM PUBLIC;

-- record_chain is the one way in for proof chains. It orders the segments,
-- hashes them and stores what it computed, so that no writer stores a wrong
-- root, and a chain enters with all its segments or not at all.
--
-- Segments come as one array a column. One with a content is the SHA-256 of that
-- content; one without is what check_segments takes.
--
-- What the subject's current chain has already is answered with that chain.
-- Everything else supersedes it. Of two that do so at once the second waits,
-- finds the first one's chain current, and supersedes that. An id that was given
-- before, by a caller that did not hear the answer, has not existed.
CREATE OR REPLACE FUNCTION "attestor"."record_chain"(
  tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text,
  segment_ids uuid[], kinds text[], digests bytea[], contents bytea[])
RETURNS TABLE (recorded_id uuid, recorded_at timestamptz, recorded_revision int, root bytea,
  superseded_id uuid, superseded_root bytea, existed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_status text;
  sums bytea[];
  given int;
  distinct_given int;
  latest attestor.proof_chains%ROWTYPE;
  -- The dimensions that all arrays must have; NULL is that of empty ones.
  segment_dims text := '[1:' || NULLIF(cardinality(segment_ids), 0) || ']';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    -- Else the tenant's row, and what others recorded, would be read as it was once.
    RAISE EXCEPTION 'proof chains are assembled in READ COMMITTED, not %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'AD021';
  END IF;
  -- A segment is a row across the arrays: each is of one dimension and begins at 1, and
  -- all are of one length. Else a part of a segment would be missing, or another's.
  IF array_dims(segment_ids) IS DISTINCT FROM segment_dims OR array_dims(kinds) IS DISTINCT FROM segment_dims
  OR array_dims(digests) IS DISTINCT FROM segment_dims OR array_dims(contents) IS DISTINCT FROM segment_dims THEN
    RAISE EXCEPTION 'the arrays are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF cardinality(segment_ids) > 1 THEN
    IF (SELECT count(DISTINCT i.id) < count(*) FROM unnest(segment_ids) AS i (id)) THEN
      RAISE EXCEPTION 'an id is there twice' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;

  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;

  SELECT array_agg(s.sum ORDER BY s.n), count(*), count(DISTINCT (s.kind, s.sum))
    INTO sums, given, distinct_given
    FROM (SELECT u.kind, coalesce(u.digest, sha256(u.content)) AS sum, u.n
            FROM unnest(kinds, digests, contents) WITH ORDINALITY AS u (kind, digest, content, n)) s;
  IF distinct_given <> given THEN
    RAISE EXCEPTION 'a segment is there twice' USING ERRCODE = '22023';
  END IF;
  PERFORM attestor.check_segments(tenant, kinds, sums, contents, algorithm, subject);

  FOR attempt IN 1 .. 1001 LOOP
    IF attempt > 1000 THEN
      RAISE EXCEPTION 'too many assemble chains of this subject at once' USING ERRCODE = '40001';
    END IF;
    -- A statement of its own: what a concurrent transaction stored a moment ago
    -- is in its snapshot.
    SELECT c.* INTO latest FROM attestor.proof_chains c WHERE c.tenant_id = tenant AND c.id = new_id;
    IF NOT FOUND THEN
      SELECT c.* INTO latest FROM attestor.proof_chains c
       WHERE c.tenant_id = tenant AND c.subject_digest = subject AND c.subject_algorithm = algorithm
       ORDER BY c.revision DESC
       LIMIT 1;
    END IF;
    superseded_id := latest.supersedes_id;
    superseded_root := (SELECT c.root_hash FROM attestor.proof_chains c WHERE c.tenant_id = tenant AND c.id = latest.supersedes_id);
    IF latest.root_hash = attestor.chain_root(algorithm, subject, policy, superseded_root, kinds, sums) THEN
      recorded_id := latest.id; recorded_at := latest.created_at; recorded_revision := latest.revision; root := latest.root_hash;
      existed := latest.id <> new_id;
      RETURN NEXT;
      RETURN;
    ELSIF latest.id = new_id THEN
      RAISE EXCEPTION 'the id is taken' USING ERRCODE = '23505';
    END IF;

    superseded_id := latest.id;
    superseded_root := latest.root_hash;
    recorded_id := new_id;
    recorded_revision := coalesce(latest.revision, 0) + 1;
    -- The clock may have been set back: a chain is later than what it supersedes.
    recorded_at := greatest(clock_timestamp(), latest.created_at + make_interval(secs => 0.000001));
    root := attestor.chain_root(algorithm, subject, policy, latest.root_hash, kinds, sums);
    existed := false;
    INSERT INTO attestor.proof_chains (tenant_id, id, created_at, subject_algorithm, subject_digest, revision,
                policy_version, root_hash, segment_count, supersedes_id, assembled_by)
    VALUES (tenant, new_id, recorded_at, algorithm, subject, recorded_revision, policy, root, given, latest.id, actor)
    -- By whichever key: who supersedes the same chain meets two of them.
    ON CONFLICT DO NOTHING;
    EXIT WHEN FOUND;
  END LOOP;

  INSERT INTO attestor.proof_segments (tenant_id, id, created_at, chain_id, position, kind, digest, content)
  SELECT tenant, s.id, recorded_at, new_id,
         row_number() OVER (ORDER BY array_position(ARRAY['sbom', 'evidence', 'reasoning', 'vex', 'verdict'], s.kind), s.sum) - 1,
         s.kind, s.sum, s.content
    FROM unnest(segment_ids, kinds, sums, contents) AS s (id, kind, sum, content);
  RETURN NEXT;
END $$;
