-- The arrays of entries are read by place, each as it is wanted: unnest would keep a copy
-- of every one.
CREATE OR REPLACE FUNCTION "verdict"."append_entries"(
  tenant uuid, first_seq bigint, first_prev_hash bytea, at timestamptz,
  ids uuid[], subject_algorithms text[], subject_digests bytea[], subject_names text[], results text[],
  policy_uris text[], policy_digests bytea[], reasons text[], all_inputs bytea[], verifiers text[],
  verified_ats timestamptz[], payload_hashes bytea[], decision_digests bytea[], actors text[],
  idempotency_keys text[], leaf_hashes bytea[],
  payload_of int[], nonces bytea[], contents bytea[],
  input_ids uuid[], input_of int[], input_positions int[], input_kinds text[], input_digests bytea[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- A plan for these very arrays would be made anew each time and be the same.
SET plan_cache_mode = force_generic_plan
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
