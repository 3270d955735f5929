


SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;


CREATE SCHEMA atlas_attestor;


ALTER SCHEMA atlas_attestor OWNER TO attestdb_owner;


CREATE SCHEMA atlas_rekor;


ALTER SCHEMA atlas_rekor OWNER TO attestdb_owner;


CREATE SCHEMA atlas_tenancy;


ALTER SCHEMA atlas_tenancy OWNER TO attestdb_owner;


CREATE SCHEMA attestor;


ALTER SCHEMA attestor OWNER TO attestdb_owner;


CREATE SCHEMA rekor;


ALTER SCHEMA rekor OWNER TO attestdb_owner;


CREATE SCHEMA tenancy;


ALTER SCHEMA tenancy OWNER TO attestdb_owner;


CREATE FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) RETURNS bytea
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  leaf_prefix bytea := decode('00', 'hex');
  node_prefix bytea := decode('01', 'hex');
  hashes bytea[];
BEGIN
  SELECT array_agg(sha256(leaf_prefix || convert_to(l.line || chr(10), 'UTF8')) ORDER BY l.place, l.digest) INTO hashes
    FROM (
      VALUES (-4, NULL::bytea, 'attestdb proof chain v1'),
             (-3, NULL, 'subject ' || algorithm || ':' || encode(subject, 'hex')),
             (-2, NULL, 'policy ' || policy),
             (-1, NULL, 'supersedes sha256:' || encode(supersedes, 'hex'))
      UNION ALL
      SELECT array_position(ARRAY['sbom', 'evidence', 'reasoning', 'vex', 'verdict'], s.kind), s.digest,
             s.kind || ' sha256:' || encode(s.digest, 'hex')
        FROM unnest(kinds, digests) AS s (kind, digest)
    ) AS l (place, digest, line)
   WHERE l.place <> -1 OR supersedes IS NOT NULL;
  -- Pairs from the left, level by level, a last one without a partner as it is:
  -- that is the tree which RFC 6962 builds from the top.
  WHILE cardinality(hashes) > 1 LOOP
    SELECT array_agg(p.hash ORDER BY p.n) INTO hashes
      FROM (
        SELECT (h.n - 1) / 2 AS n,
               CASE count(*) WHEN 2 THEN sha256(node_prefix || string_agg(h.hash, NULL ORDER BY h.n))
                             ELSE string_agg(h.hash, NULL) END AS hash
          FROM unnest(hashes) WITH ORDINALITY AS h (hash, n)
         GROUP BY 1
      ) p;
  END LOOP;
  RETURN hashes[1];
END $$;


ALTER FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.envelopes_about(tenant uuid, sums bytea[], artifact_algorithm text, artifact bytea) RETURNS SETOF bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Each by itself: joined, the planner has every sum meet every envelope as
  -- long as it does not know how many there are.
  SELECT u.sum
    FROM unnest(sums) AS u (sum)
    CROSS JOIN LATERAL (
      SELECT e.id, e.created_at FROM attestor.envelopes e
       WHERE e.tenant_id = tenant AND e.sha256 = u.sum
       LIMIT 1) e
   WHERE (SELECT true FROM attestor.statement_subjects s
           WHERE s.tenant_id = tenant AND s.digest = artifact AND s.algorithm = artifact_algorithm
             AND s.created_at = e.created_at AND s.statement_id = e.id
           LIMIT 1)
$$;


ALTER FUNCTION attestor.envelopes_about(tenant uuid, sums bytea[], artifact_algorithm text, artifact bytea) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.record_chain(tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text, segment_ids uuid[], kinds text[], digests bytea[], contents bytea[]) RETURNS TABLE(recorded_id uuid, recorded_at timestamp with time zone, recorded_revision integer, root bytea, superseded_id uuid, superseded_root bytea, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  found_status text;
  sums bytea[];
  of_sboms bytea[];
  of_evidence bytea[];
  given int;
  distinct_given int;
  bad record;
  latest attestor.proof_chains%ROWTYPE;
BEGIN
  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;

  -- The longest array counts: where another one ends there is a NULL, which the
  -- columns refuse.
  SELECT array_agg(s.sum ORDER BY s.n), count(*), count(DISTINCT (s.kind, s.sum)),
         array_agg(s.sum) FILTER (WHERE s.kind = 'sbom'), array_agg(s.sum) FILTER (WHERE s.kind = 'evidence')
    INTO sums, given, distinct_given, of_sboms, of_evidence
    FROM (SELECT u.kind, coalesce(u.digest, sha256(u.content)) AS sum, u.n
            FROM unnest(kinds, digests, contents) WITH ORDINALITY AS u (kind, digest, content, n)) s;
  IF distinct_given <> given THEN
    RAISE EXCEPTION 'a segment is there twice' USING ERRCODE = '22023';
  END IF;

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


ALTER FUNCTION attestor.record_chain(tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text, segment_ids uuid[], kinds text[], digests bytea[], contents bytea[]) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) RETURNS TABLE(n bigint, envelope_id uuid, recorded_at timestamp with time zone, existed boolean, outcome text, verifier text, policy text, reason text, signatures jsonb, time_verified timestamp with time zone, signed_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
  found_status text;
  stored bigint;
BEGIN
  -- Asked once, and not by a trigger for each row: tenant is the same for all,
  -- and row-level security lets no other through.
  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;

  RETURN QUERY
  WITH envelope AS (
    INSERT INTO attestor.envelopes
           (tenant_id, id, created_at, media_type, payload_type, sha256, payload_sha256, size, recorded_by)
    SELECT tenant, i.id, i.created_at, i.media_type, i.payload_type, sha256(i.content), i.payload_sha256,
           octet_length(i.content), i.actor
      FROM unnest(ids, times, actors, media_types, payload_types, payload_sha256s, contents)
           AS i (id, created_at, actor, media_type, payload_type, payload_sha256, content)
    ON CONFLICT (tenant_id, sha256) DO NOTHING
    RETURNING id, created_at
  ), fresh AS MATERIALIZED (
    SELECT i.n, e.id, e.created_at, i.content, i.statement_type, i.predicate_type
      FROM envelope e
      JOIN unnest(ids, contents, statement_types, predicate_types) WITH ORDINALITY
           AS i (id, content, statement_type, predicate_type, n) ON i.id = e.id
  ), content AS (
    INSERT INTO attestor.envelope_contents (tenant_id, id, created_at, content)
    SELECT tenant, e.id, e.created_at, e.content FROM fresh e
  ), signature AS (
    INSERT INTO attestor.envelope_signatures
           (tenant_id, id, created_at, envelope_id, position, key_id, sig,
            certificate, certificate_sha256, issuer, san)
    SELECT tenant, s.id, e.created_at, e.id, s.position, s.key_id, s.sig,
           s.certificate, s.certificate_sha256, s.issuer, s.san
      FROM fresh e
      JOIN unnest(signature_ids, signature_of, signature_positions, key_ids, sigs,
                  certificates, certificate_sha256s, issuers, sans)
           AS s (id, n, position, key_id, sig, certificate, certificate_sha256, issuer, san) ON s.n = e.n
  ), statement AS (
    INSERT INTO attestor.statements (tenant_id, id, created_at, statement_type, predicate_type)
    SELECT tenant, e.id, e.created_at, e.statement_type, e.predicate_type
      FROM fresh e WHERE e.statement_type IS NOT NULL
  ), subject AS (
    INSERT INTO attestor.statement_subjects
           (tenant_id, id, created_at, statement_id, position, name, algorithm, digest)
    SELECT tenant, s.id, e.created_at, e.id, s.position, s.name, s.algorithm, s.digest
      FROM fresh e
      JOIN unnest(subject_ids, subject_of, subject_positions, subject_names, algorithms, digests)
           AS s (id, n, position, name, algorithm, digest) ON s.n = e.n
  )
  SELECT e.n, e.id, e.created_at, false, NULL::text, NULL::text, NULL::text, NULL::text, NULL::jsonb,
         NULL::timestamptz, NULL::timestamptz
    FROM fresh e;

  GET DIAGNOSTICS stored = ROW_COUNT;
  IF stored = cardinality(ids) THEN
    RETURN;
  END IF;
  -- A statement of its own: what a concurrent transaction stored a moment ago
  -- is in its snapshot.
  RETURN QUERY
  SELECT i.n, e.id, e.created_at, e.id <> i.id, v.outcome, v.verifier, v.policy, v.reason, v.signatures,
         v.time_verified, v.signed_at
    FROM unnest(ids, contents) WITH ORDINALITY AS i (id, content, n)
    JOIN attestor.envelopes e ON e.tenant_id = tenant AND e.sha256 = sha256(i.content)
    LEFT JOIN LATERAL (
      SELECT v.* FROM attestor.envelope_verifications v
       WHERE v.tenant_id = tenant AND v.envelope_id = e.id
       ORDER BY v.created_at DESC, v.id DESC
       LIMIT 1
    ) v ON true;
END $$;


ALTER FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.record_evidence(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[], verification_ids uuid[], verification_of integer[], verification_times timestamp with time zone[], outcomes text[], verifiers text[], policies text[], reasons text[], verified_signatures text[], times_verified timestamp with time zone[], times_signed timestamp with time zone[]) RETURNS TABLE(n bigint, envelope_id uuid, recorded_at timestamp with time zone, existed boolean, outcome text, verifier text, policy text, reason text, signatures jsonb, time_verified timestamp with time zone, signed_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
  must_verify boolean;
  must_state boolean;
  fault bigint;
BEGIN
  SELECT t.require_verified, t.require_in_toto INTO must_verify, must_state
    FROM tenancy.tenants t WHERE t.id = tenant;
  IF must_state THEN
    SELECT min(i.n) INTO fault
      FROM unnest(statement_types) WITH ORDINALITY AS i (type, n) WHERE i.type IS NULL;
    IF fault IS NOT NULL THEN
      RAISE EXCEPTION 'the tenant requires in-toto Statements' USING ERRCODE = 'AD004', DETAIL = fault;
    END IF;
  END IF;
  IF must_verify THEN
    SELECT min(i.n) INTO fault
      FROM generate_series(1, cardinality(ids)) AS i (n)
     WHERE NOT EXISTS (SELECT FROM unnest(verification_of, outcomes) AS v (n, outcome)
                        WHERE v.n = i.n AND v.outcome = 'verified');
    IF fault IS NOT NULL THEN
      RAISE EXCEPTION 'the tenant requires verified evidence' USING ERRCODE = 'AD004', DETAIL = fault;
    END IF;
  END IF;

  RETURN QUERY
  SELECT * FROM attestor.record_envelopes(
    tenant, ids, times, actors, media_types, payload_types, payload_sha256s, contents, statement_types, predicate_types,
    signature_ids, signature_of, signature_positions, key_ids, sigs, certificates, certificate_sha256s, issuers, sans,
    subject_ids, subject_of, subject_positions, subject_names, algorithms, digests);

  IF cardinality(verification_ids) > 0 THEN
    INSERT INTO attestor.envelope_verifications
           (tenant_id, id, created_at, envelope_id, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
    SELECT tenant, w.id, w.created_at, e.id, w.outcome, w.verifier, w.policy, w.reason, w.signatures::jsonb,
           w.time_verified, w.signed_at
      FROM unnest(verification_ids, verification_of, verification_times, outcomes, verifiers, policies, reasons,
                  verified_signatures, times_verified, times_signed)
           AS w (id, n, created_at, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
      JOIN attestor.envelopes e ON e.tenant_id = tenant AND e.sha256 = sha256(contents[w.n])
      LEFT JOIN LATERAL (
        SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.signed_at
          FROM attestor.envelope_verifications v
         WHERE v.tenant_id = tenant AND v.envelope_id = e.id
         ORDER BY v.created_at DESC, v.id DESC
         LIMIT 1
      ) l ON true
     WHERE (l.outcome, l.verifier, l.policy, l.reason, l.signatures, l.signed_at)
           IS DISTINCT FROM (w.outcome, w.verifier, w.policy, w.reason, w.signatures::jsonb, w.signed_at);
  END IF;
END $$;


ALTER FUNCTION attestor.record_evidence(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[], verification_ids uuid[], verification_of integer[], verification_times timestamp with time zone[], outcomes text[], verifiers text[], policies text[], reasons text[], verified_signatures text[], times_verified timestamp with time zone[], times_signed timestamp with time zone[]) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.record_sboms(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], sha256s bytea[], sizes bigint[], formats text[], spec_versions text[], serial_numbers text[], names text[], stated_ats timestamp with time zone[], contents bytea[], link_of integer[], link_envelopes bytea[], artifact_ids uuid[], artifact_of integer[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[], entry_ids uuid[], entry_of integer[], entry_positions integer[], refs text[], types text[], entry_names text[], versions text[], purls text[], package_keys text[], package_versions text[], digest_ids uuid[], digest_of integer[], digest_entries uuid[], digest_positions integer[], algorithms text[], digests bytea[], licence_ids uuid[], licence_of integer[], licence_entries uuid[], licence_positions integer[], licences_stated boolean[], licences text[]) RETURNS TABLE(n bigint, sbom_id uuid, recorded_at timestamp with time zone, existed boolean, components integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
  found_status text;
  fresh boolean[];
BEGIN
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
  -- too.
  INSERT INTO attestor.sbom_artifacts (tenant_id, id, created_at, sbom_id, envelope_id, name, algorithm, digest)
  SELECT tenant, u.id, times[l.n], s.id, e.id, u.name, u.algorithm, u.digest
    FROM unnest(link_of, link_envelopes) AS l (n, sha256)
    JOIN attestor.envelopes e ON e.tenant_id = tenant AND e.sha256 = l.sha256
    JOIN attestor.sboms s ON s.tenant_id = tenant AND s.sha256 = sha256s[l.n]
    JOIN attestor.statement_subjects u ON u.tenant_id = tenant AND u.statement_id = e.id
   ORDER BY e.sha256, u.position, u.algorithm
  ON CONFLICT DO NOTHING;

  INSERT INTO attestor.sbom_artifacts (tenant_id, id, created_at, sbom_id, name, algorithm, digest)
  SELECT tenant, a.id, times[a.n], s.id, a.name, a.algorithm, a.digest
    FROM unnest(artifact_ids, artifact_of, artifact_names, artifact_algorithms, artifact_digests)
         AS a (id, n, name, algorithm, digest)
    JOIN attestor.sboms s ON s.tenant_id = tenant AND s.sha256 = sha256s[a.n]
   -- A name alone stands for an artifact only where there is none with a digest.
   WHERE a.digest IS NOT NULL
      OR NOT EXISTS (SELECT FROM attestor.sbom_artifacts o WHERE o.tenant_id = tenant AND o.sbom_id = s.id)
   ORDER BY s.sha256, a.algorithm, a.digest
  ON CONFLICT DO NOTHING;

  RETURN QUERY
  SELECT i.n, s.id, s.created_at, s.id <> i.id, s.component_count
    FROM unnest(ids, sha256s) WITH ORDINALITY AS i (id, sha256, n)
    JOIN attestor.sboms s ON s.tenant_id = tenant AND s.sha256 = i.sha256;
END $$;


ALTER FUNCTION attestor.record_sboms(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], sha256s bytea[], sizes bigint[], formats text[], spec_versions text[], serial_numbers text[], names text[], stated_ats timestamp with time zone[], contents bytea[], link_of integer[], link_envelopes bytea[], artifact_ids uuid[], artifact_of integer[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[], entry_ids uuid[], entry_of integer[], entry_positions integer[], refs text[], types text[], entry_names text[], versions text[], purls text[], package_keys text[], package_versions text[], digest_ids uuid[], digest_of integer[], digest_entries uuid[], digest_positions integer[], algorithms text[], digests bytea[], licence_ids uuid[], licence_of integer[], licence_entries uuid[], licence_positions integer[], licences_stated boolean[], licences text[]) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.require_signed_sbom() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  must_verify boolean;
  must_state boolean;
BEGIN
  SELECT t.require_verified, t.require_in_toto INTO must_verify, must_state
    FROM tenancy.tenants t WHERE t.id = NEW.tenant_id;
  IF must_verify THEN
    RAISE EXCEPTION 'the tenant requires verified evidence, which an SBOM alone is not' USING ERRCODE = 'AD004';
  ELSIF must_state THEN
    RAISE EXCEPTION 'the tenant requires in-toto Statements, which an SBOM alone is not' USING ERRCODE = 'AD004';
  END IF;
  RETURN NEW;
END $$;


ALTER FUNCTION attestor.require_signed_sbom() OWNER TO attestdb_owner;


CREATE FUNCTION attestor.sboms_about(tenant uuid, sums bytea[], artifact_algorithm text, artifact bytea) RETURNS SETOF bytea
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT attestor.envelopes_about(tenant, sums, artifact_algorithm, artifact)
  UNION ALL
  SELECT u.sum
    FROM unnest(sums) AS u (sum)
    CROSS JOIN LATERAL (
      SELECT b.id FROM attestor.sboms b
       WHERE b.tenant_id = tenant AND b.sha256 = u.sum
       LIMIT 1) b
   WHERE (SELECT true FROM attestor.sbom_contents c WHERE c.tenant_id = tenant AND c.id = b.id)
     AND (SELECT true FROM attestor.sbom_artifacts a
           WHERE a.tenant_id = tenant AND a.sbom_id = b.id AND a.algorithm = artifact_algorithm AND a.digest = artifact
           LIMIT 1)
$$;


ALTER FUNCTION attestor.sboms_about(tenant uuid, sums bytea[], artifact_algorithm text, artifact bytea) OWNER TO attestdb_owner;


CREATE FUNCTION rekor.record_entries(tenant uuid, ids uuid[], envelope_sha256s bytea[], positions integer[], log_ids bytea[], log_indexes bigint[], kinds text[], versions text[], integrated_times timestamp with time zone[], bodies bytea[], promises bytea[], proof_log_indexes bigint[], proof_tree_sizes bigint[], proof_root_hashes bytea[], proof_hashes bytea[], checkpoint_ids uuid[], origins text[], notes bytea[], verified timestamp with time zone[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
  found_status text;
  envelopes bigint;
  stored bigint;
BEGIN
  -- Asked once, and not by a trigger for each row.
  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;

  -- In the order of their digests, so that two calls with the same checkpoints
  -- wait for each other in one direction only.
  INSERT INTO rekor.log_checkpoints (tenant_id, id, created_at, origin, tree_size, root_hash, note, note_sha256)
  SELECT tenant, c.id, clock_timestamp(), c.origin, c.tree_size, c.root_hash, c.note, c.note_sha256
    FROM (
      SELECT DISTINCT ON (sha256(i.note)) i.id, i.origin, i.tree_size, i.root_hash, i.note, sha256(i.note) AS note_sha256
        FROM unnest(checkpoint_ids, origins, proof_tree_sizes, proof_root_hashes, notes)
             AS i (id, origin, tree_size, root_hash, note)
       WHERE i.note IS NOT NULL
       ORDER BY sha256(i.note)
    ) c
   ORDER BY c.note_sha256
  ON CONFLICT (tenant_id, note_sha256) DO NOTHING;

  -- A statement of its own: what a concurrent transaction stored a moment ago is
  -- in its snapshot.
  INSERT INTO rekor.log_entries
         (tenant_id, id, created_at, envelope_id, position, log_id, log_index, kind, version, integrated_time,
          canonicalized_body, body_sha256, leaf_hash, inclusion_promise, proof_log_index, proof_tree_size,
          proof_root_hash, proof_hashes, checkpoint_id, verified_at)
  SELECT tenant, i.id, e.created_at, e.id, i.position, i.log_id, i.log_index, i.kind, i.version, i.integrated_time,
         i.body, sha256(i.body), sha256('\x00'::bytea || i.body), i.promise, i.proof_log_index, i.proof_tree_size,
         i.proof_root_hash, i.hashes, c.id, i.verified_at
    FROM unnest(ids, envelope_sha256s, positions, log_ids, log_indexes, kinds, versions, integrated_times, bodies,
                promises, proof_log_indexes, proof_tree_sizes, proof_root_hashes, proof_hashes, notes, verified)
         AS i (id, envelope_sha256, position, log_id, log_index, kind, version, integrated_time, body,
               promise, proof_log_index, proof_tree_size, proof_root_hash, hashes, note, verified_at)
    JOIN attestor.envelopes e ON e.tenant_id = tenant AND e.sha256 = i.envelope_sha256
    LEFT JOIN rekor.log_checkpoints c ON c.tenant_id = tenant AND c.note_sha256 = sha256(i.note)
   ORDER BY e.id, i.position
  ON CONFLICT (tenant_id, envelope_id, position) DO NOTHING;
  GET DIAGNOSTICS stored = ROW_COUNT;
  IF stored = cardinality(ids) THEN
    RETURN stored;
  END IF;

  SELECT count(*) INTO envelopes FROM unnest(envelope_sha256s) s
    JOIN attestor.envelopes e ON e.tenant_id = tenant AND e.sha256 = s;
  IF envelopes < cardinality(ids) THEN
    RAISE EXCEPTION 'an entry is of no envelope of the tenant' USING ERRCODE = '23503';
  END IF;
  RETURN stored;
END $$;


ALTER FUNCTION rekor.record_entries(tenant uuid, ids uuid[], envelope_sha256s bytea[], positions integer[], log_ids bytea[], log_indexes bigint[], kinds text[], versions text[], integrated_times timestamp with time zone[], bodies bytea[], promises bytea[], proof_log_indexes bigint[], proof_tree_sizes bigint[], proof_root_hashes bytea[], proof_hashes bytea[], checkpoint_ids uuid[], origins text[], notes bytea[], verified timestamp with time zone[]) OWNER TO attestdb_owner;


CREATE FUNCTION tenancy.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'AD001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
END $$;


ALTER FUNCTION tenancy.refuse_change() OWNER TO attestdb_owner;


CREATE FUNCTION tenancy.require_active_tenant() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  found_status text;
BEGIN
  SELECT t.status INTO found_status FROM tenancy.tenants t
   WHERE t.id = NEW.tenant_id;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  RETURN NEW;
END $$;


ALTER FUNCTION tenancy.require_active_tenant() OWNER TO attestdb_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;


CREATE TABLE atlas_attestor.atlas_schema_revisions (
    version character varying NOT NULL,
    description character varying NOT NULL,
    type bigint DEFAULT 2 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    executed_at timestamp with time zone NOT NULL,
    execution_time bigint NOT NULL,
    error text,
    error_stmt text,
    hash character varying NOT NULL,
    partial_hashes jsonb,
    operator_version character varying NOT NULL
);


ALTER TABLE atlas_attestor.atlas_schema_revisions OWNER TO attestdb_owner;


CREATE TABLE atlas_rekor.atlas_schema_revisions (
    version character varying NOT NULL,
    description character varying NOT NULL,
    type bigint DEFAULT 2 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    executed_at timestamp with time zone NOT NULL,
    execution_time bigint NOT NULL,
    error text,
    error_stmt text,
    hash character varying NOT NULL,
    partial_hashes jsonb,
    operator_version character varying NOT NULL
);


ALTER TABLE atlas_rekor.atlas_schema_revisions OWNER TO attestdb_owner;


CREATE TABLE atlas_tenancy.atlas_schema_revisions (
    version character varying NOT NULL,
    description character varying NOT NULL,
    type bigint DEFAULT 2 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    executed_at timestamp with time zone NOT NULL,
    execution_time bigint NOT NULL,
    error text,
    error_stmt text,
    hash character varying NOT NULL,
    partial_hashes jsonb,
    operator_version character varying NOT NULL
);


ALTER TABLE atlas_tenancy.atlas_schema_revisions OWNER TO attestdb_owner;


CREATE TABLE attestor.envelope_contents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT envelope_contents_content_not_empty CHECK ((octet_length(content) > 0)),
    CONSTRAINT envelope_contents_created_at_finite CHECK (isfinite(created_at))
);

ALTER TABLE ONLY attestor.envelope_contents FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelope_contents OWNER TO attestdb_owner;


CREATE TABLE attestor.envelope_signatures (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    envelope_id uuid NOT NULL,
    "position" integer NOT NULL,
    key_id text NOT NULL,
    sig bytea NOT NULL,
    certificate bytea,
    certificate_sha256 bytea,
    issuer text,
    san text,
    san_folded text GENERATED ALWAYS AS (lower((san COLLATE "C"))) STORED COLLATE pg_catalog."C",
    san_domain text GENERATED ALWAYS AS ((reverse(lower((COALESCE("substring"(san, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@]+)'::text), "substring"(san, '^[^/@]+@([^/@]+)$'::text), "substring"(san, '^[A-Za-z0-9_*-]+(?:[.][A-Za-z0-9_-]+)+$'::text)) COLLATE "C"))) || '.'::text)) STORED COLLATE pg_catalog."C",
    CONSTRAINT envelope_signatures_certificate_length CHECK (((octet_length(certificate) >= 1) AND (octet_length(certificate) <= 65536))),
    CONSTRAINT envelope_signatures_certificate_sha256_length CHECK ((octet_length(certificate_sha256) = 32)),
    CONSTRAINT envelope_signatures_certificate_whole CHECK (((certificate IS NULL) = (certificate_sha256 IS NULL))),
    CONSTRAINT envelope_signatures_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT envelope_signatures_issuer_length CHECK (((octet_length(issuer) >= 1) AND (octet_length(issuer) <= 2048))),
    CONSTRAINT envelope_signatures_key_id_length CHECK (((octet_length(key_id) >= 0) AND (octet_length(key_id) <= 2048))),
    CONSTRAINT envelope_signatures_position_range CHECK ((("position" >= 0) AND ("position" <= 63))),
    CONSTRAINT envelope_signatures_san_length CHECK (((octet_length(san) >= 1) AND (octet_length(san) <= 2048))),
    CONSTRAINT envelope_signatures_sig_length CHECK (((octet_length(sig) >= 1) AND (octet_length(sig) <= 65536)))
);

ALTER TABLE ONLY attestor.envelope_signatures FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelope_signatures OWNER TO attestdb_owner;


CREATE TABLE attestor.envelope_verifications (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    envelope_id uuid NOT NULL,
    outcome text NOT NULL,
    verifier text NOT NULL,
    policy text NOT NULL,
    reason text,
    signatures jsonb NOT NULL,
    time_verified timestamp with time zone NOT NULL,
    signed_at timestamp with time zone,
    CONSTRAINT envelope_verifications_outcome_known CHECK ((outcome = ANY (ARRAY['verified'::text, 'failed'::text]))),
    CONSTRAINT envelope_verifications_outcome_reason CHECK (((outcome = 'failed'::text) = (reason IS NOT NULL))),
    CONSTRAINT envelope_verifications_policy_length CHECK (((octet_length(policy) >= 1) AND (octet_length(policy) <= 4096))),
    CONSTRAINT envelope_verifications_reason_length CHECK (((octet_length(reason) >= 1) AND (octet_length(reason) <= 4096))),
    CONSTRAINT envelope_verifications_times_finite CHECK ((isfinite(created_at) AND isfinite(time_verified) AND isfinite(signed_at))),
    CONSTRAINT envelope_verifications_verifier_length CHECK (((octet_length(verifier) >= 1) AND (octet_length(verifier) <= 255)))
);

ALTER TABLE ONLY attestor.envelope_verifications FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelope_verifications OWNER TO attestdb_owner;


CREATE TABLE attestor.envelopes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    media_type text NOT NULL,
    payload_type text NOT NULL,
    sha256 bytea NOT NULL,
    payload_sha256 bytea NOT NULL,
    size bigint NOT NULL,
    recorded_by text,
    CONSTRAINT envelopes_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT envelopes_media_type_length CHECK (((octet_length(media_type) >= 1) AND (octet_length(media_type) <= 255))),
    CONSTRAINT envelopes_payload_sha256_length CHECK ((octet_length(payload_sha256) = 32)),
    CONSTRAINT envelopes_payload_type_length CHECK (((octet_length(payload_type) >= 1) AND (octet_length(payload_type) <= 255))),
    CONSTRAINT envelopes_recorded_by_length CHECK (((octet_length(recorded_by) >= 1) AND (octet_length(recorded_by) <= 256))),
    CONSTRAINT envelopes_sha256_length CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT envelopes_size_positive CHECK ((size > 0))
);

ALTER TABLE ONLY attestor.envelopes FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelopes OWNER TO attestdb_owner;


CREATE TABLE attestor.proof_chains (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    subject_algorithm text NOT NULL,
    subject_digest bytea NOT NULL,
    revision integer NOT NULL,
    policy_version text NOT NULL,
    root_hash bytea NOT NULL,
    segment_count integer NOT NULL,
    supersedes_id uuid,
    assembled_by text,
    CONSTRAINT proof_chains_assembled_by_length CHECK (((octet_length(assembled_by) >= 1) AND (octet_length(assembled_by) <= 256))),
    CONSTRAINT proof_chains_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT proof_chains_policy_version_form CHECK (((policy_version COLLATE "C") ~ '^[!-~]{1,128}$'::text)),
    CONSTRAINT proof_chains_revision_first CHECK (((revision >= 1) AND ((revision = 1) = (supersedes_id IS NULL)))),
    CONSTRAINT proof_chains_root_hash_length CHECK ((octet_length(root_hash) = 32)),
    CONSTRAINT proof_chains_segment_count_range CHECK (((segment_count >= 1) AND (segment_count <= 10000))),
    CONSTRAINT proof_chains_subject_algorithm_form CHECK ((((subject_algorithm COLLATE "C") ~ '^(gitoid:)?[A-Za-z0-9_.-]{1,32}$'::text) AND (octet_length(subject_algorithm) <= 32))),
    CONSTRAINT proof_chains_subject_digest_length CHECK (((octet_length(subject_digest) >= 1) AND (octet_length(subject_digest) <= 128)))
);

ALTER TABLE ONLY attestor.proof_chains FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.proof_chains OWNER TO attestdb_owner;


CREATE TABLE attestor.proof_segments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    chain_id uuid NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    content bytea,
    CONSTRAINT proof_segments_content_digest CHECK (((content IS NULL) OR (digest = sha256(content)))),
    CONSTRAINT proof_segments_content_kind CHECK (((content IS NULL) OR (kind = ANY (ARRAY['reasoning'::text, 'vex'::text, 'verdict'::text])))),
    CONSTRAINT proof_segments_content_length CHECK (((octet_length(content) >= 1) AND (octet_length(content) <= 16777216))),
    CONSTRAINT proof_segments_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT proof_segments_digest_length CHECK ((octet_length(digest) = 32)),
    CONSTRAINT proof_segments_kind_known CHECK ((kind = ANY (ARRAY['sbom'::text, 'evidence'::text, 'reasoning'::text, 'vex'::text, 'verdict'::text]))),
    CONSTRAINT proof_segments_position_range CHECK ((("position" >= 0) AND ("position" <= 9999)))
);

ALTER TABLE ONLY attestor.proof_segments FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.proof_segments OWNER TO attestdb_owner;


CREATE TABLE attestor.sbom_artifacts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sbom_id uuid NOT NULL,
    envelope_id uuid,
    name text NOT NULL,
    algorithm text,
    digest bytea,
    CONSTRAINT sbom_artifacts_algorithm_length CHECK (((octet_length(algorithm) >= 1) AND (octet_length(algorithm) <= 32))),
    CONSTRAINT sbom_artifacts_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT sbom_artifacts_digest_length CHECK (((octet_length(digest) >= 1) AND (octet_length(digest) <= 128))),
    CONSTRAINT sbom_artifacts_digest_whole CHECK (((algorithm IS NULL) = (digest IS NULL))),
    CONSTRAINT sbom_artifacts_name_length CHECK (((octet_length(name) >= 0) AND (octet_length(name) <= 2048)))
);

ALTER TABLE ONLY attestor.sbom_artifacts FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.sbom_artifacts OWNER TO attestdb_owner;


CREATE TABLE attestor.sbom_contents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT sbom_contents_content_not_empty CHECK ((octet_length(content) > 0)),
    CONSTRAINT sbom_contents_created_at_finite CHECK (isfinite(created_at))
);

ALTER TABLE ONLY attestor.sbom_contents FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.sbom_contents OWNER TO attestdb_owner;


CREATE TABLE attestor.sbom_entries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sbom_id uuid NOT NULL,
    "position" integer NOT NULL,
    ref text NOT NULL,
    type text NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    purl text,
    package_key text,
    package_version text,
    CONSTRAINT sbom_entries_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT sbom_entries_name_length CHECK (((octet_length(name) >= 0) AND (octet_length(name) <= 2048))),
    CONSTRAINT sbom_entries_package_key_length CHECK (((octet_length(package_key) >= 1) AND (octet_length(package_key) <= 1024))),
    CONSTRAINT sbom_entries_package_version_length CHECK (((octet_length(package_version) >= 0) AND (octet_length(package_version) <= 512))),
    CONSTRAINT sbom_entries_package_whole CHECK ((((package_key IS NULL) = (package_version IS NULL)) AND ((package_key IS NULL) OR (purl IS NOT NULL)))),
    CONSTRAINT sbom_entries_position_range CHECK ((("position" >= 0) AND ("position" <= 99999))),
    CONSTRAINT sbom_entries_purl_length CHECK (((octet_length(purl) >= 1) AND (octet_length(purl) <= 2048))),
    CONSTRAINT sbom_entries_ref_length CHECK (((octet_length(ref) >= 0) AND (octet_length(ref) <= 2048))),
    CONSTRAINT sbom_entries_type_length CHECK (((octet_length(type) >= 0) AND (octet_length(type) <= 64))),
    CONSTRAINT sbom_entries_version_length CHECK (((octet_length(version) >= 0) AND (octet_length(version) <= 2048)))
);

ALTER TABLE ONLY attestor.sbom_entries FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.sbom_entries OWNER TO attestdb_owner;


CREATE TABLE attestor.sbom_entry_digests (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    entry_id uuid NOT NULL,
    "position" integer NOT NULL,
    algorithm text NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT sbom_entry_digests_algorithm_length CHECK (((octet_length(algorithm) >= 1) AND (octet_length(algorithm) <= 32))),
    CONSTRAINT sbom_entry_digests_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT sbom_entry_digests_digest_length CHECK (((octet_length(digest) >= 1) AND (octet_length(digest) <= 128))),
    CONSTRAINT sbom_entry_digests_position_range CHECK ((("position" >= 0) AND ("position" <= 511)))
);

ALTER TABLE ONLY attestor.sbom_entry_digests FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.sbom_entry_digests OWNER TO attestdb_owner;


CREATE TABLE attestor.sbom_entry_licences (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    entry_id uuid NOT NULL,
    "position" integer NOT NULL,
    stated boolean NOT NULL,
    licence text NOT NULL,
    CONSTRAINT sbom_entry_licences_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT sbom_entry_licences_licence_length CHECK (((octet_length(licence) >= 1) AND (octet_length(licence) <= 2048))),
    CONSTRAINT sbom_entry_licences_position_range CHECK ((("position" >= 0) AND ("position" <= 1023)))
);

ALTER TABLE ONLY attestor.sbom_entry_licences FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.sbom_entry_licences OWNER TO attestdb_owner;


CREATE TABLE attestor.sboms (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sha256 bytea NOT NULL,
    size bigint NOT NULL,
    format text NOT NULL,
    spec_version text NOT NULL,
    serial_number text,
    name text NOT NULL,
    stated_at timestamp with time zone,
    component_count integer NOT NULL,
    recorded_by text,
    CONSTRAINT sboms_component_count_range CHECK (((component_count >= 0) AND (component_count <= 100000))),
    CONSTRAINT sboms_format_known CHECK ((format = ANY (ARRAY['cyclonedx'::text, 'spdx'::text]))),
    CONSTRAINT sboms_name_length CHECK (((octet_length(name) >= 0) AND (octet_length(name) <= 2048))),
    CONSTRAINT sboms_recorded_by_length CHECK (((octet_length(recorded_by) >= 1) AND (octet_length(recorded_by) <= 256))),
    CONSTRAINT sboms_serial_number_length CHECK (((octet_length(serial_number) >= 1) AND (octet_length(serial_number) <= 2048))),
    CONSTRAINT sboms_sha256_length CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT sboms_size_positive CHECK ((size > 0)),
    CONSTRAINT sboms_spec_version_length CHECK (((octet_length(spec_version) >= 1) AND (octet_length(spec_version) <= 32))),
    CONSTRAINT sboms_times_finite CHECK ((isfinite(created_at) AND isfinite(stated_at)))
);

ALTER TABLE ONLY attestor.sboms FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.sboms OWNER TO attestdb_owner;


CREATE TABLE attestor.statement_subjects (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    statement_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    algorithm text NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT statement_subjects_algorithm_length CHECK (((octet_length(algorithm) >= 1) AND (octet_length(algorithm) <= 32))),
    CONSTRAINT statement_subjects_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT statement_subjects_digest_length CHECK (((octet_length(digest) >= 1) AND (octet_length(digest) <= 128))),
    CONSTRAINT statement_subjects_name_length CHECK (((octet_length(name) >= 0) AND (octet_length(name) <= 2048))),
    CONSTRAINT statement_subjects_position_range CHECK ((("position" >= 0) AND ("position" <= 9999)))
);

ALTER TABLE ONLY attestor.statement_subjects FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.statement_subjects OWNER TO attestdb_owner;


CREATE TABLE attestor.statements (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    statement_type text NOT NULL,
    predicate_type text NOT NULL,
    CONSTRAINT statements_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT statements_predicate_type_length CHECK (((octet_length(predicate_type) >= 1) AND (octet_length(predicate_type) <= 2048))),
    CONSTRAINT statements_statement_type_known CHECK ((statement_type = ANY (ARRAY['https://in-toto.io/Statement/v0.1'::text, 'https://in-toto.io/Statement/v1'::text])))
);

ALTER TABLE ONLY attestor.statements FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.statements OWNER TO attestdb_owner;


CREATE TABLE rekor.log_checkpoints (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    origin text NOT NULL,
    tree_size bigint NOT NULL,
    root_hash bytea NOT NULL,
    note bytea NOT NULL,
    note_sha256 bytea NOT NULL,
    CONSTRAINT log_checkpoints_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT log_checkpoints_note_length CHECK (((octet_length(note) >= 1) AND (octet_length(note) <= 65536))),
    CONSTRAINT log_checkpoints_note_says_so CHECK ((POSITION((convert_to((((((origin || '
'::text) || (tree_size)::text) || '
'::text) || encode(root_hash, 'base64'::text)) || '
'::text), 'UTF8'::name)) IN (note)) = 1)),
    CONSTRAINT log_checkpoints_note_sha256_of_note CHECK ((note_sha256 = sha256(note))),
    CONSTRAINT log_checkpoints_origin_length CHECK (((octet_length(origin) >= 1) AND (octet_length(origin) <= 1024))),
    CONSTRAINT log_checkpoints_root_hash_length CHECK ((octet_length(root_hash) = 32)),
    CONSTRAINT log_checkpoints_tree_size_range CHECK ((tree_size >= 0))
);

ALTER TABLE ONLY rekor.log_checkpoints FORCE ROW LEVEL SECURITY;


ALTER TABLE rekor.log_checkpoints OWNER TO attestdb_owner;


CREATE TABLE rekor.log_entries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    envelope_id uuid NOT NULL,
    "position" integer NOT NULL,
    log_id bytea NOT NULL,
    log_index bigint NOT NULL,
    kind text NOT NULL,
    version text NOT NULL,
    integrated_time timestamp with time zone,
    canonicalized_body bytea NOT NULL,
    body_sha256 bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    inclusion_promise bytea,
    proof_log_index bigint,
    proof_tree_size bigint,
    proof_root_hash bytea,
    proof_hashes bytea,
    checkpoint_id uuid,
    verified_at timestamp with time zone,
    CONSTRAINT log_entries_body_sha256_of_body CHECK ((body_sha256 = sha256(canonicalized_body))),
    CONSTRAINT log_entries_canonicalized_body_length CHECK (((octet_length(canonicalized_body) >= 1) AND (octet_length(canonicalized_body) <= 1048576))),
    CONSTRAINT log_entries_checkpoint_of_proof CHECK (((checkpoint_id IS NULL) OR (proof_root_hash IS NOT NULL))),
    CONSTRAINT log_entries_inclusion_known CHECK (((inclusion_promise IS NOT NULL) OR (proof_root_hash IS NOT NULL))),
    CONSTRAINT log_entries_inclusion_promise_length CHECK (((octet_length(inclusion_promise) >= 1) AND (octet_length(inclusion_promise) <= 4096))),
    CONSTRAINT log_entries_kind_length CHECK (((octet_length(kind) >= 1) AND (octet_length(kind) <= 64))),
    CONSTRAINT log_entries_leaf_hash_of_body CHECK ((leaf_hash = sha256(('\x00'::bytea || canonicalized_body)))),
    CONSTRAINT log_entries_log_id_length CHECK (((octet_length(log_id) >= 1) AND (octet_length(log_id) <= 64))),
    CONSTRAINT log_entries_log_index_range CHECK ((log_index >= 0)),
    CONSTRAINT log_entries_position_range CHECK ((("position" >= 0) AND ("position" <= 31))),
    CONSTRAINT log_entries_proof_hashes_length CHECK (((octet_length(proof_hashes) <= 2016) AND ((octet_length(proof_hashes) % 32) = 0))),
    CONSTRAINT log_entries_proof_log_index_range CHECK (((proof_log_index >= 0) AND (proof_log_index < proof_tree_size))),
    CONSTRAINT log_entries_proof_root_hash_length CHECK ((octet_length(proof_root_hash) = 32)),
    CONSTRAINT log_entries_proof_whole CHECK ((((proof_log_index IS NULL) = (proof_root_hash IS NULL)) AND ((proof_tree_size IS NULL) = (proof_root_hash IS NULL)) AND ((proof_hashes IS NULL) = (proof_root_hash IS NULL)))),
    CONSTRAINT log_entries_times_finite CHECK ((isfinite(created_at) AND isfinite(integrated_time) AND isfinite(verified_at))),
    CONSTRAINT log_entries_version_length CHECK (((octet_length(version) >= 1) AND (octet_length(version) <= 64)))
);

ALTER TABLE ONLY rekor.log_entries FORCE ROW LEVEL SECURITY;


ALTER TABLE rekor.log_entries OWNER TO attestdb_owner;


CREATE TABLE tenancy.library_floors (
    level bigint NOT NULL,
    reason text NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    CONSTRAINT library_floors_level_positive CHECK ((level > 0)),
    CONSTRAINT library_floors_reason_length CHECK (((octet_length(reason) >= 1) AND (octet_length(reason) <= 1024)))
);


ALTER TABLE tenancy.library_floors OWNER TO attestdb_owner;


CREATE TABLE tenancy.tenants (
    id uuid NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    status_changed_at timestamp with time zone NOT NULL,
    status_changed_by text NOT NULL,
    require_verified boolean DEFAULT false NOT NULL,
    require_in_toto boolean DEFAULT false NOT NULL,
    requirements_changed_at timestamp with time zone,
    requirements_changed_by text,
    CONSTRAINT tenants_created_by_length CHECK (((octet_length(created_by) >= 1) AND (octet_length(created_by) <= 256))),
    CONSTRAINT tenants_name_slug CHECK ((name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
    CONSTRAINT tenants_requirements_changed_at_finite CHECK (isfinite(requirements_changed_at)),
    CONSTRAINT tenants_requirements_changed_by_length CHECK (((octet_length(requirements_changed_by) >= 1) AND (octet_length(requirements_changed_by) <= 256))),
    CONSTRAINT tenants_requirements_changed_whole CHECK (((requirements_changed_at IS NULL) = (requirements_changed_by IS NULL))),
    CONSTRAINT tenants_status_changed_by_length CHECK (((octet_length(status_changed_by) >= 1) AND (octet_length(status_changed_by) <= 256))),
    CONSTRAINT tenants_status_known CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))),
    CONSTRAINT tenants_times_finite CHECK ((isfinite(created_at) AND isfinite(status_changed_at)))
);

ALTER TABLE ONLY tenancy.tenants FORCE ROW LEVEL SECURITY;


ALTER TABLE tenancy.tenants OWNER TO attestdb_owner;


INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123152932', 'create_tables', 2, 12, 12, '2026-11-24 21:38:13.76372+00', 106, NULL, NULL, 'Q8f3RmcKML/yV1avqloXX1JoLd85Wm9O5vVL6VVUTX0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153101', 'isolate_tenants', 2, 38, 38, '2026-11-24 21:38:13.774068+00', 116, NULL, NULL, '4tLtDiWXRErj/U7jHLaB1FtB1zXn5pey01/31xHubBw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153102', 'guard_rows', 2, 12, 12, '2026-11-24 21:38:13.776422+00', 166, NULL, NULL, 'V7HybjylbiahnRLtUGTx1BoheeasfFzMbIS9uSINGtU=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160001', 'record_whole_envelopes', 2, 9, 9, '2026-11-24 21:38:13.780163+00', 87, NULL, NULL, 'RAsOTHESKVZ7jUJ54ALpAiq0Tt6PlJMrOYt+xyhkIqY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160002', 'close_direct_inserts', 2, 6, 6, '2026-11-24 21:38:13.781933+00', 111, NULL, NULL, 'gkxzZpxikQdkipHmeKi76dC20Qx7uQA7hP99JYjuwzQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180000', 'create_sbom_tables', 2, 15, 15, '2026-11-24 21:38:13.804261+00', 131, NULL, NULL, 'HArlcawr5bYVpO6UkEBHDj46aNvh0VpccUFbnBU7Wes=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180001', 'isolate_sboms', 2, 36, 36, '2026-11-24 21:38:13.810328+00', 93, NULL, NULL, 'cnKZFWYC0uFTab5O+G0u7leFzaXapiNrLPQDQJIB7Uk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180002', 'guard_sboms', 2, 12, 12, '2026-11-24 21:38:13.813+00', 100, NULL, NULL, 'PxugsLSssjtJtjYJrwveJj+INxHX2fQHZB7AVCGENHk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180003', 'record_whole_sboms', 2, 3, 3, '2026-11-24 21:38:13.814894+00', 86, NULL, NULL, 'XnaHKZ1Z/brzVcbLdme6rQw07S4oiZ7BTVLyTqyeBRg=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190000', 'create_proof_chains', 2, 7, 7, '2026-11-24 21:38:13.818664+00', 86, NULL, NULL, 'sy1VNtCSF5iu1mSAtEgyKLr4INOWC/v5dKlbd9rBh1A=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190001', 'supersede_within_a_tenant', 2, 1, 1, '2026-11-24 21:38:13.820353+00', 118, NULL, NULL, '0o4sUWUCzTyXpUsY0m5cWl9baIig3WiSksohp42AJ0U=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190002', 'isolate_proof_chains', 2, 12, 12, '2026-11-24 21:38:13.822935+00', 109, NULL, NULL, 'RhtuV5B2oDth+jHXyYfx+Kbk9yoJXqXPYVaSvbAHDB8=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190003', 'guard_proof_chains', 2, 4, 4, '2026-11-24 21:38:13.824338+00', 92, NULL, NULL, '1UCqICrc+6Eo8oXKFUH5F4d0viGIr+4Kg5mfcHR3diY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190004', 'hash_proof_chains', 2, 3, 3, '2026-11-24 21:38:13.825512+00', 86, NULL, NULL, '26kvg2Cm/foHpizcJJO1WVaksWFyiDLoecJnSXDBpsI=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190005', 'record_proof_chains', 2, 7, 7, '2026-11-24 21:38:13.828348+00', 142, NULL, NULL, 'oFip8dVBegHTZRbhv+yHWgabN1zc7kZ6oPfBcxj5+Ug=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200000', 'add_searchable_names', 2, 1, 1, '2026-11-24 21:38:13.830605+00', 111, NULL, NULL, '4ma4JUKVgtNjhoEAi2aJ8z07eeuFbmkEg6YkLZG4aJk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200001', 'index_searches', 2, 7, 7, '2026-11-24 21:38:13.840234+00', 188091, NULL, NULL, '1d54l9pUAKe27PR2j88KUD8EbaQ8elLR8WWGO9hAk/I=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200004', 'record_with_verifications', 2, 6, 6, '2026-11-24 21:38:13.845258+00', 100, NULL, NULL, 'u4iNEjag3ZXzvBBrENLCdrs7FpAgCtXns6LsmxyDKZQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200007', 'search_catalogue_first', 2, 7, 7, '2026-11-24 21:38:13.848567+00', 92, NULL, NULL, '/TnYgNjSTs7hePuOXWDeigV9epCiB7knwLwspJgeBcw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200009', 'refuse_unsigned_sboms', 2, 3, 3, '2026-11-24 21:38:13.850495+00', 104, NULL, NULL, 'JtCCEBdVNbh0TnOkBI0SVcykbPUeDvMaqawAqzk7Lag=', 'null', 'attestdb');



INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170000', 'create_tables', 2, 11, 11, '2026-11-24 21:38:13.788375+00', 87, NULL, NULL, '13S0iFJTbMuZc1BSo+DtJbpQNg7QQC+UeK7JpYwpSVg=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170001', 'isolate_tenants', 2, 14, 14, '2026-11-24 21:38:13.79248+00', 225, NULL, NULL, 'kajLmHfcm04j6iTEBnF1GimwlTCY7vntSmacXG0Wna8=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170002', 'guard_rows', 2, 4, 4, '2026-11-24 21:38:13.793786+00', 92, NULL, NULL, '7xLwaHhY+LRTVUwx2H6jMtOBFjXfwxD2ma7VOWWXY+0=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170003', 'record_entries', 2, 3, 3, '2026-11-24 21:38:13.795291+00', 89, NULL, NULL, 'JJ+FVLM2ct8k2aFXH0jW49sUBtlSBis9KndNQNpDTKs=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124200008', 'search_catalogue_first', 2, 1, 1, '2026-11-24 21:38:13.849336+00', 84, NULL, NULL, 'iYF/l/rJ+QDTgAOwvXxIg/mqkNniGWqfsjkrAVXlNj4=', 'null', 'attestdb');



INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123152931', 'create_tables', 2, 4, 4, '2026-11-24 21:38:13.755145+00', 1096, NULL, NULL, 'IxGGYOAnywMdQVQkv3WrIhThwp5dWu7It4DaQwj9D4k=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153001', 'isolate_tenants', 2, 12, 12, '2026-11-24 21:38:13.766733+00', 88, NULL, NULL, 'pbHnt2ZSL/bcdXaQCcUU03EooaxIg2P/bWMhfsSwaZI=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153002', 'guard_rows', 2, 6, 6, '2026-11-24 21:38:13.76915+00', 90, NULL, NULL, '5qAgR9U+Vl/bPibP92RwZqEUH9u6iK2oshBuVj60goM=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160000', 'show_owner_named_tenant', 2, 1, 1, '2026-11-24 21:38:13.777263+00', 107, NULL, NULL, '0e1ICojqPNnxKFiyk15vLl3QTgvDtgSEzlqCdPW3Xis=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160003', 'require_level_2', 2, 1, 1, '2026-11-24 21:38:13.782802+00', 86, NULL, NULL, 'mkbTutf7Lq3W6z6BZ+As+2OgRCHl/kf1uZ4ZZ0Bx2/Q=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200002', 'add_requirements', 2, 4, 4, '2026-11-24 21:38:13.841852+00', 161, NULL, NULL, 'WNWzXWNVPm094KknWshlUIA7DLuvhLNV7mSigyfRsfA=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200003', 'validate_requirements', 2, 1, 1, '2026-11-24 21:38:13.843066+00', 129, NULL, NULL, '50FeeTx7SNkiKPJbw0qSNlLYrZUx9jQuBUF/u19TcCo=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200005', 'require_level_3', 2, 1, 1, '2026-11-24 21:38:13.846095+00', 157, NULL, NULL, 'PGXUa3ImYhZKploa5pmD0Lskxp1ouShr+7DA/VhFRRQ=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200006', 'search_catalogue_first', 2, 2, 2, '2026-11-24 21:38:13.847022+00', 128, NULL, NULL, 'lLKsnZ4W4qtBGNt0cEfnSd+4kgkIaYVdupWPHsquoEY=', 'null', 'attestdb');



INSERT INTO attestor.envelope_contents VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd16-74d5-9c1f-3928b2280df1', '2026-11-24 21:38:13.910314+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2262636138386465323935373464383839222c22736967223a22436439502f32702b46424148783449526656754b6c455a46644676452b5175695843665043724854592b71636266355758473046664a7476614e2f6b3975364f6b5a537455725073486f76624a2f797270504a4c41673d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd1d-7b36-b513-119f843c9859', '2026-11-24 21:38:13.917733+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c2022766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c2022746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303030222c20226c6f674964223a7b226b65794964223a222b4e35456153686e664b726b6e436f4d6f514e786f6c6e763868504d5859337a41534435615a70685942673d227d2c20226b696e6456657273696f6e223a7b226b696e64223a2264737365222c202276657273696f6e223a22302e302e31227d2c2022696e746567726174656454696d65223a2231373935353536323933222c2022696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d4551434944594e71444e5a2f705441685277504d3878564b5568744e4d3967636877492f5a34726434534f517466554169424e2b68695550526d7a44626b794574475356526e724e4d6d454f5236306256473076355077557a544b4b413d3d227d2c2022696e636c7573696f6e50726f6f66223a7b22726f6f7448617368223a22524142484e724f416f4331424a6d7858516b45757a6c4c513232784934506859417838715563616d3139513d222c20227472656553697a65223a2231222c2022636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e315c6e524142484e724f416f4331424a6d7858516b45757a6c4c513232784934506859417838715563616d3139513d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d202b4e35456154424641694172684b333541344d4f43456853664f4950657471574c64415979374637472b687a7a76326f6275523077674968414e4e4979596c4563384a4769742b5959367765674d65586a2f436d7278375272544a6d58786b446171494e5c6e227d7d2c202263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f694e6a55774e574d354f44686c4f4459334e5745315a6a4530597a646a593249335a6a5133597a5979597a52684d574e6b4e5445774d5746684d6a646c4d6a4931595752684d4749345a444a6b4d57466c4e4449794f434a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496d59795a4467355a574d7a4d4455774e6a67304e445931597a6c684e54686d4f446b794e7a67314e5449304e6d4977596a45324e5441305a574d334d6d566c4d4467324d44566a4e44646a4d5745304d5756684d5449696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565a51306c5252464a6f576b6871625549775447645057445648553170584d473934625670454b33527864544e7054544e305656564c5957647961697476656d644a6145464c4e6c70534d464a7a4d53395a61464659564739775a5535334e32786d64574d30516c59314d57646f5a33464252306442564764544e47394a49697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a6c52564635595449774d3246744f5842556247524b566a4a764e5752744d54425a616d687359544a77564535486433684e6433427a5448706b633256484d5768544d6e6830596c643455575646576e5261626c4a705430524754565179566b5257616b356159305630656c5a49546d3553526b5a50576a4a304d574649556c4e55626b5a7954565a57615756755a466c6c526e424f5a573173556c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c202264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694f444979596a4d7a595751344e324d784e4468684d4745794d474531596d4533593251315a574a6a595745324f47517a4e6d45784f4755335957466b4d5459314e5455304f54417a5a6a5579593245344d6a63314e794a394c434a755957316c496a6f6959574e745a534a395858303d222c20227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c20227369676e617475726573223a5b7b22736967223a224d45594349514452685a486a6d42304c674f583547535a57306f786d5a442b74717533694d337455554b6167726a2b6f7a674968414b365a52305273312f59685158546f70654e77376c66756334425635316768677141474741546753346f49227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd20-7a35-894d-86964f706746', '2026-11-24 21:38:13.920666+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d466a625755694c434a6f59584e6f5a584d694f6c7437496d46735a794936496c4e49515330314d5449694c434a6a623235305a573530496a6f694e6a45324d7a5a6b4e6a55774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d44416966563073496d7870593256756332567a496a706265794a7361574e6c626e4e6c496a7037496d3568625755694f694a685932316c496e313958537769626d46745a534936496d466a625755694c434a7764584a73496a6f696347746e4f6d3577625339685932316c5147466a625755694c434a306558426c496a6f6962476c69636d467965534973496e5a6c636e4e70623234694f694a685932316c496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d466a625755694c434a306558426c496a6f695958427762476c6a595852706232346966583073496e4e6c636d6c686245353162574a6c63694936496d466a625755694c434a7a6347566a566d567963326c7662694936496a45754e694a394c434a77636d566b61574e68644756556558426c496a6f696148523063484d364c79396a65574e736232356c5a48677562334a6e4c324a7662534973496e4e31596d706c593351694f6c7437496d52705a32567a6443493665794a7a614745794e5459694f6949324e474a6c596a67794d6a41355a57466b597a4d794e6a597a4f4445314f5455794f47566d5954466b5a47466a5a4467794e544d774e32466d5a6a4e6d4d4751775a4468684f575a6c4f446b7a4e44646b596a4669496e3073496d3568625755694f694a745a5778305a57517564476436496e316466513d3d222c227369676e617475726573223a5b7b226b65796964223a2262636138386465323935373464383839222c22736967223a22644d426251576b4f672f476335544168685237757746336239543444744b5a7031643431522f302b394856596c72677a5267654e6b766d6150575141666d6d3133504a7735597053763959525a7a53594352524244513d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd29-7d68-885d-f70f973752ec', '2026-11-24 21:38:13.929878+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2262636138386465323935373464383839222c22736967223a22436439502f32702b46424148783449526656754b6c455a46644676452b5175695843665043724854592b71636266355758473046664a7476614e2f6b3975364f6b5a537455725073486f76624a2f797270504a4c41673d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2b-7312-a3d0-27d87f72c487', '2026-11-24 21:38:13.9312+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c2022766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c2022746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303031222c20226c6f674964223a7b226b65794964223a222b4e35456153686e664b726b6e436f4d6f514e786f6c6e763868504d5859337a41534435615a70685942673d227d2c20226b696e6456657273696f6e223a7b226b696e64223a2264737365222c202276657273696f6e223a22302e302e31227d2c2022696e746567726174656454696d65223a2231373935353536323933222c2022696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d455543495144397248726161345765477a57656355687a6c482f5a7041374667597064542b37375373714c584e4f552b4149675a6f6855483347677a55586b3565775a636648303038564330744771764b2f516a745449484f6139782b513d227d2c2022696e636c7573696f6e50726f6f66223a7b226c6f67496e646578223a2231222c2022726f6f7448617368223a2271322b467051476b6c38644b464f334e53782b63643030472b504231324958742b765632473042444737383d222c20227472656553697a65223a2232222c2022686173686573223a5b22524142484e724f416f4331424a6d7858516b45757a6c4c513232784934506859417838715563616d3139513d225d2c2022636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e325c6e71322b467051476b6c38644b464f334e53782b63643030472b504231324958742b765632473042444737383d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d202b4e3545615442464169415a584c67446d79716f6436556e426c357675764b4550574a49626c484c7374366748713038546f75425a514968415072636747484d477a554a413379787868524432586d5843575449353039636e6a3765427a446843746f645c6e227d7d2c202263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f694f4745324e54466b596a566d5a5459345a4464694e7a51784d6d45324e546730596a4531596a457a596d59344d6d5a684e4449354d6a51305a54646d5a6a517a5a47566c597a41784f54453159324a6b4d6d55774d534a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496a51354d6a4d324d446c6d5a6a51774d5752694f445532596a633159544e6d5a44466d4d6a4d334d3251334d4452684e6d51324d474d314e446c6d4d574a694f4759345932597a4e4745795a6a6c6c5a546b344d7a67696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565a51306c5252444e754e6b4e4e61484a76596e45784e473430544670575931705457554630566a59304e58497262314e6f52334274556e4a6e5a474668566d644a6145464f6258687852556871546b56745a56423461453152536e644e63445272636b466961456f7a64586b79566d313356457876654652745a6e6c7249697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a6c52564635595449774d3246744f5842556247524b566a4a764e5752744d54425a616d687359544a77564535486433684e6433427a5448706b633256484d5768544d6e6830596c643455575646576e5261626c4a705430524754565179566b5257616b356159305630656c5a49546d3553526b5a50576a4a304d574649556c4e55626b5a7954565a57615756755a466c6c526e424f5a573173556c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c202264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e574a6a4d5745774f4751794f4755304d475a6c4e7a6c6a59544e6c593249774e7a64694d324a6b4d54526d5a6a41775a475935596d466b4d474d305954426b4e7a526c593251774f4441315a574e6d4d4749785a694a394c434a755957316c496a6f695a327876596d5634496e316466513d3d222c20227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c20227369676e617475726573223a5b7b22736967223a224d455943495144336e36434d68726f627131346e344c5a56635a5359417456363435722b6f536847706d52726764616156674968414e6d787145486a4e456d655078684d514a774d70346b724162684a33757932566d77544c6f78546d66796b227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-74a8-b6dc-719469013794', '2026-11-24 21:38:13.932304+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d647362324a6c65434973496d68686332686c63794936573373695957786e496a6f69553068424c5455784d694973496d4e76626e526c626e51694f6949324e7a5a6a4e6d59324d6a59314e7a67774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d434a395853776962476c6a5a57357a5a584d694f6c7437496d787059325675633255694f6e7369626d46745a534936496d647362324a6c65434a3966563073496d3568625755694f694a6e624739695a5867694c434a7764584a73496a6f696347746e4f6d35776253396e624739695a5868415a327876596d56344969776964486c775a534936496d7870596e4a68636e6b694c434a325a584a7a61573975496a6f695a327876596d5634496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d647362324a6c65434973496e5235634755694f694a686348427361574e6864476c7662694a39665377696332567961574673546e5674596d5679496a6f695a327876596d5634496977696333426c59315a6c636e4e70623234694f6949784c6a59696653776963484a6c5a476c6a5958526c56486c775a534936496d68306448427a4f69387659336c6a624739755a5752344c6d39795a793969623230694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e6a52695a5749344d6a49774f5756685a474d7a4d6a59324d7a67784e546b314d6a686c5a6d45785a475268593251344d6a557a4d4464685a6d597a5a6a426b4d47513459546c6d5a5467354d7a51335a47497859694a394c434a755957316c496a6f69625756736447566b4c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2262636138386465323935373464383839222c22736967223a22454a6376526a69632f59342b554967766276696b514c635a36766d78576835545949586e30474f59356a666356654576336e2f766573305a555447596a4330686e664b72653533324474524d704775436574487942513d3d227d5d7d');



INSERT INTO attestor.envelope_signatures VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd16-7810-bb83-90a461a76439', '2026-11-24 21:38:13.910314+00', '01a20f7e-bd16-74d5-9c1f-3928b2280df1', 0, 'bca88de29574d889', '\x09df4fff6a7e141007c782117d5b8a944645745bc4f90ba25c27cf0ab1d363ea9c6dfe565c6d057c9b6f68dfe4f6ee8e9194ad52b3ec1e8bdb27fcaba4f24b02', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd1d-7bc2-92fe-7fe08a7a7650', '2026-11-24 21:38:13.917733+00', '01a20f7e-bd1d-7b36-b513-119f843c9859', 0, 'client', '\x3046022100d18591e3981d0b80e5f9192656d28c66643fadaaede2337b5450a6a0ae3fa8ce022100ae9947446cd7f6214174e8a5e370ee57ee738055e7582182a0061804e04b8a08', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd21-786e-acad-0a2c8c652a5e', '2026-11-24 21:38:13.920666+00', '01a20f7e-bd20-7a35-894d-86964f706746', 0, 'bca88de29574d889', '\x74c05b41690e83f19ce53021851eeec05ddbf53e03b4a669d5de3547fd3ef4755896b83346078d92f99a3d64007e69b5dcf270e58a52bfd6116734980914410d', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd29-7e23-903e-ffcc452d07bd', '2026-11-24 21:38:13.929878+00', '01a20f7e-bd29-7d68-885d-f70f973752ec', 0, 'bca88de29574d889', '\x09df4fff6a7e141007c782117d5b8a944645745bc4f90ba25c27cf0ab1d363ea9c6dfe565c6d057c9b6f68dfe4f6ee8e9194ad52b3ec1e8bdb27fcaba4f24b02', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2b-7340-9ef1-322031947b81', '2026-11-24 21:38:13.9312+00', '01a20f7e-bd2b-7312-a3d0-27d87f72c487', 0, 'client', '\x3046022100f79fa08c86ba1bab5e27e0b65571949802d57ae39afea12846a6646b81d69a56022100d9b1a841e334499e3f184c409c0ca7892b01b849deecb6566c132e8c5399fca4', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-7571-8585-45192f3dc258', '2026-11-24 21:38:13.932304+00', '01a20f7e-bd2c-74a8-b6dc-719469013794', 0, 'bca88de29574d889', '\x10972f46389cfd8e3e50882f6ef8a440b719eaf9b15a1e536085e7d06398e637dc55e12fde7fef7acd195131988c2d219df2ab7b9df60ed44ca46b827ad1f205', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);



INSERT INTO attestor.envelope_verifications VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd16-7817-9733-b3ebbcba1351', '2026-11-24 21:38:13.910526+00', '01a20f7e-bd16-74d5-9c1f-3928b2280df1', 'verified', 'publickey v2', 'signatures of at least 1 of 1 keys: "bca88de29574d889" spki sha256:794e5626a3f0535af8f03a4349a2732a079db96189a6e5c2ea61edcae644cf39', NULL, '[0]', '2026-11-24 21:38:13.910518+00', NULL);
INSERT INTO attestor.envelope_verifications VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd29-7e28-89a6-a8afb8c695a1', '2026-11-24 21:38:13.929925+00', '01a20f7e-bd29-7d68-885d-f70f973752ec', 'verified', 'publickey v2', 'signatures of at least 1 of 1 keys: "bca88de29574d889" spki sha256:794e5626a3f0535af8f03a4349a2732a079db96189a6e5c2ea61edcae644cf39', NULL, '[0]', '2026-11-24 21:38:13.929921+00', NULL);



INSERT INTO attestor.envelopes VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd16-74d5-9c1f-3928b2280df1', '2026-11-24 21:38:13.910314+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x708dbf7fa56fa25d8336ede477c31bf589eda3520773916a03e8a07bb0da23f5', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd1d-7b36-b513-119f843c9859', '2026-11-24 21:38:13.917733+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\x7d3c4c07e0d55c9e19c10973b69a4fd250e5fe09cf95136781f356d1345fd32e', '\xf2d89ec3050684465c9a58f8927855246b0b16504ec72ee08605c47c1a41ea12', 2261, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd20-7a35-894d-86964f706746', '2026-11-24 21:38:13.920666+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xeae8e0b6efaab0e69947d2f473fdf147745b3d0077693478d7f13cb5bdb9b6c7', '\x15e83b9b962efd9488cc9fe0b8d96c6268d6e3a4fb946050c9d7cef7af9e064b', 1096, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd29-7d68-885d-f70f973752ec', '2026-11-24 21:38:13.929878+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x708dbf7fa56fa25d8336ede477c31bf589eda3520773916a03e8a07bb0da23f5', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2b-7312-a3d0-27d87f72c487', '2026-11-24 21:38:13.9312+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\x894037d95f14cc7deb24eb84ed45908014a07443a7fa5d118730349d0fb8ebf2', '\x4923609ff401db856b75a3fd1f2373d704a6d60c549f1bb8f8cf34a2f9ee9838', 2340, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-74a8-b6dc-719469013794', '2026-11-24 21:38:13.932304+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xeb9081df2e8d068fee6227324bce2019bd88f064cbe4425797c4661139a4fbc6', '\x6daa42be8c4808d6c93f8d6286d046233ad17af28cd6bfb9022f93a96c43e293', 1116, 'domaintest');



INSERT INTO attestor.proof_chains VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd26-71ce-8cd3-9a0762da6a3c', '2026-11-24 21:38:13.928416+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\x5ad34ce1c4b2b589dd55b8dfe91e24024933401dc033f07772e74a80650dbf27', 1, NULL, 'domaintest');
INSERT INTO attestor.proof_chains VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2d-7629-bead-39cbfa881ef2', '2026-11-24 21:38:13.93415+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\x5ad34ce1c4b2b589dd55b8dfe91e24024933401dc033f07772e74a80650dbf27', 1, NULL, 'domaintest');



INSERT INTO attestor.proof_segments VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd26-71da-8de8-b22243e298bd', '2026-11-24 21:38:13.928416+00', '01a20f7e-bd26-71ce-8cd3-9a0762da6a3c', 0, 'evidence', '\x708dbf7fa56fa25d8336ede477c31bf589eda3520773916a03e8a07bb0da23f5', NULL);
INSERT INTO attestor.proof_segments VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2d-7631-980f-a8fe4c780edd', '2026-11-24 21:38:13.93415+00', '01a20f7e-bd2d-7629-bead-39cbfa881ef2', 0, 'evidence', '\x708dbf7fa56fa25d8336ede477c31bf589eda3520773916a03e8a07bb0da23f5', NULL);



INSERT INTO attestor.sbom_artifacts VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd21-7871-93e1-fe879854e445', '2026-11-24 21:38:13.920666+00', '01a20f7e-bd21-782a-a48c-3e77d9e9afaa', '01a20f7e-bd20-7a35-894d-86964f706746', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.sbom_artifacts VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-7574-a4f2-f1400dc70571', '2026-11-24 21:38:13.932304+00', '01a20f7e-bd2c-7562-b89d-4fa3d1446f60', '01a20f7e-bd2c-74a8-b6dc-719469013794', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');






INSERT INTO attestor.sbom_entries VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd21-787a-8447-bd88696b483c', '2026-11-24 21:38:13.920666+00', '01a20f7e-bd21-782a-a48c-3e77d9e9afaa', 0, 'acme', 'library', 'acme', 'acme', 'pkg:npm/acme@acme', 'pkg:npm/acme', 'acme');
INSERT INTO attestor.sbom_entries VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-757b-b296-15eb23471b9a', '2026-11-24 21:38:13.932304+00', '01a20f7e-bd2c-7562-b89d-4fa3d1446f60', 0, 'globex', 'library', 'globex', 'globex', 'pkg:npm/globex@globex', 'pkg:npm/globex', 'globex');



INSERT INTO attestor.sbom_entry_digests VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd21-787e-9cee-88bcb3410935', '2026-11-24 21:38:13.920666+00', '01a20f7e-bd21-787a-8447-bd88696b483c', 0, 'sha512', '\x61636d65000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO attestor.sbom_entry_digests VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-757e-9f32-731fc65b11a5', '2026-11-24 21:38:13.932304+00', '01a20f7e-bd2c-757b-b296-15eb23471b9a', 0, 'sha512', '\x676c6f62657800000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');



INSERT INTO attestor.sbom_entry_licences VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd21-7881-ace9-742a45bcb604', '2026-11-24 21:38:13.920666+00', '01a20f7e-bd21-787a-8447-bd88696b483c', 0, true, 'acme');
INSERT INTO attestor.sbom_entry_licences VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-7580-bdad-1b9bc5c2d4cf', '2026-11-24 21:38:13.932304+00', '01a20f7e-bd2c-757b-b296-15eb23471b9a', 0, true, 'globex');



INSERT INTO attestor.sboms VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd21-782a-a48c-3e77d9e9afaa', '2026-11-24 21:38:13.920666+00', '\xcf2b5eae6a1e0109811fd6302121c245e3f2f5178020eb2b0ddc0357f340c20d', 449, 'cyclonedx', '1.6', 'acme', 'acme', NULL, 1, 'domaintest');
INSERT INTO attestor.sboms VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-7562-b89d-4fa3d1446f60', '2026-11-24 21:38:13.932304+00', '\x7492dfff70bf0fda47b48260f1f0b39bf1a53540318ef77c42216499123f997c', 465, 'cyclonedx', '1.6', 'globex', 'globex', NULL, 1, 'domaintest');



INSERT INTO attestor.statement_subjects VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd16-7813-aa9a-760a27fdc5d2', '2026-11-24 21:38:13.910314+00', '01a20f7e-bd16-74d5-9c1f-3928b2280df1', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd1d-7bc4-aaa8-932c27339b5e', '2026-11-24 21:38:13.917733+00', '01a20f7e-bd1d-7b36-b513-119f843c9859', 0, 'acme', 'sha256', '\x822b33ad87c148a0a20a5ba7cd5ebcaa68d36a18e7aad165554903f52ca82757');
INSERT INTO attestor.statement_subjects VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd21-7871-93e1-fe879854e445', '2026-11-24 21:38:13.920666+00', '01a20f7e-bd20-7a35-894d-86964f706746', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.statement_subjects VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd29-7e26-820a-0059e0c69270', '2026-11-24 21:38:13.929878+00', '01a20f7e-bd29-7d68-885d-f70f973752ec', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2b-7342-b658-97cdbfd5ec22', '2026-11-24 21:38:13.9312+00', '01a20f7e-bd2b-7312-a3d0-27d87f72c487', 0, 'globex', 'sha256', '\x5bc1a08d28e40fe79ca3ecb077b3bd14ff00df9bad0c4a0d74ecd0805ecf0b1f');
INSERT INTO attestor.statement_subjects VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-7574-a4f2-f1400dc70571', '2026-11-24 21:38:13.932304+00', '01a20f7e-bd2c-74a8-b6dc-719469013794', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');



INSERT INTO attestor.statements VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd16-74d5-9c1f-3928b2280df1', '2026-11-24 21:38:13.910314+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd1d-7b36-b513-119f843c9859', '2026-11-24 21:38:13.917733+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd20-7a35-894d-86964f706746', '2026-11-24 21:38:13.920666+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');
INSERT INTO attestor.statements VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd29-7d68-885d-f70f973752ec', '2026-11-24 21:38:13.929878+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2b-7312-a3d0-27d87f72c487', '2026-11-24 21:38:13.9312+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2c-74a8-b6dc-719469013794', '2026-11-24 21:38:13.932304+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');



INSERT INTO rekor.log_checkpoints VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd1d-7bb8-807e-962163f806f4', '2026-11-24 21:38:13.919178+00', 'rekor.example.com - 1193046471193046471', 1, '\x44004736b380a02d41266c5742412ece52d0db6c48e0f858031f2a51c6a6d7d4', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a310a524142484e724f416f4331424a6d7858516b45757a6c4c513232784934506859417838715563616d3139513d0a0ae280942072656b6f722e6578616d706c652e636f6d202b4e35456154424641694172684b333541344d4f43456853664f4950657471574c64415979374637472b687a7a76326f6275523077674968414e4e4979596c4563384a4769742b5959367765674d65586a2f436d7278375272544a6d58786b446171494e0a', '\x635dfd7b3447800358ede096b76b12032b58e48e23ede7518a50b7bb480b8ec6');
INSERT INTO rekor.log_checkpoints VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2b-7333-ba99-7d3d907fe61a', '2026-11-24 21:38:13.931849+00', 'rekor.example.com - 1193046471193046471', 2, '\xab6f85a501a497c74a14edcd4b1f9c774d06f8f075d885edfaf5761b40431bbf', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a320a71322b467051476b6c38644b464f334e53782b63643030472b504231324958742b765632473042444737383d0a0ae280942072656b6f722e6578616d706c652e636f6d202b4e3545615442464169415a584c67446d79716f6436556e426c357675764b4550574a49626c484c7374366748713038546f75425a514968415072636747484d477a554a413379787868524432586d5843575449353039636e6a3765427a446843746f640a', '\x21392050f1c0ed512766670b4b256f5c301a77ed645193735f2e456d187ce596');



INSERT INTO rekor.log_entries VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', '01a20f7e-bd1d-7bb1-b426-9fdea0bd8a0e', '2026-11-24 21:38:13.917733+00', '01a20f7e-bd1d-7b36-b513-119f843c9859', 0, '\xf8de446928677caae49c2a0ca10371a259eff213cc5d8df30120f9699a616018', 1000, 'dsse', '0.0.1', '2026-11-24 21:38:13+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2236353035633938386538363735613566313463376363623766343763363263346131636435313031616132376532323561646130623864326431616534323238227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2266326438396563333035303638343436356339613538663839323738353532343662306231363530346563373265653038363035633437633161343165613132227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d45594349514452685a486a6d42304c674f583547535a57306f786d5a442b74717533694d337455554b6167726a2b6f7a674968414b365a52305273312f59685158546f70654e77376c66756334425635316768677141474741546753346f49222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a3046466545517961323033616d3970546c644a56326f35646d3130596a686c613270544e4777784d7770734c7a647365473168533278746257785165455a745a6e52694f44464d54325644566a4e5a6345747a56484e6e5246464f5a32743161485253546e46724d565669656e64596546704e656d6c525054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\x60abc2ac5a866a9ec24b8d25173a224046ab9014c48b71ad5528b4a538a2dad6', '\x44004736b380a02d41266c5742412ece52d0db6c48e0f858031f2a51c6a6d7d4', '\x30440220360da83359fe94c0851c0f33cc5529486d34cf60721c08fd9e2b77848e42d7d402204dfa18943d19b30db93212d1925519eb34c984391eb46d51b4bf93f05334ca28', 0, 1, '\x44004736b380a02d41266c5742412ece52d0db6c48e0f858031f2a51c6a6d7d4', '\x', '01a20f7e-bd1d-7bb8-807e-962163f806f4', NULL);
INSERT INTO rekor.log_entries VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', '01a20f7e-bd2b-7325-a174-cda04618c533', '2026-11-24 21:38:13.9312+00', '01a20f7e-bd2b-7312-a3d0-27d87f72c487', 0, '\xf8de446928677caae49c2a0ca10371a259eff213cc5d8df30120f9699a616018', 1001, 'dsse', '0.0.1', '2026-11-24 21:38:13+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2238613635316462356665363864376237343132613635383462313562313362663832666134323932343465376666343364656563303139313563626432653031227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2234393233363039666634303164623835366237356133666431663233373364373034613664363063353439663162623866386366333461326639656539383338227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d455943495144336e36434d68726f627131346e344c5a56635a5359417456363435722b6f536847706d52726764616156674968414e6d787145486a4e456d655078684d514a774d70346b724162684a33757932566d77544c6f78546d66796b222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a3046466545517961323033616d3970546c644a56326f35646d3130596a686c613270544e4777784d7770734c7a647365473168533278746257785165455a745a6e52694f44464d54325644566a4e5a6345747a56484e6e5246464f5a32743161485253546e46724d565669656e64596546704e656d6c525054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\x19e47fd6f54f7f408d96ffd15a12158ea000d6059e0ac42ffe9dede019e9fef6', '\x322ed6b77d32f64d3882f9a2e7fc8c9474a1368ecb53c4130256bf85745a0a11', '\x3045022100fdac7ada6b859e1b359e714873947fd9a40ec5818a5d4feefb4aca8b5cd394f802206688541f71a0cd45e4e5ec1971f1f4d3c542d2d1aabcafd08ed4c81ce6bdc7e4', 1, 2, '\xab6f85a501a497c74a14edcd4b1f9c774d06f8f075d885edfaf5761b40431bbf', '\x44004736b380a02d41266c5742412ece52d0db6c48e0f858031f2a51c6a6d7d4', '01a20f7e-bd2b-7333-ba99-7d3d907fe61a', NULL);



INSERT INTO tenancy.library_floors VALUES (2, 'evidence enters by attestor.record_envelopes alone', '2026-11-24 21:38:13.782403+00');
INSERT INTO tenancy.library_floors VALUES (3, 'evidence enters by attestor.record_evidence alone', '2026-11-24 21:38:13.845709+00');



INSERT INTO tenancy.tenants VALUES ('01a20f7e-bd15-72f7-9d5b-7f64ab515f8c', 'acme', 'active', '2026-11-24 21:38:13.909169+00', 'domaintest', '2026-11-24 21:38:13.909169+00', 'domaintest', false, false, NULL, NULL);
INSERT INTO tenancy.tenants VALUES ('01a20f7e-bd29-783a-a4ce-ec2ba4e99bb9', 'globex', 'active', '2026-11-24 21:38:13.929526+00', 'domaintest', '2026-11-24 21:38:13.929526+00', 'domaintest', false, false, NULL, NULL);



ALTER TABLE ONLY atlas_attestor.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY atlas_rekor.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY atlas_tenancy.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY attestor.envelope_contents
    ADD CONSTRAINT envelope_contents_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.envelope_signatures
    ADD CONSTRAINT envelope_signatures_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.envelope_verifications
    ADD CONSTRAINT envelope_verifications_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.envelopes
    ADD CONSTRAINT envelopes_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.proof_chains
    ADD CONSTRAINT proof_chains_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.proof_segments
    ADD CONSTRAINT proof_segments_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.sbom_artifacts
    ADD CONSTRAINT sbom_artifacts_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.sbom_contents
    ADD CONSTRAINT sbom_contents_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.sbom_entries
    ADD CONSTRAINT sbom_entries_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.sbom_entry_digests
    ADD CONSTRAINT sbom_entry_digests_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.sbom_entry_licences
    ADD CONSTRAINT sbom_entry_licences_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.sboms
    ADD CONSTRAINT sboms_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.statement_subjects
    ADD CONSTRAINT statement_subjects_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.statements
    ADD CONSTRAINT statements_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY rekor.log_checkpoints
    ADD CONSTRAINT log_checkpoints_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY rekor.log_entries
    ADD CONSTRAINT log_entries_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY tenancy.library_floors
    ADD CONSTRAINT library_floors_pkey PRIMARY KEY (level);



ALTER TABLE ONLY tenancy.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);



CREATE INDEX envelope_signatures_certificate_sha256_idx ON attestor.envelope_signatures USING btree (tenant_id, certificate_sha256, created_at DESC, envelope_id DESC) WHERE (certificate_sha256 IS NOT NULL);



CREATE INDEX envelope_signatures_issuer_idx ON attestor.envelope_signatures USING btree (tenant_id, issuer, created_at DESC, envelope_id DESC) WHERE (issuer IS NOT NULL);



CREATE INDEX envelope_signatures_key_id_idx ON attestor.envelope_signatures USING btree (tenant_id, key_id, created_at DESC, envelope_id DESC) WHERE (key_id <> ''::text);



CREATE UNIQUE INDEX envelope_signatures_position_key ON attestor.envelope_signatures USING btree (tenant_id, envelope_id, "position");



CREATE INDEX envelope_signatures_san_domain_idx ON attestor.envelope_signatures USING btree (tenant_id, san_domain, created_at DESC, envelope_id DESC) WHERE (san_domain IS NOT NULL);



CREATE INDEX envelope_signatures_san_folded_idx ON attestor.envelope_signatures USING btree (tenant_id, san_folded, created_at DESC, envelope_id DESC) WHERE (san_folded IS NOT NULL);



CREATE INDEX envelope_verifications_envelope_idx ON attestor.envelope_verifications USING btree (tenant_id, envelope_id, created_at, id);



CREATE UNIQUE INDEX envelopes_sha256_key ON attestor.envelopes USING btree (tenant_id, sha256);



CREATE INDEX envelopes_time_idx ON attestor.envelopes USING btree (tenant_id, created_at, id);



CREATE UNIQUE INDEX proof_chains_revision_key ON attestor.proof_chains USING btree (tenant_id, subject_digest, subject_algorithm, revision);



CREATE UNIQUE INDEX proof_chains_root_hash_key ON attestor.proof_chains USING btree (tenant_id, root_hash);



CREATE UNIQUE INDEX proof_chains_supersedes_key ON attestor.proof_chains USING btree (tenant_id, supersedes_id);



CREATE INDEX proof_segments_digest_idx ON attestor.proof_segments USING btree (tenant_id, digest, created_at, chain_id);



CREATE UNIQUE INDEX proof_segments_position_key ON attestor.proof_segments USING btree (tenant_id, chain_id, "position");



CREATE UNIQUE INDEX sbom_artifacts_digest_key ON attestor.sbom_artifacts USING btree (tenant_id, envelope_id, sbom_id, algorithm, digest) NULLS NOT DISTINCT;



CREATE INDEX sbom_artifacts_sbom_idx ON attestor.sbom_artifacts USING btree (tenant_id, sbom_id, id);



CREATE INDEX sbom_entries_package_idx ON attestor.sbom_entries USING btree (tenant_id, package_key, package_version, created_at, id) WHERE (package_key IS NOT NULL);



CREATE UNIQUE INDEX sbom_entries_position_key ON attestor.sbom_entries USING btree (tenant_id, sbom_id, "position");



CREATE INDEX sbom_entry_digests_digest_idx ON attestor.sbom_entry_digests USING btree (tenant_id, digest, algorithm, created_at, entry_id);



CREATE UNIQUE INDEX sbom_entry_digests_position_key ON attestor.sbom_entry_digests USING btree (tenant_id, entry_id, "position");



CREATE INDEX sbom_entry_licences_licence_idx ON attestor.sbom_entry_licences USING btree (tenant_id, licence, created_at, entry_id);



CREATE UNIQUE INDEX sbom_entry_licences_position_key ON attestor.sbom_entry_licences USING btree (tenant_id, entry_id, "position");



CREATE UNIQUE INDEX sboms_sha256_key ON attestor.sboms USING btree (tenant_id, sha256);



CREATE INDEX statement_subjects_digest_idx ON attestor.statement_subjects USING btree (tenant_id, digest, algorithm, created_at, statement_id);



CREATE UNIQUE INDEX statement_subjects_position_key ON attestor.statement_subjects USING btree (tenant_id, statement_id, "position", algorithm);



CREATE INDEX statements_predicate_type_idx ON attestor.statements USING btree (tenant_id, predicate_type, created_at, id);



CREATE UNIQUE INDEX log_checkpoints_note_sha256_key ON rekor.log_checkpoints USING btree (tenant_id, note_sha256);



CREATE INDEX log_entries_body_sha256_idx ON rekor.log_entries USING btree (tenant_id, body_sha256, created_at, id);



CREATE INDEX log_entries_checkpoint_idx ON rekor.log_entries USING btree (tenant_id, checkpoint_id);



CREATE INDEX log_entries_created_at_idx ON rekor.log_entries USING btree (tenant_id, created_at, id);



CREATE INDEX log_entries_integrated_time_idx ON rekor.log_entries USING btree (tenant_id, integrated_time, id);



CREATE INDEX log_entries_leaf_hash_idx ON rekor.log_entries USING btree (tenant_id, leaf_hash, created_at, id);



CREATE INDEX log_entries_log_index_idx ON rekor.log_entries USING btree (tenant_id, log_index, created_at, id, log_id);



CREATE UNIQUE INDEX log_entries_position_key ON rekor.log_entries USING btree (tenant_id, envelope_id, "position");



CREATE UNIQUE INDEX tenants_name_key ON tenancy.tenants USING btree (name);



CREATE TRIGGER envelope_contents_active_tenant BEFORE INSERT ON attestor.envelope_contents FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_contents_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_contents FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelope_signatures_active_tenant BEFORE INSERT ON attestor.envelope_signatures FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_signatures_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_signatures FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelope_verifications_active_tenant BEFORE INSERT ON attestor.envelope_verifications FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_verifications_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_verifications FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelopes_active_tenant BEFORE INSERT ON attestor.envelopes FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelopes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelopes FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER proof_chains_active_tenant BEFORE INSERT ON attestor.proof_chains FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER proof_chains_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.proof_chains FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER proof_segments_active_tenant BEFORE INSERT ON attestor.proof_segments FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER proof_segments_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.proof_segments FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sbom_artifacts_active_tenant BEFORE INSERT ON attestor.sbom_artifacts FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sbom_artifacts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sbom_artifacts FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sbom_contents_active_tenant BEFORE INSERT ON attestor.sbom_contents FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sbom_contents_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sbom_contents FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sbom_contents_signed BEFORE INSERT ON attestor.sbom_contents FOR EACH ROW EXECUTE FUNCTION attestor.require_signed_sbom();



CREATE TRIGGER sbom_entries_active_tenant BEFORE INSERT ON attestor.sbom_entries FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sbom_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sbom_entries FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sbom_entry_digests_active_tenant BEFORE INSERT ON attestor.sbom_entry_digests FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sbom_entry_digests_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sbom_entry_digests FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sbom_entry_licences_active_tenant BEFORE INSERT ON attestor.sbom_entry_licences FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sbom_entry_licences_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sbom_entry_licences FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sboms_active_tenant BEFORE INSERT ON attestor.sboms FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sboms_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sboms FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER statement_subjects_active_tenant BEFORE INSERT ON attestor.statement_subjects FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER statement_subjects_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.statement_subjects FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER statements_active_tenant BEFORE INSERT ON attestor.statements FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER statements_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.statements FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER log_checkpoints_active_tenant BEFORE INSERT ON rekor.log_checkpoints FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER log_checkpoints_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON rekor.log_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER log_entries_active_tenant BEFORE INSERT ON rekor.log_entries FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER log_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON rekor.log_entries FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER library_floors_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON tenancy.library_floors FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER tenants_keep BEFORE DELETE OR TRUNCATE ON tenancy.tenants FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



ALTER TABLE ONLY attestor.envelope_contents
    ADD CONSTRAINT envelope_contents_envelope_fk FOREIGN KEY (tenant_id, id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY attestor.envelope_signatures
    ADD CONSTRAINT envelope_signatures_envelope_fk FOREIGN KEY (tenant_id, envelope_id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY attestor.envelope_verifications
    ADD CONSTRAINT envelope_verifications_envelope_fk FOREIGN KEY (tenant_id, envelope_id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY attestor.proof_chains
    ADD CONSTRAINT proof_chains_supersedes_fk FOREIGN KEY (tenant_id, supersedes_id) REFERENCES attestor.proof_chains(tenant_id, id);



ALTER TABLE ONLY attestor.proof_segments
    ADD CONSTRAINT proof_segments_chain_fk FOREIGN KEY (tenant_id, chain_id) REFERENCES attestor.proof_chains(tenant_id, id);



ALTER TABLE ONLY attestor.sbom_artifacts
    ADD CONSTRAINT sbom_artifacts_envelope_fk FOREIGN KEY (tenant_id, envelope_id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY attestor.sbom_artifacts
    ADD CONSTRAINT sbom_artifacts_sbom_fk FOREIGN KEY (tenant_id, sbom_id) REFERENCES attestor.sboms(tenant_id, id);



ALTER TABLE ONLY attestor.sbom_contents
    ADD CONSTRAINT sbom_contents_sbom_fk FOREIGN KEY (tenant_id, id) REFERENCES attestor.sboms(tenant_id, id);



ALTER TABLE ONLY attestor.sbom_entries
    ADD CONSTRAINT sbom_entries_sbom_fk FOREIGN KEY (tenant_id, sbom_id) REFERENCES attestor.sboms(tenant_id, id);



ALTER TABLE ONLY attestor.sbom_entry_digests
    ADD CONSTRAINT sbom_entry_digests_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES attestor.sbom_entries(tenant_id, id);



ALTER TABLE ONLY attestor.sbom_entry_licences
    ADD CONSTRAINT sbom_entry_licences_entry_fk FOREIGN KEY (tenant_id, entry_id) REFERENCES attestor.sbom_entries(tenant_id, id);



ALTER TABLE ONLY attestor.statement_subjects
    ADD CONSTRAINT statement_subjects_statement_fk FOREIGN KEY (tenant_id, statement_id) REFERENCES attestor.statements(tenant_id, id);



ALTER TABLE ONLY attestor.statements
    ADD CONSTRAINT statements_envelope_fk FOREIGN KEY (tenant_id, id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY rekor.log_entries
    ADD CONSTRAINT log_entries_checkpoint_fk FOREIGN KEY (tenant_id, checkpoint_id) REFERENCES rekor.log_checkpoints(tenant_id, id);



ALTER TABLE ONLY rekor.log_entries
    ADD CONSTRAINT log_entries_envelope_fk FOREIGN KEY (tenant_id, envelope_id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE attestor.envelope_contents ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelope_contents_app ON attestor.envelope_contents TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelope_contents_auditor ON attestor.envelope_contents FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelope_contents_owner ON attestor.envelope_contents TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.envelope_signatures ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelope_signatures_app ON attestor.envelope_signatures TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelope_signatures_auditor ON attestor.envelope_signatures FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelope_signatures_owner ON attestor.envelope_signatures TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.envelope_verifications ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelope_verifications_app ON attestor.envelope_verifications TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelope_verifications_auditor ON attestor.envelope_verifications FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelope_verifications_owner ON attestor.envelope_verifications TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelopes_app ON attestor.envelopes TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelopes_auditor ON attestor.envelopes FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelopes_owner ON attestor.envelopes TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.proof_chains ENABLE ROW LEVEL SECURITY;


CREATE POLICY proof_chains_app ON attestor.proof_chains TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY proof_chains_auditor ON attestor.proof_chains FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY proof_chains_owner ON attestor.proof_chains TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.proof_segments ENABLE ROW LEVEL SECURITY;


CREATE POLICY proof_segments_app ON attestor.proof_segments TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY proof_segments_auditor ON attestor.proof_segments FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY proof_segments_owner ON attestor.proof_segments TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.sbom_artifacts ENABLE ROW LEVEL SECURITY;


CREATE POLICY sbom_artifacts_app ON attestor.sbom_artifacts TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY sbom_artifacts_auditor ON attestor.sbom_artifacts FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY sbom_artifacts_owner ON attestor.sbom_artifacts TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.sbom_contents ENABLE ROW LEVEL SECURITY;


CREATE POLICY sbom_contents_app ON attestor.sbom_contents TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY sbom_contents_auditor ON attestor.sbom_contents FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY sbom_contents_owner ON attestor.sbom_contents TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.sbom_entries ENABLE ROW LEVEL SECURITY;


CREATE POLICY sbom_entries_app ON attestor.sbom_entries TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY sbom_entries_auditor ON attestor.sbom_entries FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY sbom_entries_owner ON attestor.sbom_entries TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.sbom_entry_digests ENABLE ROW LEVEL SECURITY;


CREATE POLICY sbom_entry_digests_app ON attestor.sbom_entry_digests TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY sbom_entry_digests_auditor ON attestor.sbom_entry_digests FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY sbom_entry_digests_owner ON attestor.sbom_entry_digests TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.sbom_entry_licences ENABLE ROW LEVEL SECURITY;


CREATE POLICY sbom_entry_licences_app ON attestor.sbom_entry_licences TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY sbom_entry_licences_auditor ON attestor.sbom_entry_licences FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY sbom_entry_licences_owner ON attestor.sbom_entry_licences TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.sboms ENABLE ROW LEVEL SECURITY;


CREATE POLICY sboms_app ON attestor.sboms TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY sboms_auditor ON attestor.sboms FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY sboms_owner ON attestor.sboms TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.statement_subjects ENABLE ROW LEVEL SECURITY;


CREATE POLICY statement_subjects_app ON attestor.statement_subjects TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY statement_subjects_auditor ON attestor.statement_subjects FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY statement_subjects_owner ON attestor.statement_subjects TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.statements ENABLE ROW LEVEL SECURITY;


CREATE POLICY statements_app ON attestor.statements TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY statements_auditor ON attestor.statements FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY statements_owner ON attestor.statements TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE rekor.log_checkpoints ENABLE ROW LEVEL SECURITY;


CREATE POLICY log_checkpoints_app ON rekor.log_checkpoints TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY log_checkpoints_auditor ON rekor.log_checkpoints FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY log_checkpoints_owner ON rekor.log_checkpoints TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE rekor.log_entries ENABLE ROW LEVEL SECURITY;


CREATE POLICY log_entries_app ON rekor.log_entries TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY log_entries_auditor ON rekor.log_entries FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY log_entries_owner ON rekor.log_entries TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE tenancy.tenants ENABLE ROW LEVEL SECURITY;


CREATE POLICY tenants_admin ON tenancy.tenants TO attestdb_admin USING (true) WITH CHECK (true);



CREATE POLICY tenants_app ON tenancy.tenants FOR SELECT TO attestdb_app USING (((id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid) OR (name = NULLIF(current_setting('attestdb.tenant_name'::text, true), ''::text))));



CREATE POLICY tenants_auditor ON tenancy.tenants FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY tenants_owner ON tenancy.tenants FOR SELECT TO attestdb_owner USING ((id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_app;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_worker;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_refresher;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_auditor;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_admin;



GRANT USAGE ON SCHEMA atlas_rekor TO attestdb_app;
GRANT USAGE ON SCHEMA atlas_rekor TO attestdb_worker;
GRANT USAGE ON SCHEMA atlas_rekor TO attestdb_refresher;
GRANT USAGE ON SCHEMA atlas_rekor TO attestdb_auditor;
GRANT USAGE ON SCHEMA atlas_rekor TO attestdb_admin;



GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_app;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_worker;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_refresher;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_auditor;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_admin;



GRANT USAGE ON SCHEMA attestor TO attestdb_app;
GRANT USAGE ON SCHEMA attestor TO attestdb_auditor;



GRANT USAGE ON SCHEMA rekor TO attestdb_app;
GRANT USAGE ON SCHEMA rekor TO attestdb_auditor;



GRANT USAGE ON SCHEMA tenancy TO attestdb_app;
GRANT USAGE ON SCHEMA tenancy TO attestdb_worker;
GRANT USAGE ON SCHEMA tenancy TO attestdb_refresher;
GRANT USAGE ON SCHEMA tenancy TO attestdb_auditor;
GRANT USAGE ON SCHEMA tenancy TO attestdb_admin;



REVOKE ALL ON FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) TO attestdb_app;
GRANT ALL ON FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) TO attestdb_auditor;



REVOKE ALL ON FUNCTION attestor.envelopes_about(tenant uuid, sums bytea[], artifact_algorithm text, artifact bytea) FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.record_chain(tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text, segment_ids uuid[], kinds text[], digests bytea[], contents bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.record_chain(tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text, segment_ids uuid[], kinds text[], digests bytea[], contents bytea[]) TO attestdb_app;



REVOKE ALL ON FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.record_evidence(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[], verification_ids uuid[], verification_of integer[], verification_times timestamp with time zone[], outcomes text[], verifiers text[], policies text[], reasons text[], verified_signatures text[], times_verified timestamp with time zone[], times_signed timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.record_evidence(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[], verification_ids uuid[], verification_of integer[], verification_times timestamp with time zone[], outcomes text[], verifiers text[], policies text[], reasons text[], verified_signatures text[], times_verified timestamp with time zone[], times_signed timestamp with time zone[]) TO attestdb_app;



REVOKE ALL ON FUNCTION attestor.record_sboms(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], sha256s bytea[], sizes bigint[], formats text[], spec_versions text[], serial_numbers text[], names text[], stated_ats timestamp with time zone[], contents bytea[], link_of integer[], link_envelopes bytea[], artifact_ids uuid[], artifact_of integer[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[], entry_ids uuid[], entry_of integer[], entry_positions integer[], refs text[], types text[], entry_names text[], versions text[], purls text[], package_keys text[], package_versions text[], digest_ids uuid[], digest_of integer[], digest_entries uuid[], digest_positions integer[], algorithms text[], digests bytea[], licence_ids uuid[], licence_of integer[], licence_entries uuid[], licence_positions integer[], licences_stated boolean[], licences text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.record_sboms(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], sha256s bytea[], sizes bigint[], formats text[], spec_versions text[], serial_numbers text[], names text[], stated_ats timestamp with time zone[], contents bytea[], link_of integer[], link_envelopes bytea[], artifact_ids uuid[], artifact_of integer[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[], entry_ids uuid[], entry_of integer[], entry_positions integer[], refs text[], types text[], entry_names text[], versions text[], purls text[], package_keys text[], package_versions text[], digest_ids uuid[], digest_of integer[], digest_entries uuid[], digest_positions integer[], algorithms text[], digests bytea[], licence_ids uuid[], licence_of integer[], licence_entries uuid[], licence_positions integer[], licences_stated boolean[], licences text[]) TO attestdb_app;



REVOKE ALL ON FUNCTION attestor.require_signed_sbom() FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.sboms_about(tenant uuid, sums bytea[], artifact_algorithm text, artifact bytea) FROM PUBLIC;



REVOKE ALL ON FUNCTION rekor.record_entries(tenant uuid, ids uuid[], envelope_sha256s bytea[], positions integer[], log_ids bytea[], log_indexes bigint[], kinds text[], versions text[], integrated_times timestamp with time zone[], bodies bytea[], promises bytea[], proof_log_indexes bigint[], proof_tree_sizes bigint[], proof_root_hashes bytea[], proof_hashes bytea[], checkpoint_ids uuid[], origins text[], notes bytea[], verified timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION rekor.record_entries(tenant uuid, ids uuid[], envelope_sha256s bytea[], positions integer[], log_ids bytea[], log_indexes bigint[], kinds text[], versions text[], integrated_times timestamp with time zone[], bodies bytea[], promises bytea[], proof_log_indexes bigint[], proof_tree_sizes bigint[], proof_root_hashes bytea[], proof_hashes bytea[], checkpoint_ids uuid[], origins text[], notes bytea[], verified timestamp with time zone[]) TO attestdb_app;



REVOKE ALL ON FUNCTION tenancy.refuse_change() FROM PUBLIC;



REVOKE ALL ON FUNCTION tenancy.require_active_tenant() FROM PUBLIC;



GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_app;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_worker;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_refresher;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_auditor;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_admin;



GRANT SELECT ON TABLE atlas_rekor.atlas_schema_revisions TO attestdb_app;
GRANT SELECT ON TABLE atlas_rekor.atlas_schema_revisions TO attestdb_worker;
GRANT SELECT ON TABLE atlas_rekor.atlas_schema_revisions TO attestdb_refresher;
GRANT SELECT ON TABLE atlas_rekor.atlas_schema_revisions TO attestdb_auditor;
GRANT SELECT ON TABLE atlas_rekor.atlas_schema_revisions TO attestdb_admin;



GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_app;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_worker;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_refresher;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_auditor;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_admin;



GRANT SELECT ON TABLE attestor.envelope_contents TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_contents TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.envelope_signatures TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_signatures TO attestdb_auditor;



GRANT SELECT,INSERT ON TABLE attestor.envelope_verifications TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_verifications TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.envelopes TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelopes TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.proof_chains TO attestdb_app;
GRANT SELECT ON TABLE attestor.proof_chains TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.proof_segments TO attestdb_app;
GRANT SELECT ON TABLE attestor.proof_segments TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.sbom_artifacts TO attestdb_app;
GRANT SELECT ON TABLE attestor.sbom_artifacts TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.sbom_contents TO attestdb_app;
GRANT SELECT ON TABLE attestor.sbom_contents TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.sbom_entries TO attestdb_app;
GRANT SELECT ON TABLE attestor.sbom_entries TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.sbom_entry_digests TO attestdb_app;
GRANT SELECT ON TABLE attestor.sbom_entry_digests TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.sbom_entry_licences TO attestdb_app;
GRANT SELECT ON TABLE attestor.sbom_entry_licences TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.sboms TO attestdb_app;
GRANT SELECT ON TABLE attestor.sboms TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.statement_subjects TO attestdb_app;
GRANT SELECT ON TABLE attestor.statement_subjects TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.statements TO attestdb_app;
GRANT SELECT ON TABLE attestor.statements TO attestdb_auditor;



GRANT SELECT ON TABLE rekor.log_checkpoints TO attestdb_app;
GRANT SELECT ON TABLE rekor.log_checkpoints TO attestdb_auditor;



GRANT SELECT ON TABLE rekor.log_entries TO attestdb_app;
GRANT SELECT ON TABLE rekor.log_entries TO attestdb_auditor;



GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_app;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_worker;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_refresher;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_auditor;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_admin;



GRANT SELECT ON TABLE tenancy.tenants TO attestdb_auditor;
GRANT SELECT,INSERT ON TABLE tenancy.tenants TO attestdb_admin;



GRANT SELECT(id) ON TABLE tenancy.tenants TO attestdb_app;



GRANT SELECT(name) ON TABLE tenancy.tenants TO attestdb_app;



GRANT SELECT(status) ON TABLE tenancy.tenants TO attestdb_app;
GRANT UPDATE(status) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT UPDATE(status_changed_at) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT UPDATE(status_changed_by) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT SELECT(require_verified) ON TABLE tenancy.tenants TO attestdb_app;
GRANT UPDATE(require_verified) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT SELECT(require_in_toto) ON TABLE tenancy.tenants TO attestdb_app;
GRANT UPDATE(require_in_toto) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT UPDATE(requirements_changed_at) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT UPDATE(requirements_changed_by) ON TABLE tenancy.tenants TO attestdb_admin;




