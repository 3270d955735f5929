-- record_entries is the one way in for log entries. They come as one array a
-- column, each with the digest of its envelope's bytes and its position in it. An
-- envelope that has an entry at the position keeps it, and one that the tenant does
-- not have is refused. Digests and leaf hashes are taken here, from the bodies. A
-- proof without hashes has empty ones, a checkpoint comes with each entry of its
-- tree and is stored once. What an entry is about is not looked at: whoever reads
-- entries holds them against their envelopes.
CREATE FUNCTION "rekor"."record_entries"(
  tenant uuid, ids uuid[], envelope_sha256s bytea[], positions int[], log_ids bytea[], log_indexes bigint[],
  kinds text[], versions text[], integrated_times timestamptz[], bodies bytea[], promises bytea[],
  proof_log_indexes bigint[], proof_tree_sizes bigint[], proof_root_hashes bytea[], proof_hashes bytea[],
  checkpoint_ids uuid[], origins text[], notes bytea[], verified timestamptz[])
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = ''
-- A plan for these very arrays would be made anew each time and be the same.
SET plan_cache_mode = force_generic_plan
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
REVOKE ALL ON FUNCTION "rekor"."record_entries" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "rekor"."record_entries" TO attestdb_app;
