-- lock_ledger begins an append: others of the tenant who append wait until the
-- transaction ends. It returns what the next entry has to follow, and the time to record,
-- which is the database's and never before the last entry's. It waits at most so many
-- milliseconds for others (55P03).
CREATE FUNCTION "verdict"."lock_ledger"(tenant uuid, wait_ms bigint)
RETURNS TABLE (next_seq bigint, prev_hash bytea, recorded_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- For what is set in the function to end with it.
SET lock_timeout = 0
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
REVOKE ALL ON FUNCTION "verdict"."lock_ledger" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."lock_ledger" TO attestdb_app;

-- append_entries is the one way in for decisions: it stores them with their inputs and
-- their payloads, or nothing, one array a column, in the order of the ledger. What it is
-- given was hashed by the caller, and the tables' triggers do it again.
CREATE FUNCTION "verdict"."append_entries"(
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
  SELECT tenant, a.id, first_seq + a.n - 1, at, a.prev_hash, 'decision', a.subject_algorithm, a.subject_digest,
         a.subject_name, a.result, a.policy_uri, a.policy_digest, a.reason, a.inputs, a.verifier, a.verified_at,
         a.payload_hash, a.decision_digest, a.actor, a.idempotency_key, a.leaf_hash
    FROM unnest(ids, trim_array(first_prev_hash || leaf_hashes, 1), subject_algorithms, subject_digests, subject_names,
                results, policy_uris, policy_digests, reasons, all_inputs, verifiers, verified_ats, payload_hashes,
                decision_digests, actors, idempotency_keys, leaf_hashes) WITH ORDINALITY
         AS a (id, prev_hash, subject_algorithm, subject_digest, subject_name, result, policy_uri, policy_digest,
               reason, inputs, verifier, verified_at, payload_hash, decision_digest, actor, idempotency_key,
               leaf_hash, n);
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
REVOKE ALL ON FUNCTION "verdict"."append_entries" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."append_entries" TO attestdb_app;
