-- record_evidence is the one way in for evidence together with what a verifier said of
-- it: so a tenant can require, of every writer, that nothing else is there. It runs as
-- the owner, who is bound to the tenant that the statement names.

DROP POLICY "envelope_verifications_owner" ON "attestor"."envelope_verifications";
CREATE POLICY "envelope_verifications_owner" ON "attestor"."envelope_verifications" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

-- As record_envelopes, whose arrays come first; verifications are one array a column,
-- each with the position, from 1, of its envelope. A verifier that says again what it
-- said last adds nothing.
CREATE FUNCTION "attestor"."record_evidence"(
  tenant uuid, ids uuid[], times timestamptz[], actors text[], media_types text[], payload_types text[],
  payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[],
  signature_ids uuid[], signature_of int[], signature_positions int[], key_ids text[], sigs bytea[],
  certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[],
  subject_ids uuid[], subject_of int[], subject_positions int[], subject_names text[],
  algorithms text[], digests bytea[],
  verification_ids uuid[], verification_of int[], verification_times timestamptz[], outcomes text[],
  verifiers text[], policies text[], reasons text[], verified_signatures text[],
  times_verified timestamptz[], times_signed timestamptz[])
RETURNS TABLE (n bigint, envelope_id uuid, recorded_at timestamptz, existed boolean,
  outcome text, verifier text, policy text, reason text, signatures jsonb,
  time_verified timestamptz, signed_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ''
SET plan_cache_mode = force_generic_plan
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
REVOKE ALL ON FUNCTION "attestor"."record_evidence" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "attestor"."record_evidence" TO attestdb_app;

-- Else it would be a way around what a tenant requires.
REVOKE EXECUTE ON FUNCTION "attestor"."record_envelopes" FROM attestdb_app;
