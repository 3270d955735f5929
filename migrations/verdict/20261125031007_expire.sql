-- What has been kept for as long as the tenant says is erased in batches, each of them a
-- transaction: what was erased before one is broken off stays so, and the next run goes on.

-- expired_envelopes are those of the given whose time is over by the rules as they are now,
-- with the hold that keeps one nevertheless; expired_payloads are entries.
CREATE FUNCTION "verdict"."expired_envelopes"(tenant uuid, envelopes uuid[])
RETURNS TABLE (id uuid, digest bytea, created_at timestamptz, keep_seconds bigint, hold uuid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
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
REVOKE ALL ON FUNCTION "verdict"."expired_envelopes" FROM PUBLIC;

CREATE FUNCTION "verdict"."expired_payloads"(tenant uuid, entries uuid[])
RETURNS TABLE (id uuid, digest bytea, created_at timestamptz, keep_seconds bigint, hold uuid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p.id, e.leaf_hash, p.created_at, r.keep_seconds, verdict.entry_hold(tenant, p.id)
    FROM verdict.current_rules(tenant) r
    JOIN verdict.ledger_payloads p ON p.tenant_id = tenant AND p.id = ANY (entries)
    JOIN verdict.ledger_entries e ON e.tenant_id = tenant AND e.id = p.id
   WHERE r.kind = 'payload' AND p.created_at < now() - r.keep_seconds * interval '1 second'
   ORDER BY e.seq
$$;
REVOKE ALL ON FUNCTION "verdict"."expired_payloads" FROM PUBLIC;

-- erasure is asked for each row that goes. It looks at the entries which have the input, one
-- by one: the planner would rather read all erasures that there are. Its plan is kept.
CREATE OR REPLACE FUNCTION "verdict"."erasure"(act text, tenant uuid, input_kind text, input_digest bytea) RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT min(e.seq)
      FROM (SELECT i.seq FROM verdict.ledger_inputs i WHERE i.tenant_id = tenant AND i.digest = input_digest AND i.kind = input_kind OFFSET 0) n
     CROSS JOIN LATERAL (
       SELECT a.seq FROM verdict.ledger_entries a WHERE a.tenant_id = tenant AND a.seq = n.seq AND a.kind = 'act' AND a.action = act OFFSET 0) e);
END $$;

-- expire looks at the next contents of a kind, at most so many and behind a place, oldest
-- first, and erases those that have expired and are not held; each is an act. With dry_run
-- it only counts them. Fewer looked at than asked for were the last.
CREATE FUNCTION "verdict"."expire"(
  tenant uuid, kind text, actor text, dry_run boolean, most int, after_at timestamptz, after_id uuid)
RETURNS TABLE (looked int, erased int, held int, last_at timestamptz, last_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Every table has an index for what is read of it, and may have been empty when the
-- planner last knew.
SET enable_seqscan = off
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
REVOKE ALL ON FUNCTION "verdict"."expire" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."expire" TO attestdb_admin;
