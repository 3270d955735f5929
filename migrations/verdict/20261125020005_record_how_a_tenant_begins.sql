-- What a tenant is made with is an act as what is changed of it later: suspended at once,
-- or with requirements.
CREATE OR REPLACE FUNCTION "verdict"."record_tenant_act"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := current_setting('attestdb.tenant_id', true);
BEGIN
  PERFORM set_config('attestdb.tenant_id', NEW.id::text, true);
  IF TG_OP = 'INSERT' THEN
    PERFORM verdict.append_act(NEW.id, 'tenant.create', NEW.created_by, NULL, NEW.name, NULL, NULL);
  END IF;
  -- A tenant begins active, and nothing is required of its evidence.
  IF TG_OP = 'INSERT' AND NEW.status <> 'active' OR TG_OP = 'UPDATE' AND NEW.status <> OLD.status THEN
    PERFORM verdict.append_act(NEW.id, CASE NEW.status WHEN 'active' THEN 'tenant.resume' ELSE 'tenant.suspend' END,
                               NEW.status_changed_by, NULL, NEW.name, NULL, NULL);
  END IF;
  IF TG_OP = 'INSERT' AND (NEW.require_verified OR NEW.require_in_toto)
     OR TG_OP = 'UPDATE' AND (NEW.require_verified, NEW.require_in_toto) <> (OLD.require_verified, OLD.require_in_toto) THEN
    PERFORM verdict.append_act(NEW.id, 'tenant.require', NEW.requirements_changed_by,
                               format('verified=%s in_toto=%s', NEW.require_verified, NEW.require_in_toto), NEW.name, NULL, NULL);
  END IF;
  PERFORM set_config('attestdb.tenant_id', coalesce(was, ''), true);
  RETURN NULL;
END $$;
