


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
  -- The dimensions that the arrays of each kind must have; NULL is that of empty ones.
  envelope_dims text := '[1:' || NULLIF(cardinality(ids), 0) || ']';
  signature_dims text := '[1:' || NULLIF(cardinality(signature_ids), 0) || ']';
  subject_dims text := '[1:' || NULLIF(cardinality(subject_ids), 0) || ']';
  verification_dims text := '[1:' || NULLIF(cardinality(verification_ids), 0) || ']';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    -- Else the tenant's row, and what others recorded, would be read as it was once.
    RAISE EXCEPTION 'evidence is recorded in READ COMMITTED, not %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'AD021';
  END IF;
  -- Elements are found by their places, in arrays of their own kind and in others. So
  -- each array is of one dimension and begins at 1, those of a kind are of one length,
  -- and a place is that of an element: else something is left out in silence, or is
  -- taken for a part of something else. Conditions without a sub-query, one for each
  -- kind, since calling a function for each array costs more than all that it checks.
  IF array_dims(ids) IS DISTINCT FROM envelope_dims OR array_dims(times) IS DISTINCT FROM envelope_dims
  OR array_dims(actors) IS DISTINCT FROM envelope_dims OR array_dims(media_types) IS DISTINCT FROM envelope_dims
  OR array_dims(payload_types) IS DISTINCT FROM envelope_dims OR array_dims(payload_sha256s) IS DISTINCT FROM envelope_dims
  OR array_dims(contents) IS DISTINCT FROM envelope_dims OR array_dims(statement_types) IS DISTINCT FROM envelope_dims
  OR array_dims(predicate_types) IS DISTINCT FROM envelope_dims THEN
    RAISE EXCEPTION 'the arrays of envelopes are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(signature_ids) IS DISTINCT FROM signature_dims OR array_dims(signature_of) IS DISTINCT FROM signature_dims
  OR array_dims(signature_positions) IS DISTINCT FROM signature_dims OR array_dims(key_ids) IS DISTINCT FROM signature_dims
  OR array_dims(sigs) IS DISTINCT FROM signature_dims OR array_dims(certificates) IS DISTINCT FROM signature_dims
  OR array_dims(certificate_sha256s) IS DISTINCT FROM signature_dims OR array_dims(issuers) IS DISTINCT FROM signature_dims
  OR array_dims(sans) IS DISTINCT FROM signature_dims THEN
    RAISE EXCEPTION 'the arrays of signatures are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(subject_ids) IS DISTINCT FROM subject_dims OR array_dims(subject_of) IS DISTINCT FROM subject_dims
  OR array_dims(subject_positions) IS DISTINCT FROM subject_dims OR array_dims(subject_names) IS DISTINCT FROM subject_dims
  OR array_dims(algorithms) IS DISTINCT FROM subject_dims OR array_dims(digests) IS DISTINCT FROM subject_dims THEN
    RAISE EXCEPTION 'the arrays of subjects are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF array_dims(verification_ids) IS DISTINCT FROM verification_dims OR array_dims(verification_of) IS DISTINCT FROM verification_dims
  OR array_dims(verification_times) IS DISTINCT FROM verification_dims OR array_dims(outcomes) IS DISTINCT FROM verification_dims
  OR array_dims(verifiers) IS DISTINCT FROM verification_dims OR array_dims(policies) IS DISTINCT FROM verification_dims
  OR array_dims(reasons) IS DISTINCT FROM verification_dims OR array_dims(verified_signatures) IS DISTINCT FROM verification_dims
  OR array_dims(times_verified) IS DISTINCT FROM verification_dims OR array_dims(times_signed) IS DISTINCT FROM verification_dims THEN
    RAISE EXCEPTION 'the arrays of verifications are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT coalesce(1 <= ALL (signature_of) AND cardinality(ids) >= ALL (signature_of), signature_of IS NULL) THEN
    RAISE EXCEPTION 'a signature is of no envelope of the call' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT coalesce(1 <= ALL (subject_of) AND cardinality(ids) >= ALL (subject_of), subject_of IS NULL) THEN
    RAISE EXCEPTION 'a subject is of no envelope of the call' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT coalesce(1 <= ALL (verification_of) AND cardinality(ids) >= ALL (verification_of), verification_of IS NULL) THEN
    RAISE EXCEPTION 'a verification is of no envelope of the call' USING ERRCODE = 'check_violation';
  END IF;
  -- Two that share an id would be taken for one, and what is of the one for the other's.
  IF greatest(cardinality(ids), cardinality(signature_ids), cardinality(subject_ids), cardinality(verification_ids)) > 1 THEN
    IF EXISTS (SELECT FROM (SELECT 0, unnest(ids)
                            UNION ALL SELECT 1, unnest(signature_ids)
                            UNION ALL SELECT 2, unnest(subject_ids)
                            UNION ALL SELECT 3, unnest(verification_ids)) AS i (kind, id)
                WHERE i.id IS NOT NULL GROUP BY i.kind, i.id HAVING count(*) > 1) THEN
      RAISE EXCEPTION 'an id is there twice' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;

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
    -- No other outcome beside it, which could be the newest and count.
    SELECT min(i.n) INTO fault
      FROM generate_series(1, cardinality(ids)) AS i (n)
     WHERE (SELECT bool_and(v.outcome = 'verified') FROM unnest(verification_of, outcomes) AS v (n, outcome)
             WHERE v.n = i.n) IS NOT TRUE;
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
    AS $_$
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
END $_$;


ALTER FUNCTION attestor.record_sboms(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], sha256s bytea[], sizes bigint[], formats text[], spec_versions text[], serial_numbers text[], names text[], stated_ats timestamp with time zone[], contents bytea[], link_of integer[], link_envelopes bytea[], artifact_ids uuid[], artifact_of integer[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[], entry_ids uuid[], entry_of integer[], entry_positions integer[], refs text[], types text[], entry_names text[], versions text[], purls text[], package_keys text[], package_versions text[], digest_ids uuid[], digest_of integer[], digest_entries uuid[], digest_positions integer[], algorithms text[], digests bytea[], licence_ids uuid[], licence_of integer[], licence_entries uuid[], licence_positions integer[], licences_stated boolean[], licences text[]) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.require_signed() RETURNS trigger
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
    RAISE EXCEPTION 'the tenant requires verified evidence, which % is not', TG_ARGV[0] USING ERRCODE = 'AD004';
  ELSIF must_state THEN
    RAISE EXCEPTION 'the tenant requires in-toto Statements, which % is not', TG_ARGV[0] USING ERRCODE = 'AD004';
  END IF;
  RETURN NEW;
END $$;


ALTER FUNCTION attestor.require_signed() OWNER TO attestdb_owner;


CREATE FUNCTION attestor.require_signed_sbom_segment() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  IF EXISTS (SELECT FROM tenancy.tenants t WHERE t.id = NEW.tenant_id AND (t.require_verified OR t.require_in_toto))
     AND NOT EXISTS (SELECT FROM attestor.envelopes e WHERE e.tenant_id = NEW.tenant_id AND e.sha256 = NEW.digest) THEN
    RAISE EXCEPTION 'the tenant requires signed evidence, which an SBOM alone is not' USING ERRCODE = 'AD004';
  END IF;
  RETURN NEW;
END $$;


ALTER FUNCTION attestor.require_signed_sbom_segment() OWNER TO attestdb_owner;


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
  -- The dimensions that all arrays must have; NULL is that of empty ones.
  entry_dims text := '[1:' || NULLIF(cardinality(ids), 0) || ']';
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    -- Else the tenant's row, and what others recorded, would be read as it was once.
    RAISE EXCEPTION 'log entries are recorded in READ COMMITTED, not %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'AD021';
  END IF;
  -- An entry is a row across the arrays: each is of one dimension and begins at 1, and all
  -- are of one length. Else a part of an entry would be missing, or another's.
  IF array_dims(ids) IS DISTINCT FROM entry_dims OR array_dims(envelope_sha256s) IS DISTINCT FROM entry_dims
  OR array_dims(positions) IS DISTINCT FROM entry_dims OR array_dims(log_ids) IS DISTINCT FROM entry_dims
  OR array_dims(log_indexes) IS DISTINCT FROM entry_dims OR array_dims(kinds) IS DISTINCT FROM entry_dims
  OR array_dims(versions) IS DISTINCT FROM entry_dims OR array_dims(integrated_times) IS DISTINCT FROM entry_dims
  OR array_dims(bodies) IS DISTINCT FROM entry_dims OR array_dims(promises) IS DISTINCT FROM entry_dims
  OR array_dims(proof_log_indexes) IS DISTINCT FROM entry_dims OR array_dims(proof_tree_sizes) IS DISTINCT FROM entry_dims
  OR array_dims(proof_root_hashes) IS DISTINCT FROM entry_dims OR array_dims(proof_hashes) IS DISTINCT FROM entry_dims
  OR array_dims(checkpoint_ids) IS DISTINCT FROM entry_dims OR array_dims(origins) IS DISTINCT FROM entry_dims
  OR array_dims(notes) IS DISTINCT FROM entry_dims OR array_dims(verified) IS DISTINCT FROM entry_dims THEN
    RAISE EXCEPTION 'the arrays are not of one dimension, from 1, and of one length' USING ERRCODE = 'check_violation';
  END IF;
  -- Two that share an id would be taken for one, and what is of the one for the other's.
  IF greatest(cardinality(ids), cardinality(checkpoint_ids)) > 1 THEN
    IF EXISTS (SELECT FROM (SELECT 0, unnest(ids)
                            UNION ALL SELECT 1, unnest(checkpoint_ids)) AS i (kind, id)
                WHERE i.id IS NOT NULL GROUP BY i.kind, i.id HAVING count(*) > 1) THEN
      RAISE EXCEPTION 'an id is there twice' USING ERRCODE = 'unique_violation';
    END IF;
  END IF;
  IF cardinality(ids) > 1 THEN
    IF (SELECT count(DISTINCT (i.sha256, i.position)) < count(*) FROM unnest(envelope_sha256s, positions) AS i (sha256, position)) THEN
      RAISE EXCEPTION 'two entries have one place' USING ERRCODE = 'check_violation';
    END IF;
  END IF;

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
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'a tenant writes in READ COMMITTED, not %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'AD021';
  END IF;
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


INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123152932', 'create_tables', 2, 12, 12, '2026-11-25 03:01:35.688868+00', 160, NULL, NULL, 'Q8f3RmcKML/yV1avqloXX1JoLd85Wm9O5vVL6VVUTX0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153101', 'isolate_tenants', 2, 38, 38, '2026-11-25 03:01:35.69868+00', 100, NULL, NULL, '4tLtDiWXRErj/U7jHLaB1FtB1zXn5pey01/31xHubBw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153102', 'guard_rows', 2, 12, 12, '2026-11-25 03:01:35.699983+00', 100, NULL, NULL, 'V7HybjylbiahnRLtUGTx1BoheeasfFzMbIS9uSINGtU=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160001', 'record_whole_envelopes', 2, 9, 9, '2026-11-25 03:01:35.70326+00', 100, NULL, NULL, 'RAsOTHESKVZ7jUJ54ALpAiq0Tt6PlJMrOYt+xyhkIqY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160002', 'close_direct_inserts', 2, 6, 6, '2026-11-25 03:01:35.705035+00', 60, NULL, NULL, 'gkxzZpxikQdkipHmeKi76dC20Qx7uQA7hP99JYjuwzQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180000', 'create_sbom_tables', 2, 15, 15, '2026-11-25 03:01:35.725498+00', 60, NULL, NULL, 'HArlcawr5bYVpO6UkEBHDj46aNvh0VpccUFbnBU7Wes=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180001', 'isolate_sboms', 2, 36, 36, '2026-11-25 03:01:35.730918+00', 100, NULL, NULL, 'cnKZFWYC0uFTab5O+G0u7leFzaXapiNrLPQDQJIB7Uk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180002', 'guard_sboms', 2, 12, 12, '2026-11-25 03:01:35.732997+00', 71, NULL, NULL, 'PxugsLSssjtJtjYJrwveJj+INxHX2fQHZB7AVCGENHk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180003', 'record_whole_sboms', 2, 3, 3, '2026-11-25 03:01:35.735329+00', 80, NULL, NULL, '0bXZ/LWSww/pVzdl7/Lc3v4k7grAWkDJENoaIkvQbkY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190000', 'create_proof_chains', 2, 7, 7, '2026-11-25 03:01:35.738978+00', 60, NULL, NULL, 'TIFm7Nl0flJq27YfzsQUJAlGuZ7a013IJDK/1/IkklA=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190001', 'supersede_within_a_tenant', 2, 1, 1, '2026-11-25 03:01:35.740607+00', 100, NULL, NULL, 'RwgGrn8QMLh9lHJadtPls4h+PAxMD/46TDEWYR9HZCY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190002', 'isolate_proof_chains', 2, 12, 12, '2026-11-25 03:01:35.7437+00', 110, NULL, NULL, 'ViFZ/ism5LjVVQOYfrEUWnVeQDUv2E7LDSOFpW84m6U=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190003', 'guard_proof_chains', 2, 4, 4, '2026-11-25 03:01:35.744914+00', 100, NULL, NULL, 'ARaTiOd8VJsQlbRbrCq+JHFsMI2l7Obz9iIumi5GFaI=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190004', 'hash_proof_chains', 2, 3, 3, '2026-11-25 03:01:35.745906+00', 110, NULL, NULL, 'sfp+DXtdhOyNDMfVHUjSnE72xjcXCBXZJuj6T78hCyw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190005', 'record_proof_chains', 2, 7, 7, '2026-11-25 03:01:35.748472+00', 90, NULL, NULL, 'Yarn5f3UCf/U79Li1ruXBQwGpSGBgUVVs6rOYJ+Sw0s=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200000', 'add_searchable_names', 2, 1, 1, '2026-11-25 03:01:35.750841+00', 140, NULL, NULL, 'Eefg23+YK4cM4F6Hj7WMJ2T71LdPEaFtL0upgBAEYms=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200001', 'index_searches', 2, 7, 7, '2026-11-25 03:01:35.759525+00', 173924, NULL, NULL, 'W6HWt2fJ5CErAJ5LSNRB7SKhlFC4MT7IaInZe73TwQs=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200004', 'record_with_verifications', 2, 6, 6, '2026-11-25 03:01:35.76455+00', 80, NULL, NULL, 'cOSc3iCQaFc52mOT/YGx9BGLqdJTGwEWqyZwYeL4Wbc=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200007', 'search_catalogue_first', 2, 7, 7, '2026-11-25 03:01:35.766875+00', 60, NULL, NULL, 'WCBhf65cJDt4a7HQ7ZG9MgsoohEXOBAmAj5cXUjhkfE=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200009', 'refuse_unsigned_sboms', 2, 4, 4, '2026-11-25 03:01:35.768722+00', 80, NULL, NULL, 'AzspiwFyw6qFlFu2+HQxPMXofqrXaH1Lf0uWog6rQyQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124231501', 'refuse_unsigned_segments', 2, 4, 4, '2026-11-25 03:01:35.770458+00', 50, NULL, NULL, 'k243vWXr9yKmywzchI2MuL4QJPS3nelpEsRHAUgcx5U=', 'null', 'attestdb');



INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170000', 'create_tables', 2, 11, 11, '2026-11-25 03:01:35.711297+00', 60, NULL, NULL, '13S0iFJTbMuZc1BSo+DtJbpQNg7QQC+UeK7JpYwpSVg=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170001', 'isolate_tenants', 2, 14, 14, '2026-11-25 03:01:35.713918+00', 90, NULL, NULL, 'kajLmHfcm04j6iTEBnF1GimwlTCY7vntSmacXG0Wna8=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170002', 'guard_rows', 2, 4, 4, '2026-11-25 03:01:35.715016+00', 70, NULL, NULL, '7xLwaHhY+LRTVUwx2H6jMtOBFjXfwxD2ma7VOWWXY+0=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170003', 'record_entries', 2, 3, 3, '2026-11-25 03:01:35.716702+00', 100, NULL, NULL, 'QPlOVRJjAGfu4S2H++scOnENa9MzipG0t2XqxK7dWUw=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124200008', 'search_catalogue_first', 2, 1, 1, '2026-11-25 03:01:35.767656+00', 80, NULL, NULL, '9HfMScWxYRfniAqJDDfXCxGXkvEy3lRtPkUZNfV94rw=', 'null', 'attestdb');



INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123152931', 'create_tables', 2, 4, 4, '2026-11-25 03:01:35.68135+00', 230, NULL, NULL, 'IxGGYOAnywMdQVQkv3WrIhThwp5dWu7It4DaQwj9D4k=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153001', 'isolate_tenants', 2, 12, 12, '2026-11-25 03:01:35.691531+00', 80, NULL, NULL, 'pbHnt2ZSL/bcdXaQCcUU03EooaxIg2P/bWMhfsSwaZI=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153002', 'guard_rows', 2, 6, 6, '2026-11-25 03:01:35.694266+00', 101, NULL, NULL, '5qAgR9U+Vl/bPibP92RwZqEUH9u6iK2oshBuVj60goM=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160000', 'show_owner_named_tenant', 2, 1, 1, '2026-11-25 03:01:35.700451+00', 120, NULL, NULL, '0e1ICojqPNnxKFiyk15vLl3QTgvDtgSEzlqCdPW3Xis=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160003', 'require_level_2', 2, 1, 1, '2026-11-25 03:01:35.705776+00', 70, NULL, NULL, 'mkbTutf7Lq3W6z6BZ+As+2OgRCHl/kf1uZ4ZZ0Bx2/Q=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200002', 'add_requirements', 2, 4, 4, '2026-11-25 03:01:35.760914+00', 80, NULL, NULL, 'WNWzXWNVPm094KknWshlUIA7DLuvhLNV7mSigyfRsfA=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200003', 'validate_requirements', 2, 1, 1, '2026-11-25 03:01:35.761949+00', 60, NULL, NULL, '50FeeTx7SNkiKPJbw0qSNlLYrZUx9jQuBUF/u19TcCo=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200005', 'require_level_3', 2, 1, 1, '2026-11-25 03:01:35.765161+00', 70, NULL, NULL, 'PGXUa3ImYhZKploa5pmD0Lskxp1ouShr+7DA/VhFRRQ=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200006', 'search_catalogue_first', 2, 2, 2, '2026-11-25 03:01:35.765788+00', 70, NULL, NULL, 'lLKsnZ4W4qtBGNt0cEfnSd+4kgkIaYVdupWPHsquoEY=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124231500', 'refuse_old_snapshots', 2, 1, 1, '2026-11-25 03:01:35.769399+00', 70, NULL, NULL, '7/AatdEHfrvIxuRpZkuvLteLGUNxvDKfBHpbgNzh46k=', 'null', 'attestdb');



INSERT INTO attestor.envelope_contents VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e1-733b-b9d3-ef168e7ab462', '2026-11-25 03:01:35.84121+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2236326330393138386234313062343233222c22736967223a226d514c7a626e787a74386d72645a31362b54304c44664e2b34796b374e624e4d78344a4133775456386a546b43306d385755566d39556a4a58723579637745666777442f5348745a31464f746f5541427942354b41773d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e9-79c6-a6a1-5a328b1250eb', '2026-11-25 03:01:35.849639+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c2022766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c2022746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303030222c20226c6f674964223a7b226b65794964223a224c4c4363586b482b3363524b527a434547484d657a566934366c786e4e4c4641575544555264627256654d3d227d2c20226b696e6456657273696f6e223a7b226b696e64223a2264737365222c202276657273696f6e223a22302e302e31227d2c2022696e746567726174656454696d65223a2231373935353735363935222c2022696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d45554349436b6b4942447067557148576244784b7734514d63353939707a494769626d73706b78347a6259796c4958416945413239356c387254656e326a4c2f7a7a467447506936664e6b78567a6148796746307551785773705a346a383d227d2c2022696e636c7573696f6e50726f6f66223a7b22726f6f7448617368223a2234555959475a413277496b757253456335376d6a3445643471724c797979316a4b53353736464c664f6f593d222c20227472656553697a65223a2231222c2022636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e315c6e34555959475a413277496b757253456335376d6a3445643471724c797979316a4b53353736464c664f6f593d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d204c4c4363586a4246416942724c6b374e535a58777a4a553362466a5976695974667a6f34766363466e7643614b545731673565757167496841504f4e4d5679676c47454d5131624c6c623153737365422b2f6c4231345945702f72494a49594a72706f6f5c6e227d7d2c202263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f69596a51784d7a49774f444d334d7a41324e54426859574d7a4e7a6332597a5a6a59546c6d593245355a6a6b314e4463774e6a51304e575a6b5a6a426b5a546778597a4d785a4467345a574933596d4d334d5445344d434a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496d59795a4467355a574d7a4d4455774e6a67304e445931597a6c684e54686d4f446b794e7a67314e5449304e6d4977596a45324e5441305a574d334d6d566c4d4467324d44566a4e44646a4d5745304d5756684d5449696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565651306c484e326c7859305a566247684c576d4e7652544a42656b31575157394f4f473872554655304f475a535a4442794e576f78556d5a7656555a5451576c46515764445a315a44626c523554546452623142304f5642305655464e56584274566e6c7556566c4d6330773465476c5759304e3552466f784e44513949697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a5556316c34596c553555574636566c70564d6b706157587057643156746345646952546c4b556a4a6b4d465a75516e6c6a5158424b55327843535752575a4746524d553533545774614e6c4656546e70615658424c59565261546d4655556a464d4d314578556a464a636c56485a454e565230563354566335536d4579536e426152475268557a4a73576b357462455255565456535431524b516c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c202264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694f444979596a4d7a595751344e324d784e4468684d4745794d474531596d4533593251315a574a6a595745324f47517a4e6d45784f4755335957466b4d5459314e5455304f54417a5a6a5579593245344d6a63314e794a394c434a755957316c496a6f6959574e745a534a395858303d222c20227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c20227369676e617475726573223a5b7b22736967223a224d45554349473769716346556c684b5a636f4532417a4d56416f4e386f2b505534386652643072356a3152666f5546534169454167436756436e54794d37516f507439507455414d55706d56796e55594c734c38786956634379445a3134343d227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ec-7b0a-8f44-e7426eecb04e', '2026-11-25 03:01:35.852722+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d466a625755694c434a6f59584e6f5a584d694f6c7437496d46735a794936496c4e49515330314d5449694c434a6a623235305a573530496a6f694e6a45324d7a5a6b4e6a55774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d44416966563073496d7870593256756332567a496a706265794a7361574e6c626e4e6c496a7037496d3568625755694f694a685932316c496e313958537769626d46745a534936496d466a625755694c434a7764584a73496a6f696347746e4f6d3577625339685932316c5147466a625755694c434a306558426c496a6f6962476c69636d467965534973496e5a6c636e4e70623234694f694a685932316c496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d466a625755694c434a306558426c496a6f695958427762476c6a595852706232346966583073496e4e6c636d6c686245353162574a6c63694936496d466a625755694c434a7a6347566a566d567963326c7662694936496a45754e694a394c434a77636d566b61574e68644756556558426c496a6f696148523063484d364c79396a65574e736232356c5a48677562334a6e4c324a7662534973496e4e31596d706c593351694f6c7437496d52705a32567a6443493665794a7a614745794e5459694f6949324e474a6c596a67794d6a41355a57466b597a4d794e6a597a4f4445314f5455794f47566d5954466b5a47466a5a4467794e544d774e32466d5a6a4e6d4d4751775a4468684f575a6c4f446b7a4e44646b596a4669496e3073496d3568625755694f694a745a5778305a57517564476436496e316466513d3d222c227369676e617475726573223a5b7b226b65796964223a2236326330393138386234313062343233222c22736967223a2258702b62367978722b4446685033674644684d672f7931436a3355424765566f4574306b316a39706644362f626275367364466d38723377454c3570456f375936567949366a433651324f6d3232412f4c79476e42773d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f7-70be-876f-ff9f6fd57101', '2026-11-25 03:01:35.863048+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2236326330393138386234313062343233222c22736967223a226d514c7a626e787a74386d72645a31362b54304c44664e2b34796b374e624e4d78344a4133775456386a546b43306d385755566d39556a4a58723579637745666777442f5348745a31464f746f5541427942354b41773d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f8-77f7-a68d-9e694ade8f19', '2026-11-25 03:01:35.864521+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c2022766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c2022746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303031222c20226c6f674964223a7b226b65794964223a224c4c4363586b482b3363524b527a434547484d657a566934366c786e4e4c4641575544555264627256654d3d227d2c20226b696e6456657273696f6e223a7b226b696e64223a2264737365222c202276657273696f6e223a22302e302e31227d2c2022696e746567726174656454696d65223a2231373935353735363935222c2022696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d455943495144676a4b6162553039394935514e477236305179367774617252524e64594c6851677275674f7865707438674968414a5637443146373547715a7351614b7a2f575152547249512b76764a6d74397854386167524b34754c6430227d2c2022696e636c7573696f6e50726f6f66223a7b226c6f67496e646578223a2231222c2022726f6f7448617368223a2257497a33376777486e6c453763454b4947384f2b3470356430444b4a623566762f462f307241664c64506f3d222c20227472656553697a65223a2232222c2022686173686573223a5b2234555959475a413277496b757253456335376d6a3445643471724c797979316a4b53353736464c664f6f593d225d2c2022636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e325c6e57497a33376777486e6c453763454b4947384f2b3470356430444b4a623566762f462f307241664c64506f3d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d204c4c4363586a42464169426252487a4e722b756a3754765a69584f425569726e3543484f3065386c74355061443730684e5855634d414968414b446b7a7a41785150794d314f4965696b4a742b2b335643584c6a7779764d4e6e566a6847515a58676e355c6e227d7d2c202263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f695a57566b4d5445315a574d35597a45794f574d31596d56684d7a566b4e47526c4e6a4668597a59344d446b325a6d517a4f446b784f44426c5a544d325a5463324d7a426a4d445979596a6c685a6a597a4f4467775a434a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496a51354d6a4d324d446c6d5a6a51774d5752694f445532596a633159544e6d5a44466d4d6a4d334d3251334d4452684e6d51324d474d314e446c6d4d574a694f4759345932597a4e4745795a6a6c6c5a546b344d7a67696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565a51306c5252456f7a4e55567a5a484a4b516d784f626b3131625849315755747751544e44516b466f5757354664566335616b30785643746c516d35615931464a6145464c556d55344d4867774d575a73646b4a6a4d6d46554d6e4a61616e646b63564a61574770585955467551693972596a686a613231434c30395249697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a5556316c34596c553555574636566c70564d6b706157587057643156746345646952546c4b556a4a6b4d465a75516e6c6a5158424b55327843535752575a4746524d553533545774614e6c4656546e70615658424c59565261546d4655556a464d4d314578556a464a636c56485a454e565230563354566335536d4579536e426152475268557a4a73576b357462455255565456535431524b516c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c202264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e574a6a4d5745774f4751794f4755304d475a6c4e7a6c6a59544e6c593249774e7a64694d324a6b4d54526d5a6a41775a475935596d466b4d474d305954426b4e7a526c593251774f4441315a574e6d4d4749785a694a394c434a755957316c496a6f695a327876596d5634496e316466513d3d222c20227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c20227369676e617475726573223a5b7b22736967223a224d4559434951444a3335457364724a426c4e6e4d756d7235594b70413343424168596e457557396a4d31542b65426e5a63514968414b52653830783031666c76426332615432725a6a776471525a586a5761416e422f6b6238636b6d422f4f51227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7982-b1e1-c9f4537568e0', '2026-11-25 03:01:35.865622+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d647362324a6c65434973496d68686332686c63794936573373695957786e496a6f69553068424c5455784d694973496d4e76626e526c626e51694f6949324e7a5a6a4e6d59324d6a59314e7a67774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d434a395853776962476c6a5a57357a5a584d694f6c7437496d787059325675633255694f6e7369626d46745a534936496d647362324a6c65434a3966563073496d3568625755694f694a6e624739695a5867694c434a7764584a73496a6f696347746e4f6d35776253396e624739695a5868415a327876596d56344969776964486c775a534936496d7870596e4a68636e6b694c434a325a584a7a61573975496a6f695a327876596d5634496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d647362324a6c65434973496e5235634755694f694a686348427361574e6864476c7662694a39665377696332567961574673546e5674596d5679496a6f695a327876596d5634496977696333426c59315a6c636e4e70623234694f6949784c6a59696653776963484a6c5a476c6a5958526c56486c775a534936496d68306448427a4f69387659336c6a624739755a5752344c6d39795a793969623230694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e6a52695a5749344d6a49774f5756685a474d7a4d6a59324d7a67784e546b314d6a686c5a6d45785a475268593251344d6a557a4d4464685a6d597a5a6a426b4d47513459546c6d5a5467354d7a51335a47497859694a394c434a755957316c496a6f69625756736447566b4c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2236326330393138386234313062343233222c22736967223a2245586765356a7465336a6c5437533465544b33666b4f56626b30394b42542b3652795249584b354c72726f7072795755625a4146676c6a34516b76426730783870765251375759435a796f454b546c327658543041773d3d227d5d7d');



INSERT INTO attestor.envelope_signatures VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e1-76a1-aeda-f23c75bbc695', '2026-11-25 03:01:35.84121+00', '01a210a6-c9e1-733b-b9d3-ef168e7ab462', 0, '62c09188b410b423', '\x9902f36e7c73b7c9ab759d7af93d0b0df37ee3293b35b34cc78240df04d5f234e40b49bc594566f548c95ebe7273011f8300ff487b59d453ada14001c81e4a03', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e9-79f3-9dfd-2cf1bc14d58e', '2026-11-25 03:01:35.849639+00', '01a210a6-c9e9-79c6-a6a1-5a328b1250eb', 0, 'client', '\x304502206ee2a9c15496129972813603331502837ca3e3d4e3c7d1774af98f545fa141520221008028150a74f233b4283edf4fb5400c529995ca75182ec2fcc6255c0b20d9d78e', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ed-775b-a4f5-154502b1acb7', '2026-11-25 03:01:35.852722+00', '01a210a6-c9ec-7b0a-8f44-e7426eecb04e', 0, '62c09188b410b423', '\x5e9f9beb2c6bf831613f78050e1320ff2d428f750119e56812dd24d63f697c3ebf6dbbbab1d166f2bdf010be69128ed8e95c88ea30ba4363a6db603f2f21a707', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f7-7192-b6c8-3293bc52849b', '2026-11-25 03:01:35.863048+00', '01a210a6-c9f7-70be-876f-ff9f6fd57101', 0, '62c09188b410b423', '\x9902f36e7c73b7c9ab759d7af93d0b0df37ee3293b35b34cc78240df04d5f234e40b49bc594566f548c95ebe7273011f8300ff487b59d453ada14001c81e4a03', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f8-7822-b47a-fd38046210bd', '2026-11-25 03:01:35.864521+00', '01a210a6-c9f8-77f7-a68d-9e694ade8f19', 0, 'client', '\x3046022100c9df912c76b24194d9ccba6af960aa40dc20408589c4b96f633354fe7819d971022100a45ef34c74d5f96f05cd9a4f6ad98f076a4595e359a02707f91bf1c92607f390', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7a89-b51d-799bc4a4a6ea', '2026-11-25 03:01:35.865622+00', '01a210a6-c9f9-7982-b1e1-c9f4537568e0', 0, '62c09188b410b423', '\x11781ee63b5ede3953ed2e1e4caddf90e55b934f4a053fba4724485cae4baeba29af25946d90058258f8424bc1834c7ca6f450ed6602672a04293976bd74f403', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);



INSERT INTO attestor.envelope_verifications VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e1-76a9-87a2-6472dee1c957', '2026-11-25 03:01:35.841432+00', '01a210a6-c9e1-733b-b9d3-ef168e7ab462', 'verified', 'publickey v3', 'signatures of at least 1 of 1 keys: "62c09188b410b423" spki sha256:c5b92cbbdb3c37e07cbaba22b0f32d6b6a7b560464f84ecc0eb605d4fdcfa5c6', NULL, '[0]', '2026-11-25 03:01:35.841423+00', NULL);
INSERT INTO attestor.envelope_verifications VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f7-7198-a608-aa18cb66028d', '2026-11-25 03:01:35.863101+00', '01a210a6-c9f7-70be-876f-ff9f6fd57101', 'verified', 'publickey v3', 'signatures of at least 1 of 1 keys: "62c09188b410b423" spki sha256:c5b92cbbdb3c37e07cbaba22b0f32d6b6a7b560464f84ecc0eb605d4fdcfa5c6', NULL, '[0]', '2026-11-25 03:01:35.863095+00', NULL);



INSERT INTO attestor.envelopes VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e1-733b-b9d3-ef168e7ab462', '2026-11-25 03:01:35.84121+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xd83d5e988d615e9ce0d65d2d198f7eee6974079c0779c75244a17cf8512714df', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e9-79c6-a6a1-5a328b1250eb', '2026-11-25 03:01:35.849639+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\xbc472e9c8577b222d577797da46948e9381d5b38c913a903f3d65ce6822c110b', '\xf2d89ec3050684465c9a58f8927855246b0b16504ec72ee08605c47c1a41ea12', 2261, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ec-7b0a-8f44-e7426eecb04e', '2026-11-25 03:01:35.852722+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x3144b6406a29ad3304410664531b676b282e96a4ae86cef69b266cfce3546a37', '\x15e83b9b962efd9488cc9fe0b8d96c6268d6e3a4fb946050c9d7cef7af9e064b', 1096, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f7-70be-876f-ff9f6fd57101', '2026-11-25 03:01:35.863048+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xd83d5e988d615e9ce0d65d2d198f7eee6974079c0779c75244a17cf8512714df', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f8-77f7-a68d-9e694ade8f19', '2026-11-25 03:01:35.864521+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\x2fafe84403029912bc36fef39e3c13f634a68f9db7407c03f96976c9294c1216', '\x4923609ff401db856b75a3fd1f2373d704a6d60c549f1bb8f8cf34a2f9ee9838', 2340, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7982-b1e1-c9f4537568e0', '2026-11-25 03:01:35.865622+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xb0f5e7a1b0e1f088338c3feb6d07acc52d9615862f639f13c30a9048b3cee102', '\x6daa42be8c4808d6c93f8d6286d046233ad17af28cd6bfb9022f93a96c43e293', 1116, 'domaintest');



INSERT INTO attestor.proof_chains VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9f3-7162-8c70-c74a9c71205d', '2026-11-25 03:01:35.861418+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\xff904d7bdb661308a20dc43401b64cd9d01efe9af7d007071f3a941da90dcc30', 1, NULL, 'domaintest');
INSERT INTO attestor.proof_chains VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9fa-7b2b-a804-b81f62874e58', '2026-11-25 03:01:35.867526+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\xff904d7bdb661308a20dc43401b64cd9d01efe9af7d007071f3a941da90dcc30', 1, NULL, 'domaintest');



INSERT INTO attestor.proof_segments VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9f3-7173-a1a8-d7160271d2fe', '2026-11-25 03:01:35.861418+00', '01a210a6-c9f3-7162-8c70-c74a9c71205d', 0, 'evidence', '\xd83d5e988d615e9ce0d65d2d198f7eee6974079c0779c75244a17cf8512714df', NULL);
INSERT INTO attestor.proof_segments VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9fa-7b34-a23b-725a0fb5f901', '2026-11-25 03:01:35.867526+00', '01a210a6-c9fa-7b2b-a804-b81f62874e58', 0, 'evidence', '\xd83d5e988d615e9ce0d65d2d198f7eee6974079c0779c75244a17cf8512714df', NULL);



INSERT INTO attestor.sbom_artifacts VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ed-775e-968d-2788458d46f3', '2026-11-25 03:01:35.852722+00', '01a210a6-c9ed-7744-bbfb-84b82ee64ee1', '01a210a6-c9ec-7b0a-8f44-e7426eecb04e', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.sbom_artifacts VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7a8b-b5be-0c0fe4980102', '2026-11-25 03:01:35.865622+00', '01a210a6-c9f9-7a79-a8be-bf25b45a5bf1', '01a210a6-c9f9-7982-b1e1-c9f4537568e0', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');






INSERT INTO attestor.sbom_entries VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ed-7766-82e4-26446962df31', '2026-11-25 03:01:35.852722+00', '01a210a6-c9ed-7744-bbfb-84b82ee64ee1', 0, 'acme', 'library', 'acme', 'acme', 'pkg:npm/acme@acme', 'pkg:npm/acme', 'acme');
INSERT INTO attestor.sbom_entries VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7a93-8523-be55a005c18c', '2026-11-25 03:01:35.865622+00', '01a210a6-c9f9-7a79-a8be-bf25b45a5bf1', 0, 'globex', 'library', 'globex', 'globex', 'pkg:npm/globex@globex', 'pkg:npm/globex', 'globex');



INSERT INTO attestor.sbom_entry_digests VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ed-776c-afa0-1e1d0b3d0bea', '2026-11-25 03:01:35.852722+00', '01a210a6-c9ed-7766-82e4-26446962df31', 0, 'sha512', '\x61636d65000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO attestor.sbom_entry_digests VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7a96-ae3b-485ad22097c1', '2026-11-25 03:01:35.865622+00', '01a210a6-c9f9-7a93-8523-be55a005c18c', 0, 'sha512', '\x676c6f62657800000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');



INSERT INTO attestor.sbom_entry_licences VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ed-776e-b829-1ebbb1f7fc1f', '2026-11-25 03:01:35.852722+00', '01a210a6-c9ed-7766-82e4-26446962df31', 0, true, 'acme');
INSERT INTO attestor.sbom_entry_licences VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7a98-a2c8-d2e889683395', '2026-11-25 03:01:35.865622+00', '01a210a6-c9f9-7a93-8523-be55a005c18c', 0, true, 'globex');



INSERT INTO attestor.sboms VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ed-7744-bbfb-84b82ee64ee1', '2026-11-25 03:01:35.852722+00', '\xcf2b5eae6a1e0109811fd6302121c245e3f2f5178020eb2b0ddc0357f340c20d', 449, 'cyclonedx', '1.6', 'acme', 'acme', NULL, 1, 'domaintest');
INSERT INTO attestor.sboms VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7a79-a8be-bf25b45a5bf1', '2026-11-25 03:01:35.865622+00', '\x7492dfff70bf0fda47b48260f1f0b39bf1a53540318ef77c42216499123f997c', 465, 'cyclonedx', '1.6', 'globex', 'globex', NULL, 1, 'domaintest');



INSERT INTO attestor.statement_subjects VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e1-76a5-9479-1b05a9affdec', '2026-11-25 03:01:35.84121+00', '01a210a6-c9e1-733b-b9d3-ef168e7ab462', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e9-79f6-9aee-e0f8ca190978', '2026-11-25 03:01:35.849639+00', '01a210a6-c9e9-79c6-a6a1-5a328b1250eb', 0, 'acme', 'sha256', '\x822b33ad87c148a0a20a5ba7cd5ebcaa68d36a18e7aad165554903f52ca82757');
INSERT INTO attestor.statement_subjects VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ed-775e-968d-2788458d46f3', '2026-11-25 03:01:35.852722+00', '01a210a6-c9ec-7b0a-8f44-e7426eecb04e', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.statement_subjects VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f7-7195-a024-f8f76790d82a', '2026-11-25 03:01:35.863048+00', '01a210a6-c9f7-70be-876f-ff9f6fd57101', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f8-7824-b000-53e705ce0041', '2026-11-25 03:01:35.864521+00', '01a210a6-c9f8-77f7-a68d-9e694ade8f19', 0, 'globex', 'sha256', '\x5bc1a08d28e40fe79ca3ecb077b3bd14ff00df9bad0c4a0d74ecd0805ecf0b1f');
INSERT INTO attestor.statement_subjects VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7a8b-b5be-0c0fe4980102', '2026-11-25 03:01:35.865622+00', '01a210a6-c9f9-7982-b1e1-c9f4537568e0', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');



INSERT INTO attestor.statements VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e1-733b-b9d3-ef168e7ab462', '2026-11-25 03:01:35.84121+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e9-79c6-a6a1-5a328b1250eb', '2026-11-25 03:01:35.849639+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9ec-7b0a-8f44-e7426eecb04e', '2026-11-25 03:01:35.852722+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');
INSERT INTO attestor.statements VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f7-70be-876f-ff9f6fd57101', '2026-11-25 03:01:35.863048+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f8-77f7-a68d-9e694ade8f19', '2026-11-25 03:01:35.864521+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f9-7982-b1e1-c9f4537568e0', '2026-11-25 03:01:35.865622+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');



INSERT INTO rekor.log_checkpoints VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e9-79ea-8560-52b24594ae88', '2026-11-25 03:01:35.851219+00', 'rekor.example.com - 1193046471193046471', 1, '\xe14618199036c0892ead211ce7b9a3e04778aab2f2cb2d63292e7be852df3a86', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a310a34555959475a413277496b757253456335376d6a3445643471724c797979316a4b53353736464c664f6f593d0a0ae280942072656b6f722e6578616d706c652e636f6d204c4c4363586a4246416942724c6b374e535a58777a4a553362466a5976695974667a6f34766363466e7643614b545731673565757167496841504f4e4d5679676c47454d5131624c6c623153737365422b2f6c4231345945702f72494a49594a72706f6f0a', '\xd102d0464a9d888f3d1124309c22b839104b82bfd2fd371e549c884bc7735f9b');
INSERT INTO rekor.log_checkpoints VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f8-7814-83b2-8ce91301a9be', '2026-11-25 03:01:35.865253+00', 'rekor.example.com - 1193046471193046471', 2, '\x588cf7ee0c079e513b7042881bc3bee29e5dd032896f97effc5ff4ac07cb74fa', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a320a57497a33376777486e6c453763454b4947384f2b3470356430444b4a623566762f462f307241664c64506f3d0a0ae280942072656b6f722e6578616d706c652e636f6d204c4c4363586a42464169426252487a4e722b756a3754765a69584f425569726e3543484f3065386c74355061443730684e5855634d414968414b446b7a7a41785150794d314f4965696b4a742b2b335643584c6a7779764d4e6e566a6847515a58676e350a', '\xe05ede75d1bb7d767dede55cba899963fdba7c4a72124efa846b2678da5dedc1');



INSERT INTO rekor.log_entries VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', '01a210a6-c9e9-79e4-a92f-9695074cb8f7', '2026-11-25 03:01:35.849639+00', '01a210a6-c9e9-79c6-a6a1-5a328b1250eb', 0, '\x2cb09c5e41feddc44a47308418731ecd58b8ea5c6734b1405940d445d6eb55e3', 1000, 'dsse', '0.0.1', '2026-11-25 03:01:35+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2262343133323038333733303635306161633337373663366361396663613966393534373036343435666466306465383163333164383865623762633731313830227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2266326438396563333035303638343436356339613538663839323738353532343662306231363530346563373265653038363035633437633161343165613132227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d45554349473769716346556c684b5a636f4532417a4d56416f4e386f2b505534386652643072356a3152666f5546534169454167436756436e54794d37516f507439507455414d55706d56796e55594c734c38786956634379445a3134343d222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a3046465457597862553951617a565a55324a5a597a5677556d70476245394a52326430566e42796341704a536c42496456646151314e774d6b5a3651554e7a5a55704b61545a4e615452314c3351315231497255476443554745774d57394a61324a705a44646153326c5a4e6d6c44545535524f544a425054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\x77f11bc57495f6578900a70d4f983c8f577f3559afe93ede9772099c97d8ec6d', '\xe14618199036c0892ead211ce7b9a3e04778aab2f2cb2d63292e7be852df3a86', '\x3045022029242010e9814a8759b0f12b0e1031ce7df69cc81a26e6b29931e336d8ca5217022100dbde65f2b4de9f68cbff3cc5b463e2e9f364c55cda1f2805d2e4315aca59e23f', 0, 1, '\xe14618199036c0892ead211ce7b9a3e04778aab2f2cb2d63292e7be852df3a86', '\x', '01a210a6-c9e9-79ea-8560-52b24594ae88', NULL);
INSERT INTO rekor.log_entries VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', '01a210a6-c9f8-7809-b6da-915e871fd96b', '2026-11-25 03:01:35.864521+00', '01a210a6-c9f8-77f7-a68d-9e694ade8f19', 0, '\x2cb09c5e41feddc44a47308418731ecd58b8ea5c6734b1405940d445d6eb55e3', 1001, 'dsse', '0.0.1', '2026-11-25 03:01:35+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2265656431313565633963313239633562656133356434646536316163363830393666643338393138306565333665373633306330363262396166363338383064227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2234393233363039666634303164623835366237356133666431663233373364373034613664363063353439663162623866386366333461326639656539383338227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d4559434951444a3335457364724a426c4e6e4d756d7235594b70413343424168596e457557396a4d31542b65426e5a63514968414b52653830783031666c76426332615432725a6a776471525a586a5761416e422f6b6238636b6d422f4f51222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a3046465457597862553951617a565a55324a5a597a5677556d70476245394a52326430566e42796341704a536c42496456646151314e774d6b5a3651554e7a5a55704b61545a4e615452314c3351315231497255476443554745774d57394a61324a705a44646153326c5a4e6d6c44545535524f544a425054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\xe4b146a5c71efd6e1f21bd759113eca2e34bd1c642f64df450b659e363c2023a', '\x6f33fea9cc271ff830a747e70ab79eeac76b089781f2d41e060379cda47d1db7', '\x3046022100e08ca69b534f7d23940d1abeb4432eb0b5aad144d7582e1420aee80ec5ea6df2022100957b0f517be46a99b1068acff590453ac843ebef266b7dc53f1a8112b8b8b774', 1, 2, '\x588cf7ee0c079e513b7042881bc3bee29e5dd032896f97effc5ff4ac07cb74fa', '\xe14618199036c0892ead211ce7b9a3e04778aab2f2cb2d63292e7be852df3a86', '01a210a6-c9f8-7814-83b2-8ce91301a9be', NULL);



INSERT INTO tenancy.library_floors VALUES (2, 'evidence enters by attestor.record_envelopes alone', '2026-11-25 03:01:35.705399+00');
INSERT INTO tenancy.library_floors VALUES (3, 'evidence enters by attestor.record_evidence alone', '2026-11-25 03:01:35.764894+00');



INSERT INTO tenancy.tenants VALUES ('01a210a6-c9df-7f14-b5e4-ce316ce6631c', 'acme', 'active', '2026-11-25 03:01:35.839935+00', 'domaintest', '2026-11-25 03:01:35.839935+00', 'domaintest', false, false, NULL, NULL);
INSERT INTO tenancy.tenants VALUES ('01a210a6-c9f6-78e9-8d4d-00c241027d5a', 'globex', 'active', '2026-11-25 03:01:35.86257+00', 'domaintest', '2026-11-25 03:01:35.86257+00', 'domaintest', false, false, NULL, NULL);



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



CREATE TRIGGER proof_segments_sbom_signed BEFORE INSERT ON attestor.proof_segments FOR EACH ROW WHEN ((new.kind = 'sbom'::text)) EXECUTE FUNCTION attestor.require_signed_sbom_segment();



CREATE TRIGGER proof_segments_signed BEFORE INSERT ON attestor.proof_segments FOR EACH ROW WHEN ((new.content IS NOT NULL)) EXECUTE FUNCTION attestor.require_signed('a document in a proof chain');



CREATE TRIGGER sbom_artifacts_active_tenant BEFORE INSERT ON attestor.sbom_artifacts FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sbom_artifacts_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sbom_artifacts FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sbom_artifacts_signed BEFORE INSERT ON attestor.sbom_artifacts FOR EACH ROW WHEN ((new.envelope_id IS NULL)) EXECUTE FUNCTION attestor.require_signed('an SBOM alone');



CREATE TRIGGER sbom_contents_active_tenant BEFORE INSERT ON attestor.sbom_contents FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER sbom_contents_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.sbom_contents FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER sbom_contents_signed BEFORE INSERT ON attestor.sbom_contents FOR EACH ROW EXECUTE FUNCTION attestor.require_signed('an SBOM alone');



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



REVOKE ALL ON FUNCTION attestor.require_signed() FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.require_signed_sbom_segment() FROM PUBLIC;



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




