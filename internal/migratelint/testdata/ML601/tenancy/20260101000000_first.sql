CREATE SCHEMA tenancy;
CREATE TABLE tenancy.tenants (
  id uuid NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (id)
);
CREATE FUNCTION tenancy.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'append-only' USING ERRCODE = '55000';
END $$;
REVOKE ALL ON FUNCTION tenancy.refuse() FROM PUBLIC;
