


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
    AS $_$
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
END $_$;


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


INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123152932', 'create_tables', 2, 12, 12, '2026-11-25 00:40:12.520595+00', 90, NULL, NULL, 'Q8f3RmcKML/yV1avqloXX1JoLd85Wm9O5vVL6VVUTX0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153101', 'isolate_tenants', 2, 38, 38, '2026-11-25 00:40:12.529638+00', 70, NULL, NULL, '4tLtDiWXRErj/U7jHLaB1FtB1zXn5pey01/31xHubBw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153102', 'guard_rows', 2, 12, 12, '2026-11-25 00:40:12.532205+00', 100, NULL, NULL, 'V7HybjylbiahnRLtUGTx1BoheeasfFzMbIS9uSINGtU=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160001', 'record_whole_envelopes', 2, 9, 9, '2026-11-25 00:40:12.535728+00', 120, NULL, NULL, 'RAsOTHESKVZ7jUJ54ALpAiq0Tt6PlJMrOYt+xyhkIqY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160002', 'close_direct_inserts', 2, 6, 6, '2026-11-25 00:40:12.537302+00', 100, NULL, NULL, 'gkxzZpxikQdkipHmeKi76dC20Qx7uQA7hP99JYjuwzQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180000', 'create_sbom_tables', 2, 15, 15, '2026-11-25 00:40:12.555877+00', 70, NULL, NULL, 'HArlcawr5bYVpO6UkEBHDj46aNvh0VpccUFbnBU7Wes=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180001', 'isolate_sboms', 2, 36, 36, '2026-11-25 00:40:12.561145+00', 90, NULL, NULL, 'cnKZFWYC0uFTab5O+G0u7leFzaXapiNrLPQDQJIB7Uk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180002', 'guard_sboms', 2, 12, 12, '2026-11-25 00:40:12.56345+00', 90, NULL, NULL, 'PxugsLSssjtJtjYJrwveJj+INxHX2fQHZB7AVCGENHk=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124180003', 'record_whole_sboms', 2, 3, 3, '2026-11-25 00:40:12.565467+00', 100, NULL, NULL, 'Rxm6iT3cng19EHvlf023jHo69RtMbbGE9PlBTle+Ap0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190000', 'create_proof_chains', 2, 7, 7, '2026-11-25 00:40:12.569058+00', 100, NULL, NULL, 'tNvbVorRl1PRPuc5wxA7xxLTvw+8JRc8CedmxdplNE0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190001', 'supersede_within_a_tenant', 2, 1, 1, '2026-11-25 00:40:12.570669+00', 50, NULL, NULL, 'iWZ3S1PPahkuxRKHDgg7XmZrpdebWguEZTJ7XT6DuIQ=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190002', 'isolate_proof_chains', 2, 12, 12, '2026-11-25 00:40:12.573136+00', 100, NULL, NULL, '+iASX/IcehzlVYibPZ+lyu3UBdnfboxirDgGr6mWUSM=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190003', 'guard_proof_chains', 2, 4, 4, '2026-11-25 00:40:12.574296+00', 70, NULL, NULL, 'V4CLpFFc2jnp/y+vRippGcKPqNrAlm2SAgISwVvUjPo=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190004', 'hash_proof_chains', 2, 3, 3, '2026-11-25 00:40:12.575512+00', 100, NULL, NULL, 'oOVtdiZdhTbdTBhOPB63aq8Bf9PauV4BrqzRD3f6eM0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124190005', 'record_proof_chains', 2, 7, 7, '2026-11-25 00:40:12.578068+00', 80, NULL, NULL, 'FkNjEiFW1fzIu/RcffZI3Kq6vHj/Cb0psMxcn39e1y0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200000', 'add_searchable_names', 2, 1, 1, '2026-11-25 00:40:12.580297+00', 411, NULL, NULL, '5qD4Eo0DKVUR7PEzRJgBOQG6lFGJEyJUUqA17jcyisA=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200001', 'index_searches', 2, 7, 7, '2026-11-25 00:40:12.588827+00', 180119, NULL, NULL, '/adPBFamHHvr3TLAAT0uo7t3jRtQelKom1IpT7uAEUU=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200004', 'record_with_verifications', 2, 6, 6, '2026-11-25 00:40:12.59326+00', 110, NULL, NULL, '+GnbqvuwYZkCiiD7/raV8838yCY4hZrRUWhTQP8RKDc=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200007', 'search_catalogue_first', 2, 7, 7, '2026-11-25 00:40:12.595688+00', 70, NULL, NULL, 'rD0E/1p74K7WHsiv2mZ/HhdUnjFgEqAXn14byU/Ruag=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124200009', 'refuse_unsigned_sboms', 2, 4, 4, '2026-11-25 00:40:12.597893+00', 70, NULL, NULL, 'bBC9UELjspIv1nJIoPaFWEPuZM50nrmigdaygQd5M00=', 'null', 'attestdb');



INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170000', 'create_tables', 2, 11, 11, '2026-11-25 00:40:12.543137+00', 70, NULL, NULL, '13S0iFJTbMuZc1BSo+DtJbpQNg7QQC+UeK7JpYwpSVg=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170001', 'isolate_tenants', 2, 14, 14, '2026-11-25 00:40:12.545686+00', 90, NULL, NULL, 'kajLmHfcm04j6iTEBnF1GimwlTCY7vntSmacXG0Wna8=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170002', 'guard_rows', 2, 4, 4, '2026-11-25 00:40:12.546557+00', 60, NULL, NULL, '7xLwaHhY+LRTVUwx2H6jMtOBFjXfwxD2ma7VOWWXY+0=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124170003', 'record_entries', 2, 3, 3, '2026-11-25 00:40:12.547804+00', 80, NULL, NULL, 'JJ+FVLM2ct8k2aFXH0jW49sUBtlSBis9KndNQNpDTKs=', 'null', 'attestdb');
INSERT INTO atlas_rekor.atlas_schema_revisions VALUES ('20261124200008', 'search_catalogue_first', 2, 1, 1, '2026-11-25 00:40:12.596399+00', 70, NULL, NULL, 'iYF/l/rJ+QDTgAOwvXxIg/mqkNniGWqfsjkrAVXlNj4=', 'null', 'attestdb');



INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123152931', 'create_tables', 2, 4, 4, '2026-11-25 00:40:12.512957+00', 211, NULL, NULL, 'IxGGYOAnywMdQVQkv3WrIhThwp5dWu7It4DaQwj9D4k=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153001', 'isolate_tenants', 2, 12, 12, '2026-11-25 00:40:12.523311+00', 71, NULL, NULL, 'pbHnt2ZSL/bcdXaQCcUU03EooaxIg2P/bWMhfsSwaZI=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153002', 'guard_rows', 2, 6, 6, '2026-11-25 00:40:12.525547+00', 70, NULL, NULL, '5qAgR9U+Vl/bPibP92RwZqEUH9u6iK2oshBuVj60goM=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160000', 'show_owner_named_tenant', 2, 1, 1, '2026-11-25 00:40:12.532984+00', 100, NULL, NULL, '0e1ICojqPNnxKFiyk15vLl3QTgvDtgSEzlqCdPW3Xis=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160003', 'require_level_2', 2, 1, 1, '2026-11-25 00:40:12.538035+00', 51, NULL, NULL, 'mkbTutf7Lq3W6z6BZ+As+2OgRCHl/kf1uZ4ZZ0Bx2/Q=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200002', 'add_requirements', 2, 4, 4, '2026-11-25 00:40:12.590235+00', 70, NULL, NULL, 'WNWzXWNVPm094KknWshlUIA7DLuvhLNV7mSigyfRsfA=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200003', 'validate_requirements', 2, 1, 1, '2026-11-25 00:40:12.591179+00', 90, NULL, NULL, '50FeeTx7SNkiKPJbw0qSNlLYrZUx9jQuBUF/u19TcCo=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200005', 'require_level_3', 2, 1, 1, '2026-11-25 00:40:12.593848+00', 40, NULL, NULL, 'PGXUa3ImYhZKploa5pmD0Lskxp1ouShr+7DA/VhFRRQ=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124200006', 'search_catalogue_first', 2, 2, 2, '2026-11-25 00:40:12.594481+00', 90, NULL, NULL, 'lLKsnZ4W4qtBGNt0cEfnSd+4kgkIaYVdupWPHsquoEY=', 'null', 'attestdb');



INSERT INTO attestor.envelope_contents VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5884-75a3-8ff7-72b96db82eb0', '2026-11-25 00:40:12.676365+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2266636462633035303939653937373664222c22736967223a22646f4f6c6c62594269754e4953396a775134714f6f374848616e6b3441586d79684c493971345a5539703662725567436e50786445726d6869535833683852554a5a796256306a41313659536b783569776d364344673d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-588f-71c5-853f-45d115b50c8b', '2026-11-25 00:40:12.687113+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c2022766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c2022746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303030222c20226c6f674964223a7b226b65794964223a223051764b66532f763337385950527456715844506d453066724c6c37306137304a58735a4c49374739726b3d227d2c20226b696e6456657273696f6e223a7b226b696e64223a2264737365222c202276657273696f6e223a22302e302e31227d2c2022696e746567726174656454696d65223a2231373935353637323132222c2022696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d45554349514434664b7261796c4437677073725332736e4a694c4951533455414f44504f3859314b505a5653483851726749674362672f54395670682b54545a2f746a51637265563878536b6c34354b6c763069734736362f4275564c493d227d2c2022696e636c7573696f6e50726f6f66223a7b22726f6f7448617368223a2256576b363334736b70486134765034686b666d51756a597930744c6c366a4e346c67346c636a76764146413d222c20227472656553697a65223a2231222c2022636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e315c6e56576b363334736b70486134765034686b666d51756a597930744c6c366a4e346c67346c636a76764146413d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d203051764b665442464169416f32674264687045676d4242337457766234674c2b505837392b6476644a4e734e6e31626f5466494371414968414b4c525745694151517074523268785a6b32764e62504d6953722b653751566a6472534855364b7356664d5c6e227d7d2c202263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f694d7a49324d7a59304e544a684f5467774d7a5a684e7a6b304d7a63334f57526b59324d334e5463794f574a6a5a4755324e5441314e544d344d546b7a4d6a566c4e7a4979597a51354f474a694d546c6d4e324e6a4d534a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496d59795a4467355a574d7a4d4455774e6a67304e445931597a6c684e54686d4f446b794e7a67314e5449304e6d4977596a45324e5441305a574d334d6d566c4d4467324d44566a4e44646a4d5745304d5756684d5449696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565651306c43614746575556567651323076537a6c57656a6c774e79394661335134546b6c7253466c6a5931566d4c32314764564e4355584e7852324a5a51576c4651584a70546a5a68526b6c45546d68435557686f54323173544774744f46647052466b344e473971656d315163326857545735365a46524d61466b3949697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a5753464a3556444e61546c567465485a53526b4a525630686b536c4e56647a464d4d446b3156465657535645796548646c5558427254306877555652565358705457453549556c6873575535446445314e566e4276593370435757564665465a6152546c75556a4e4b576c4e57546e646856326853566e70534d45777a546a4a4e56577852576d744b61317049617a4a5752454a32546a4643556c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c202264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694f444979596a4d7a595751344e324d784e4468684d4745794d474531596d4533593251315a574a6a595745324f47517a4e6d45784f4755335957466b4d5459314e5455304f54417a5a6a5579593245344d6a63314e794a394c434a755957316c496a6f6959574e745a534a395858303d222c20227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c20227369676e617475726573223a5b7b22736967223a224d455543494268615651556f436d2f4b39567a3970372f456b74384e496b4859636355662f6d467553425173714762594169454172694e36614649444e68425168684f6d6c4c6b6d385769445938346f6a7a6d507368564d6e7a64544c68593d227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5892-7256-863e-554a8fcb2028', '2026-11-25 00:40:12.69015+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d466a625755694c434a6f59584e6f5a584d694f6c7437496d46735a794936496c4e49515330314d5449694c434a6a623235305a573530496a6f694e6a45324d7a5a6b4e6a55774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d44416966563073496d7870593256756332567a496a706265794a7361574e6c626e4e6c496a7037496d3568625755694f694a685932316c496e313958537769626d46745a534936496d466a625755694c434a7764584a73496a6f696347746e4f6d3577625339685932316c5147466a625755694c434a306558426c496a6f6962476c69636d467965534973496e5a6c636e4e70623234694f694a685932316c496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d466a625755694c434a306558426c496a6f695958427762476c6a595852706232346966583073496e4e6c636d6c686245353162574a6c63694936496d466a625755694c434a7a6347566a566d567963326c7662694936496a45754e694a394c434a77636d566b61574e68644756556558426c496a6f696148523063484d364c79396a65574e736232356c5a48677562334a6e4c324a7662534973496e4e31596d706c593351694f6c7437496d52705a32567a6443493665794a7a614745794e5459694f6949324e474a6c596a67794d6a41355a57466b597a4d794e6a597a4f4445314f5455794f47566d5954466b5a47466a5a4467794e544d774e32466d5a6a4e6d4d4751775a4468684f575a6c4f446b7a4e44646b596a4669496e3073496d3568625755694f694a745a5778305a57517564476436496e316466513d3d222c227369676e617475726573223a5b7b226b65796964223a2266636462633035303939653937373664222c22736967223a2246664b7135446f35526f736a5541384b79574f4d374836554a354f4a6978424c7455375568583368486969777a544f75706b6d674d644f79466e4f79677172654767396f4b4847785a7335696b6632326339684e43773d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a0-7813-9c28-f0d4f60c9016', '2026-11-25 00:40:12.704528+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2266636462633035303939653937373664222c22736967223a22646f4f6c6c62594269754e4953396a775134714f6f374848616e6b3441586d79684c493971345a5539703662725567436e50786445726d6869535833683852554a5a796256306a41313659536b783569776d364344673d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a2-727f-a749-818a3c75a391', '2026-11-25 00:40:12.706162+00', '\x7b226d6564696154797065223a226170706c69636174696f6e2f766e642e6465762e73696773746f72652e62756e646c652e76302e332b6a736f6e222c2022766572696669636174696f6e4d6174657269616c223a7b227075626c69634b6579223a7b2268696e74223a22636c69656e74227d2c2022746c6f67456e7472696573223a5b7b226c6f67496e646578223a2231303031222c20226c6f674964223a7b226b65794964223a223051764b66532f763337385950527456715844506d453066724c6c37306137304a58735a4c49374739726b3d227d2c20226b696e6456657273696f6e223a7b226b696e64223a2264737365222c202276657273696f6e223a22302e302e31227d2c2022696e746567726174656454696d65223a2231373935353637323132222c2022696e636c7573696f6e50726f6d697365223a7b227369676e6564456e74727954696d657374616d70223a224d455943495143665268614f6e65305a6f74453066557263376444526b676631617866333533656c563468526e534b2b417749684150303155336a61695944486a4739715a394b3567584c656b376c43726f674b38682b62726b68772b6a7a76227d2c2022696e636c7573696f6e50726f6f66223a7b226c6f67496e646578223a2231222c2022726f6f7448617368223a22536e36632b4f4870514141794b2b713534655849566451326c686f66702f59386857416b413478586b42673d222c20227472656553697a65223a2232222c2022686173686573223a5b2256576b363334736b70486134765034686b666d51756a597930744c6c366a4e346c67346c636a76764146413d225d2c2022636865636b706f696e74223a7b22656e76656c6f7065223a2272656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437315c6e325c6e536e36632b4f4870514141794b2b713534655849566451326c686f66702f59386857416b413478586b42673d5c6e5c6ee280942072656b6f722e6578616d706c652e636f6d203051764b665442474169454177792b45666e43736e7246374369614252645075704751714268626d3742496e68364359574f5233334a55434951434c646b4e61394261316d7862413044692f43356555384a626f74776856777a665a31323763537568746b413d3d5c6e227d7d2c202263616e6f6e6963616c697a6564426f6479223a2265794a6863476c575a584a7a61573975496a6f694d4334774c6a45694c434a726157356b496a6f695a484e7a5a534973496e4e775a574d694f6e73695a5735325a5778766347564959584e6f496a7037496d46735a3239796158526f62534936496e4e6f595449314e694973496e5a686248566c496a6f694e7a63785932566b5a6a686c59546c6d5a6a5931597a4e685a54466d5a6a63344f575135596a5177595755314d3255784d6d55794f4455334f4759304d57566a5a6d4578597a45795a6a4d304d4749304e7a51305a434a394c434a7759586c736232466b5347467a6143493665794a6862476476636d6c30614730694f694a7a614745794e5459694c434a32595778315a534936496a51354d6a4d324d446c6d5a6a51774d5752694f445532596a633159544e6d5a44466d4d6a4d334d3251334d4452684e6d51324d474d314e446c6d4d574a694f4759345932597a4e4745795a6a6c6c5a546b344d7a67696653776963326c6e626d463064584a6c637949365733736963326c6e626d463064584a6c496a6f695455565a51306c5252464a4a52567030627a4a684d477453556c6c4b52324e5559314a44596c56744e557434534739694f575a494d556f794c3046314e4845316233644a6145464b526c68564e6a4a7362473933546e4a3259557073556d52354b7a5a735247316e546d51765447684f63326377625842694c3170364e45525549697769646d567961575a705a5849694f694a4d557a423054464d7851314a565a45705561554a52566c564b54564e56545764544d465a6154464d77644578544d457455565670795a4442574d316456614578694d58424b5a57317664314577526c4a585657784d596a4677536d56746233645352555a5357544253556c6f77526b5a5753464a3556444e61546c567465485a53526b4a525630686b536c4e56647a464d4d446b3156465657535645796548646c5558427254306877555652565358705457453549556c6873575535446445314e566e4276593370435757564665465a6152546c75556a4e4b576c4e57546e646856326853566e70534d45777a546a4a4e56577852576d744b61317049617a4a5752454a32546a4643556c42554d45744d557a423054464d78526c527255576456526c5a445645567352456c4664455a58557a423054464d7764454e6e505430696656313966513d3d227d5d7d2c202264737365456e76656c6f7065223a7b227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e574a6a4d5745774f4751794f4755304d475a6c4e7a6c6a59544e6c593249774e7a64694d324a6b4d54526d5a6a41775a475935596d466b4d474d305954426b4e7a526c593251774f4441315a574e6d4d4749785a694a394c434a755957316c496a6f695a327876596d5634496e316466513d3d222c20227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c20227369676e617475726573223a5b7b22736967223a224d4559434951445249455a746f3261306b5252594a47635463524362556d354b78486f62396648314a322f41753471356f774968414a46585536326c6c6f774e7276614a6c5264792b366c446d674e642f4c684e7367306d70622f5a7a344454227d5d7d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a3-7e92-9bfe-404fc0b447c5', '2026-11-25 00:40:12.707953+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596d3974526d397962574630496a6f6951336c6a624739755a5552594969776959323974634739755a5735306379493657337369596d39744c584a6c5a694936496d647362324a6c65434973496d68686332686c63794936573373695957786e496a6f69553068424c5455784d694973496d4e76626e526c626e51694f6949324e7a5a6a4e6d59324d6a59314e7a67774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d4441774d434a395853776962476c6a5a57357a5a584d694f6c7437496d787059325675633255694f6e7369626d46745a534936496d647362324a6c65434a3966563073496d3568625755694f694a6e624739695a5867694c434a7764584a73496a6f696347746e4f6d35776253396e624739695a5868415a327876596d56344969776964486c775a534936496d7870596e4a68636e6b694c434a325a584a7a61573975496a6f695a327876596d5634496e31644c434a745a5852685a4746305953493665794a6a623231776232356c626e51694f6e7369626d46745a534936496d647362324a6c65434973496e5235634755694f694a686348427361574e6864476c7662694a39665377696332567961574673546e5674596d5679496a6f695a327876596d5634496977696333426c59315a6c636e4e70623234694f6949784c6a59696653776963484a6c5a476c6a5958526c56486c775a534936496d68306448427a4f69387659336c6a624739755a5752344c6d39795a793969623230694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f694e6a52695a5749344d6a49774f5756685a474d7a4d6a59324d7a67784e546b314d6a686c5a6d45785a475268593251344d6a557a4d4464685a6d597a5a6a426b4d47513459546c6d5a5467354d7a51335a47497859694a394c434a755957316c496a6f69625756736447566b4c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2266636462633035303939653937373664222c22736967223a224f495a2b2f50635942312f46674d694e2b6c484163592f4d726e576b44784a692f646f6a497839417a2b6c7254504d78596373753065616a726864594345476e6e732b456c796a36374f41646c77467858632b5941773d3d227d5d7d');



INSERT INTO attestor.envelope_signatures VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5884-7956-9453-17bc29bf3726', '2026-11-25 00:40:12.676365+00', '01a21025-5884-75a3-8ff7-72b96db82eb0', 0, 'fcdbc05099e9776d', '\x7683a595b6018ae3484bd8f0438a8ea3b1c76a79380179b284b23dab8654f69e9bad48029cfc5d12b9a18925f787c454259c9b5748c0d7a612931e62c26e820e', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-588f-720e-862f-16a55bc8a2d4', '2026-11-25 00:40:12.687113+00', '01a21025-588f-71c5-853f-45d115b50c8b', 0, 'client', '\x30450220185a5505280a6fcaf55cfda7bfc492df0d2241d871c51ffe616e48142ca866d8022100ae237a6852033610508613a694b926f1688363ce288f398fb2154c9f37532e16', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5893-7146-b1c7-bca915e92c84', '2026-11-25 00:40:12.69015+00', '01a21025-5892-7256-863e-554a8fcb2028', 0, 'fcdbc05099e9776d', '\x15f2aae43a39468b23500f0ac9638cec7e942793898b104bb54ed4857de11e28b0cd33aea649a031d3b21673b282aade1a0f682871b166ce6291fdb673d84d0b', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a0-78f1-937c-9e7e03e17f7e', '2026-11-25 00:40:12.704528+00', '01a21025-58a0-7813-9c28-f0d4f60c9016', 0, 'fcdbc05099e9776d', '\x7683a595b6018ae3484bd8f0438a8ea3b1c76a79380179b284b23dab8654f69e9bad48029cfc5d12b9a18925f787c454259c9b5748c0d7a612931e62c26e820e', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a2-72a3-a4ee-145b2157bc61', '2026-11-25 00:40:12.706162+00', '01a21025-58a2-727f-a749-818a3c75a391', 0, 'client', '\x3046022100d120466da366b491145824671371109b526e4ac47a1bf5f1f5276fc0bb8ab9a3022100915753ada5968c0daef689951772fba9439a035dfcb84db20d26a5bfd9cf80d3', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);
INSERT INTO attestor.envelope_signatures VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a4-7090-ae8b-419c42fc1f3c', '2026-11-25 00:40:12.707953+00', '01a21025-58a3-7e92-9bfe-404fc0b447c5', 0, 'fcdbc05099e9776d', '\x38867efcf718075fc580c88dfa51c0718fccae75a40f1262fdda23231f40cfe96b4cf33161cb2ed1e6a3ae17580841a79ecf849728faece01d9701715dcf9803', NULL, NULL, NULL, NULL, DEFAULT, DEFAULT);



INSERT INTO attestor.envelope_verifications VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5884-795d-90a7-c90c59ad3cf5', '2026-11-25 00:40:12.676609+00', '01a21025-5884-75a3-8ff7-72b96db82eb0', 'verified', 'publickey v3', 'signatures of at least 1 of 1 keys: "fcdbc05099e9776d" spki sha256:ddffcde6237ccbeecd9da4ff2263110cf3815a954189d10412b7d35c95ff01e3', NULL, '[0]', '2026-11-25 00:40:12.676572+00', NULL);
INSERT INTO attestor.envelope_verifications VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a0-78f9-8c64-740a60dcb6fc', '2026-11-25 00:40:12.704584+00', '01a21025-58a0-7813-9c28-f0d4f60c9016', 'verified', 'publickey v3', 'signatures of at least 1 of 1 keys: "fcdbc05099e9776d" spki sha256:ddffcde6237ccbeecd9da4ff2263110cf3815a954189d10412b7d35c95ff01e3', NULL, '[0]', '2026-11-25 00:40:12.704575+00', NULL);



INSERT INTO attestor.envelopes VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5884-75a3-8ff7-72b96db82eb0', '2026-11-25 00:40:12.676365+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x96a3ed153e748302161d75ab11ade70b000f66cdd692ce232db3a30f83383785', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-588f-71c5-853f-45d115b50c8b', '2026-11-25 00:40:12.687113+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\x73aa1b7ff7bb2c2524d98eb875cc336ca2f66a34798ea0befdff4f86c62627c8', '\xf2d89ec3050684465c9a58f8927855246b0b16504ec72ee08605c47c1a41ea12', 2261, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5892-7256-863e-554a8fcb2028', '2026-11-25 00:40:12.69015+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xca2d4c16afdbc531c24fba11b66450abfb1c6ad5a2c98e1a02f6c041dd340523', '\x15e83b9b962efd9488cc9fe0b8d96c6268d6e3a4fb946050c9d7cef7af9e064b', 1096, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a0-7813-9c28-f0d4f60c9016', '2026-11-25 00:40:12.704528+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x96a3ed153e748302161d75ab11ade70b000f66cdd692ce232db3a30f83383785', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a2-727f-a749-818a3c75a391', '2026-11-25 00:40:12.706162+00', 'application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.in-toto+json', '\x4447a6270053ced30f87b01cd0300ebb390072ddae9f354d4e34c96f56b80a5f', '\x4923609ff401db856b75a3fd1f2373d704a6d60c549f1bb8f8cf34a2f9ee9838', 2344, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a3-7e92-9bfe-404fc0b447c5', '2026-11-25 00:40:12.707953+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x5087f4f43f9997839943652a187d75022ea43b715a679e4d142fe79e0dd604d8', '\x6daa42be8c4808d6c93f8d6286d046233ad17af28cd6bfb9022f93a96c43e293', 1116, 'domaintest');



INSERT INTO attestor.proof_chains VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5898-7e94-9a53-c747252a1377', '2026-11-25 00:40:12.700692+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\x66562e4c1f4ba32d1123a4cc0e1bf87a9760d54798e407495f73a7169984cc29', 1, NULL, 'domaintest');
INSERT INTO attestor.proof_chains VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a5-7966-9721-d3e45202d1b4', '2026-11-25 00:40:12.710596+00', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394', 1, '1', '\x66562e4c1f4ba32d1123a4cc0e1bf87a9760d54798e407495f73a7169984cc29', 1, NULL, 'domaintest');



INSERT INTO attestor.proof_segments VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5898-7ea4-82fd-b23e20acee55', '2026-11-25 00:40:12.700692+00', '01a21025-5898-7e94-9a53-c747252a1377', 0, 'evidence', '\x96a3ed153e748302161d75ab11ade70b000f66cdd692ce232db3a30f83383785', NULL);
INSERT INTO attestor.proof_segments VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a5-7971-b6e7-63781dd77835', '2026-11-25 00:40:12.710596+00', '01a21025-58a5-7966-9721-d3e45202d1b4', 0, 'evidence', '\x96a3ed153e748302161d75ab11ade70b000f66cdd692ce232db3a30f83383785', NULL);



INSERT INTO attestor.sbom_artifacts VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5893-714a-821b-9b37976d7f8b', '2026-11-25 00:40:12.69015+00', '01a21025-5893-711a-8551-377eea66d252', '01a21025-5892-7256-863e-554a8fcb2028', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.sbom_artifacts VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a4-7095-9788-778a31ec9bfa', '2026-11-25 00:40:12.707953+00', '01a21025-58a4-7077-8a8c-8ecc716e2302', '01a21025-58a3-7e92-9bfe-404fc0b447c5', 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');






INSERT INTO attestor.sbom_entries VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5893-7157-8ad2-739cc08f8f72', '2026-11-25 00:40:12.69015+00', '01a21025-5893-711a-8551-377eea66d252', 0, 'acme', 'library', 'acme', 'acme', 'pkg:npm/acme@acme', 'pkg:npm/acme', 'acme');
INSERT INTO attestor.sbom_entries VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a4-70a0-839f-aebb2ec82d56', '2026-11-25 00:40:12.707953+00', '01a21025-58a4-7077-8a8c-8ecc716e2302', 0, 'globex', 'library', 'globex', 'globex', 'pkg:npm/globex@globex', 'pkg:npm/globex', 'globex');



INSERT INTO attestor.sbom_entry_digests VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5893-716a-94ed-311460aa8be5', '2026-11-25 00:40:12.69015+00', '01a21025-5893-7157-8ad2-739cc08f8f72', 0, 'sha512', '\x61636d65000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO attestor.sbom_entry_digests VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a4-70af-9038-785285c2eb73', '2026-11-25 00:40:12.707953+00', '01a21025-58a4-70a0-839f-aebb2ec82d56', 0, 'sha512', '\x676c6f62657800000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');



INSERT INTO attestor.sbom_entry_licences VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5893-717c-9b40-a92b023a25ce', '2026-11-25 00:40:12.69015+00', '01a21025-5893-7157-8ad2-739cc08f8f72', 0, true, 'acme');
INSERT INTO attestor.sbom_entry_licences VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a4-70b2-8fe0-00a66a801d97', '2026-11-25 00:40:12.707953+00', '01a21025-58a4-70a0-839f-aebb2ec82d56', 0, true, 'globex');



INSERT INTO attestor.sboms VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5893-711a-8551-377eea66d252', '2026-11-25 00:40:12.69015+00', '\xcf2b5eae6a1e0109811fd6302121c245e3f2f5178020eb2b0ddc0357f340c20d', 449, 'cyclonedx', '1.6', 'acme', 'acme', NULL, 1, 'domaintest');
INSERT INTO attestor.sboms VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a4-7077-8a8c-8ecc716e2302', '2026-11-25 00:40:12.707953+00', '\x7492dfff70bf0fda47b48260f1f0b39bf1a53540318ef77c42216499123f997c', 465, 'cyclonedx', '1.6', 'globex', 'globex', NULL, 1, 'domaintest');



INSERT INTO attestor.statement_subjects VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5884-795a-8a27-aa4bad452cf9', '2026-11-25 00:40:12.676365+00', '01a21025-5884-75a3-8ff7-72b96db82eb0', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-588f-7211-92f2-5d98a902ece0', '2026-11-25 00:40:12.687113+00', '01a21025-588f-71c5-853f-45d115b50c8b', 0, 'acme', 'sha256', '\x822b33ad87c148a0a20a5ba7cd5ebcaa68d36a18e7aad165554903f52ca82757');
INSERT INTO attestor.statement_subjects VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5893-714a-821b-9b37976d7f8b', '2026-11-25 00:40:12.69015+00', '01a21025-5892-7256-863e-554a8fcb2028', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');
INSERT INTO attestor.statement_subjects VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a0-78f6-aa60-ab99f58240a0', '2026-11-25 00:40:12.704528+00', '01a21025-58a0-7813-9c28-f0d4f60c9016', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a2-72a9-954e-3192c5ae8e71', '2026-11-25 00:40:12.706162+00', '01a21025-58a2-727f-a749-818a3c75a391', 0, 'globex', 'sha256', '\x5bc1a08d28e40fe79ca3ecb077b3bd14ff00df9bad0c4a0d74ecd0805ecf0b1f');
INSERT INTO attestor.statement_subjects VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a4-7095-9788-778a31ec9bfa', '2026-11-25 00:40:12.707953+00', '01a21025-58a3-7e92-9bfe-404fc0b447c5', 0, 'melted.tgz', 'sha256', '\x64beb82209eadc326638159528efa1ddacd825307aff3f0d0d8a9fe89347db1b');



INSERT INTO attestor.statements VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5884-75a3-8ff7-72b96db82eb0', '2026-11-25 00:40:12.676365+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-588f-71c5-853f-45d115b50c8b', '2026-11-25 00:40:12.687113+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-5892-7256-863e-554a8fcb2028', '2026-11-25 00:40:12.69015+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');
INSERT INTO attestor.statements VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a0-7813-9c28-f0d4f60c9016', '2026-11-25 00:40:12.704528+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a2-727f-a749-818a3c75a391', '2026-11-25 00:40:12.706162+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a3-7e92-9bfe-404fc0b447c5', '2026-11-25 00:40:12.707953+00', 'https://in-toto.io/Statement/v1', 'https://cyclonedx.org/bom');



INSERT INTO rekor.log_checkpoints VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-588f-7201-ae1b-64ff30811591', '2026-11-25 00:40:12.688732+00', 'rekor.example.com - 1193046471193046471', 1, '\x55693adf8b24a476b8bcfe2191f990ba3632d2d2e5ea3378960e25723bef0050', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a310a56576b363334736b70486134765034686b666d51756a597930744c6c366a4e346c67346c636a76764146413d0a0ae280942072656b6f722e6578616d706c652e636f6d203051764b665442464169416f32674264687045676d4242337457766234674c2b505837392b6476644a4e734e6e31626f5466494371414968414b4c525745694151517074523268785a6b32764e62504d6953722b653751566a6472534855364b7356664d0a', '\xa8d8cf106379f8eda7b495b7c031b48374bdb4a2bf3da0c4f957df1c4d298fbf');
INSERT INTO rekor.log_checkpoints VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a2-7299-b620-c91883f486eb', '2026-11-25 00:40:12.707191+00', 'rekor.example.com - 1193046471193046471', 2, '\x4a7e9cf8e1e94000322beab9e1e5c855d436961a1fa7f63c856024038c579018', '\x72656b6f722e6578616d706c652e636f6d202d20313139333034363437313139333034363437310a320a536e36632b4f4870514141794b2b713534655849566451326c686f66702f59386857416b413478586b42673d0a0ae280942072656b6f722e6578616d706c652e636f6d203051764b665442474169454177792b45666e43736e7246374369614252645075704751714268626d3742496e68364359574f5233334a55434951434c646b4e61394261316d7862413044692f43356555384a626f74776856777a665a31323763537568746b413d3d0a', '\x68d6aea22cabcd7bf925c7c111f5b575c455ab3b8f3a7d6f6e8e6ea79c3f6b5b');



INSERT INTO rekor.log_entries VALUES ('01a21025-5883-7131-b588-e8793ea22d10', '01a21025-588f-71f9-aa19-0ffa284f7ce4', '2026-11-25 00:40:12.687113+00', '01a21025-588f-71c5-853f-45d115b50c8b', 0, '\xd10bca7d2fefdfbf183d1b55a970cf984d1facb97bd1aef4257b192c8ec6f6b9', 1000, 'dsse', '0.0.1', '2026-11-25 00:40:12+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2233323633363435326139383033366137393433373739646463633735373239626364653635303535333831393332356537323263343938626231396637636331227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2266326438396563333035303638343436356339613538663839323738353532343662306231363530346563373265653038363035633437633161343165613132227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d455543494268615651556f436d2f4b39567a3970372f456b74384e496b4859636355662f6d467553425173714762594169454172694e36614649444e68425168684f6d6c4c6b6d385769445938346f6a7a6d507368564d6e7a64544c68593d222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a3046465648527954335a4e556d7876524642515748644a535577314c30393554555649513278776551706b4f4870515455497a53584e4852586c594e43744d4d56706f637a4259654578565a45396e52334a5a53564e7761576852567a52304c334e324d556c515a6b4a6b5a486b32564442764e3142525054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\x394fcf7910386fa4a3e868bb392ae86439c5063e6dee15b55c35c44ef391b7c0', '\x55693adf8b24a476b8bcfe2191f990ba3632d2d2e5ea3378960e25723bef0050', '\x3045022100f87caadaca50fb829b2b4b6b272622c8412e1400e0cf3bc63528f655487f10ae022009b83f4fd56987e4d367fb6341cade57cc52925e392a5bf48ac1baebf06e54b2', 0, 1, '\x55693adf8b24a476b8bcfe2191f990ba3632d2d2e5ea3378960e25723bef0050', '\x', '01a21025-588f-7201-ae1b-64ff30811591', NULL);
INSERT INTO rekor.log_entries VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', '01a21025-58a2-7293-926a-06f9ad052b17', '2026-11-25 00:40:12.706162+00', '01a21025-58a2-727f-a749-818a3c75a391', 0, '\xd10bca7d2fefdfbf183d1b55a970cf984d1facb97bd1aef4257b192c8ec6f6b9', 1001, 'dsse', '0.0.1', '2026-11-25 00:40:12+00', '\x7b2261706956657273696f6e223a22302e302e31222c226b696e64223a2264737365222c2273706563223a7b22656e76656c6f706548617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2237373163656466386561396666363563336165316666373839643962343061653533653132653238353738663431656366613163313266333430623437343464227d2c227061796c6f616448617368223a7b22616c676f726974686d223a22736861323536222c2276616c7565223a2234393233363039666634303164623835366237356133666431663233373364373034613664363063353439663162623866386366333461326639656539383338227d2c227369676e617475726573223a5b7b227369676e6174757265223a224d4559434951445249455a746f3261306b5252594a47635463524362556d354b78486f62396648314a322f41753471356f774968414a46585536326c6c6f774e7276614a6c5264792b366c446d674e642f4c684e7367306d70622f5a7a344454222c227665726966696572223a224c5330744c5331435255644a5469425156554a4d53554d675330565a4c5330744c53304b54555a72643056335755684c6231704a656d6f775130465257556c4c6231704a656d6f7752454652593052525a3046465648527954335a4e556d7876524642515748644a535577314c30393554555649513278776551706b4f4870515455497a53584e4852586c594e43744d4d56706f637a4259654578565a45396e52334a5a53564e7761576852567a52304c334e324d556c515a6b4a6b5a486b32564442764e3142525054304b4c5330744c533146546b51675546564354456c4449457446575330744c53307443673d3d227d5d7d7d', '\x02f99a2f22b8de2adac558b3c2f3bf10e2c5e07eebe482a35143b9b7d9dbde68', '\xbf87d97fc3b0f76c772e9e8f1a7a7c5373d4f95cd1d7f053c7bed96c25240a6c', '\x30460221009f46168e9ded19a2d1347d4adcedd0d19207f56b17f7e777a55788519d22be03022100fd355378da8980c78c6f6a67d2b98172de93b942ae880af21f9bae4870fa3cef', 1, 2, '\x4a7e9cf8e1e94000322beab9e1e5c855d436961a1fa7f63c856024038c579018', '\x55693adf8b24a476b8bcfe2191f990ba3632d2d2e5ea3378960e25723bef0050', '01a21025-58a2-7299-b620-c91883f486eb', NULL);



INSERT INTO tenancy.library_floors VALUES (2, 'evidence enters by attestor.record_envelopes alone', '2026-11-25 00:40:12.537677+00');
INSERT INTO tenancy.library_floors VALUES (3, 'evidence enters by attestor.record_evidence alone', '2026-11-25 00:40:12.593586+00');



INSERT INTO tenancy.tenants VALUES ('01a21025-5883-7131-b588-e8793ea22d10', 'acme', 'active', '2026-11-25 00:40:12.675056+00', 'domaintest', '2026-11-25 00:40:12.675056+00', 'domaintest', false, false, NULL, NULL);
INSERT INTO tenancy.tenants VALUES ('01a21025-589f-70cf-ac2a-24da0e2ec2f2', 'globex', 'active', '2026-11-25 00:40:12.703018+00', 'domaintest', '2026-11-25 00:40:12.703018+00', 'domaintest', false, false, NULL, NULL);



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



CREATE TRIGGER sbom_artifacts_signed BEFORE INSERT ON attestor.sbom_artifacts FOR EACH ROW WHEN ((new.envelope_id IS NULL)) EXECUTE FUNCTION attestor.require_signed_sbom();



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




