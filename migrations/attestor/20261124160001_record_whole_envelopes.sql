-- record_envelopes is the one way in for evidence: it stores envelopes with all
-- that is in them, or nothing, so that nobody hangs a signature or a subject on
-- an envelope that is there already. It runs as the owner, who is bound to the
-- tenant that the statement names like everybody else.

CREATE POLICY "envelopes_owner" ON "attestor"."envelopes" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

CREATE POLICY "envelope_contents_owner" ON "attestor"."envelope_contents" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

CREATE POLICY "envelope_signatures_owner" ON "attestor"."envelope_signatures" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

CREATE POLICY "statements_owner" ON "attestor"."statements" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

CREATE POLICY "statement_subjects_owner" ON "attestor"."statement_subjects" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

CREATE POLICY "envelope_verifications_owner" ON "attestor"."envelope_verifications" FOR SELECT TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

-- Envelopes come as one array a column; signatures and subjects too, each with
-- the position, from 1, of its envelope. Digest and size are taken here, from
-- the bytes. A row comes back for each envelope: what was stored, or, if the
-- tenant has these bytes already, the first record of them with its newest
-- verification; then those that were stored may come once more. An id that was
-- given before, by a caller that did not hear the answer, has not existed.
-- Callers that race give envelopes in the order of their digests.
CREATE FUNCTION "attestor"."record_envelopes"(
  tenant uuid, ids uuid[], times timestamptz[], actors text[], media_types text[], payload_types text[],
  payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[],
  signature_ids uuid[], signature_of int[], signature_positions int[], key_ids text[], sigs bytea[],
  certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[],
  subject_ids uuid[], subject_of int[], subject_positions int[], subject_names text[],
  algorithms text[], digests bytea[])
RETURNS TABLE (n bigint, envelope_id uuid, recorded_at timestamptz, existed boolean,
  outcome text, verifier text, policy text, reason text, signatures jsonb,
  time_verified timestamptz, signed_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ''
-- A plan for these very arrays would be made anew each time and be the same.
SET plan_cache_mode = force_generic_plan
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
REVOKE ALL ON FUNCTION "attestor"."record_envelopes" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "attestor"."record_envelopes" TO attestdb_app;
