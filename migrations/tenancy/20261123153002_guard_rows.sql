-- What privileges already refuse to every other role, these triggers refuse to
-- the owner. They are statement triggers, so that a statement that matches no
-- row fails as well.
CREATE FUNCTION "tenancy"."refuse_change"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'AD001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
END $$;
REVOKE ALL ON FUNCTION "tenancy"."refuse_change"() FROM PUBLIC;

-- A foreign key to tenants would do for unknown tenants, but each insert would
-- then lock the tenant's one row, and it could not tell a suspended tenant.
-- Tenants are never deleted, so nothing is lost. It asks for each row's own
-- tenant: a statement may change the setting while it runs. A tenant that the
-- row-level security of tenants hides is as good as unknown.
CREATE FUNCTION "tenancy"."require_active_tenant"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
  found_status text;
BEGIN
  SELECT t.status INTO found_status FROM tenancy.tenants t
   WHERE t.id = NEW.tenant_id;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION "tenancy"."require_active_tenant"() FROM PUBLIC;

CREATE TRIGGER "tenants_keep" BEFORE DELETE OR TRUNCATE ON "tenancy"."tenants"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "library_floors_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "tenancy"."library_floors"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
