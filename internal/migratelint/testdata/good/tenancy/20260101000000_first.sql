CREATE SCHEMA tenancy;
CREATE TABLE tenancy.tenants (
  id uuid NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT tenants_name_known CHECK (name <> '')
);
CREATE UNIQUE INDEX tenants_name_key ON tenancy.tenants (name);
GRANT USAGE ON SCHEMA tenancy TO pg_monitor;
GRANT SELECT ON tenancy.tenants TO pg_monitor;
