-- Who changes a tenant says when, and with that who it was: the name that stands there is
-- recorded of the change, so a change that only forgets both is refused, and so is a name
-- or a time without a change. Two changes in one transaction have clock_timestamp().
CREATE FUNCTION "tenancy"."require_changer"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW.require_verified OR NEW.require_in_toto) AND NEW.requirements_changed_by IS NULL THEN
      RAISE EXCEPTION 'requirements_changed_by: who requires it is not said' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.status <> OLD.status) <> (NEW.status_changed_at <> OLD.status_changed_at)
     OR NEW.status = OLD.status AND NEW.status_changed_by <> OLD.status_changed_by THEN
    RAISE EXCEPTION 'status_changed_at, status_changed_by: they change with the status, and only then' USING ERRCODE = 'check_violation';
  END IF;
  -- The time and the name are both there, or neither is.
  IF ((NEW.require_verified, NEW.require_in_toto) <> (OLD.require_verified, OLD.require_in_toto))
       <> (NEW.requirements_changed_at IS DISTINCT FROM OLD.requirements_changed_at)
     OR NEW.requirements_changed_at IS NOT DISTINCT FROM OLD.requirements_changed_at
        AND NEW.requirements_changed_by IS DISTINCT FROM OLD.requirements_changed_by THEN
    RAISE EXCEPTION 'requirements_changed_at, requirements_changed_by: they change with a requirement, and only then'
      USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.requirements_changed_at IS NULL AND OLD.requirements_changed_at IS NOT NULL THEN
    RAISE EXCEPTION 'requirements_changed_by: who requires it is not said' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION "tenancy"."require_changer"() FROM PUBLIC;

CREATE TRIGGER "tenants_changer" BEFORE INSERT OR UPDATE ON "tenancy"."tenants"
  FOR EACH ROW EXECUTE FUNCTION "tenancy"."require_changer"();
