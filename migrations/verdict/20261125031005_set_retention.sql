-- An act may be about an artifact, as a hold is.
CREATE FUNCTION "verdict"."append_act"(
  tenant uuid, act text, actor text, reason text, subject_name text, subject_algorithm text, subject_digest bytea,
  input_kind text, input_digest bytea)
RETURNS verdict.ledger_entries
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  before record;
  e verdict.ledger_entries;
BEGIN
  PERFORM verdict.lock_tenant_ledger(tenant);
  SELECT l.seq, l.leaf_hash, l.recorded_at INTO before
    FROM verdict.ledger_entries l WHERE l.tenant_id = tenant ORDER BY l.seq DESC LIMIT 1;
  e.tenant_id := tenant;
  e.id := gen_random_uuid();
  e.seq := coalesce(before.seq + 1, 0);
  e.recorded_at := greatest(clock_timestamp(), before.recorded_at);
  e.prev_hash := coalesce(before.leaf_hash, decode(repeat('00', 32), 'hex'));
  e.kind := 'act';
  e.action := act;
  e.subject_name := subject_name;
  e.subject_algorithm := subject_algorithm;
  e.subject_digest := subject_digest;
  e.reason := reason;
  e.inputs := verdict.input(input_kind, input_digest);
  e.actor := actor;
  e.decision_digest := verdict.decision_digest(e);
  e.leaf_hash := verdict.leaf_hash(e);
  INSERT INTO verdict.ledger_entries SELECT e.*;
  IF input_kind IS NOT NULL THEN
    INSERT INTO verdict.ledger_inputs (tenant_id, id, created_at, seq, position, kind, digest)
    VALUES (tenant, gen_random_uuid(), e.recorded_at, e.seq, 0, input_kind, input_digest);
  END IF;
  RETURN e;
END $$;
REVOKE ALL ON FUNCTION "verdict"."append_act"(uuid, text, text, text, text, text, bytea, text, bytea) FROM PUBLIC;

CREATE OR REPLACE FUNCTION "verdict"."append_act"(
  tenant uuid, act text, actor text, reason text, subject_name text, input_kind text, input_digest bytea)
RETURNS verdict.ledger_entries
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN verdict.append_act(tenant, act, actor, reason, subject_name, NULL::text, NULL::bytea, input_kind, input_digest);
END $$;

-- begin_act names the tenant of the statements that follow and has others who append, or
-- erase, wait. It returns what was named before, which the caller puts back.
CREATE FUNCTION "verdict"."begin_act"(tenant uuid) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := coalesce(current_setting('attestdb.tenant_id', true), '');
BEGIN
  PERFORM set_config('attestdb.tenant_id', tenant::text, true);
  PERFORM FROM tenancy.tenants t WHERE t.id = tenant;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  END IF;
  PERFORM verdict.lock_tenant_ledger(tenant);
  RETURN was;
END $$;
REVOKE ALL ON FUNCTION "verdict"."begin_act" FROM PUBLIC;

-- current_rules are the rules that count: of each kind and predicateType the newest.
CREATE FUNCTION "verdict"."current_rules"(tenant uuid) RETURNS SETOF verdict.retention_rules
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT DISTINCT ON (r.kind, r.predicate_type) r.* FROM verdict.retention_rules r
   WHERE r.tenant_id = tenant ORDER BY r.kind, r.predicate_type, r.seq DESC
$$;
REVOKE ALL ON FUNCTION "verdict"."current_rules" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."current_rules" TO attestdb_app, attestdb_auditor, attestdb_admin;

-- set_retention says how long contents are kept from now on: those that are there too. To
-- say the same again changes nothing, and existed is true.
CREATE FUNCTION "verdict"."set_retention"(
  tenant uuid, kind text, predicate_type text, keep text, keep_seconds bigint, actor text)
RETURNS TABLE (act_seq bigint, existed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := verdict.begin_act(tenant);
  now_is verdict.retention_rules;
  e verdict.ledger_entries;
BEGIN
  SELECT r.* INTO now_is FROM verdict.current_rules(tenant) r
   WHERE r.kind = set_retention.kind AND r.predicate_type IS NOT DISTINCT FROM set_retention.predicate_type;
  existed := (coalesce(now_is.keep, CASE WHEN predicate_type IS NULL THEN 'forever' ELSE 'default' END), now_is.keep_seconds)
             IS NOT DISTINCT FROM (keep, keep_seconds);
  act_seq := now_is.seq;
  IF NOT existed THEN
    e := verdict.append_act(tenant, 'retention.set', actor, verdict.keep_text(keep, keep_seconds),
                            concat_ws(' ', kind, predicate_type), NULL, NULL);
    INSERT INTO verdict.retention_rules (tenant_id, id, created_at, seq, kind, predicate_type, keep, keep_seconds, actor)
    VALUES (tenant, gen_random_uuid(), e.recorded_at, e.seq, kind, predicate_type, keep, keep_seconds, actor);
    act_seq := e.seq;
  END IF;
  PERFORM set_config('attestdb.tenant_id', was, true);
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION "verdict"."set_retention" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."set_retention" TO attestdb_admin;
