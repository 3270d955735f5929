-- What is looked for by its place is read in the order of the places. While the tables are
-- empty every index that begins with the tenant looks as cheap as the right one, and a
-- session keeps its plans: all entries of the tenant were read for each node.

CREATE OR REPLACE FUNCTION "verdict"."check_entries"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  tenant uuid;
  tenants bigint;
  first_seq bigint;
  last_seq bigint;
  before record;
  bad record;
  depth int := 0;
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

  SELECT r.seq, r.problem INTO bad
    FROM (
      SELECT a.seq,
             CASE
               WHEN a.seq <> coalesce(lag(a.seq) OVER w, before.seq, -1) + 1 THEN 'does not follow the last entry'
               WHEN a.prev_hash <> coalesce(lag(a.leaf_hash) OVER w, before.leaf_hash, decode(repeat('00', 32), 'hex'))
                 THEN 'prev_hash is not the hash of the entry before'
               WHEN a.recorded_at < coalesce(lag(a.recorded_at) OVER w, before.recorded_at, a.recorded_at)
                 THEN 'recorded_at is before that of the entry before'
               -- Not before the transaction either, unless the clock was set back meanwhile.
               WHEN a.recorded_at < least(transaction_timestamp(), clock_timestamp())
                    AND a.recorded_at IS DISTINCT FROM before.recorded_at THEN 'recorded_at is not the time of the database'
               WHEN a.recorded_at > clock_timestamp() AND a.recorded_at IS DISTINCT FROM before.recorded_at
                 THEN 'recorded_at is not the time of the database'
               WHEN a.decision_digest <> verdict.decision_digest(a.decision) THEN 'decision_digest is not that of its decision'
               WHEN a.leaf_hash <> verdict.leaf_hash(verdict.leaf(a.tenant_id, a.seq, a.id, a.prev_hash, a.recorded_at, a.decision,
                                                                  a.verifier, a.verified_at, a.payload_hash, a.decision_digest,
                                                                  a.actor, a.idempotency_key)) THEN 'leaf_hash is not that of its leaf'
             END AS problem
        FROM (
          -- OFFSET: what two hashes need is made once.
          SELECT n.*, verdict.decision_fields(ROW(n.*)::verdict.ledger_entries) AS decision FROM added n OFFSET 0
        ) a
      WINDOW w AS (ORDER BY a.seq)
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

CREATE OR REPLACE FUNCTION "verdict"."tree_root"(tenant uuid, tree_size bigint) RETURNS bytea
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
