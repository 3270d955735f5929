-- A transaction of another isolation than READ COMMITTED reads the tenant as it was when
-- the transaction began: active, after it was suspended. What is written in one is
-- refused, here where roles insert directly, and by the functions that evidence enters by.
CREATE OR REPLACE FUNCTION "tenancy"."require_active_tenant"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found_status text;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'a tenant writes in READ COMMITTED, not %', upper(current_setting('transaction_isolation'))
      USING ERRCODE = 'AD021';
  END IF;
  SELECT t.status INTO found_status FROM tenancy.tenants t
   WHERE t.id = NEW.tenant_id;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  RETURN NEW;
END $$;
