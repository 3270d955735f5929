ALTER TABLE tenancy.tenants ADD COLUMN note text;
CREATE TRIGGER refuse BEFORE DELETE ON tenancy.tenants
  FOR EACH ROW EXECUTE FUNCTION tenancy.refuse();
CREATE POLICY everybody ON tenancy.tenants USING (true);
COMMENT ON TABLE attestor.kinds IS 'kinds of evidence';
CREATE OR REPLACE FUNCTION tenancy.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN OLD; END';
ALTER TABLE public.moved SET SCHEMA attestor;
DROP POLICY everybody ON tenancy.tenants;
