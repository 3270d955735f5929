-- tree_root is the root hash (RFC 6962) of the tenant's first so many entries. It reads
-- at most 16 entries, and 16 nodes of each level.
CREATE FUNCTION "verdict"."tree_root"(tenant uuid, tree_size bigint) RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
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
          SELECT e.seq AS index, e.leaf_hash AS hash FROM verdict.ledger_entries e
           WHERE depth = 0 AND e.tenant_id = tenant AND e.seq BETWEEN start AND start + (1 << height) - 1
          UNION ALL
          SELECT n.index, n.hash FROM verdict.ledger_nodes n
           WHERE depth > 0 AND n.tenant_id = tenant AND n.level = depth
             AND n.index BETWEEN start / unit AND start / unit + (1 << height % 4) - 1
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
REVOKE ALL ON FUNCTION "verdict"."tree_root" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."tree_root" TO attestdb_app, attestdb_auditor;

-- record_checkpoint is the one way in for checkpoints: it keeps a signed note if its root
-- is the ledger's at that size, and so is the last checkpoint's at its own. What it
-- cannot see is the signature. The same note again is the first.
CREATE FUNCTION "verdict"."record_checkpoint"(
  tenant uuid, new_id uuid, origin text, tree_size bigint, root_hash bytea, note bytea, signed_by text)
RETURNS TABLE (recorded_id uuid, recorded_at timestamptz, existed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
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
REVOKE ALL ON FUNCTION "verdict"."record_checkpoint" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."record_checkpoint" TO attestdb_app;
