-- What administrators do to a tenant is in the tenant's ledger too: one audit trail,
-- whatever program or person did it.

-- append_act appends an act, of a suspended tenant as well. It is for functions of the
-- owner's, which have set the tenant.
CREATE FUNCTION "verdict"."append_act"(
  tenant uuid, act text, actor text, reason text, subject_name text, input_kind text, input_digest bytea)
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
REVOKE ALL ON FUNCTION "verdict"."append_act" FROM PUBLIC;

CREATE FUNCTION "verdict"."record_tenant_act"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := current_setting('attestdb.tenant_id', true);
BEGIN
  PERFORM set_config('attestdb.tenant_id', NEW.id::text, true);
  IF TG_OP = 'INSERT' THEN
    PERFORM verdict.append_act(NEW.id, 'tenant.create', NEW.created_by, NULL, NEW.name, NULL, NULL);
  ELSIF NEW.status <> OLD.status THEN
    PERFORM verdict.append_act(NEW.id, CASE NEW.status WHEN 'active' THEN 'tenant.resume' ELSE 'tenant.suspend' END,
                               NEW.status_changed_by, NULL, NEW.name, NULL, NULL);
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.require_verified, NEW.require_in_toto) <> (OLD.require_verified, OLD.require_in_toto) THEN
    PERFORM verdict.append_act(NEW.id, 'tenant.require', NEW.requirements_changed_by,
                               format('verified=%s in_toto=%s', NEW.require_verified, NEW.require_in_toto), NEW.name, NULL, NULL);
  END IF;
  PERFORM set_config('attestdb.tenant_id', coalesce(was, ''), true);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "verdict"."record_tenant_act"() FROM PUBLIC;

-- attestdb:allow ML601 tenancy stands alone, so it cannot know the ledger that its acts go into
CREATE TRIGGER "tenants_acts" AFTER INSERT OR UPDATE ON "tenancy"."tenants"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."record_tenant_act"();
