-- What was said about retention is never changed, and nobody says it in silence: a row
-- is what an act in the ledger says, under the same name and at the same time, even if the
-- owner inserts it.
CREATE FUNCTION "verdict"."require_act"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  e verdict.ledger_entries;
  said boolean;
BEGIN
  SELECT l.* INTO e FROM verdict.ledger_entries l WHERE l.tenant_id = NEW.tenant_id AND l.seq = NEW.seq;
  said := e.kind = 'act' AND e.action = TG_ARGV[0] AND e.actor = NEW.actor AND e.recorded_at = NEW.created_at;
  IF said AND TG_ARGV[0] = 'retention.set' THEN
    said := e.subject_name = concat_ws(' ', NEW.kind, NEW.predicate_type)
        AND e.reason = verdict.keep_text(NEW.keep, NEW.keep_seconds);
  ELSIF said THEN
    said := e.subject_name = NEW.id::text AND e.reason = NEW.reason;
  END IF;
  IF said AND TG_ARGV[0] = 'hold.place' THEN
    said := (e.subject_algorithm, e.subject_digest, e.inputs) IS NOT DISTINCT FROM
            (NEW.subject_algorithm, NEW.subject_digest, CASE WHEN NEW.digest IS NOT NULL THEN verdict.input(NEW.scope, NEW.digest) END);
  END IF;
  IF said IS NOT TRUE THEN
    RAISE EXCEPTION 'append-only: INSERT on %.% is refused: no entry of the ledger says so', TG_TABLE_SCHEMA, TG_TABLE_NAME
      USING ERRCODE = 'AD001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION "verdict"."require_act"() FROM PUBLIC;

-- keep_text is how an act says how long something is kept.
CREATE FUNCTION "verdict"."keep_text"(keep text, keep_seconds bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'keep=' || CASE keep WHEN 'for' THEN keep_seconds || 's' ELSE keep END;
REVOKE ALL ON FUNCTION "verdict"."keep_text" FROM PUBLIC;

CREATE TRIGGER "retention_rules_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."retention_rules"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "retention_rules_active_tenant" BEFORE INSERT ON "verdict"."retention_rules"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
CREATE TRIGGER "retention_rules_act" BEFORE INSERT ON "verdict"."retention_rules"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."require_act"('retention.set');

CREATE TRIGGER "legal_holds_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."legal_holds"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "legal_holds_active_tenant" BEFORE INSERT ON "verdict"."legal_holds"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
CREATE TRIGGER "legal_holds_act" BEFORE INSERT ON "verdict"."legal_holds"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."require_act"('hold.place');

CREATE TRIGGER "legal_hold_releases_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."legal_hold_releases"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "legal_hold_releases_active_tenant" BEFORE INSERT ON "verdict"."legal_hold_releases"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
CREATE TRIGGER "legal_hold_releases_act" BEFORE INSERT ON "verdict"."legal_hold_releases"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."require_act"('hold.release');
