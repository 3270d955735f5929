-- An entry is recorded when it is appended, at most a minute before: whoever has had a
-- transaction open for longer does not say an earlier time. And it was verified at a time
-- that every reader knows.
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
