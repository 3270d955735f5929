


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


CREATE SCHEMA atlas_verdict;


ALTER SCHEMA atlas_verdict OWNER TO attestdb_owner;


CREATE SCHEMA attestor;


ALTER SCHEMA attestor OWNER TO attestdb_owner;


CREATE SCHEMA rekor;


ALTER SCHEMA rekor OWNER TO attestdb_owner;


CREATE SCHEMA tenancy;


ALTER SCHEMA tenancy OWNER TO attestdb_owner;


CREATE SCHEMA verdict;


ALTER SCHEMA verdict OWNER TO attestdb_owner;


CREATE FUNCTION attestor.bytes_gone(tenant uuid, envelope uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  RETURN NOT EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = envelope);
END $$;


ALTER FUNCTION attestor.bytes_gone(tenant uuid, envelope uuid) OWNER TO attestdb_owner;


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


CREATE FUNCTION attestor.check_segments(tenant uuid, kinds text[], sums bytea[], contents bytea[], algorithm text, subject bytea) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION attestor.check_segments(tenant uuid, kinds text[], sums bytea[], contents bytea[], algorithm text, subject bytea) OWNER TO attestdb_owner;


CREATE FUNCTION attestor.predicate_kinds() RETURNS TABLE(predicate_type text, kind text)
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
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


ALTER FUNCTION attestor.predicate_kinds() OWNER TO attestdb_owner;


CREATE FUNCTION attestor.record_chain(tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text, segment_ids uuid[], kinds text[], digests bytea[], contents bytea[]) RETURNS TABLE(recorded_id uuid, recorded_at timestamp with time zone, recorded_revision integer, root bytea, superseded_id uuid, superseded_root bytea, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
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


CREATE FUNCTION attestor.time_verification() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  NEW.created_at := greatest(clock_timestamp(), (
    SELECT v.created_at + make_interval(secs => 0.000001)
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = NEW.tenant_id AND v.envelope_id = NEW.envelope_id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1));
  RETURN NEW;
END $$;


ALTER FUNCTION attestor.time_verification() OWNER TO attestdb_owner;


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


CREATE FUNCTION tenancy.require_changer() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW.require_verified OR NEW.require_in_toto) AND NEW.requirements_changed_by IS NULL THEN
      RAISE EXCEPTION 'requirements_changed_by: who requires it is not said' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.status <> OLD.status) <> (NEW.status_changed_at <> OLD.status_changed_at)
     OR NEW.status = OLD.status AND NEW.status_changed_by <> OLD.status_changed_by THEN
    RAISE EXCEPTION 'status_changed_at, status_changed_by: they change with the status, and only then' USING ERRCODE = 'check_violation';
  END IF;
  -- The time and the name are both there, or neither is.
  IF ((NEW.require_verified, NEW.require_in_toto) <> (OLD.require_verified, OLD.require_in_toto))
       <> (NEW.requirements_changed_at IS DISTINCT FROM OLD.requirements_changed_at)
     OR NEW.requirements_changed_at IS NOT DISTINCT FROM OLD.requirements_changed_at
        AND NEW.requirements_changed_by IS DISTINCT FROM OLD.requirements_changed_by THEN
    RAISE EXCEPTION 'requirements_changed_at, requirements_changed_by: they change with a requirement, and only then'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.requirements_changed_at IS NULL AND OLD.requirements_changed_at IS NOT NULL THEN
    RAISE EXCEPTION 'requirements_changed_by: who requires it is not said' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;


ALTER FUNCTION tenancy.require_changer() OWNER TO attestdb_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;


CREATE TABLE verdict.ledger_entries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    prev_hash bytea NOT NULL,
    kind text NOT NULL,
    action text,
    subject_algorithm text,
    subject_digest bytea,
    subject_name text,
    result text,
    policy_uri text,
    policy_digest bytea,
    reason text,
    inputs bytea,
    verifier text,
    verified_at timestamp with time zone,
    payload_hash bytea,
    decision_digest bytea NOT NULL,
    actor text NOT NULL,
    idempotency_key text,
    leaf_hash bytea NOT NULL,
    CONSTRAINT ledger_entries_act_undecided CHECK (((kind <> 'act'::text) OR ((result IS NULL) AND (policy_uri IS NULL)))),
    CONSTRAINT ledger_entries_action_form CHECK (((action COLLATE "C") ~ '^[a-z_]{1,32}[.][a-z_]{1,32}$'::text)),
    CONSTRAINT ledger_entries_action_of_act CHECK (((kind = 'act'::text) = (action IS NOT NULL))),
    CONSTRAINT ledger_entries_actor_length CHECK (((octet_length(actor) >= 1) AND (octet_length(actor) <= 256))),
    CONSTRAINT ledger_entries_decision_digest_length CHECK ((octet_length(decision_digest) = 32)),
    CONSTRAINT ledger_entries_decision_whole CHECK (((kind <> 'decision'::text) OR ((subject_digest IS NOT NULL) AND (result IS NOT NULL) AND (policy_uri IS NOT NULL)))),
    CONSTRAINT ledger_entries_idempotency_key_length CHECK (((octet_length(idempotency_key) >= 1) AND (octet_length(idempotency_key) <= 256))),
    CONSTRAINT ledger_entries_inputs_length CHECK (((octet_length(inputs) >= 35) AND (octet_length(inputs) <= 57344))),
    CONSTRAINT ledger_entries_kind_known CHECK ((kind = ANY (ARRAY['decision'::text, 'act'::text]))),
    CONSTRAINT ledger_entries_leaf_hash_length CHECK ((octet_length(leaf_hash) = 32)),
    CONSTRAINT ledger_entries_leaf_length CHECK (((COALESCE(octet_length(reason), 0) + COALESCE(octet_length(inputs), 0)) <= 57344)),
    CONSTRAINT ledger_entries_payload_hash_length CHECK ((octet_length(payload_hash) = 32)),
    CONSTRAINT ledger_entries_policy_digest_length CHECK ((octet_length(policy_digest) = 32)),
    CONSTRAINT ledger_entries_policy_digest_of CHECK (((policy_digest IS NULL) OR (policy_uri IS NOT NULL))),
    CONSTRAINT ledger_entries_policy_uri_length CHECK (((octet_length(policy_uri) >= 1) AND (octet_length(policy_uri) <= 1024))),
    CONSTRAINT ledger_entries_prev_hash_first CHECK (((seq = 0) = (prev_hash = decode('0000000000000000000000000000000000000000000000000000000000000000'::text, 'hex'::text)))),
    CONSTRAINT ledger_entries_prev_hash_length CHECK ((octet_length(prev_hash) = 32)),
    CONSTRAINT ledger_entries_reason_length CHECK (((octet_length(reason) >= 1) AND (octet_length(reason) <= 57344))),
    CONSTRAINT ledger_entries_result_known CHECK ((result = ANY (ARRAY['PASS'::text, 'FAIL'::text, 'WARN'::text]))),
    CONSTRAINT ledger_entries_seq_range CHECK ((seq >= 0)),
    CONSTRAINT ledger_entries_subject_algorithm_name CHECK (((subject_algorithm = 'sha256'::text) OR (((subject_algorithm COLLATE "C") ~ '^(gitoid:)?[A-Za-z0-9_.-]{1,32}$'::text) AND (octet_length(subject_algorithm) <= 32)))),
    CONSTRAINT ledger_entries_subject_digest_length CHECK (((octet_length(subject_digest) >= 1) AND (octet_length(subject_digest) <= 128))),
    CONSTRAINT ledger_entries_subject_name_length CHECK (((octet_length(subject_name) >= 1) AND (octet_length(subject_name) <= 4096))),
    CONSTRAINT ledger_entries_subject_whole CHECK (((subject_algorithm IS NULL) = (subject_digest IS NULL))),
    CONSTRAINT ledger_entries_times_finite CHECK ((isfinite(recorded_at) AND isfinite(verified_at))),
    CONSTRAINT ledger_entries_verifier_length CHECK (((octet_length(verifier) >= 1) AND (octet_length(verifier) <= 1024)))
);

ALTER TABLE ONLY verdict.ledger_entries FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.ledger_entries OWNER TO attestdb_owner;


CREATE FUNCTION verdict.append_act(tenant uuid, act text, actor text, reason text, subject_name text, input_kind text, input_digest bytea) RETURNS verdict.ledger_entries
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  RETURN verdict.append_act(tenant, act, actor, reason, subject_name, NULL::text, NULL::bytea, input_kind, input_digest);
END $$;


ALTER FUNCTION verdict.append_act(tenant uuid, act text, actor text, reason text, subject_name text, input_kind text, input_digest bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.append_act(tenant uuid, act text, actor text, reason text, subject_name text, subject_algorithm text, subject_digest bytea, input_kind text, input_digest bytea) RETURNS verdict.ledger_entries
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  before record;
  e verdict.ledger_entries;
BEGIN
  PERFORM verdict.lock_tenant_ledger(tenant);
  SELECT l.seq, l.leaf_hash, l.recorded_at INTO before
    FROM verdict.ledger_entries l WHERE l.tenant_id = tenant ORDER BY l.seq DESC LIMIT 1;
  e.tenant_id := tenant;
  e.id := gen_random_uuid();
  e.seq := coalesce(before.seq + 1, 0);
  e.recorded_at := greatest(clock_timestamp(), before.recorded_at);
  e.prev_hash := coalesce(before.leaf_hash, decode(repeat('00', 32), 'hex'));
  e.kind := 'act';
  e.action := act;
  e.subject_name := subject_name;
  e.subject_algorithm := subject_algorithm;
  e.subject_digest := subject_digest;
  e.reason := reason;
  e.inputs := verdict.input(input_kind, input_digest);
  e.actor := actor;
  e.decision_digest := verdict.decision_digest(e);
  e.leaf_hash := verdict.leaf_hash(e);
  INSERT INTO verdict.ledger_entries SELECT e.*;
  IF input_kind IS NOT NULL THEN
    INSERT INTO verdict.ledger_inputs (tenant_id, id, created_at, seq, position, kind, digest)
    VALUES (tenant, gen_random_uuid(), e.recorded_at, e.seq, 0, input_kind, input_digest);
  END IF;
  RETURN e;
END $$;


ALTER FUNCTION verdict.append_act(tenant uuid, act text, actor text, reason text, subject_name text, subject_algorithm text, subject_digest bytea, input_kind text, input_digest bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.append_entries(tenant uuid, first_seq bigint, first_prev_hash bytea, at timestamp with time zone, ids uuid[], subject_algorithms text[], subject_digests bytea[], subject_names text[], results text[], policy_uris text[], policy_digests bytea[], reasons text[], all_inputs bytea[], verifiers text[], verified_ats timestamp with time zone[], payload_hashes bytea[], decision_digests bytea[], actors text[], idempotency_keys text[], leaf_hashes bytea[], payload_of integer[], nonces bytea[], contents bytea[], input_ids uuid[], input_of integer[], input_positions integer[], input_kinds text[], input_digests bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE
  found_status text;
  -- What array_dims says of such an array: NULL of one without elements.
  shape text := '[1:' || nullif(cardinality(ids), 0) || ']';
  payload_shape text := '[1:' || nullif(cardinality(payload_of), 0) || ']';
  input_shape text := '[1:' || nullif(cardinality(input_ids), 0) || ']';
BEGIN
  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  -- Else an element would stand for another entry than its neighbours do.
  IF array_dims(ids) IS DISTINCT FROM shape OR array_dims(subject_algorithms) IS DISTINCT FROM shape
     OR array_dims(subject_digests) IS DISTINCT FROM shape OR array_dims(subject_names) IS DISTINCT FROM shape
     OR array_dims(results) IS DISTINCT FROM shape OR array_dims(policy_uris) IS DISTINCT FROM shape
     OR array_dims(policy_digests) IS DISTINCT FROM shape OR array_dims(reasons) IS DISTINCT FROM shape
     OR array_dims(all_inputs) IS DISTINCT FROM shape OR array_dims(verifiers) IS DISTINCT FROM shape
     OR array_dims(verified_ats) IS DISTINCT FROM shape OR array_dims(payload_hashes) IS DISTINCT FROM shape
     OR array_dims(decision_digests) IS DISTINCT FROM shape OR array_dims(actors) IS DISTINCT FROM shape
     OR array_dims(idempotency_keys) IS DISTINCT FROM shape OR array_dims(leaf_hashes) IS DISTINCT FROM shape
     OR array_dims(payload_of) IS DISTINCT FROM payload_shape OR array_dims(nonces) IS DISTINCT FROM payload_shape
     OR array_dims(contents) IS DISTINCT FROM payload_shape
     OR array_dims(input_ids) IS DISTINCT FROM input_shape OR array_dims(input_of) IS DISTINCT FROM input_shape
     OR array_dims(input_positions) IS DISTINCT FROM input_shape OR array_dims(input_kinds) IS DISTINCT FROM input_shape
     OR array_dims(input_digests) IS DISTINCT FROM input_shape THEN
    RAISE EXCEPTION 'arrays differ in length, or do not begin at 1' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO verdict.ledger_entries
         (tenant_id, id, seq, recorded_at, prev_hash, kind, subject_algorithm, subject_digest, subject_name, result,
          policy_uri, policy_digest, reason, inputs, verifier, verified_at, payload_hash, decision_digest, actor,
          idempotency_key, leaf_hash)
  SELECT tenant, ids[n], first_seq + n - 1, at, CASE n WHEN 1 THEN first_prev_hash ELSE leaf_hashes[n - 1] END, 'decision',
         subject_algorithms[n], subject_digests[n], subject_names[n], results[n], policy_uris[n], policy_digests[n], reasons[n],
         all_inputs[n], verifiers[n], verified_ats[n], payload_hashes[n], decision_digests[n], actors[n], idempotency_keys[n],
         leaf_hashes[n]
    FROM generate_series(1, cardinality(ids)) AS n;
  IF cardinality(input_ids) > 0 THEN
    INSERT INTO verdict.ledger_inputs (tenant_id, id, created_at, seq, position, kind, digest)
    SELECT tenant, i.id, at, first_seq + i.n - 1, i.position, i.kind, i.digest
      FROM unnest(input_ids, input_of, input_positions, input_kinds, input_digests) AS i (id, n, position, kind, digest);
  END IF;
  IF cardinality(payload_of) > 0 THEN
    INSERT INTO verdict.ledger_payloads (tenant_id, id, created_at, nonce, content)
    SELECT tenant, ids[p.n], at, p.nonce, p.content
      FROM unnest(payload_of, nonces, contents) AS p (n, nonce, content);
  END IF;
  -- What is given is what its entry says: that the triggers have seen. Nothing may be
  -- missing either.
  IF (SELECT count(h) FROM unnest(payload_hashes) AS h) <> coalesce(cardinality(payload_of), 0)
     OR (SELECT count(i) FROM unnest(all_inputs) AS i) <> (SELECT count(DISTINCT n) FROM unnest(input_of) AS n) THEN
    RAISE EXCEPTION 'an entry lacks its payload or its inputs' USING ERRCODE = 'AD020';
  END IF;
END $$;


ALTER FUNCTION verdict.append_entries(tenant uuid, first_seq bigint, first_prev_hash bytea, at timestamp with time zone, ids uuid[], subject_algorithms text[], subject_digests bytea[], subject_names text[], results text[], policy_uris text[], policy_digests bytea[], reasons text[], all_inputs bytea[], verifiers text[], verified_ats timestamp with time zone[], payload_hashes bytea[], decision_digests bytea[], actors text[], idempotency_keys text[], leaf_hashes bytea[], payload_of integer[], nonces bytea[], contents bytea[], input_ids uuid[], input_of integer[], input_positions integer[], input_kinds text[], input_digests bytea[]) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.begin_act(tenant uuid) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  was text := coalesce(current_setting('attestdb.tenant_id', true), '');
BEGIN
  PERFORM set_config('attestdb.tenant_id', tenant::text, true);
  PERFORM FROM tenancy.tenants t WHERE t.id = tenant;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  END IF;
  PERFORM verdict.lock_tenant_ledger(tenant);
  RETURN was;
END $$;


ALTER FUNCTION verdict.begin_act(tenant uuid) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.check_entries() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  tenant uuid;
  tenants bigint;
  first_seq bigint;
  last_seq bigint;
  before record;
  bad record;
  depth int := 0;
  clock timestamptz;
BEGIN
  SELECT count(DISTINCT a.tenant_id), min(a.seq), max(a.seq) INTO tenants, first_seq, last_seq FROM added a;
  IF tenants = 0 THEN
    RETURN NULL;
  ELSIF tenants > 1 THEN
    RAISE EXCEPTION 'entries of several ledgers in one statement' USING ERRCODE = 'AD020';
  END IF;
  SELECT a.tenant_id INTO tenant FROM added a LIMIT 1;
  PERFORM verdict.lock_tenant_ledger(tenant);
  SELECT e.seq, e.leaf_hash, e.recorded_at INTO before
    FROM verdict.ledger_entries e WHERE e.tenant_id = tenant AND e.seq < first_seq
   ORDER BY e.seq DESC LIMIT 1;

  clock := clock_timestamp();
  SELECT r.seq, r.problem INTO bad
    FROM (
      SELECT a.seq,
             CASE
               WHEN a.seq <> coalesce(lag(a.seq) OVER w, before.seq, -1) + 1 THEN 'does not follow the last entry'
               WHEN a.prev_hash <> coalesce(lag(a.leaf_hash) OVER w, before.leaf_hash, decode(repeat('00', 32), 'hex'))
                 THEN 'prev_hash is not the hash of the entry before'
               WHEN a.recorded_at < coalesce(lag(a.recorded_at) OVER w, before.recorded_at, a.recorded_at)
                 THEN 'recorded_at is before that of the entry before'
               -- Ahead of the clock only as the last entry is, when the clock was set back.
               WHEN a.recorded_at < clock - interval '1 minute'
                    OR a.recorded_at > clock AND a.recorded_at IS DISTINCT FROM before.recorded_at
                 THEN 'recorded_at is not the time of the database'
               WHEN a.verified_at <= '0001-01-01 00:00:00+00' OR a.verified_at >= '10000-01-01 00:00:00+00'
                 THEN 'verified_at is not of the years 1 to 9999'
               WHEN a.decision_digest <> verdict.decision_digest(a.decision) THEN 'decision_digest is not that of its decision'
               WHEN a.leaf_hash <> verdict.leaf_hash(verdict.leaf(a.tenant_id, a.seq, a.id, a.prev_hash, a.recorded_at, a.decision,
                                                                  a.verifier, a.verified_at, a.payload_hash, a.decision_digest,
                                                                  a.actor, a.idempotency_key)) THEN 'leaf_hash is not that of its leaf'
             END AS problem
        FROM (
          -- OFFSET: what two hashes need is made once.
          SELECT n.*, verdict.decision_fields(ROW(n.*)::verdict.ledger_entries) AS decision FROM added n OFFSET 0
        ) a
      -- In the order in which they were inserted, which is that of the ledger.
      WINDOW w AS ()
    ) r
   WHERE r.problem IS NOT NULL
   ORDER BY r.seq LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % %', bad.seq, bad.problem
      USING ERRCODE = CASE WHEN bad.problem LIKE '%of the database' THEN 'AD022' ELSE 'AD020' END, DETAIL = bad.seq::text, SCHEMA = 'verdict', TABLE = 'ledger_entries';
  END IF;

  -- The nodes that these entries complete, level by level.
  LOOP
    first_seq := first_seq / 16;
    last_seq := (last_seq + 1) / 16 - 1;
    EXIT WHEN last_seq < first_seq;
    depth := depth + 1;
    INSERT INTO verdict.ledger_nodes (tenant_id, id, created_at, level, index, hash)
    SELECT tenant, gen_random_uuid(), clock_timestamp(), depth, c.parent, verdict.node(c.hashes)
      FROM (
        SELECT h.index / 16 AS parent, array_agg(h.hash ORDER BY h.index) AS hashes
          FROM (
            (SELECT e.seq AS index, e.leaf_hash AS hash FROM verdict.ledger_entries e
              WHERE depth = 1 AND e.tenant_id = tenant AND e.seq BETWEEN first_seq * 16 AND last_seq * 16 + 15
              ORDER BY e.seq)
            UNION ALL
            (SELECT n.index, n.hash FROM verdict.ledger_nodes n
              WHERE depth > 1 AND n.tenant_id = tenant AND n.level = depth - 1
                AND n.index BETWEEN first_seq * 16 AND last_seq * 16 + 15
              ORDER BY n.index)
          ) h
         GROUP BY 1
      ) c
     ORDER BY c.parent;
  END LOOP;
  RETURN NULL;
END $$;


ALTER FUNCTION verdict.check_entries() OWNER TO attestdb_owner;


CREATE FUNCTION verdict.check_inputs() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  bad bigint;
BEGIN
  SELECT g.seq INTO bad
    FROM (
      SELECT a.tenant_id, a.seq, string_agg(verdict.input(a.kind, a.digest), NULL ORDER BY a.position) AS inputs,
             min(a.position) AS least, max(a.position) - count(*) AS most,
             count(DISTINCT verdict.input(a.kind, a.digest)) = count(*)
               AND array_agg(a.position ORDER BY a.position) = array_agg(a.position ORDER BY a.kind COLLATE "C", a.digest) AS sorted
        FROM added a GROUP BY a.tenant_id, a.seq
    ) g
   WHERE NOT g.sorted OR g.least <> 0 OR g.most <> -1
      OR g.inputs IS DISTINCT FROM (SELECT e.inputs FROM verdict.ledger_entries e WHERE e.tenant_id = g.tenant_id AND e.seq = g.seq)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % has other inputs, or they are not in order', bad
      USING ERRCODE = 'AD020', DETAIL = bad::text, SCHEMA = 'verdict', TABLE = 'ledger_inputs';
  END IF;
  RETURN NULL;
END $$;


ALTER FUNCTION verdict.check_inputs() OWNER TO attestdb_owner;


CREATE FUNCTION verdict.check_payloads() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  IF EXISTS (SELECT FROM added a
              WHERE sha256(a.nonce || a.content) IS DISTINCT FROM
                    (SELECT e.payload_hash FROM verdict.ledger_entries e WHERE e.tenant_id = a.tenant_id AND e.id = a.id)) THEN
    RAISE EXCEPTION 'a payload is not that of its entry'
      USING ERRCODE = 'AD020', SCHEMA = 'verdict', TABLE = 'ledger_payloads';
  END IF;
  RETURN NULL;
END $$;


ALTER FUNCTION verdict.check_payloads() OWNER TO attestdb_owner;


CREATE TABLE verdict.retention_rules (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    predicate_type text,
    keep text NOT NULL,
    keep_seconds bigint,
    actor text NOT NULL,
    CONSTRAINT retention_rules_actor_length CHECK (((octet_length(actor) >= 1) AND (octet_length(actor) <= 256))),
    CONSTRAINT retention_rules_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT retention_rules_keep_default_of CHECK (((keep <> 'default'::text) OR (predicate_type IS NOT NULL))),
    CONSTRAINT retention_rules_keep_known CHECK ((keep = ANY (ARRAY['for'::text, 'forever'::text, 'default'::text]))),
    CONSTRAINT retention_rules_keep_seconds_of CHECK (((keep = 'for'::text) = (keep_seconds IS NOT NULL))),
    CONSTRAINT retention_rules_keep_seconds_range CHECK (((keep_seconds >= 1) AND (keep_seconds <= '9000000000'::bigint))),
    CONSTRAINT retention_rules_kind_known CHECK ((kind = ANY (ARRAY['envelope'::text, 'payload'::text]))),
    CONSTRAINT retention_rules_predicate_type_length CHECK (((octet_length(predicate_type) >= 1) AND (octet_length(predicate_type) <= 2048))),
    CONSTRAINT retention_rules_predicate_type_of CHECK (((predicate_type IS NULL) OR (kind = 'envelope'::text))),
    CONSTRAINT retention_rules_seq_range CHECK ((seq >= 0))
);

ALTER TABLE ONLY verdict.retention_rules FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.retention_rules OWNER TO attestdb_owner;


CREATE FUNCTION verdict.current_rules(tenant uuid) RETURNS SETOF verdict.retention_rules
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT DISTINCT ON (r.kind, r.predicate_type) r.* FROM verdict.retention_rules r
   WHERE r.tenant_id = tenant ORDER BY r.kind, r.predicate_type, r.seq DESC
$$;


ALTER FUNCTION verdict.current_rules(tenant uuid) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.decision_digest(decision bytea) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256((convert_to(('attestdb decision v1'::text || chr(10)), 'UTF8'::name) || decision));


ALTER FUNCTION verdict.decision_digest(decision bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.field(tag integer, value bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(((int2send((tag)::smallint) || int4send(octet_length(value))) || value), decode(''::text, 'hex'::text));


ALTER FUNCTION verdict.field(tag integer, value bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.text_field(tag integer, value text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(((int2send((tag)::smallint) || int4send(octet_length(value))) || convert_to(value, 'UTF8'::name)), decode(''::text, 'hex'::text));


ALTER FUNCTION verdict.text_field(tag integer, value text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.decision_fields(e verdict.ledger_entries) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (((((((((verdict.text_field(1, (e).kind) || verdict.text_field(2, (e).action)) || verdict.text_field(3, (e).subject_algorithm)) || verdict.field(4, (e).subject_digest)) || verdict.text_field(5, (e).subject_name)) || verdict.text_field(6, (e).result)) || verdict.text_field(7, (e).policy_uri)) || verdict.field(8, (e).policy_digest)) || verdict.text_field(9, (e).reason)) || verdict.field(10, (e).inputs));


ALTER FUNCTION verdict.decision_fields(e verdict.ledger_entries) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.decision_digest(e verdict.ledger_entries) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN verdict.decision_digest(verdict.decision_fields(e));


ALTER FUNCTION verdict.decision_digest(e verdict.ledger_entries) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.entry_hold(tenant uuid, entry uuid) RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT h.id
    FROM (
      SELECT w.id, w.seq FROM verdict.legal_holds w WHERE w.tenant_id = tenant AND w.scope = 'tenant'
      UNION ALL
      SELECT d.id, d.seq FROM verdict.ledger_entries e
        JOIN verdict.legal_holds d ON d.tenant_id = tenant AND d.digest = e.leaf_hash AND d.scope = 'entry'
       WHERE e.tenant_id = tenant AND e.id = entry
      UNION ALL
      SELECT a.id, a.seq FROM verdict.ledger_entries e
        JOIN verdict.legal_holds a ON a.tenant_id = tenant AND a.subject_digest = e.subject_digest AND a.subject_algorithm = e.subject_algorithm
       WHERE e.tenant_id = tenant AND e.id = entry
    ) h
   WHERE NOT EXISTS (SELECT FROM verdict.legal_hold_releases r WHERE r.tenant_id = tenant AND r.id = h.id)
   ORDER BY h.seq LIMIT 1
$$;


ALTER FUNCTION verdict.entry_hold(tenant uuid, entry uuid) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.envelope_hold(tenant uuid, envelope uuid) RETURNS uuid
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT h.id
    FROM (
      SELECT w.id, w.seq FROM verdict.legal_holds w WHERE w.tenant_id = tenant AND w.scope = 'tenant'
      UNION ALL
      SELECT d.id, d.seq FROM attestor.envelopes v
        JOIN verdict.legal_holds d ON d.tenant_id = tenant AND d.digest = v.sha256 AND d.scope = 'envelope'
       WHERE v.tenant_id = tenant AND v.id = envelope
      UNION ALL
      SELECT a.id, a.seq FROM attestor.statement_subjects s
        JOIN verdict.legal_holds a ON a.tenant_id = tenant AND a.subject_digest = s.digest AND a.subject_algorithm = s.algorithm
       WHERE s.tenant_id = tenant AND s.statement_id = envelope
    ) h
   WHERE NOT EXISTS (SELECT FROM verdict.legal_hold_releases r WHERE r.tenant_id = tenant AND r.id = h.id)
   ORDER BY h.seq LIMIT 1
$$;


ALTER FUNCTION verdict.envelope_hold(tenant uuid, envelope uuid) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.erase_envelope(tenant uuid, envelope bytea, actor text, reason text) RETURNS TABLE(act_seq bigint, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  was text := current_setting('attestdb.tenant_id', true);
  found record;
BEGIN
  PERFORM set_config('attestdb.tenant_id', tenant::text, true);
  PERFORM verdict.lock_tenant_ledger(tenant);
  SELECT e.id, EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = e.id) AS has INTO found
    FROM attestor.envelopes e WHERE e.tenant_id = tenant AND e.sha256 = envelope;
  IF found.id IS NULL THEN
    RAISE EXCEPTION 'the envelope is not there' USING ERRCODE = 'AD023';
  END IF;
  act_seq := verdict.erasure('envelope.erase', tenant, 'envelope', envelope);
  existed := act_seq IS NOT NULL AND NOT found.has;
  IF NOT existed THEN
    act_seq := (verdict.append_act(tenant, 'envelope.erase', actor, reason, NULL, 'envelope', envelope)).seq;
    DELETE FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = found.id;
  END IF;
  PERFORM set_config('attestdb.tenant_id', coalesce(was, ''), true);
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.erase_envelope(tenant uuid, envelope bytea, actor text, reason text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.erase_payload(tenant uuid, entry_seq bigint, actor text, reason text) RETURNS TABLE(act_seq bigint, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  was text := current_setting('attestdb.tenant_id', true);
  found record;
BEGIN
  PERFORM set_config('attestdb.tenant_id', tenant::text, true);
  PERFORM verdict.lock_tenant_ledger(tenant);
  SELECT e.id, e.leaf_hash, e.payload_hash IS NOT NULL AS had,
         EXISTS (SELECT FROM verdict.ledger_payloads p WHERE p.tenant_id = tenant AND p.id = e.id) AS has INTO found
    FROM verdict.ledger_entries e WHERE e.tenant_id = tenant AND e.seq = entry_seq;
  IF found.had IS NOT TRUE THEN
    RAISE EXCEPTION 'entry % is not there, or has no payload', entry_seq USING ERRCODE = 'AD023';
  END IF;
  act_seq := verdict.erasure('payload.erase', tenant, 'entry', found.leaf_hash);
  existed := act_seq IS NOT NULL AND NOT found.has;
  IF NOT existed THEN
    act_seq := (verdict.append_act(tenant, 'payload.erase', actor, reason, NULL, 'entry', found.leaf_hash)).seq;
    DELETE FROM verdict.ledger_payloads p WHERE p.tenant_id = tenant AND p.id = found.id;
  END IF;
  PERFORM set_config('attestdb.tenant_id', coalesce(was, ''), true);
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.erase_payload(tenant uuid, entry_seq bigint, actor text, reason text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.erased_envelopes(tenant uuid) RETURNS TABLE(sha256 bytea, gone boolean, said boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT v.sha256, true, verdict.erasure('envelope.erase', tenant, 'envelope', v.sha256) IS NOT NULL
    FROM attestor.envelopes v
   WHERE v.tenant_id = tenant
     AND NOT EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = v.id)
  UNION ALL
  SELECT v.sha256, false, true
    FROM verdict.ledger_entries e
    JOIN verdict.ledger_inputs i ON i.tenant_id = tenant AND i.seq = e.seq AND i.kind = 'envelope'
    JOIN attestor.envelopes v ON v.tenant_id = tenant AND v.sha256 = i.digest
    JOIN attestor.envelope_contents c ON c.tenant_id = tenant AND c.id = v.id
   WHERE e.tenant_id = tenant AND e.action = 'envelope.erase' AND e.kind = 'act'
$$;


ALTER FUNCTION verdict.erased_envelopes(tenant uuid) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.erasure(act text, tenant uuid, input_kind text, input_digest bytea) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  RETURN (
    SELECT min(e.seq)
      FROM (SELECT i.seq FROM verdict.ledger_inputs i WHERE i.tenant_id = tenant AND i.digest = input_digest AND i.kind = input_kind OFFSET 0) n
     CROSS JOIN LATERAL (
       SELECT a.seq FROM verdict.ledger_entries a WHERE a.tenant_id = tenant AND a.seq = n.seq AND a.kind = 'act' AND a.action = act OFFSET 0) e);
END $$;


ALTER FUNCTION verdict.erasure(act text, tenant uuid, input_kind text, input_digest bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.expire(tenant uuid, kind text, actor text, dry_run boolean, most integer, after_at timestamp with time zone, after_id uuid) RETURNS TABLE(looked integer, erased integer, held integer, last_at timestamp with time zone, last_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
#variable_conflict use_column
DECLARE
  was text := coalesce(current_setting('attestdb.tenant_id', true), '');
  before timestamptz;
  ids uuid[];
  expired record;
  before_it record;
  e verdict.ledger_entries;
  acts verdict.ledger_entries[] := '{}';
  digests bytea[] := '{}';
  gone uuid[] := '{}';
BEGIN
  IF kind NOT IN ('envelope', 'payload') OR num_nulls(kind, dry_run, most) > 0 THEN
    RAISE EXCEPTION 'kind is envelope or payload, and nothing but the place is NULL' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM set_config('attestdb.tenant_id', tenant::text, true);
  PERFORM FROM tenancy.tenants t WHERE t.id = tenant;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  END IF;
  SELECT now() - min(r.keep_seconds) * interval '1 second' INTO before
    FROM verdict.current_rules(tenant) r WHERE r.kind = expire.kind;
  IF kind = 'envelope' THEN
    SELECT array_agg(p.id ORDER BY p.created_at, p.id), max(p.created_at) INTO ids, last_at
      FROM (SELECT c.id, c.created_at FROM attestor.envelope_contents c
             WHERE c.tenant_id = tenant AND (c.created_at, c.id) > (coalesce(after_at, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000')) AND c.created_at < before
             ORDER BY c.created_at, c.id LIMIT least(greatest(most, 1), 1000)) p;
    SELECT count(*) FILTER (WHERE x.hold IS NULL), count(x.hold) INTO erased, held FROM verdict.expired_envelopes(tenant, ids) x;
  ELSE
    SELECT array_agg(p.id ORDER BY p.created_at, p.id), max(p.created_at) INTO ids, last_at
      FROM (SELECT c.id, c.created_at FROM verdict.ledger_payloads c
             WHERE c.tenant_id = tenant AND (c.created_at, c.id) > (coalesce(after_at, '-infinity'), coalesce(after_id, '00000000-0000-0000-0000-000000000000')) AND c.created_at < before
             ORDER BY c.created_at, c.id LIMIT least(greatest(most, 1), 1000)) p;
    SELECT count(*) FILTER (WHERE x.hold IS NULL), count(x.hold) INTO erased, held FROM verdict.expired_payloads(tenant, ids) x;
  END IF;
  looked := coalesce(cardinality(ids), 0);
  last_id := ids[cardinality(ids)];

  IF NOT dry_run AND erased > 0 THEN
    -- Under the lock that rules and holds are set under, all is asked again: another run
    -- may have erased it, somebody may hold it or keep it longer now.
    PERFORM verdict.lock_tenant_ledger(tenant);
    erased := 0;
    held := 0;
    SELECT l.seq, l.leaf_hash, l.recorded_at INTO before_it
      FROM verdict.ledger_entries l WHERE l.tenant_id = tenant ORDER BY l.seq DESC LIMIT 1;
    FOR expired IN
      SELECT x.* FROM verdict.expired_envelopes(tenant, ids) x WHERE kind = 'envelope'
      UNION ALL
      SELECT x.* FROM verdict.expired_payloads(tenant, ids) x WHERE kind = 'payload'
    LOOP
      IF expired.hold IS NOT NULL THEN
        held := held + 1;
        CONTINUE;
      END IF;
      -- As append_act has it; all at once, since the law looks at statements.
      e := NULL;
      e.tenant_id := tenant;
      e.id := gen_random_uuid();
      e.seq := coalesce(before_it.seq + 1, 0);
      e.recorded_at := greatest(clock_timestamp(), before_it.recorded_at);
      e.prev_hash := coalesce(before_it.leaf_hash, decode(repeat('00', 32), 'hex'));
      e.kind := 'act';
      e.action := kind || '.erase';
      e.reason := format('retention: kept for %s s, from %s on', expired.keep_seconds,
                         to_char(expired.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
      e.inputs := verdict.input(CASE kind WHEN 'envelope' THEN 'envelope' ELSE 'entry' END, expired.digest);
      e.actor := actor;
      e.decision_digest := verdict.decision_digest(e);
      e.leaf_hash := verdict.leaf_hash(e);
      SELECT e.seq, e.leaf_hash, e.recorded_at INTO before_it;
      acts := acts || e;
      digests := digests || expired.digest;
      gone := gone || expired.id;
      erased := erased + 1;
    END LOOP;
    IF erased > 0 THEN
      INSERT INTO verdict.ledger_entries SELECT a.* FROM unnest(acts) AS a;
      INSERT INTO verdict.ledger_inputs (tenant_id, id, created_at, seq, position, kind, digest)
      SELECT tenant, gen_random_uuid(), acts[n].recorded_at, acts[n].seq, 0, CASE kind WHEN 'envelope' THEN 'envelope' ELSE 'entry' END, digests[n]
        FROM generate_series(1, erased) AS n;
      IF kind = 'envelope' THEN
        DELETE FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = ANY (gone);
      ELSE
        DELETE FROM verdict.ledger_payloads c WHERE c.tenant_id = tenant AND c.id = ANY (gone);
      END IF;
    END IF;
  END IF;
  PERFORM set_config('attestdb.tenant_id', was, true);
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.expire(tenant uuid, kind text, actor text, dry_run boolean, most integer, after_at timestamp with time zone, after_id uuid) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.expired_envelopes(tenant uuid, envelopes uuid[]) RETURNS TABLE(id uuid, digest bytea, created_at timestamp with time zone, keep_seconds bigint, hold uuid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  WITH rules AS MATERIALIZED (SELECT r.* FROM verdict.current_rules(tenant) r WHERE r.kind = 'envelope' AND r.keep <> 'default')
  SELECT c.id, v.sha256, c.created_at, k.keep_seconds, verdict.envelope_hold(tenant, c.id)
    FROM attestor.envelope_contents c
    JOIN attestor.envelopes v ON v.tenant_id = tenant AND v.id = c.id
    LEFT JOIN attestor.statements s ON s.tenant_id = tenant AND s.id = c.id
    LEFT JOIN rules own ON own.predicate_type = s.predicate_type
    LEFT JOIN rules other ON other.predicate_type IS NULL
   CROSS JOIN LATERAL (SELECT CASE WHEN own.id IS NOT NULL THEN own.keep_seconds ELSE other.keep_seconds END AS keep_seconds) k
   WHERE c.tenant_id = tenant AND c.id = ANY (envelopes)
     AND c.created_at < now() - k.keep_seconds * interval '1 second'
   ORDER BY c.created_at, c.id
$$;


ALTER FUNCTION verdict.expired_envelopes(tenant uuid, envelopes uuid[]) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.expired_payloads(tenant uuid, entries uuid[]) RETURNS TABLE(id uuid, digest bytea, created_at timestamp with time zone, keep_seconds bigint, hold uuid)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT p.id, e.leaf_hash, p.created_at, r.keep_seconds, verdict.entry_hold(tenant, p.id)
    FROM verdict.current_rules(tenant) r
    JOIN verdict.ledger_payloads p ON p.tenant_id = tenant AND p.id = ANY (entries)
    JOIN verdict.ledger_entries e ON e.tenant_id = tenant AND e.id = p.id
   WHERE r.kind = 'payload' AND p.created_at < now() - r.keep_seconds * interval '1 second'
   ORDER BY e.seq
$$;


ALTER FUNCTION verdict.expired_payloads(tenant uuid, entries uuid[]) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.input(kind text, digest bytea) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ((int2send((octet_length(convert_to(kind, 'UTF8'::name)))::smallint) || convert_to(kind, 'UTF8'::name)) || digest);


ALTER FUNCTION verdict.input(kind text, digest bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.keep_text(keep text, keep_seconds bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ('keep='::text || CASE keep WHEN 'for'::text THEN (keep_seconds || 's'::text) ELSE keep END);


ALTER FUNCTION verdict.keep_text(keep text, keep_seconds bigint) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.unix_micros(at timestamp with time zone) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN int8send(((EXTRACT(epoch FROM at) * (1000000)::numeric))::bigint);


ALTER FUNCTION verdict.unix_micros(at timestamp with time zone) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.leaf(tenant_id uuid, seq bigint, id uuid, prev_hash bytea, recorded_at timestamp with time zone, decision bytea, verifier text, verified_at timestamp with time zone, payload_hash bytea, decision_digest bytea, actor text, idempotency_key text) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (((((((decode('01'::text, 'hex'::text) || uuid_send(tenant_id)) || int8send(seq)) || uuid_send(id)) || prev_hash) || verdict.unix_micros(recorded_at)) || decision) || (((((verdict.text_field(11, verifier) || COALESCE(((int2send((12)::smallint) || int4send(8)) || verdict.unix_micros(verified_at)), decode(''::text, 'hex'::text))) || verdict.field(13, payload_hash)) || verdict.field(14, decision_digest)) || verdict.text_field(15, actor)) || verdict.text_field(16, idempotency_key)));


ALTER FUNCTION verdict.leaf(tenant_id uuid, seq bigint, id uuid, prev_hash bytea, recorded_at timestamp with time zone, decision bytea, verifier text, verified_at timestamp with time zone, payload_hash bytea, decision_digest bytea, actor text, idempotency_key text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.leaf(e verdict.ledger_entries) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN verdict.leaf((e).tenant_id, (e).seq, (e).id, (e).prev_hash, (e).recorded_at, verdict.decision_fields(e), (e).verifier, (e).verified_at, (e).payload_hash, (e).decision_digest, (e).actor, (e).idempotency_key);


ALTER FUNCTION verdict.leaf(e verdict.ledger_entries) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.leaf_hash(leaf bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sha256((decode('00'::text, 'hex'::text) || leaf));


ALTER FUNCTION verdict.leaf_hash(leaf bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.leaf_hash(e verdict.ledger_entries) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN verdict.leaf_hash(verdict.leaf(e));


ALTER FUNCTION verdict.leaf_hash(e verdict.ledger_entries) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.lock_ledger(tenant uuid, wait_ms bigint) RETURNS TABLE(next_seq bigint, prev_hash bytea, recorded_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '0'
    AS $$
#variable_conflict use_column
DECLARE
  found_status text;
  last record;
BEGIN
  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  PERFORM set_config('lock_timeout', least(greatest(wait_ms, 1), 2147483647)::text, true);
  PERFORM verdict.lock_tenant_ledger(tenant);
  -- A statement of its own: it sees what was committed while we waited.
  SELECT e.seq, e.leaf_hash, e.recorded_at INTO last
    FROM verdict.ledger_entries e WHERE e.tenant_id = tenant ORDER BY e.seq DESC LIMIT 1;
  next_seq := coalesce(last.seq + 1, 0);
  prev_hash := coalesce(last.leaf_hash, decode(repeat('00', 32), 'hex'));
  recorded_at := greatest(clock_timestamp(), last.recorded_at);
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.lock_ledger(tenant uuid, wait_ms bigint) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.lock_tenant_ledger(tenant uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    -- Else the last entry that the transaction sees need not be the last one.
    RAISE EXCEPTION 'a ledger is appended to in READ COMMITTED, not %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'AD021';
  END IF;
  PERFORM FROM verdict.ledgers l WHERE l.tenant_id = tenant FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO verdict.ledgers (tenant_id, id, created_at) VALUES (tenant, gen_random_uuid(), clock_timestamp())
    ON CONFLICT DO NOTHING;
    PERFORM FROM verdict.ledgers l WHERE l.tenant_id = tenant FOR NO KEY UPDATE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the statement is of another tenant' USING ERRCODE = 'AD002';
    END IF;
  END IF;
END $$;


ALTER FUNCTION verdict.lock_tenant_ledger(tenant uuid) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.parent("left" bytea, "right" bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sha256(((decode('01'::text, 'hex'::text) || "left") || "right"));


ALTER FUNCTION verdict.parent("left" bytea, "right" bytea) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.node(h bytea[]) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN verdict.parent(verdict.parent(verdict.parent(verdict.parent((h)[1], (h)[2]), verdict.parent((h)[3], (h)[4])), verdict.parent(verdict.parent((h)[5], (h)[6]), verdict.parent((h)[7], (h)[8]))), verdict.parent(verdict.parent(verdict.parent((h)[9], (h)[10]), verdict.parent((h)[11], (h)[12])), verdict.parent(verdict.parent((h)[13], (h)[14]), verdict.parent((h)[15], (h)[16]))));


ALTER FUNCTION verdict.node(h bytea[]) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.place_hold(tenant uuid, hold uuid, scope text, subject_algorithm text, subject_digest bytea, digest bytea, entry_seq bigint, actor text, reason text) RETURNS TABLE(act_seq bigint, placed_at timestamp with time zone, held_digest bytea, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  was text := verdict.begin_act(tenant);
  target record;
  h verdict.legal_holds;
  e verdict.ledger_entries;
BEGIN
  SELECT l.* INTO h FROM verdict.legal_holds l WHERE l.tenant_id = tenant AND l.id = hold;
  existed := FOUND;
  IF NOT existed THEN
    IF scope = 'envelope' THEN
      SELECT v.sha256 AS sum, EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = v.id) AS has INTO target
        FROM attestor.envelopes v WHERE v.tenant_id = tenant AND v.sha256 = place_hold.digest;
    ELSIF scope = 'entry' THEN
      SELECT l.leaf_hash AS sum, EXISTS (SELECT FROM verdict.ledger_payloads p WHERE p.tenant_id = tenant AND p.id = l.id) AS has INTO target
        FROM verdict.ledger_entries l WHERE l.tenant_id = tenant AND l.seq = entry_seq AND l.payload_hash IS NOT NULL;
    END IF;
    IF scope IN ('envelope', 'entry') THEN
      IF target.sum IS NULL THEN
        RAISE EXCEPTION 'the % is not there, or never had bytes to keep', scope USING ERRCODE = 'AD023';
      ELSIF NOT target.has THEN
        RAISE EXCEPTION 'the bytes of the % were erased before', scope USING ERRCODE = 'AD031';
      END IF;
      held_digest := target.sum;
    END IF;
    e := verdict.append_act(tenant, 'hold.place', actor, reason, hold::text, subject_algorithm, subject_digest,
                            CASE WHEN held_digest IS NOT NULL THEN scope END, held_digest);
    INSERT INTO verdict.legal_holds (tenant_id, id, created_at, seq, scope, subject_algorithm, subject_digest, digest, reason, actor)
    VALUES (tenant, hold, e.recorded_at, e.seq, scope, subject_algorithm, subject_digest, held_digest, reason, actor)
    RETURNING * INTO h;
  END IF;
  PERFORM set_config('attestdb.tenant_id', was, true);
  act_seq := h.seq;
  placed_at := h.created_at;
  held_digest := h.digest;
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.place_hold(tenant uuid, hold uuid, scope text, subject_algorithm text, subject_digest bytea, digest bytea, entry_seq bigint, actor text, reason text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.record_checkpoint(tenant uuid, new_id uuid, origin text, tree_size bigint, root_hash bytea, note bytea, signed_by text) RETURNS TABLE(recorded_id uuid, recorded_at timestamp with time zone, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_variable
DECLARE
  found_status text;
  last record;
BEGIN
  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  PERFORM verdict.lock_tenant_ledger(tenant);
  IF verdict.tree_root(tenant, tree_size) IS DISTINCT FROM root_hash THEN
    RAISE EXCEPTION 'the root is not that of the ledger at size %', tree_size USING ERRCODE = 'AD020';
  END IF;
  SELECT c.tree_size, c.root_hash INTO last FROM verdict.ledger_checkpoints c
   WHERE c.tenant_id = tenant ORDER BY c.tree_size DESC, c.created_at DESC, c.id DESC LIMIT 1;
  IF FOUND AND (last.tree_size > tree_size OR verdict.tree_root(tenant, last.tree_size) IS DISTINCT FROM last.root_hash) THEN
    RAISE EXCEPTION 'the ledger is not what the checkpoint of size % says', last.tree_size USING ERRCODE = 'AD020';
  END IF;
  SELECT c.id, c.created_at INTO recorded_id, recorded_at FROM verdict.ledger_checkpoints c
   WHERE c.tenant_id = tenant AND c.note_sha256 = sha256(note);
  existed := FOUND;
  IF NOT existed THEN
    recorded_id := new_id;
    recorded_at := clock_timestamp();
    INSERT INTO verdict.ledger_checkpoints (tenant_id, id, created_at, origin, tree_size, root_hash, note, note_sha256, signed_by)
    VALUES (tenant, new_id, recorded_at, origin, tree_size, root_hash, note, sha256(note), signed_by);
  END IF;
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.record_checkpoint(tenant uuid, new_id uuid, origin text, tree_size bigint, root_hash bytea, note bytea, signed_by text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.record_tenant_act() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  was text := current_setting('attestdb.tenant_id', true);
BEGIN
  PERFORM set_config('attestdb.tenant_id', NEW.id::text, true);
  IF TG_OP = 'INSERT' THEN
    PERFORM verdict.append_act(NEW.id, 'tenant.create', NEW.created_by, NULL, NEW.name, NULL, NULL);
  END IF;
  -- A tenant begins active, and nothing is required of its evidence.
  IF TG_OP = 'INSERT' AND NEW.status <> 'active' OR TG_OP = 'UPDATE' AND NEW.status <> OLD.status THEN
    PERFORM verdict.append_act(NEW.id, CASE NEW.status WHEN 'active' THEN 'tenant.resume' ELSE 'tenant.suspend' END,
                               NEW.status_changed_by, NULL, NEW.name, NULL, NULL);
  END IF;
  IF TG_OP = 'INSERT' AND (NEW.require_verified OR NEW.require_in_toto)
     OR TG_OP = 'UPDATE' AND (NEW.require_verified, NEW.require_in_toto) <> (OLD.require_verified, OLD.require_in_toto) THEN
    PERFORM verdict.append_act(NEW.id, 'tenant.require', NEW.requirements_changed_by,
                               format('verified=%s in_toto=%s', NEW.require_verified, NEW.require_in_toto), NEW.name, NULL, NULL);
  END IF;
  PERFORM set_config('attestdb.tenant_id', coalesce(was, ''), true);
  RETURN NULL;
END $$;


ALTER FUNCTION verdict.record_tenant_act() OWNER TO attestdb_owner;


CREATE FUNCTION verdict.refuse_held() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  hold uuid;
BEGIN
  PERFORM verdict.lock_tenant_ledger(OLD.tenant_id);
  -- A statement of its own: it sees what was committed while we waited.
  IF TG_ARGV[0] = 'entry' THEN
    hold := verdict.entry_hold(OLD.tenant_id, OLD.id);
  ELSE
    hold := verdict.envelope_hold(OLD.tenant_id, OLD.id);
  END IF;
  IF hold IS NOT NULL THEN
    RAISE EXCEPTION 'legal hold % covers it', hold
      USING ERRCODE = 'AD030', DETAIL = hold::text, SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;


ALTER FUNCTION verdict.refuse_held() OWNER TO attestdb_owner;


CREATE FUNCTION verdict.release_hold(tenant uuid, hold uuid, actor text, reason text) RETURNS TABLE(act_seq bigint, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  was text := verdict.begin_act(tenant);
  e verdict.ledger_entries;
BEGIN
  PERFORM FROM verdict.legal_holds h WHERE h.tenant_id = tenant AND h.id = hold;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the hold is not there' USING ERRCODE = 'AD023';
  END IF;
  SELECT r.seq INTO act_seq FROM verdict.legal_hold_releases r WHERE r.tenant_id = tenant AND r.id = hold;
  existed := FOUND;
  IF NOT existed THEN
    e := verdict.append_act(tenant, 'hold.release', actor, reason, hold::text, NULL, NULL);
    INSERT INTO verdict.legal_hold_releases (tenant_id, id, created_at, seq, reason, actor)
    VALUES (tenant, hold, e.recorded_at, e.seq, reason, actor);
    act_seq := e.seq;
  END IF;
  PERFORM set_config('attestdb.tenant_id', was, true);
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.release_hold(tenant uuid, hold uuid, actor text, reason text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.require_act() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  e verdict.ledger_entries;
  said boolean;
BEGIN
  SELECT l.* INTO e FROM verdict.ledger_entries l WHERE l.tenant_id = NEW.tenant_id AND l.seq = NEW.seq;
  said := e.kind = 'act' AND e.action = TG_ARGV[0] AND e.actor = NEW.actor AND e.recorded_at = NEW.created_at;
  IF said AND TG_ARGV[0] = 'retention.set' THEN
    said := e.subject_name = concat_ws(' ', NEW.kind, NEW.predicate_type)
        AND e.reason = verdict.keep_text(NEW.keep, NEW.keep_seconds);
  ELSIF said THEN
    said := e.subject_name = NEW.id::text AND e.reason = NEW.reason;
  END IF;
  IF said AND TG_ARGV[0] = 'hold.place' THEN
    said := (e.subject_algorithm, e.subject_digest, e.inputs) IS NOT DISTINCT FROM
            (NEW.subject_algorithm, NEW.subject_digest, CASE WHEN NEW.digest IS NOT NULL THEN verdict.input(NEW.scope, NEW.digest) END);
  END IF;
  IF said IS NOT TRUE THEN
    RAISE EXCEPTION 'append-only: INSERT on %.% is refused: no entry of the ledger says so', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'AD001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;


ALTER FUNCTION verdict.require_act() OWNER TO attestdb_owner;


CREATE FUNCTION verdict.require_erasure() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  input_kind text;
  input_digest bytea;
BEGIN
  IF TG_ARGV[0] = 'payload.erase' THEN
    input_kind := 'entry';
    input_digest := (SELECT e.leaf_hash FROM verdict.ledger_entries e WHERE e.tenant_id = OLD.tenant_id AND e.id = OLD.id);
  ELSE
    input_kind := 'envelope';
    input_digest := (SELECT e.sha256 FROM attestor.envelopes e WHERE e.tenant_id = OLD.tenant_id AND e.id = OLD.id);
  END IF;
  IF verdict.erasure(TG_ARGV[0], OLD.tenant_id, input_kind, input_digest) IS NULL THEN
    RAISE EXCEPTION 'append-only: DELETE on %.% is refused: no entry of the ledger says %', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]
      USING ERRCODE = 'AD001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;


ALTER FUNCTION verdict.require_erasure() OWNER TO attestdb_owner;


CREATE FUNCTION verdict.set_retention(tenant uuid, kind text, predicate_type text, keep text, keep_seconds bigint, actor text) RETURNS TABLE(act_seq bigint, existed boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  was text := verdict.begin_act(tenant);
  now_is verdict.retention_rules;
  e verdict.ledger_entries;
BEGIN
  SELECT r.* INTO now_is FROM verdict.current_rules(tenant) r
   WHERE r.kind = set_retention.kind AND r.predicate_type IS NOT DISTINCT FROM set_retention.predicate_type;
  existed := (coalesce(now_is.keep, CASE WHEN predicate_type IS NULL THEN 'forever' ELSE 'default' END), now_is.keep_seconds)
             IS NOT DISTINCT FROM (keep, keep_seconds);
  act_seq := now_is.seq;
  IF NOT existed THEN
    e := verdict.append_act(tenant, 'retention.set', actor, verdict.keep_text(keep, keep_seconds),
                            concat_ws(' ', kind, predicate_type), NULL, NULL);
    INSERT INTO verdict.retention_rules (tenant_id, id, created_at, seq, kind, predicate_type, keep, keep_seconds, actor)
    VALUES (tenant, gen_random_uuid(), e.recorded_at, e.seq, kind, predicate_type, keep, keep_seconds, actor);
    act_seq := e.seq;
  END IF;
  PERFORM set_config('attestdb.tenant_id', was, true);
  RETURN NEXT;
END $$;


ALTER FUNCTION verdict.set_retention(tenant uuid, kind text, predicate_type text, keep text, keep_seconds bigint, actor text) OWNER TO attestdb_owner;


CREATE FUNCTION verdict.tree_root(tenant uuid, tree_size bigint) RETURNS bytea
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  start bigint := tree_size;
  height int := 0;
  depth int;
  unit bigint;
  hashes bytea[];
  root bytea;
BEGIN
  IF tree_size = 0 THEN
    RETURN sha256(decode('', 'hex'));
  END IF;
  -- The complete trees that the size is the sum of, from the right.
  WHILE start > 0 LOOP
    IF start >> height & 1 = 1 THEN
      start := start - (1::bigint << height);
      depth := height / 4;
      unit := 1::bigint << (4 * depth);
      SELECT array_agg(h.hash ORDER BY h.index) INTO hashes
        FROM (
          (SELECT e.seq AS index, e.leaf_hash AS hash FROM verdict.ledger_entries e
            WHERE depth = 0 AND e.tenant_id = tenant AND e.seq BETWEEN start AND start + (1 << height) - 1
            ORDER BY e.seq)
          UNION ALL
          (SELECT n.index, n.hash FROM verdict.ledger_nodes n
            WHERE depth > 0 AND n.tenant_id = tenant AND n.level = depth
              AND n.index BETWEEN start / unit AND start / unit + (1 << height % 4) - 1
            ORDER BY n.index)
        ) h;
      IF cardinality(hashes) IS DISTINCT FROM 1 << height % 4 THEN
        RETURN NULL;
      END IF;
      WHILE cardinality(hashes) > 1 LOOP
        SELECT array_agg(verdict.parent(hashes[2 * i - 1], hashes[2 * i]) ORDER BY i) INTO hashes
          FROM generate_series(1, cardinality(hashes) / 2) AS i;
      END LOOP;
      root := CASE WHEN root IS NULL THEN hashes[1] ELSE verdict.parent(hashes[1], root) END;
    END IF;
    height := height + 1;
  END LOOP;
  RETURN root;
END $$;


ALTER FUNCTION verdict.tree_root(tenant uuid, tree_size bigint) OWNER TO attestdb_owner;


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


CREATE TABLE atlas_verdict.atlas_schema_revisions (
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


ALTER TABLE atlas_verdict.atlas_schema_revisions OWNER TO attestdb_owner;


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


CREATE TABLE verdict.ledger_checkpoints (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    origin text NOT NULL,
    tree_size bigint NOT NULL,
    root_hash bytea NOT NULL,
    note bytea NOT NULL,
    note_sha256 bytea NOT NULL,
    signed_by text NOT NULL,
    CONSTRAINT ledger_checkpoints_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT ledger_checkpoints_note_length CHECK (((octet_length(note) >= 1) AND (octet_length(note) <= 65536))),
    CONSTRAINT ledger_checkpoints_note_says_so CHECK ((POSITION((convert_to((((((origin || chr(10)) || (tree_size)::text) || chr(10)) || encode(root_hash, 'base64'::text)) || chr(10)), 'UTF8'::name)) IN (note)) = 1)),
    CONSTRAINT ledger_checkpoints_note_sha256_of_note CHECK ((note_sha256 = sha256(note))),
    CONSTRAINT ledger_checkpoints_origin_length CHECK (((octet_length(origin) >= 1) AND (octet_length(origin) <= 1024))),
    CONSTRAINT ledger_checkpoints_root_hash_length CHECK ((octet_length(root_hash) = 32)),
    CONSTRAINT ledger_checkpoints_signed_by_length CHECK (((octet_length(signed_by) >= 1) AND (octet_length(signed_by) <= 1024))),
    CONSTRAINT ledger_checkpoints_tree_size_range CHECK ((tree_size >= 0))
);

ALTER TABLE ONLY verdict.ledger_checkpoints FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.ledger_checkpoints OWNER TO attestdb_owner;


CREATE TABLE verdict.ledger_inputs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT ledger_inputs_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT ledger_inputs_digest_length CHECK ((octet_length(digest) = 32)),
    CONSTRAINT ledger_inputs_kind_form CHECK (((kind COLLATE "C") ~ '^[a-z][a-z0-9_.-]{0,63}$'::text)),
    CONSTRAINT ledger_inputs_position_range CHECK ((("position" >= 0) AND ("position" <= 9999)))
);

ALTER TABLE ONLY verdict.ledger_inputs FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.ledger_inputs OWNER TO attestdb_owner;


CREATE TABLE verdict.ledger_nodes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    level integer NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT ledger_nodes_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT ledger_nodes_hash_length CHECK ((octet_length(hash) = 32)),
    CONSTRAINT ledger_nodes_index_range CHECK ((index >= 0)),
    CONSTRAINT ledger_nodes_level_range CHECK (((level >= 1) AND (level <= 15)))
);

ALTER TABLE ONLY verdict.ledger_nodes FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.ledger_nodes OWNER TO attestdb_owner;


CREATE TABLE verdict.ledger_payloads (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    nonce bytea NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT ledger_payloads_content_length CHECK (((octet_length(content) >= 1) AND (octet_length(content) <= 1048576))),
    CONSTRAINT ledger_payloads_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT ledger_payloads_nonce_length CHECK ((octet_length(nonce) = 32))
);

ALTER TABLE ONLY verdict.ledger_payloads FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.ledger_payloads OWNER TO attestdb_owner;


CREATE TABLE verdict.ledgers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ledgers_created_at_finite CHECK (isfinite(created_at))
);

ALTER TABLE ONLY verdict.ledgers FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.ledgers OWNER TO attestdb_owner;


CREATE TABLE verdict.legal_hold_releases (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    CONSTRAINT legal_hold_releases_actor_length CHECK (((octet_length(actor) >= 1) AND (octet_length(actor) <= 256))),
    CONSTRAINT legal_hold_releases_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT legal_hold_releases_reason_length CHECK (((octet_length(reason) >= 1) AND (octet_length(reason) <= 57280))),
    CONSTRAINT legal_hold_releases_seq_range CHECK ((seq >= 0))
);

ALTER TABLE ONLY verdict.legal_hold_releases FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.legal_hold_releases OWNER TO attestdb_owner;


CREATE TABLE verdict.legal_holds (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seq bigint NOT NULL,
    scope text NOT NULL,
    subject_algorithm text,
    subject_digest bytea,
    digest bytea,
    reason text NOT NULL,
    actor text NOT NULL,
    CONSTRAINT legal_holds_actor_length CHECK (((octet_length(actor) >= 1) AND (octet_length(actor) <= 256))),
    CONSTRAINT legal_holds_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT legal_holds_digest_length CHECK ((octet_length(digest) = 32)),
    CONSTRAINT legal_holds_digest_of CHECK (((scope = ANY (ARRAY['envelope'::text, 'entry'::text])) = (digest IS NOT NULL))),
    CONSTRAINT legal_holds_reason_length CHECK (((octet_length(reason) >= 1) AND (octet_length(reason) <= 57280))),
    CONSTRAINT legal_holds_scope_known CHECK ((scope = ANY (ARRAY['tenant'::text, 'subject'::text, 'envelope'::text, 'entry'::text]))),
    CONSTRAINT legal_holds_seq_range CHECK ((seq >= 0)),
    CONSTRAINT legal_holds_subject_digest_length CHECK (((octet_length(subject_digest) >= 1) AND (octet_length(subject_digest) <= 128))),
    CONSTRAINT legal_holds_subject_of CHECK (((scope = 'subject'::text) = (subject_digest IS NOT NULL))),
    CONSTRAINT legal_holds_subject_whole CHECK (((subject_algorithm IS NULL) = (subject_digest IS NULL)))
);

ALTER TABLE ONLY verdict.legal_holds FORCE ROW LEVEL SECURITY;


ALTER TABLE verdict.legal_holds OWNER TO attestdb_owner;


INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123152932', 'create_tables', 2, 12, 12, '2026-11-25 10:50:01.685399+00', 400, NULL, NULL, 'Q8f3RmcKML/yV1avqloXX1JoLd85Wm9O5vVL6VVUTX0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153101', 'isolate_tenants', 2, 38, 38, '2026-11-25 10:50:01.708093+00', 190, NULL, NULL, '4tLtDiWXRErj/U7jHLaB1FtB1zXn5pey01/31xHubBw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153102', 'guard_rows', 2, 12, 12, '2026-11-25 10:50:01.712433+00', 90, NULL, NULL, 'V7HybjylbiahnRLtUGTx1BoheeasfFzMbIS9uSINGtU=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160001', 'record_whole_envelopes', 2, 9, 9, '2026-11-25 10:50:01.719796+00', 261, NULL, NULL, 'RAsOTHESKVZ7jUJ54ALpAiq0Tt6PlJMrOYt+xyhkIqY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160002', 'close_direct_inserts', 2, 6, 6, '2026-11-25 10:50:01.721786+00', 120, NULL, NULL, 'gkxzZpxikQdkipHmeKi76dC20Qx7uQA7hP99JYjuwzQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180000', 'create_sbom_tables', 2, 15, 15, '2026-11-25 10:50:01.758982+00', 210, NULL, NULL, 'HArlcawr5bYVpO6UkEBHDj46aNvh0VpccUFbnBU7Wes=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180001', 'isolate_sboms', 2, 36, 36, '2026-11-25 10:50:01.764214+00', 90, NULL, NULL, 'cnKZFWYC0uFTab5O+G0u7leFzaXapiNrLPQDQJIB7Uk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180002', 'guard_sboms', 2, 12, 12, '2026-11-25 10:50:01.766293+00', 110, NULL, NULL, 'PxugsLSssjtJtjYJrwveJj+INxHX2fQHZB7AVCGENHk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180003', 'record_whole_sboms', 2, 3, 3, '2026-11-25 10:50:01.768898+00', 90, NULL, NULL, '0bXZ/LWSww/pVzdl7/Lc3v4k7grAWkDJENoaIkvQbkY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190000', 'create_proof_chains', 2, 7, 7, '2026-11-25 10:50:01.773292+00', 200, NULL, NULL, 'TIFm7Nl0flJq27YfzsQUJAlGuZ7a013IJDK/1/IkklA=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190001', 'supersede_within_a_tenant', 2, 1, 1, '2026-11-25 10:50:01.775368+00', 160, NULL, NULL, 'RwgGrn8QMLh9lHJadtPls4h+PAxMD/46TDEWYR9HZCY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190002', 'isolate_proof_chains', 2, 12, 12, '2026-11-25 10:50:01.777868+00', 101, NULL, NULL, 'ViFZ/ism5LjVVQOYfrEUWnVeQDUv2E7LDSOFpW84m6U=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190003', 'guard_proof_chains', 2, 4, 4, '2026-11-25 10:50:01.779574+00', 80, NULL, NULL, 'ARaTiOd8VJsQlbRbrCq+JHFsMI2l7Obz9iIumi5GFaI=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190004', 'hash_proof_chains', 2, 3, 3, '2026-11-25 10:50:01.781136+00', 90, NULL, NULL, 'sfp+DXtdhOyNDMfVHUjSnE72xjcXCBXZJuj6T78hCyw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190005', 'record_proof_chains', 2, 7, 7, '2026-11-25 10:50:01.784053+00', 110, NULL, NULL, 'Yarn5f3UCf/U79Li1ruXBQwGpSGBgUVVs6rOYJ+Sw0s=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200000', 'add_searchable_names', 2, 1, 1, '2026-11-25 10:50:01.78674+00', 200, NULL, NULL, 'Eefg23+YK4cM4F6Hj7WMJ2T71LdPEaFtL0upgBAEYms=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261125031000', 'index_contents_by_time', 2, 1, 1, '2026-11-25 10:50:01.872683+00', 160385, NULL, NULL, 'D2j2zK29YqXSVbbQRmLk2YDFoebdEuGEreiUxDWmSts=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200001', 'index_searches', 2, 7, 7, '2026-11-25 10:50:01.795354+00', 154380, NULL, NULL, 'W6HWt2fJ5CErAJ5LSNRB7SKhlFC4MT7IaInZe73TwQs=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200004', 'record_with_verifications', 2, 6, 6, '2026-11-25 10:50:01.801427+00', 70, NULL, NULL, 'cOSc3iCQaFc52mOT/YGx9BGLqdJTGwEWqyZwYeL4Wbc=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200007', 'search_catalogue_first', 2, 7, 7, '2026-11-25 10:50:01.805257+00', 60, NULL, NULL, 'WCBhf65cJDt4a7HQ7ZG9MgsoohEXOBAmAj5cXUjhkfE=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200009', 'refuse_unsigned_sboms', 2, 4, 4, '2026-11-25 10:50:01.807765+00', 60, NULL, NULL, 'AzspiwFyw6qFlFu2+HQxPMXofqrXaH1Lf0uWog6rQyQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124231501', 'refuse_unsigned_segments', 2, 4, 4, '2026-11-25 10:50:01.810494+00', 340, NULL, NULL, 'k243vWXr9yKmywzchI2MuL4QJPS3nelpEsRHAUgcx5U=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261125021000', 'refuse_erased_segments', 2, 6, 6, '2026-11-25 10:50:01.867063+00', 120, NULL, NULL, 'NMCR5j5eUbmfSBeZyp8kTN663EXRUdfSgvC6zC8F9yk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261125021100', 'refuse_foreign_segments', 2, 5, 5, '2026-11-25 10:50:01.868892+00', 70, NULL, NULL, 'sAcK6bj/YBu3u9x1Ij1K69gNNJOUUwbl2RZEjg0ER5Y=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261125021200', 'time_verifications', 2, 3, 3, '2026-11-25 10:50:01.870429+00', 260, NULL, NULL, 'BjvbJv7lZrr9pin9qHkf2oKLTd+tNi4JUx4rq2pg5ko=', 'null', 'attestdb');



INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170000', 'create_tables', 2, 11, 11, '2026-11-25 10:50:01.744867+00', 150, NULL, NULL, '13S0iFJTbMuZc1BSo+DtJbpQNg7QQC+UeK7JpYwpSVg=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170001', 'isolate_tenants', 2, 14, 14, '2026-11-25 10:50:01.747786+00', 110, NULL, NULL, 'kajLmHfcm04j6iTEBnF1GimwlTCY7vntSmacXG0Wna8=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170002', 'guard_rows', 2, 4, 4, '2026-11-25 10:50:01.749086+00', 101, NULL, NULL, '7xLwaHhY+LRTVUwx2H6jMtOBFjXfwxD2ma7VOWWXY+0=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170003', 'record_entries', 2, 3, 3, '2026-11-25 10:50:01.750853+00', 140, NULL, NULL, 'QPlOVRJjAGfu4S2H++scOnENa9MzipG0t2XqxK7dWUw=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124200008', 'search_catalogue_first', 2, 1, 1, '2026-11-25 10:50:01.806232+00', 101, NULL, NULL, '9HfMScWxYRfniAqJDDfXCxGXkvEy3lRtPkUZNfV94rw=', 'null', 'attestdb');



INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123152931', 'create_tables', 2, 4, 4, '2026-11-25 10:50:01.672915+00', 430, NULL, NULL, 'IxGGYOAnywMdQVQkv3WrIhThwp5dWu7It4DaQwj9D4k=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153001', 'isolate_tenants', 2, 12, 12, '2026-11-25 10:50:01.693297+00', 360, NULL, NULL, 'pbHnt2ZSL/bcdXaQCcUU03EooaxIg2P/bWMhfsSwaZI=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153002', 'guard_rows', 2, 6, 6, '2026-11-25 10:50:01.696276+00', 90, NULL, NULL, '5qAgR9U+Vl/bPibP92RwZqEUH9u6iK2oshBuVj60goM=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160000', 'show_owner_named_tenant', 2, 1, 1, '2026-11-25 10:50:01.713563+00', 50, NULL, NULL, '0e1ICojqPNnxKFiyk15vLl3QTgvDtgSEzlqCdPW3Xis=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160003', 'require_level_2', 2, 1, 1, '2026-11-25 10:50:01.731349+00', 341, NULL, NULL, 'mkbTutf7Lq3W6z6BZ+As+2OgRCHl/kf1uZ4ZZ0Bx2/Q=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200002', 'add_requirements', 2, 4, 4, '2026-11-25 10:50:01.797228+00', 110, NULL, NULL, 'WNWzXWNVPm094KknWshlUIA7DLuvhLNV7mSigyfRsfA=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200003', 'validate_requirements', 2, 1, 1, '2026-11-25 10:50:01.798488+00', 90, NULL, NULL, '50FeeTx7SNkiKPJbw0qSNlLYrZUx9jQuBUF/u19TcCo=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200005', 'require_level_3', 2, 1, 1, '2026-11-25 10:50:01.802473+00', 110, NULL, NULL, 'PGXUa3ImYhZKploa5pmD0Lskxp1ouShr+7DA/VhFRRQ=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200006', 'search_catalogue_first', 2, 2, 2, '2026-11-25 10:50:01.803518+00', 80, NULL, NULL, 'lLKsnZ4W4qtBGNt0cEfnSd+4kgkIaYVdupWPHsquoEY=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124231500', 'refuse_old_snapshots', 2, 1, 1, '2026-11-25 10:50:01.808731+00', 60, NULL, NULL, '7/AatdEHfrvIxuRpZkuvLteLGUNxvDKfBHpbgNzh46k=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261125020004', 'say_who_changed_a_tenant', 2, 3, 3, '2026-11-25 10:50:01.85836+00', 120, NULL, NULL, 'eJOALO4RAC/uXDr6URKgmhrTJXAbLpZgh2iTznRslBc=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261125020009', 'refuse_the_nil_tenant', 2, 1, 1, '2026-11-25 10:50:01.8647+00', 90, NULL, NULL, 'Zccf+3JWzLfcig7NCsUgYP6xKSz8pRDmSaqY5SPSRag=', 'null', 'attestdb');



INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010000', 'create_ledger', 2, 20, 20, '2026-11-25 10:50:01.820418+00', 70, NULL, NULL, 'kDjCUPZW8VqerwR1hmdQ3ztzAqLU312FyEaPorTZpZM=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010001', 'isolate_ledger', 2, 38, 38, '2026-11-25 10:50:01.826667+00', 70, NULL, NULL, 'ErMEnnXYSs40quuurCngiI1ySg58sLLuLCH/JKn4ljw=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010002', 'guard_ledger', 2, 12, 12, '2026-11-25 10:50:01.829413+00', 80, NULL, NULL, '/+sPBcnsaao35CsK8l2SjNAHnD4rJcgaH4i+qp7fbcM=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010003', 'encode_leaves', 2, 27, 27, '2026-11-25 10:50:01.835937+00', 211, NULL, NULL, 'TahTyJ/eRmT6CT2Vy1FjSVEs9kMup43wJvcdlJhJn/0=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010004', 'check_entries', 2, 5, 5, '2026-11-25 10:50:01.837971+00', 121, NULL, NULL, 'vA2IwwFgnw0/+2T2jjayD8gjp5Um8PdQBZBKWLod9WI=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010005', 'check_parts', 2, 6, 6, '2026-11-25 10:50:01.839982+00', 210, NULL, NULL, 'USJKaGtCeEuyeW/mzJDtWHfbZFXybwOkRdA6ARSQ5G0=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010006', 'append_entries', 2, 6, 6, '2026-11-25 10:50:01.843507+00', 110, NULL, NULL, 'mchKrcqygdb/+5MlhGKAumHxrkakl+LFGlhKBjTKeX8=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010007', 'record_acts', 2, 5, 5, '2026-11-25 10:50:01.845338+00', 90, NULL, NULL, 's1shCwAwQziSMcG+cOxdqV2kBK5mqJURY9yLUm3WdT4=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010008', 'erase', 2, 17, 17, '2026-11-25 10:50:01.848882+00', 60, NULL, NULL, 'wwEfYBqkBGyp6so6O98nKArOsQNmnoJnwCjC/1CLxp0=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125010009', 'record_checkpoints', 2, 6, 6, '2026-11-25 10:50:01.850758+00', 71, NULL, NULL, '5Vp/8dgbRuDPNhEScVvyp7fmHF/8GyyWLDmNjbWTjbU=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125020000', 'read_nodes_in_order', 2, 2, 2, '2026-11-25 10:50:01.852376+00', 331, NULL, NULL, 'iRzhw45V8w+nCQl+thP+Rvks84KzrU5Lxb656SH3AdU=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125020001', 'refuse_what_no_reader_takes', 2, 2, 2, '2026-11-25 10:50:01.855133+00', 260, NULL, NULL, 'HaXc3+ZqCzfMLqtpUfSGNAEBlWtNkEwUi8Xn1qf2ci8=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125020003', 'record_the_time_of_the_append', 2, 1, 1, '2026-11-25 10:50:01.856864+00', 161, NULL, NULL, 'K61NKQEiK8/iS2Mi14Y78Bg+1otbSltzvKYZFGhfWiQ=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125020005', 'record_how_a_tenant_begins', 2, 1, 1, '2026-11-25 10:50:01.859624+00', 130, NULL, NULL, 'OJMisicxmIjlOcQlc4oBjYOtmyhFLKfIJpLCxDoCJIs=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125020006', 'append_by_place', 2, 1, 1, '2026-11-25 10:50:01.861118+00', 60, NULL, NULL, '0RJyLj7l9iyDkaVKGJtALKbdiED//gbmjnfvzcYHKgo=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125020007', 'name_algorithms', 2, 1, 1, '2026-11-25 10:50:01.862414+00', 130, NULL, NULL, 'ly3S23TZ9VFAInuKhIuLDicFSzZDLTxzIlty80EBI+A=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125020008', 'validate_names_of_algorithms', 2, 1, 1, '2026-11-25 10:50:01.863697+00', 90, NULL, NULL, 'MmPsKerUr+J6Gq4LrtCMnUUhbgYxVAsfuU4k4bhkqw4=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125031001', 'create_retention', 2, 8, 8, '2026-11-25 10:50:01.877547+00', 90, NULL, NULL, 'SnkhLINZAjVOyxIOJtryG/6U2Weys9l3nRDHaP/IABE=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125031002', 'index_payloads_by_time', 2, 1, 1, '2026-11-25 10:50:01.880259+00', 181090, NULL, NULL, 'issIq9Ie3/HmdUtIYIkLMsaoKKxZLIeGVUDCKlUzDp4=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125031003', 'isolate_retention', 2, 21, 21, '2026-11-25 10:50:01.882457+00', 90, NULL, NULL, 'D89V0JucD9ykI0Jz+dCukwI6Od2Onns1DE46B2UDZ9c=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125031004', 'guard_retention', 2, 13, 13, '2026-11-25 10:50:01.885485+00', 91, NULL, NULL, 'g3o534PglG3AKTv1VguDBoTAkXDh+cLkz7uOFB0aSTw=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125031005', 'set_retention', 2, 11, 11, '2026-11-25 10:50:01.888185+00', 120, NULL, NULL, '8rEf9oFcotnZfp+fcFxBV+fenHScMW3r/37rPhNlDwQ=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125031006', 'hold', 2, 14, 14, '2026-11-25 10:50:01.891142+00', 90, NULL, NULL, '3SvbuPi+6Vu9kCeJwfw5SCgQBhxQKIh6yYDGVwH/8ow=', 'null', 'attestdb');
INSERT INTO atlas_verdict.atlas_schema_revisions VALUES ('20261125031007', 'expire', 2, 8, 8, '2026-11-25 10:50:01.89619+00', 211, NULL, NULL, 'lSJ3QUer07Hur2N06kqIjT+2XcTtBtmEFGnVRiQsSFM=', 'null', 'attestdb');



INSERT INTO attestor.envelope_contents VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a88a-7841-bb54-3439c0fc206e', '2026-11-25 10:50:02.250533+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2238303531616136663739366136353362222c22736967223a22675575767137762b4c6a4e4e7533766843327a41586c6869643838512f7153623871645a5163774e766e4b4a783859477a62666b7133466978422b536b2f7253454362314c4e5847414d4d78796352693954427543413d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a893-7c8c-9f0a-ac58c150cbd3', '2026-11-25 10:50:02.25982+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c22766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c22746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303030222c226c6f674964223a7b226b65794964223a2263476a6b58314f506c632b594537556a75364736777a68394a3835646f2b57555a43695635497a313456383d227d2c226b696e6456657273696f6e223a7b226b696e64223a2264737365222c2276657273696f6e223a22302e302e31227d2c22696e746567726174656454696d65223a2231373935363033383032222c22696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d45594349514452706b4a47544655496173575959616b6e4f765469464f656159463975614a4d7968534251414834776167496841495078513353325a36564174376a7a7744676e7a47614d6f633246315142754258446f534c5a6a6c774175227d2c22696e636c7573696f6e50726f6f66223a7b22726f6f7448617368223a22554d486f6c485849434f6c2b35486151777a694931612b75326a65706b6131423272666f71585435726a633d222c227472656553697a65223a2231222c22636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e315c6e554d486f6c485849434f6c2b35486151777a694931612b75326a65706b6131423272666f71585435726a633d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d2063476a6b587a424741694541677145354e5232576576616835522f4475377153652f70734d356147422f735a624e78435667554f6137594349514437454d4d6e6578495655624862694e7a7750723261704b6b396f2b362f375777382f6d3952524154356a413d3d5c6e227d7d2c2263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f694e6d4a6b5a6a67354e4749355a475977595445344e5455315a545a6b595755795a54417a4e6d4a68593246694d544e6d4e5759324e324d344d6a45334d6a67334e575a6b4d5445334f5451774e6a646c5a6d4e685a694a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496d59795a4467355a574d7a4d4455774e6a67304e445931597a6c684e54686d4f446b794e7a67314e5449304e6d4977596a45324e5441305a574d334d6d566c4d4467324d44566a4e44646a4d5745304d5756684d5449696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565651306c5252464a614d466b334e6d3151656b5a765746703155457848614531315257567961305655565734354d7a425951576333545856504f466448656b464a5a314a544e5570324e304a49576d52715132315751324d79637a4a73626c4e494f5870305556427055556c57623342495448557852485976546a673949697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a524d575235556d31474e6b307a61477056523263795530644761474e49536e46536255357259315252654756455a4568615a32387a5a57745357464e724e444e564d44465855565a534d6c527255544e6b4d6a46575645526f6130394657545253513351785644424b4e6d56584f57394d4d315a615657784f565539485754565656545530556d74734e5670444f553556656c4930576a4661516c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c2264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694f444979596a4d7a595751344e324d784e4468684d4745794d474531596d4533593251315a574a6a595745324f47517a4e6d45784f4755335957466b4d5459314e5455304f54417a5a6a5579593245344d6a63314e794a394c434a755957316c496a6f6959574e745a534a395858303d222c227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227369676e617475726573223a5b7b22736967223a224d455543495144525a305937366d507a466f585a75504c47684d754565726b4554556e393330584167374d754f3857477a4149675253354a763742485a646a436d5643633273326c6e5348397a745150695149566f70484c753144762f4e383d227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a898-7c90-9881-1c2a6e3386a2', '2026-11-25 10:50:02.264818+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d466a625755694c434a6f59584e6f5a584d694f6c7437496d46735a794936496c4e49515330314d5449694c434a6a623235305a573530496a6f694e6a45324d7a5a6b4e6a55774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d44416966563073496d7870593256756332567a496a706265794a7361574e6c626e4e6c496a7037496d3568625755694f694a685932316c496e313958537769626d46745a534936496d466a625755694c434a7764584a73496a6f696347746e4f6d3577625339685932316c5147466a625755694c434a306558426c496a6f6962476c69636d467965534973496e5a6c636e4e70623234694f694a685932316c496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d466a625755694c434a306558426c496a6f695958427762476c6a595852706232346966583073496e4e6c636d6c686245353162574a6c63694936496d466a625755694c434a7a6347566a566d567963326c7662694936496a45754e694a394c434a77636d566b61574e68644756556558426c496a6f696148523063484d364c79396a65574e736232356c5a48677562334a6e4c324a7662534973496e4e31596d706c593351694f6c7437496d52705a32567a6443493665794a7a614745794e5459694f6949324e474a6c596a67794d6a41355a57466b597a4d794e6a597a4f4445314f5455794f47566d5954466b5a47466a5a4467794e544d774e32466d5a6a4e6d4d4751775a4468684f575a6c4f446b7a4e44646b596a4669496e3073496d3568625755694f694a745a5778305a57517564476436496e316466513d3d222c227369676e617475726573223a5b7b226b65796964223a2238303531616136663739366136353362222c22736967223a2247523167627841656c3343476f56654572574c696a4679524142536f72374d4c444537766e55363262334264554f32314b4965572f2f412b4f2b7456504f2b39554837697973546858364a6e6d764c677347327044773d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8a9-7dc8-babe-717e60ad1f1e', '2026-11-25 10:50:02.281897+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2238303531616136663739366136353362222c22736967223a22675575767137762b4c6a4e4e7533766843327a41586c6869643838512f7153623871645a5163774e766e4b4a783859477a62666b7133466978422b536b2f7253454362314c4e5847414d4d78796352693954427543413d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ab-7e03-9e97-eb43691ba121', '2026-11-25 10:50:02.283916+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c22766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c22746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303031222c226c6f674964223a7b226b65794964223a2263476a6b58314f506c632b594537556a75364736777a68394a3835646f2b57555a43695635497a313456383d227d2c226b696e6456657273696f6e223a7b226b696e64223a2264737365222c2276657273696f6e223a22302e302e31227d2c22696e746567726174656454696d65223a2231373935363033383032222c22696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d45554349514355496c48452b575373324e6d54534b58306831395038367a4a3268352f41586e6c32586b466348714354674967594f376e7148536e384a6456777976774b3531444b3335666f2b4a514a676a557978652b356442395134553d227d2c22696e636c7573696f6e50726f6f66223a7b226c6f67496e646578223a2231222c22726f6f7448617368223a2255417933745a6a776841634c6f4347784353794e39675370334554726948314e476e515a7037646b4b37513d222c227472656553697a65223a2232222c22686173686573223a5b22554d486f6c485849434f6c2b35486151777a694931612b75326a65706b6131423272666f71585435726a633d225d2c22636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e325c6e55417933745a6a776841634c6f4347784353794e39675370334554726948314e476e515a7037646b4b37513d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d2063476a6b587a424541694179517670376474566f5a6350594442787578776d41724e44464a6b465a367151486354476371344b757541496761336f706854655371315952334e742f70587a2b666d306b377878722b6a627a524a4a33706a434a5952383d5c6e227d7d2c2263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f694e6a6b784e54646a4d444e694d474a694d7a6b344d7a6469597a646b5a6d49305a4455334e6a59774d7a646a4d446c6b4d4467304e7a49784e475132593259775a6d55304f54466d593255774f545a6b4e446b774e534a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496a51354d6a4d324d446c6d5a6a51774d5752694f445532596a633159544e6d5a44466d4d6a4d334d3251334d4452684e6d51324d474d314e446c6d4d574a694f4759345932597a4e4745795a6a6c6c5a546b344d7a67696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565651306c44545664445656566c62325a30647a466a615535506153737751304e5a515445315a476c6b576a6434616b744664336f3255545a6f6132563051576c465157686a4e577452546c68774f58427261316835613164794e46464a4e44557a53576b314d48424c4d6d395961574a705a797458635564504d30453949697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a524d575235556d31474e6b307a61477056523263795530644761474e49536e46536255357259315252654756455a4568615a32387a5a57745357464e724e444e564d44465855565a534d6c527255544e6b4d6a46575645526f6130394657545253513351785644424b4e6d56584f57394d4d315a615657784f565539485754565656545530556d74734e5670444f553556656c4930576a4661516c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c2264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e574a6a4d5745774f4751794f4755304d475a6c4e7a6c6a59544e6c593249774e7a64694d324a6b4d54526d5a6a41775a475935596d466b4d474d305954426b4e7a526c593251774f4441315a574e6d4d4749785a694a394c434a755957316c496a6f695a327876596d5634496e316466513d3d222c227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227369676e617475726573223a5b7b22736967223a224d45554349434d57435555656f6674773163694e4f692b304343594131356469645a37786a4b45777a365136686b6574416945416863356b514e587039706b6b58796b577234514934353349693530704b326f58696269672b5771474f33413d227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-7283-963a-f673dc075470', '2026-11-25 10:50:02.285164+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d647362324a6c65434973496d68686332686c63794936573373695957786e496a6f69553068424c5455784d694973496d4e76626e526c626e51694f6949324e7a5a6a4e6d59324d6a59314e7a67774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d434a395853776962476c6a5a57357a5a584d694f6c7437496d787059325675633255694f6e7369626d46745a534936496d647362324a6c65434a3966563073496d3568625755694f694a6e624739695a5867694c434a7764584a73496a6f696347746e4f6d35776253396e624739695a5868415a327876596d56344969776964486c775a534936496d7870596e4a68636e6b694c434a325a584a7a61573975496a6f695a327876596d5634496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d647362324a6c65434973496e5235634755694f694a686348427361574e6864476c7662694a39665377696332567961574673546e5674596d5679496a6f695a327876596d5634496977696333426c59315a6c636e4e70623234694f6949784c6a59696653776963484a6c5a476c6a5958526c56486c775a534936496d68306448427a4f69387659336c6a624739755a5752344c6d39795a793969623230694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e6a52695a5749344d6a49774f5756685a474d7a4d6a59324d7a67784e546b314d6a686c5a6d45785a475268593251344d6a557a4d4464685a6d597a5a6a426b4d47513459546c6d5a5467354d7a51335a47497859694a394c434a755957316c496a6f69625756736447566b4c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2238303531616136663739366136353362222c22736967223a223159676f68394163384c595a654f356d59582b5a415a357a67692b643571304f3145736572665253755254536d77475654386e6c2f7538472f4668557a2b6e6c475871654b512f35447368596c69526c7543795441413d3d227d5d7d');



INSERT INTO attestor.envelope_signatures VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a88a-7bd7-9299-ded27b925ed3', '2026-11-25 10:50:02.250533+00', '01a21253-a88a-7841-bb54-3439c0fc206e', 0, '8051aa6f796a653b', '\x814bafabbbfe2e334dbb7be10b6cc05e586277cf10fea49bf2a75941cc0dbe7289c7c606cdb7e4ab7162c41f9293fad21026f52cd5c600c331c9c462f5306e08', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a893-7d3d-9681-4c4b8c62feb3', '2026-11-25 10:50:02.25982+00', '01a21253-a893-7c8c-9f0a-ac58c150cbd3', 0, 'client', '\x3045022100d167463bea63f31685d9b8f2c684cb847ab9044d49fddf45c083b32e3bc586cc0220452e49bfb04765d8c299509cdacda59d21fdced40f890215a291cbbb50effcdf', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a899-7acb-8b5a-dbcc4939582a', '2026-11-25 10:50:02.264818+00', '01a21253-a898-7c90-9881-1c2a6e3386a2', 0, '8051aa6f796a653b', '\x191d606f101e977086a15784ad62e28c5c910014a8afb30b0c4eef9d4eb66f705d50edb5288796fff03e3beb553cefbd507ee2cac4e15fa2679af2e0b06da90f', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8a9-7eee-b94f-a77607bf5a76', '2026-11-25 10:50:02.281897+00', '01a21253-a8a9-7dc8-babe-717e60ad1f1e', 0, '8051aa6f796a653b', '\x814bafabbbfe2e334dbb7be10b6cc05e586277cf10fea49bf2a75941cc0dbe7289c7c606cdb7e4ab7162c41f9293fad21026f52cd5c600c331c9c462f5306e08', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ab-7e4f-b9a0-01032306d679', '2026-11-25 10:50:02.283916+00', '01a21253-a8ab-7e03-9e97-eb43691ba121', 0, 'client', '\x30450220231609451ea1fb70d5c88d3a2fb4082600d79762759ef18ca130cfa43a8647ad02210085ce6440d5e9f699245f2916af8408e39dc88b9d292b6a1789b8a0f96a863b70', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-73bb-8874-5b64ac28292b', '2026-11-25 10:50:02.285164+00', '01a21253-a8ad-7283-963a-f673dc075470', 0, '8051aa6f796a653b', '\xd5882887d01cf0b61978ee66617f99019e73822f9de6ad0ed44b1eadf452b914d29b01954fc9e5feef06fc5854cfe9e5197a9e290ff90ec858962465b82c9300', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);



INSERT INTO attestor.envelope_verifications VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a88a-7bdf-abc9-844ccadf8554', '2026-11-25 10:50:02.258352+00', '01a21253-a88a-7841-bb54-3439c0fc206e', 'verified', 'publickey v3', 'signatures of at least 1 of 1 keys: "8051aa6f796a653b" spki sha256:c47af93754e1e538aa6cc420ff6467e197e5372c3cfefe20c51ef9210f2fee27', NULL, '[0]', '2026-11-25 10:50:02.25076+00', NULL);
INSERT INTO attestor.envelope_verifications VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8a9-7ef6-95f0-32cdbc2a3ab3', '2026-11-25 10:50:02.283178+00', '01a21253-a8a9-7dc8-babe-717e60ad1f1e', 'verified', 'publickey v3', 'signatures of at least 1 of 1 keys: "8051aa6f796a653b" spki sha256:c47af93754e1e538aa6cc420ff6467e197e5372c3cfefe20c51ef9210f2fee27', NULL, '[0]', '2026-11-25 10:50:02.281957+00', NULL);



INSERT INTO attestor.envelopes VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a88a-7841-bb54-3439c0fc206e', '2026-11-25 10:50:02.250533+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x2792f7c6d4acbfdb11aa97c7c25ad6498a99fc4fca6b08e71ba24c37a9b82521', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a893-7c8c-9f0a-ac58c150cbd3', '2026-11-25 10:50:02.25982+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\xc6d4981e3a1684a1547731c55b320f309149f9a55bce8dbd3978bea5042fd74e', '\xf2d89ec3050684465c9a58f8927855246b0b16504ec72ee08605c47c1a41ea12', 2251, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a898-7c90-9881-1c2a6e3386a2', '2026-11-25 10:50:02.264818+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x2c8612f9958b2d6690d816aeced42c6ee5f915a327448af7c81eb753156abf1d', '\x15e83b9b962efd9488cc9fe0b8d96c6268d6e3a4fb946050c9d7cef7af9e064b', 1096, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8a9-7dc8-babe-717e60ad1f1e', '2026-11-25 10:50:02.281897+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x2792f7c6d4acbfdb11aa97c7c25ad6498a99fc4fca6b08e71ba24c37a9b82521', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ab-7e03-9e97-eb43691ba121', '2026-11-25 10:50:02.283916+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\xc866e5129e4cb390bfbf4d01846df36ce1dac8bc1d9452ebe2ececacf82e6d86', '\x4923609ff401db856b75a3fd1f2373d704a6d60c549f1bb8f8cf34a2f9ee9838', 2324, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-7283-963a-f673dc075470', '2026-11-25 10:50:02.285164+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x21f5cfca361c9c6b251a96b06bd310b8528bd7aff19b8db66bab123318bed421', '\x6daa42be8c4808d6c93f8d6286d046233ad17af28cd6bfb9022f93a96c43e293', 1116, 'domaintest');



INSERT INTO attestor.proof_chains VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a8a1-7dc7-bb74-80a1c79e1c65', '2026-11-25 10:50:02.277025+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\x75d458d50d029dac983c624471f1863ff8443326882450c3d69cc3ccaba851a8', 1, NULL, 'domaintest');
INSERT INTO attestor.proof_chains VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ae-7950-b173-e4de5274dbde', '2026-11-25 10:50:02.287975+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\x75d458d50d029dac983c624471f1863ff8443326882450c3d69cc3ccaba851a8', 1, NULL, 'domaintest');



INSERT INTO attestor.proof_segments VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a8a1-7dd6-b64b-718ff1870b98', '2026-11-25 10:50:02.277025+00', '01a21253-a8a1-7dc7-bb74-80a1c79e1c65', 0, 'evidence', '\x2792f7c6d4acbfdb11aa97c7c25ad6498a99fc4fca6b08e71ba24c37a9b82521', NULL);
INSERT INTO attestor.proof_segments VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ae-795e-a08d-6ac8552a27b8', '2026-11-25 10:50:02.287975+00', '01a21253-a8ae-7950-b173-e4de5274dbde', 0, 'evidence', '\x2792f7c6d4acbfdb11aa97c7c25ad6498a99fc4fca6b08e71ba24c37a9b82521', NULL);



INSERT INTO attestor.sbom_artifacts VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a899-7ad0-99f0-10f8809c1aca', '2026-11-25 10:50:02.264818+00', '01a21253-a899-7a95-93f7-3963d12fed28', '01a21253-a898-7c90-9881-1c2a6e3386a2', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.sbom_artifacts VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-73be-95ee-8d9332268f7d', '2026-11-25 10:50:02.285164+00', '01a21253-a8ad-73a0-bae5-c96550471e7b', '01a21253-a8ad-7283-963a-f673dc075470', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');






INSERT INTO attestor.sbom_entries VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a899-7ade-8248-4e302f2ec6cc', '2026-11-25 10:50:02.264818+00', '01a21253-a899-7a95-93f7-3963d12fed28', 0, 'acme', 'library', 'acme', 'acme', 'pkg:npm/acme@acme', 'pkg:npm/acme', 'acme');
INSERT INTO attestor.sbom_entries VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-73ca-96ca-46c2c0b2b1f8', '2026-11-25 10:50:02.285164+00', '01a21253-a8ad-73a0-bae5-c96550471e7b', 0, 'globex', 'library', 'globex', 'globex', 'pkg:npm/globex@globex', 'pkg:npm/globex', 'globex');



INSERT INTO attestor.sbom_entry_digests VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a899-7ae4-9920-c5a875c7124f', '2026-11-25 10:50:02.264818+00', '01a21253-a899-7ade-8248-4e302f2ec6cc', 0, 'sha512', '\x61636d65000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO attestor.sbom_entry_digests VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-73cf-909a-bb77cdaeb865', '2026-11-25 10:50:02.285164+00', '01a21253-a8ad-73ca-96ca-46c2c0b2b1f8', 0, 'sha512', '\x676c6f62657800000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');



INSERT INTO attestor.sbom_entry_licences VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a899-7aeb-aaaf-205147b54e4e', '2026-11-25 10:50:02.264818+00', '01a21253-a899-7ade-8248-4e302f2ec6cc', 0, true, 'acme');
INSERT INTO attestor.sbom_entry_licences VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-73d3-85af-a2e58d137f4c', '2026-11-25 10:50:02.285164+00', '01a21253-a8ad-73ca-96ca-46c2c0b2b1f8', 0, true, 'globex');



INSERT INTO attestor.sboms VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a899-7a95-93f7-3963d12fed28', '2026-11-25 10:50:02.264818+00', '\xcf2b5eae6a1e0109811fd6302121c245e3f2f5178020eb2b0ddc0357f340c20d', 449, 'cyclonedx', '1.6', 'acme', 'acme', NULL, 1, 'domaintest');
INSERT INTO attestor.sboms VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-73a0-bae5-c96550471e7b', '2026-11-25 10:50:02.285164+00', '\x7492dfff70bf0fda47b48260f1f0b39bf1a53540318ef77c42216499123f997c', 465, 'cyclonedx', '1.6', 'globex', 'globex', NULL, 1, 'domaintest');



INSERT INTO attestor.statement_subjects VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a88a-7bdb-afc6-fddf71267d66', '2026-11-25 10:50:02.250533+00', '01a21253-a88a-7841-bb54-3439c0fc206e', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a893-7d41-a9a5-82ae9b31cfe4', '2026-11-25 10:50:02.25982+00', '01a21253-a893-7c8c-9f0a-ac58c150cbd3', 0, 'acme', 'sha256', '\x822b33ad87c148a0a20a5ba7cd5ebcaa68d36a18e7aad165554903f52ca82757');
INSERT INTO attestor.statement_subjects VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a899-7ad0-99f0-10f8809c1aca', '2026-11-25 10:50:02.264818+00', '01a21253-a898-7c90-9881-1c2a6e3386a2', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.statement_subjects VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8a9-7ef2-b678-9eee100a726d', '2026-11-25 10:50:02.281897+00', '01a21253-a8a9-7dc8-babe-717e60ad1f1e', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ab-7e54-813d-aad168329195', '2026-11-25 10:50:02.283916+00', '01a21253-a8ab-7e03-9e97-eb43691ba121', 0, 'globex', 'sha256', '\x5bc1a08d28e40fe79ca3ecb077b3bd14ff00df9bad0c4a0d74ecd0805ecf0b1f');
INSERT INTO attestor.statement_subjects VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-73be-95ee-8d9332268f7d', '2026-11-25 10:50:02.285164+00', '01a21253-a8ad-7283-963a-f673dc075470', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');



INSERT INTO attestor.statements VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a88a-7841-bb54-3439c0fc206e', '2026-11-25 10:50:02.250533+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a893-7c8c-9f0a-ac58c150cbd3', '2026-11-25 10:50:02.25982+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a898-7c90-9881-1c2a6e3386a2', '2026-11-25 10:50:02.264818+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');
INSERT INTO attestor.statements VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8a9-7dc8-babe-717e60ad1f1e', '2026-11-25 10:50:02.281897+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ab-7e03-9e97-eb43691ba121', '2026-11-25 10:50:02.283916+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ad-7283-963a-f673dc075470', '2026-11-25 10:50:02.285164+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');



INSERT INTO rekor.log_checkpoints VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a893-7d2e-9cd6-aae56ddc08f1', '2026-11-25 10:50:02.262352+00', 'rekor.example.com - 1193046471193046471', 1, '\x50c1e89475c808e97ee47690c33888d5afaeda37a991ad41dab7e8a974f9ae37', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a310a554d486f6c485849434f6c2b35486151777a694931612b75326a65706b6131423272666f71585435726a633d0a0ae280942072656b6f722e6578616d706c652e636f6d2063476a6b587a424741694541677145354e5232576576616835522f4475377153652f70734d356147422f735a624e78435667554f6137594349514437454d4d6e6578495655624862694e7a7750723261704b6b396f2b362f375777382f6d3952524154356a413d3d0a', '\x654772baac07d0ac1767421537193db13343781881ac6bcd33d3587b68c3ce06');
INSERT INTO rekor.log_checkpoints VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ab-7e42-a204-267e322b0dff', '2026-11-25 10:50:02.284742+00', 'rekor.example.com - 1193046471193046471', 2, '\x500cb7b598f084070ba021b1092c8df604a9dc44eb887d4d1a7419a7b7642bb4', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a320a55417933745a6a776841634c6f4347784353794e39675370334554726948314e476e515a7037646b4b37513d0a0ae280942072656b6f722e6578616d706c652e636f6d2063476a6b587a424541694179517670376474566f5a6350594442787578776d41724e44464a6b465a367151486354476371344b757541496761336f706854655371315952334e742f70587a2b666d306b377878722b6a627a524a4a33706a434a5952383d0a', '\xeeedf285375b76910543143be5764d71bc8a92eff67f0b90668c7e8581f100fa');



INSERT INTO rekor.log_entries VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', '01a21253-a893-7d27-ab86-3a956805764d', '2026-11-25 10:50:02.25982+00', '01a21253-a893-7c8c-9f0a-ac58c150cbd3', 0, '\x7068e45f538f95cf9813b523bba1bac3387d27ce5da3e594642895e48cf5e15f', 1000, 'dsse', '0.0.1', '2026-11-25 10:50:02+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2236626466383934623964663061313835353565366461653265303336626163616231336635663637633832313732383735666431313739343036376566636166227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2266326438396563333035303638343436356339613538663839323738353532343662306231363530346563373265653038363035633437633161343165613132227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d455543495144525a305937366d507a466f585a75504c47684d754565726b4554556e393330584167374d754f3857477a4149675253354a763742485a646a436d5643633273326c6e5348397a745150695149566f70484c753144762f4e383d222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a30464651316479526d46364d33686a554767325347466863484a71526d4e6b63545178654464485a676f33656b5258536b34335530315751565232546b5133643231565444686b4f4559345243743154304a366557396f4c33565a556c4e554f47593555553534526b6c355a43394e557a52345a315a425054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\xde749b18297f8dd17d22fe2ff8b0998405a6f1a8540dd3b3b9bf8a19dc40f1a8', '\x50c1e89475c808e97ee47690c33888d5afaeda37a991ad41dab7e8a974f9ae37', '\x3046022100d1a642464c55086ac59861a9273af4e214e79a605f6e689332852050007e306a02210083f14374b667a540b7b8f3c03827cc668ca1cd85d5006e0570e848b66397002e', 0, 1, '\x50c1e89475c808e97ee47690c33888d5afaeda37a991ad41dab7e8a974f9ae37', '\x', '01a21253-a893-7d2e-9cd6-aae56ddc08f1', NULL);
INSERT INTO rekor.log_entries VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '01a21253-a8ab-7e3a-a596-4f82f88a91c6', '2026-11-25 10:50:02.283916+00', '01a21253-a8ab-7e03-9e97-eb43691ba121', 0, '\x7068e45f538f95cf9813b523bba1bac3387d27ce5da3e594642895e48cf5e15f', 1001, 'dsse', '0.0.1', '2026-11-25 10:50:02+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2236393135376330336230626233393833376263376466623464353736363033376330396430383437323134643663663066653439316663653039366434393035227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2234393233363039666634303164623835366237356133666431663233373364373034613664363063353439663162623866386366333461326639656539383338227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d45554349434d57435555656f6674773163694e4f692b304343594131356469645a37786a4b45777a365136686b6574416945416863356b514e587039706b6b58796b577234514934353349693530704b326f58696269672b5771474f33413d222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a30464651316479526d46364d33686a554767325347466863484a71526d4e6b63545178654464485a676f33656b5258536b34335530315751565232546b5133643231565444686b4f4559345243743154304a366557396f4c33565a556c4e554f47593555553534526b6c355a43394e557a52345a315a425054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\xa3da01e0fca7dd57f47489997a5b8dc9b8c27be8de38f93c3add16e460c56874', '\x3a45a01d19e29283150538f4e4131c3dba1fb775e175bb71318f450009cc96dd', '\x3045022100942251c4f964acd8d99348a5f4875f4ff3acc9da1e7f0179e5d97905707a824e022060eee7a874a7f09755c32bf02b9d432b7e5fa3e2502608d4cb17bee5d07d4385', 1, 2, '\x500cb7b598f084070ba021b1092c8df604a9dc44eb887d4d1a7419a7b7642bb4', '\x50c1e89475c808e97ee47690c33888d5afaeda37a991ad41dab7e8a974f9ae37', '01a21253-a8ab-7e42-a204-267e322b0dff', NULL);



INSERT INTO tenancy.library_floors VALUES (2, 'evidence enters by attestor.record_envelopes alone', '2026-11-25 10:50:01.727074+00');
INSERT INTO tenancy.library_floors VALUES (3, 'evidence enters by attestor.record_evidence alone', '2026-11-25 10:50:01.802177+00');



INSERT INTO tenancy.tenants VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', 'acme', 'active', '2026-11-25 10:50:02.241901+00', 'domaintest', '2026-11-25 10:50:02.241901+00', 'domaintest', false, false, NULL, NULL);
INSERT INTO tenancy.tenants VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', 'globex', 'active', '2026-11-25 10:50:02.278324+00', 'domaintest', '2026-11-25 10:50:02.278324+00', 'domaintest', false, false, NULL, NULL);






INSERT INTO verdict.ledger_entries VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', 'd107f996-9b4b-45d4-9360-82c4a3c3371a', 0, '2026-11-25 10:50:02.246046+00', '\x0000000000000000000000000000000000000000000000000000000000000000', 'act', 'tenant.create', NULL, NULL, 'acme', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\xbe05df1e90d6cd8a23af1b14ee1dbdb592b47f3cce23bdf5b013047fa71898ac', 'domaintest', NULL, '\xeb148d8cb38681b42e8cce62b199221abbed3e449bde4d3c2f42a346caf2c4e2');
INSERT INTO verdict.ledger_entries VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '5cfb3a9b-6736-41ca-a0c4-7c0e556770d6', 0, '2026-11-25 10:50:02.279334+00', '\x0000000000000000000000000000000000000000000000000000000000000000', 'act', 'tenant.create', NULL, NULL, 'globex', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x714db367bbd49fec642ce0181d5bd236f001df175171af11b925ca81bb4ab19c', 'domaintest', NULL, '\xa5892c47b9c557d865a8cbf8abe5e6db70e284db38a20ef827d1454720f5f01b');












INSERT INTO verdict.ledgers VALUES ('01a21253-a881-7e30-88ea-3907ade78e9e', 'db8c01f3-4ffd-4ee2-956b-f160e61fedb1', '2026-11-25 10:50:02.245137+00');
INSERT INTO verdict.ledgers VALUES ('01a21253-a8a6-7553-93b6-ff94fdef64ad', '773b8646-5648-4d1a-bfd0-b08c719e0819', '2026-11-25 10:50:02.279189+00');












ALTER TABLE ONLY atlas_attestor.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY atlas_rekor.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY atlas_tenancy.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY atlas_verdict.atlas_schema_revisions
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



ALTER TABLE tenancy.tenants
    ADD CONSTRAINT tenants_id_not_nil CHECK ((id <> '00000000-0000-0000-0000-000000000000'::uuid)) NOT VALID;



ALTER TABLE ONLY tenancy.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);



ALTER TABLE ONLY verdict.ledger_checkpoints
    ADD CONSTRAINT ledger_checkpoints_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE verdict.ledger_entries
    ADD CONSTRAINT ledger_entries_actor_printable CHECK ((translate(actor, (((((((((((((((((((((((((((((((chr(1) || chr(2)) || chr(3)) || chr(4)) || chr(5)) || chr(6)) || chr(7)) || chr(8)) || chr(9)) || chr(10)) || chr(11)) || chr(12)) || chr(13)) || chr(14)) || chr(15)) || chr(16)) || chr(17)) || chr(18)) || chr(19)) || chr(20)) || chr(21)) || chr(22)) || chr(23)) || chr(24)) || chr(25)) || chr(26)) || chr(27)) || chr(28)) || chr(29)) || chr(30)) || chr(31)) || chr(127)), ''::text) = actor)) NOT VALID;



ALTER TABLE verdict.ledger_entries
    ADD CONSTRAINT ledger_entries_erasure_reason CHECK (((action <> ALL (ARRAY['payload.erase'::text, 'envelope.erase'::text])) OR (reason IS NOT NULL))) NOT VALID;



ALTER TABLE verdict.ledger_entries
    ADD CONSTRAINT ledger_entries_not_zero CHECK (((id <> '00000000-0000-0000-0000-000000000000'::uuid) AND (policy_digest <> decode('0000000000000000000000000000000000000000000000000000000000000000'::text, 'hex'::text)) AND (payload_hash <> decode('0000000000000000000000000000000000000000000000000000000000000000'::text, 'hex'::text)))) NOT VALID;



ALTER TABLE ONLY verdict.ledger_entries
    ADD CONSTRAINT ledger_entries_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE verdict.ledger_entries
    ADD CONSTRAINT ledger_entries_subject_digest_of_algorithm CHECK (
CASE
    WHEN (subject_algorithm = ANY (ARRAY['sha256'::text, 'sha512_256'::text, 'sha3_256'::text, 'blake2s'::text, 'sm3'::text, 'gost'::text])) THEN (octet_length(subject_digest) = 32)
    WHEN (subject_algorithm = ANY (ARRAY['sha512'::text, 'sha3_512'::text, 'blake2b'::text])) THEN (octet_length(subject_digest) = 64)
    WHEN (subject_algorithm = ANY (ARRAY['sha384'::text, 'sha3_384'::text])) THEN (octet_length(subject_digest) = 48)
    WHEN (subject_algorithm = ANY (ARRAY['sha224'::text, 'sha512_224'::text, 'sha3_224'::text])) THEN (octet_length(subject_digest) = 28)
    WHEN (subject_algorithm = ANY (ARRAY['sha1'::text, 'ripemd160'::text])) THEN (octet_length(subject_digest) = 20)
    WHEN (subject_algorithm = 'md5'::text) THEN (octet_length(subject_digest) = 16)
    WHEN (subject_algorithm = ANY (ARRAY['shake128'::text, 'shake256'::text, 'gitCommit'::text, 'gitTree'::text, 'gitBlob'::text, 'gitTag'::text])) THEN true
    WHEN (lower((subject_algorithm COLLATE "C")) = ANY (ARRAY['sha256'::text, 'sha512_256'::text, 'sha3_256'::text, 'blake2s'::text, 'sm3'::text, 'gost'::text, 'sha512'::text, 'sha3_512'::text, 'blake2b'::text, 'sha384'::text, 'sha3_384'::text, 'sha224'::text, 'sha512_224'::text, 'sha3_224'::text, 'sha1'::text, 'ripemd160'::text, 'md5'::text, 'shake128'::text, 'shake256'::text, 'gitcommit'::text, 'gittree'::text, 'gitblob'::text, 'gittag'::text])) THEN false
    ELSE (convert_from(subject_digest, 'UTF8'::name) <> ''::text)
END) NOT VALID;



ALTER TABLE verdict.ledger_inputs
    ADD CONSTRAINT ledger_inputs_digest_not_zero CHECK ((digest <> decode('0000000000000000000000000000000000000000000000000000000000000000'::text, 'hex'::text))) NOT VALID;



ALTER TABLE ONLY verdict.ledger_inputs
    ADD CONSTRAINT ledger_inputs_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE verdict.ledger_inputs
    ADD CONSTRAINT ledger_inputs_position_most CHECK (("position" < 1000)) NOT VALID;



ALTER TABLE ONLY verdict.ledger_nodes
    ADD CONSTRAINT ledger_nodes_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY verdict.ledger_payloads
    ADD CONSTRAINT ledger_payloads_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY verdict.ledgers
    ADD CONSTRAINT ledgers_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY verdict.legal_hold_releases
    ADD CONSTRAINT legal_hold_releases_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY verdict.legal_holds
    ADD CONSTRAINT legal_holds_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY verdict.retention_rules
    ADD CONSTRAINT retention_rules_pkey PRIMARY KEY (tenant_id, id);



CREATE INDEX envelope_contents_time_idx ON attestor.envelope_contents USING btree (tenant_id, created_at, id);



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



CREATE UNIQUE INDEX ledger_checkpoints_note_key ON verdict.ledger_checkpoints USING btree (tenant_id, note_sha256);



CREATE INDEX ledger_checkpoints_tree_size_idx ON verdict.ledger_checkpoints USING btree (tenant_id, tree_size, created_at, id);



CREATE INDEX ledger_entries_action_idx ON verdict.ledger_entries USING btree (tenant_id, action, seq) WHERE (action IS NOT NULL);



CREATE INDEX ledger_entries_current_idx ON verdict.ledger_entries USING btree (tenant_id, policy_uri, subject_digest, subject_algorithm, seq);



CREATE UNIQUE INDEX ledger_entries_idempotency_key ON verdict.ledger_entries USING btree (tenant_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);



CREATE INDEX ledger_entries_policy_idx ON verdict.ledger_entries USING btree (tenant_id, policy_uri, seq);



CREATE INDEX ledger_entries_recorded_at_idx ON verdict.ledger_entries USING btree (tenant_id, recorded_at, seq);



CREATE UNIQUE INDEX ledger_entries_seq_key ON verdict.ledger_entries USING btree (tenant_id, seq);



CREATE INDEX ledger_entries_subject_idx ON verdict.ledger_entries USING btree (tenant_id, subject_digest, subject_algorithm, seq);



CREATE INDEX ledger_inputs_digest_idx ON verdict.ledger_inputs USING btree (tenant_id, digest, seq);



CREATE UNIQUE INDEX ledger_inputs_position_key ON verdict.ledger_inputs USING btree (tenant_id, seq, "position");



CREATE UNIQUE INDEX ledger_nodes_place_key ON verdict.ledger_nodes USING btree (tenant_id, level, index);



CREATE INDEX ledger_payloads_time_idx ON verdict.ledger_payloads USING btree (tenant_id, created_at, id);



CREATE UNIQUE INDEX ledgers_tenant_key ON verdict.ledgers USING btree (tenant_id);



CREATE INDEX legal_holds_digest_idx ON verdict.legal_holds USING btree (tenant_id, digest, scope) WHERE (digest IS NOT NULL);



CREATE INDEX legal_holds_scope_idx ON verdict.legal_holds USING btree (tenant_id, scope, seq) WHERE (scope = 'tenant'::text);



CREATE UNIQUE INDEX legal_holds_seq_key ON verdict.legal_holds USING btree (tenant_id, seq);



CREATE INDEX legal_holds_subject_idx ON verdict.legal_holds USING btree (tenant_id, subject_digest, subject_algorithm) WHERE (subject_digest IS NOT NULL);



CREATE UNIQUE INDEX retention_rules_seq_key ON verdict.retention_rules USING btree (tenant_id, seq);



CREATE TRIGGER envelope_contents_active_tenant BEFORE INSERT ON attestor.envelope_contents FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_contents_append_only BEFORE UPDATE OR TRUNCATE ON attestor.envelope_contents FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelope_contents_erasure BEFORE DELETE ON attestor.envelope_contents FOR EACH ROW EXECUTE FUNCTION verdict.require_erasure('envelope.erase');



CREATE TRIGGER envelope_contents_held BEFORE DELETE ON attestor.envelope_contents FOR EACH ROW EXECUTE FUNCTION verdict.refuse_held('envelope');



CREATE TRIGGER envelope_signatures_active_tenant BEFORE INSERT ON attestor.envelope_signatures FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_signatures_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_signatures FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelope_verifications_active_tenant BEFORE INSERT ON attestor.envelope_verifications FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_verifications_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_verifications FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelope_verifications_timed BEFORE INSERT ON attestor.envelope_verifications FOR EACH ROW EXECUTE FUNCTION attestor.time_verification();



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



CREATE TRIGGER tenants_acts AFTER INSERT OR UPDATE ON tenancy.tenants FOR EACH ROW EXECUTE FUNCTION verdict.record_tenant_act();



CREATE TRIGGER tenants_changer BEFORE INSERT OR UPDATE ON tenancy.tenants FOR EACH ROW EXECUTE FUNCTION tenancy.require_changer();



CREATE TRIGGER tenants_keep BEFORE DELETE OR TRUNCATE ON tenancy.tenants FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER ledger_checkpoints_active_tenant BEFORE INSERT ON verdict.ledger_checkpoints FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER ledger_checkpoints_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.ledger_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER ledger_entries_active_tenant BEFORE INSERT ON verdict.ledger_entries FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER ledger_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER ledger_entries_law AFTER INSERT ON verdict.ledger_entries REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION verdict.check_entries();



CREATE TRIGGER ledger_inputs_active_tenant BEFORE INSERT ON verdict.ledger_inputs FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER ledger_inputs_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.ledger_inputs FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER ledger_inputs_law AFTER INSERT ON verdict.ledger_inputs REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION verdict.check_inputs();



CREATE TRIGGER ledger_nodes_active_tenant BEFORE INSERT ON verdict.ledger_nodes FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER ledger_nodes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.ledger_nodes FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER ledger_payloads_active_tenant BEFORE INSERT ON verdict.ledger_payloads FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER ledger_payloads_append_only BEFORE UPDATE OR TRUNCATE ON verdict.ledger_payloads FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER ledger_payloads_erasure BEFORE DELETE ON verdict.ledger_payloads FOR EACH ROW EXECUTE FUNCTION verdict.require_erasure('payload.erase');



CREATE TRIGGER ledger_payloads_held BEFORE DELETE ON verdict.ledger_payloads FOR EACH ROW EXECUTE FUNCTION verdict.refuse_held('entry');



CREATE TRIGGER ledger_payloads_law AFTER INSERT ON verdict.ledger_payloads REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION verdict.check_payloads();



CREATE TRIGGER ledgers_active_tenant BEFORE INSERT ON verdict.ledgers FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER ledgers_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.ledgers FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER legal_hold_releases_act BEFORE INSERT ON verdict.legal_hold_releases FOR EACH ROW EXECUTE FUNCTION verdict.require_act('hold.release');



CREATE TRIGGER legal_hold_releases_active_tenant BEFORE INSERT ON verdict.legal_hold_releases FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER legal_hold_releases_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.legal_hold_releases FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER legal_holds_act BEFORE INSERT ON verdict.legal_holds FOR EACH ROW EXECUTE FUNCTION verdict.require_act('hold.place');



CREATE TRIGGER legal_holds_active_tenant BEFORE INSERT ON verdict.legal_holds FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER legal_holds_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.legal_holds FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER retention_rules_act BEFORE INSERT ON verdict.retention_rules FOR EACH ROW EXECUTE FUNCTION verdict.require_act('retention.set');



CREATE TRIGGER retention_rules_active_tenant BEFORE INSERT ON verdict.retention_rules FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER retention_rules_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON verdict.retention_rules FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



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



ALTER TABLE ONLY verdict.ledger_payloads
    ADD CONSTRAINT ledger_payloads_entry_fk FOREIGN KEY (tenant_id, id) REFERENCES verdict.ledger_entries(tenant_id, id);



ALTER TABLE ONLY verdict.legal_hold_releases
    ADD CONSTRAINT legal_hold_releases_hold_fk FOREIGN KEY (tenant_id, id) REFERENCES verdict.legal_holds(tenant_id, id);



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



ALTER TABLE verdict.ledger_checkpoints ENABLE ROW LEVEL SECURITY;


CREATE POLICY ledger_checkpoints_app ON verdict.ledger_checkpoints TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY ledger_checkpoints_auditor ON verdict.ledger_checkpoints FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY ledger_checkpoints_owner ON verdict.ledger_checkpoints TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.ledger_entries ENABLE ROW LEVEL SECURITY;


CREATE POLICY ledger_entries_app ON verdict.ledger_entries TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY ledger_entries_auditor ON verdict.ledger_entries FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY ledger_entries_owner ON verdict.ledger_entries TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.ledger_inputs ENABLE ROW LEVEL SECURITY;


CREATE POLICY ledger_inputs_app ON verdict.ledger_inputs TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY ledger_inputs_auditor ON verdict.ledger_inputs FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY ledger_inputs_owner ON verdict.ledger_inputs TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.ledger_nodes ENABLE ROW LEVEL SECURITY;


CREATE POLICY ledger_nodes_app ON verdict.ledger_nodes TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY ledger_nodes_auditor ON verdict.ledger_nodes FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY ledger_nodes_owner ON verdict.ledger_nodes TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.ledger_payloads ENABLE ROW LEVEL SECURITY;


CREATE POLICY ledger_payloads_app ON verdict.ledger_payloads TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY ledger_payloads_auditor ON verdict.ledger_payloads FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY ledger_payloads_owner ON verdict.ledger_payloads TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.ledgers ENABLE ROW LEVEL SECURITY;


CREATE POLICY ledgers_app ON verdict.ledgers TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY ledgers_auditor ON verdict.ledgers FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY ledgers_owner ON verdict.ledgers TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.legal_hold_releases ENABLE ROW LEVEL SECURITY;


CREATE POLICY legal_hold_releases_admin ON verdict.legal_hold_releases FOR SELECT TO attestdb_admin USING (true);



CREATE POLICY legal_hold_releases_app ON verdict.legal_hold_releases TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY legal_hold_releases_auditor ON verdict.legal_hold_releases FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY legal_hold_releases_owner ON verdict.legal_hold_releases TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.legal_holds ENABLE ROW LEVEL SECURITY;


CREATE POLICY legal_holds_admin ON verdict.legal_holds FOR SELECT TO attestdb_admin USING (true);



CREATE POLICY legal_holds_app ON verdict.legal_holds TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY legal_holds_auditor ON verdict.legal_holds FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY legal_holds_owner ON verdict.legal_holds TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE verdict.retention_rules ENABLE ROW LEVEL SECURITY;


CREATE POLICY retention_rules_admin ON verdict.retention_rules FOR SELECT TO attestdb_admin USING (true);



CREATE POLICY retention_rules_app ON verdict.retention_rules TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY retention_rules_auditor ON verdict.retention_rules FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY retention_rules_owner ON verdict.retention_rules TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



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



GRANT USAGE ON SCHEMA atlas_verdict TO attestdb_app;
GRANT USAGE ON SCHEMA atlas_verdict TO attestdb_worker;
GRANT USAGE ON SCHEMA atlas_verdict TO attestdb_refresher;
GRANT USAGE ON SCHEMA atlas_verdict TO attestdb_auditor;
GRANT USAGE ON SCHEMA atlas_verdict TO attestdb_admin;



GRANT USAGE ON SCHEMA attestor TO attestdb_app;
GRANT USAGE ON SCHEMA attestor TO attestdb_auditor;



GRANT USAGE ON SCHEMA rekor TO attestdb_app;
GRANT USAGE ON SCHEMA rekor TO attestdb_auditor;



GRANT USAGE ON SCHEMA tenancy TO attestdb_app;
GRANT USAGE ON SCHEMA tenancy TO attestdb_worker;
GRANT USAGE ON SCHEMA tenancy TO attestdb_refresher;
GRANT USAGE ON SCHEMA tenancy TO attestdb_auditor;
GRANT USAGE ON SCHEMA tenancy TO attestdb_admin;



GRANT USAGE ON SCHEMA verdict TO attestdb_app;
GRANT USAGE ON SCHEMA verdict TO attestdb_auditor;
GRANT USAGE ON SCHEMA verdict TO attestdb_admin;



REVOKE ALL ON FUNCTION attestor.bytes_gone(tenant uuid, envelope uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.bytes_gone(tenant uuid, envelope uuid) TO attestdb_app;



REVOKE ALL ON FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) TO attestdb_app;
GRANT ALL ON FUNCTION attestor.chain_root(algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[]) TO attestdb_auditor;



REVOKE ALL ON FUNCTION attestor.check_segments(tenant uuid, kinds text[], sums bytea[], contents bytea[], algorithm text, subject bytea) FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.predicate_kinds() FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.record_chain(tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text, segment_ids uuid[], kinds text[], digests bytea[], contents bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.record_chain(tenant uuid, new_id uuid, actor text, algorithm text, subject bytea, policy text, segment_ids uuid[], kinds text[], digests bytea[], contents bytea[]) TO attestdb_app;



REVOKE ALL ON FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.record_evidence(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[], verification_ids uuid[], verification_of integer[], verification_times timestamp with time zone[], outcomes text[], verifiers text[], policies text[], reasons text[], verified_signatures text[], times_verified timestamp with time zone[], times_signed timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.record_evidence(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[], verification_ids uuid[], verification_of integer[], verification_times timestamp with time zone[], outcomes text[], verifiers text[], policies text[], reasons text[], verified_signatures text[], times_verified timestamp with time zone[], times_signed timestamp with time zone[]) TO attestdb_app;



REVOKE ALL ON FUNCTION attestor.record_sboms(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], sha256s bytea[], sizes bigint[], formats text[], spec_versions text[], serial_numbers text[], names text[], stated_ats timestamp with time zone[], contents bytea[], link_of integer[], link_envelopes bytea[], artifact_ids uuid[], artifact_of integer[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[], entry_ids uuid[], entry_of integer[], entry_positions integer[], refs text[], types text[], entry_names text[], versions text[], purls text[], package_keys text[], package_versions text[], digest_ids uuid[], digest_of integer[], digest_entries uuid[], digest_positions integer[], algorithms text[], digests bytea[], licence_ids uuid[], licence_of integer[], licence_entries uuid[], licence_positions integer[], licences_stated boolean[], licences text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.record_sboms(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], sha256s bytea[], sizes bigint[], formats text[], spec_versions text[], serial_numbers text[], names text[], stated_ats timestamp with time zone[], contents bytea[], link_of integer[], link_envelopes bytea[], artifact_ids uuid[], artifact_of integer[], artifact_names text[], artifact_algorithms text[], artifact_digests bytea[], entry_ids uuid[], entry_of integer[], entry_positions integer[], refs text[], types text[], entry_names text[], versions text[], purls text[], package_keys text[], package_versions text[], digest_ids uuid[], digest_of integer[], digest_entries uuid[], digest_positions integer[], algorithms text[], digests bytea[], licence_ids uuid[], licence_of integer[], licence_entries uuid[], licence_positions integer[], licences_stated boolean[], licences text[]) TO attestdb_app;



REVOKE ALL ON FUNCTION attestor.require_signed() FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.require_signed_sbom_segment() FROM PUBLIC;



REVOKE ALL ON FUNCTION attestor.time_verification() FROM PUBLIC;



REVOKE ALL ON FUNCTION rekor.record_entries(tenant uuid, ids uuid[], envelope_sha256s bytea[], positions integer[], log_ids bytea[], log_indexes bigint[], kinds text[], versions text[], integrated_times timestamp with time zone[], bodies bytea[], promises bytea[], proof_log_indexes bigint[], proof_tree_sizes bigint[], proof_root_hashes bytea[], proof_hashes bytea[], checkpoint_ids uuid[], origins text[], notes bytea[], verified timestamp with time zone[]) FROM PUBLIC;
GRANT ALL ON FUNCTION rekor.record_entries(tenant uuid, ids uuid[], envelope_sha256s bytea[], positions integer[], log_ids bytea[], log_indexes bigint[], kinds text[], versions text[], integrated_times timestamp with time zone[], bodies bytea[], promises bytea[], proof_log_indexes bigint[], proof_tree_sizes bigint[], proof_root_hashes bytea[], proof_hashes bytea[], checkpoint_ids uuid[], origins text[], notes bytea[], verified timestamp with time zone[]) TO attestdb_app;



REVOKE ALL ON FUNCTION tenancy.refuse_change() FROM PUBLIC;



REVOKE ALL ON FUNCTION tenancy.require_active_tenant() FROM PUBLIC;



REVOKE ALL ON FUNCTION tenancy.require_changer() FROM PUBLIC;



GRANT SELECT ON TABLE verdict.ledger_entries TO attestdb_app;
GRANT SELECT ON TABLE verdict.ledger_entries TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.append_act(tenant uuid, act text, actor text, reason text, subject_name text, input_kind text, input_digest bytea) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.append_act(tenant uuid, act text, actor text, reason text, subject_name text, subject_algorithm text, subject_digest bytea, input_kind text, input_digest bytea) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.append_entries(tenant uuid, first_seq bigint, first_prev_hash bytea, at timestamp with time zone, ids uuid[], subject_algorithms text[], subject_digests bytea[], subject_names text[], results text[], policy_uris text[], policy_digests bytea[], reasons text[], all_inputs bytea[], verifiers text[], verified_ats timestamp with time zone[], payload_hashes bytea[], decision_digests bytea[], actors text[], idempotency_keys text[], leaf_hashes bytea[], payload_of integer[], nonces bytea[], contents bytea[], input_ids uuid[], input_of integer[], input_positions integer[], input_kinds text[], input_digests bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.append_entries(tenant uuid, first_seq bigint, first_prev_hash bytea, at timestamp with time zone, ids uuid[], subject_algorithms text[], subject_digests bytea[], subject_names text[], results text[], policy_uris text[], policy_digests bytea[], reasons text[], all_inputs bytea[], verifiers text[], verified_ats timestamp with time zone[], payload_hashes bytea[], decision_digests bytea[], actors text[], idempotency_keys text[], leaf_hashes bytea[], payload_of integer[], nonces bytea[], contents bytea[], input_ids uuid[], input_of integer[], input_positions integer[], input_kinds text[], input_digests bytea[]) TO attestdb_app;



REVOKE ALL ON FUNCTION verdict.begin_act(tenant uuid) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.check_entries() FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.check_inputs() FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.check_payloads() FROM PUBLIC;



GRANT SELECT ON TABLE verdict.retention_rules TO attestdb_app;
GRANT SELECT ON TABLE verdict.retention_rules TO attestdb_auditor;
GRANT SELECT ON TABLE verdict.retention_rules TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.current_rules(tenant uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.current_rules(tenant uuid) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.current_rules(tenant uuid) TO attestdb_auditor;
GRANT ALL ON FUNCTION verdict.current_rules(tenant uuid) TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.decision_digest(decision bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.decision_digest(decision bytea) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.decision_digest(decision bytea) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.field(tag integer, value bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.field(tag integer, value bytea) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.field(tag integer, value bytea) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.text_field(tag integer, value text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.text_field(tag integer, value text) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.text_field(tag integer, value text) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.decision_fields(e verdict.ledger_entries) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.decision_fields(e verdict.ledger_entries) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.decision_fields(e verdict.ledger_entries) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.decision_digest(e verdict.ledger_entries) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.decision_digest(e verdict.ledger_entries) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.decision_digest(e verdict.ledger_entries) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.entry_hold(tenant uuid, entry uuid) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.envelope_hold(tenant uuid, envelope uuid) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.erase_envelope(tenant uuid, envelope bytea, actor text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.erase_envelope(tenant uuid, envelope bytea, actor text, reason text) TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.erase_payload(tenant uuid, entry_seq bigint, actor text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.erase_payload(tenant uuid, entry_seq bigint, actor text, reason text) TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.erased_envelopes(tenant uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.erased_envelopes(tenant uuid) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.erased_envelopes(tenant uuid) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.erasure(act text, tenant uuid, input_kind text, input_digest bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.erasure(act text, tenant uuid, input_kind text, input_digest bytea) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.erasure(act text, tenant uuid, input_kind text, input_digest bytea) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.expire(tenant uuid, kind text, actor text, dry_run boolean, most integer, after_at timestamp with time zone, after_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.expire(tenant uuid, kind text, actor text, dry_run boolean, most integer, after_at timestamp with time zone, after_id uuid) TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.expired_envelopes(tenant uuid, envelopes uuid[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.expired_payloads(tenant uuid, entries uuid[]) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.input(kind text, digest bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.input(kind text, digest bytea) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.input(kind text, digest bytea) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.keep_text(keep text, keep_seconds bigint) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.unix_micros(at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.unix_micros(at timestamp with time zone) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.unix_micros(at timestamp with time zone) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.leaf(tenant_id uuid, seq bigint, id uuid, prev_hash bytea, recorded_at timestamp with time zone, decision bytea, verifier text, verified_at timestamp with time zone, payload_hash bytea, decision_digest bytea, actor text, idempotency_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.leaf(tenant_id uuid, seq bigint, id uuid, prev_hash bytea, recorded_at timestamp with time zone, decision bytea, verifier text, verified_at timestamp with time zone, payload_hash bytea, decision_digest bytea, actor text, idempotency_key text) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.leaf(tenant_id uuid, seq bigint, id uuid, prev_hash bytea, recorded_at timestamp with time zone, decision bytea, verifier text, verified_at timestamp with time zone, payload_hash bytea, decision_digest bytea, actor text, idempotency_key text) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.leaf(e verdict.ledger_entries) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.leaf(e verdict.ledger_entries) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.leaf(e verdict.ledger_entries) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.leaf_hash(leaf bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.leaf_hash(leaf bytea) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.leaf_hash(leaf bytea) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.leaf_hash(e verdict.ledger_entries) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.leaf_hash(e verdict.ledger_entries) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.leaf_hash(e verdict.ledger_entries) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.lock_ledger(tenant uuid, wait_ms bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.lock_ledger(tenant uuid, wait_ms bigint) TO attestdb_app;



REVOKE ALL ON FUNCTION verdict.lock_tenant_ledger(tenant uuid) FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.parent("left" bytea, "right" bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.parent("left" bytea, "right" bytea) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.parent("left" bytea, "right" bytea) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.node(h bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.node(h bytea[]) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.node(h bytea[]) TO attestdb_auditor;



REVOKE ALL ON FUNCTION verdict.place_hold(tenant uuid, hold uuid, scope text, subject_algorithm text, subject_digest bytea, digest bytea, entry_seq bigint, actor text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.place_hold(tenant uuid, hold uuid, scope text, subject_algorithm text, subject_digest bytea, digest bytea, entry_seq bigint, actor text, reason text) TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.record_checkpoint(tenant uuid, new_id uuid, origin text, tree_size bigint, root_hash bytea, note bytea, signed_by text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.record_checkpoint(tenant uuid, new_id uuid, origin text, tree_size bigint, root_hash bytea, note bytea, signed_by text) TO attestdb_app;



REVOKE ALL ON FUNCTION verdict.record_tenant_act() FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.refuse_held() FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.release_hold(tenant uuid, hold uuid, actor text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.release_hold(tenant uuid, hold uuid, actor text, reason text) TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.require_act() FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.require_erasure() FROM PUBLIC;



REVOKE ALL ON FUNCTION verdict.set_retention(tenant uuid, kind text, predicate_type text, keep text, keep_seconds bigint, actor text) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.set_retention(tenant uuid, kind text, predicate_type text, keep text, keep_seconds bigint, actor text) TO attestdb_admin;



REVOKE ALL ON FUNCTION verdict.tree_root(tenant uuid, tree_size bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION verdict.tree_root(tenant uuid, tree_size bigint) TO attestdb_app;
GRANT ALL ON FUNCTION verdict.tree_root(tenant uuid, tree_size bigint) TO attestdb_auditor;



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



GRANT SELECT ON TABLE atlas_verdict.atlas_schema_revisions TO attestdb_app;
GRANT SELECT ON TABLE atlas_verdict.atlas_schema_revisions TO attestdb_worker;
GRANT SELECT ON TABLE atlas_verdict.atlas_schema_revisions TO attestdb_refresher;
GRANT SELECT ON TABLE atlas_verdict.atlas_schema_revisions TO attestdb_auditor;
GRANT SELECT ON TABLE atlas_verdict.atlas_schema_revisions TO attestdb_admin;



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



GRANT SELECT ON TABLE verdict.ledger_checkpoints TO attestdb_app;
GRANT SELECT ON TABLE verdict.ledger_checkpoints TO attestdb_auditor;



GRANT SELECT ON TABLE verdict.ledger_inputs TO attestdb_app;
GRANT SELECT ON TABLE verdict.ledger_inputs TO attestdb_auditor;



GRANT SELECT ON TABLE verdict.ledger_nodes TO attestdb_app;
GRANT SELECT ON TABLE verdict.ledger_nodes TO attestdb_auditor;



GRANT SELECT ON TABLE verdict.ledger_payloads TO attestdb_app;
GRANT SELECT ON TABLE verdict.ledger_payloads TO attestdb_auditor;



GRANT SELECT ON TABLE verdict.ledgers TO attestdb_app;
GRANT SELECT ON TABLE verdict.ledgers TO attestdb_auditor;



GRANT SELECT ON TABLE verdict.legal_hold_releases TO attestdb_app;
GRANT SELECT ON TABLE verdict.legal_hold_releases TO attestdb_auditor;
GRANT SELECT ON TABLE verdict.legal_hold_releases TO attestdb_admin;



GRANT SELECT ON TABLE verdict.legal_holds TO attestdb_app;
GRANT SELECT ON TABLE verdict.legal_holds TO attestdb_auditor;
GRANT SELECT ON TABLE verdict.legal_holds TO attestdb_admin;




