-- record_sboms is the one way in for SBOMs: it stores them with all their
-- components, or nothing, so that nobody hangs a component on an SBOM that is
-- there already. It runs as the owner, who is bound to the tenant that the
-- statement names like everybody else.
--
-- SBOMs come as one array a column; the other arrays have the position, from 1, of
-- their SBOM. One that came alone has its content, of which the digest and the size
-- have to be; one that is a predicate has links instead, each the digest of an
-- envelope, which was recorded before in the same transaction or earlier, and whose
-- predicate type is an SBOM's: the subjects of its Statement become the SBOM's
-- artifacts. Without either, nobody could read it again. A row comes back for each
-- SBOM: what was stored, or the first record of the same document, to which its
-- missing artifacts are added and nothing else. An id that was given before, by a
-- caller that did not hear the answer, has not existed. Callers that race give
-- SBOMs in the order of their digests.
CREATE FUNCTION "attestor"."record_sboms"(
  tenant uuid, ids uuid[], times timestamptz[], actors text[], sha256s bytea[], sizes bigint[], formats text[],
  spec_versions text[], serial_numbers text[], names text[], stated_ats timestamptz[], contents bytea[],
  link_of int[], link_envelopes bytea[],
  artifact_ids uuid[], artifact_of int[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[],
  entry_ids uuid[], entry_of int[], entry_positions int[], refs text[], types text[], entry_names text[],
  versions text[], purls text[], package_keys text[], package_versions text[],
  digest_ids uuid[], digest_of int[], digest_entries uuid[], digest_positions int[], algorithms text[], digests bytea[],
  licence_ids uuid[], licence_of int[], licence_entries uuid[], licence_positions int[], licences_stated boolean[],
  licences text[])
RETURNS TABLE (n bigint, sbom_id uuid, recorded_at timestamptz, existed boolean, components int)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ''
-- A plan for these very arrays would be made anew each time and be the same.
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  found_status text;
  fresh boolean[];
  -- The dimensions that the arrays of each kind must have; NULL is that of empty ones.
  sbom_dims text := '[1:' || NULLIF(cardinality(ids), 0) || ']';
  link_dims text := '[1:' || NULLIF(cardinality(link_of), 0) || ']';
  artifact_dims text := '[1:' || NULLIF(cardinality(artifact_ids), 0) || ']';
  entry_dims text := '[1:' || NULLIF(cardinality(entry_ids), 0) || ']';
  digest_dims text := '[1:' || NULLIF(cardinality(digest_ids), 0) || ']';
  licence_dims text := '[1:' || NULLIF(cardinality(licence_ids), 0) || ']';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    -- Else the tenant's row, and what others recorded, would be read as it was once.
    RAISE EXCEPTION 'SBOMs are recorded in READ COMMITTED, not %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'AD021';
  END IF;
  -- Elements are found by their places, in arrays of their own kind and in others. So
  -- each array is of one dimension and begins at 1, those of a kind are of one length,
  -- and a place is that of an element: else something is left out in silence, or is
  -- taken for a part of something else. Conditions without a sub-query, one for each
  -- kind, since calling a function for each array costs more than all that it checks.
  IF array_dims(ids) IS DISTINCT FROM sbom_dims OR array_dims(times) IS DISTINCT FROM sbom_dims
  OR array_dims(actors) IS DISTINCT FROM sbom_dims OR array_dims(sha256s) IS DISTINCT FROM sbom_dims
  OR array_dims(sizes) IS DISTINCT FROM sbom_dims OR array_dims(formats) IS DISTINCT FROM sbom_dims
  OR array_dims(spec_versions) IS DISTINCT FROM sbom_dims OR array_dims(serial_numbers) IS DISTINCT FROM sbom_dims
  OR array_dims(names) IS DISTINCT FROM sbom_dims OR array_dims(stated_ats) IS DISTINCT FROM sbom_dims
  OR array_dims(contents) IS DISTINCT FROM sbom_dims THEN
    RAISE EXCEPTION 'the arrays of SBOMs are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(link_of) IS DISTINCT FROM link_dims OR array_dims(link_envelopes) IS DISTINCT FROM link_dims THEN
    RAISE EXCEPTION 'the arrays of links are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(artifact_ids) IS DISTINCT FROM artifact_dims OR array_dims(artifact_of) IS DISTINCT FROM artifact_dims
  OR array_dims(artifact_names) IS DISTINCT FROM artifact_dims OR array_dims(artifact_algorithms) IS DISTINCT FROM artifact_dims
  OR array_dims(artifact_digests) IS DISTINCT FROM artifact_dims THEN
    RAISE EXCEPTION 'the arrays of artifacts are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(entry_ids) IS DISTINCT FROM entry_dims OR array_dims(entry_of) IS DISTINCT FROM entry_dims
  OR array_dims(entry_positions) IS DISTINCT FROM entry_dims OR array_dims(refs) IS DISTINCT FROM entry_dims
  OR array_dims(types) IS DISTINCT FROM entry_dims OR array_dims(entry_names) IS DISTINCT FROM entry_dims
  OR array_dims(versions) IS DISTINCT FROM entry_dims OR array_dims(purls) IS DISTINCT FROM entry_dims
  OR array_dims(package_keys) IS DISTINCT FROM entry_dims OR array_dims(package_versions) IS DISTINCT FROM entry_dims THEN
    RAISE EXCEPTION 'the arrays of components are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(digest_ids) IS DISTINCT FROM digest_dims OR array_dims(digest_of) IS DISTINCT FROM digest_dims
  OR array_dims(digest_entries) IS DISTINCT FROM digest_dims OR array_dims(digest_positions) IS DISTINCT FROM digest_dims
  OR array_dims(algorithms) IS DISTINCT FROM digest_dims OR array_dims(digests) IS DISTINCT FROM digest_dims THEN
    RAISE EXCEPTION 'the arrays of digests are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(licence_ids) IS DISTINCT FROM licence_dims OR array_dims(licence_of) IS DISTINCT FROM licence_dims
  OR array_dims(licence_entries) IS DISTINCT FROM licence_dims OR array_dims(licence_positions) IS DISTINCT FROM licence_dims
  OR array_dims(licences_stated) IS DISTINCT FROM licence_dims OR array_dims(licences) IS DISTINCT FROM licence_dims THEN
    RAISE EXCEPTION 'the arrays of licences are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT coalesce(1 <= ALL (link_of) AND cardinality(ids) >= ALL (link_of), link_of IS NULL) THEN
    RAISE EXCEPTION 'a link is of no SBOM of the call' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT coalesce(1 <= ALL (artifact_of) AND cardinality(ids) >= ALL (artifact_of), artifact_of IS NULL) THEN
    RAISE EXCEPTION 'an artifact is of no SBOM of the call' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT coalesce(1 <= ALL (entry_of) AND cardinality(ids) >= ALL (entry_of), entry_of IS NULL) THEN
    RAISE EXCEPTION 'a component is of no SBOM of the call' USING ERRCODE = 'check_violation';
  END IF;
  -- Two that share an id would be taken for one, and what is of the one for the other's.
  IF greatest(cardinality(ids), cardinality(artifact_ids), cardinality(entry_ids), cardinality(digest_ids),
              cardinality(licence_ids)) > 1 THEN
    IF EXISTS (SELECT FROM (SELECT 0, unnest(ids)
                            UNION ALL SELECT 1, unnest(artifact_ids)
                            UNION ALL SELECT 2, unnest(entry_ids)
                            UNION ALL SELECT 3, unnest(digest_ids)
                            UNION ALL SELECT 4, unnest(licence_ids)) AS i (kind, id)
                WHERE i.id IS NOT NULL GROUP BY i.kind, i.id HAVING count(*) > 1) THEN
      RAISE EXCEPTION 'an id is there twice' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;
  IF cardinality(ids) > 1 THEN
    IF (SELECT count(DISTINCT i.sha256) < count(*) FROM unnest(sha256s) AS i (sha256)) THEN
      RAISE EXCEPTION 'a document is there twice' USING ERRCODE = 'check_violation';
    END IF;
  END IF;

  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  IF EXISTS (SELECT FROM unnest(sha256s, sizes, contents) AS i (sha256, size, content)
              WHERE i.content IS NOT NULL AND (i.sha256, i.size) <> (sha256(i.content), octet_length(i.content))) THEN
    RAISE EXCEPTION 'digest or size is not that of the content' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT FROM unnest(ids, contents) WITH ORDINALITY AS i (id, content, n)
              WHERE i.content IS NULL AND NOT EXISTS (SELECT FROM unnest(link_of) AS l (n) WHERE l.n = i.n)) THEN
    RAISE EXCEPTION 'an SBOM has neither content nor an envelope' USING ERRCODE = 'check_violation';
  END IF;
  -- Sub-queries that the planner cannot make joins of: a plan for many rows would read
  -- all envelopes for one.
  IF EXISTS (SELECT FROM unnest(link_of, link_envelopes) AS l (n, sha256)
              WHERE ((SELECT s.predicate_type FROM attestor.statements s
                       WHERE s.tenant_id = tenant
                         AND s.id = (SELECT e.id FROM attestor.envelopes e WHERE e.tenant_id = tenant AND e.sha256 = l.sha256))
                     ~ '^https://(cyclonedx\.org/bom|spdx\.dev/Document)(/v|$)') IS NOT TRUE) THEN
    RAISE EXCEPTION 'an envelope is not there, or its predicate is no SBOM' USING ERRCODE = 'check_violation';
  END IF;

  -- Else somebody could hang a digest or a licence on a component of another SBOM.
  IF EXISTS (SELECT FROM (SELECT * FROM unnest(digest_entries, digest_of)
                          UNION ALL SELECT * FROM unnest(licence_entries, licence_of)) AS p (id, n)
               LEFT JOIN unnest(entry_ids, entry_of) AS e (id, n) ON e.id = p.id AND e.n = p.n
              WHERE e.id IS NULL) THEN
    RAISE EXCEPTION 'a digest or a licence is of no component of its SBOM' USING ERRCODE = 'check_violation';
  END IF;

  -- One truth value for each SBOM instead of a join for each component: whatever
  -- the planner thinks of arrays that it cannot see, it reads them once.
  WITH sbom AS (
    INSERT INTO attestor.sboms
           (tenant_id, id, created_at, sha256, size, format, spec_version, serial_number, name, stated_at,
            component_count, recorded_by)
    SELECT tenant, i.id, i.created_at, i.sha256, i.size, i.format, i.spec_version, i.serial_number, i.name, i.stated_at,
           coalesce(c.components, 0), i.actor
      FROM unnest(ids, times, actors, sha256s, sizes, formats, spec_versions, serial_numbers, names, stated_ats)
           WITH ORDINALITY
           AS i (id, created_at, actor, sha256, size, format, spec_version, serial_number, name, stated_at, n)
      LEFT JOIN (SELECT e.n, count(*) AS components FROM unnest(entry_of) AS e (n) GROUP BY e.n) c ON c.n = i.n
     ORDER BY i.n
    ON CONFLICT (tenant_id, sha256) DO NOTHING
    RETURNING id
  )
  SELECT array_agg(s.id IS NOT NULL ORDER BY i.n) INTO fresh
    FROM unnest(ids) WITH ORDINALITY AS i (id, n) LEFT JOIN sbom s ON s.id = i.id;

  IF true = ANY (fresh) THEN
    INSERT INTO attestor.sbom_entries
           (tenant_id, id, created_at, sbom_id, position, ref, type, name, version, purl, package_key, package_version)
    SELECT tenant, e.id, times[e.n], ids[e.n], e.position, e.ref, e.type, e.name, e.version, e.purl, e.package_key,
           e.package_version
      FROM unnest(entry_ids, entry_of, entry_positions, refs, types, entry_names, versions, purls, package_keys,
                  package_versions)
           AS e (id, n, position, ref, type, name, version, purl, package_key, package_version)
     WHERE fresh[e.n];
    INSERT INTO attestor.sbom_entry_digests (tenant_id, id, created_at, entry_id, position, algorithm, digest)
    SELECT tenant, d.id, times[d.n], d.entry_id, d.position, d.algorithm, d.digest
      FROM unnest(digest_ids, digest_of, digest_entries, digest_positions, algorithms, digests)
           AS d (id, n, entry_id, position, algorithm, digest)
     WHERE fresh[d.n];
    INSERT INTO attestor.sbom_entry_licences (tenant_id, id, created_at, entry_id, position, stated, licence)
    SELECT tenant, l.id, times[l.n], l.entry_id, l.position, l.stated, l.licence
      FROM unnest(licence_ids, licence_of, licence_entries, licence_positions, licences_stated, licences)
           AS l (id, n, entry_id, position, stated, licence)
     WHERE fresh[l.n];
  END IF;

  -- Statements of their own: what a concurrent transaction stored a moment ago is
  -- in their snapshots.
  INSERT INTO attestor.sbom_contents (tenant_id, id, created_at, content)
  SELECT tenant, s.id, i.created_at, i.content
    FROM unnest(sha256s, times, contents) AS i (sha256, created_at, content)
    JOIN attestor.sboms s ON s.tenant_id = tenant AND s.sha256 = i.sha256
   WHERE i.content IS NOT NULL
   ORDER BY s.sha256
  ON CONFLICT (tenant_id, id) DO NOTHING;

  -- A subject belongs to one envelope, which has one predicate: its id serves here
  -- too. What is there already is the same artifact of the same SBOM; an id that is
  -- another's is an error, and no way to leave an artifact out.
  INSERT INTO attestor.sbom_artifacts (tenant_id, id, created_at, sbom_id, envelope_id, name, algorithm, digest)
  SELECT tenant, u.id, times[l.n], s.id, e.id, u.name, u.algorithm, u.digest
    FROM unnest(link_of, link_envelopes) AS l (n, sha256)
    JOIN attestor.envelopes e ON e.tenant_id = tenant AND e.sha256 = l.sha256
    JOIN attestor.sboms s ON s.tenant_id = tenant AND s.sha256 = sha256s[l.n]
    JOIN attestor.statement_subjects u ON u.tenant_id = tenant AND u.statement_id = e.id
   ORDER BY e.sha256, u.position, u.algorithm
  ON CONFLICT (tenant_id, envelope_id, sbom_id, algorithm, digest) DO NOTHING;

  INSERT INTO attestor.sbom_artifacts (tenant_id, id, created_at, sbom_id, name, algorithm, digest)
  SELECT tenant, a.id, times[a.n], s.id, a.name, a.algorithm, a.digest
    FROM unnest(artifact_ids, artifact_of, artifact_names, artifact_algorithms, artifact_digests)
         AS a (id, n, name, algorithm, digest)
    JOIN attestor.sboms s ON s.tenant_id = tenant AND s.sha256 = sha256s[a.n]
   -- A name alone stands for an artifact only where there is none with a digest.
   WHERE a.digest IS NOT NULL
      OR NOT EXISTS (SELECT FROM attestor.sbom_artifacts o WHERE o.tenant_id = tenant AND o.sbom_id = s.id)
   ORDER BY s.sha256, a.algorithm, a.digest
  ON CONFLICT (tenant_id, envelope_id, sbom_id, algorithm, digest) DO NOTHING;

  -- Else what contains a component could not be said.
  IF EXISTS (SELECT FROM unnest(sha256s) AS i (sha256)
              WHERE (SELECT true FROM attestor.sbom_artifacts a
                      WHERE a.tenant_id = tenant
                        AND a.sbom_id = (SELECT s.id FROM attestor.sboms s WHERE s.tenant_id = tenant AND s.sha256 = i.sha256)
                      LIMIT 1) IS NULL) THEN
    RAISE EXCEPTION 'an SBOM is about no artifact' USING ERRCODE = 'check_violation';
  END IF;

  RETURN QUERY
  SELECT i.n, s.id, s.created_at, s.id <> i.id, s.component_count
    FROM unnest(ids, sha256s) WITH ORDINALITY AS i (id, sha256, n)
    JOIN attestor.sboms s ON s.tenant_id = tenant AND s.sha256 = i.sha256;
END $$;
REVOKE ALL ON FUNCTION "attestor"."record_sboms" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "attestor"."record_sboms" TO attestdb_app;
