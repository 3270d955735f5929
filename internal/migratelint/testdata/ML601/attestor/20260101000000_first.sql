CREATE SCHEMA attestor;
CREATE TABLE attestor.kinds (
  id uuid NOT NULL,
  tenant uuid NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT kinds_tenant FOREIGN KEY (tenant) REFERENCES tenancy.tenants (id)
);
CREATE TRIGGER refuse BEFORE DELETE ON attestor.kinds
  FOR EACH ROW EXECUTE FUNCTION tenancy.refuse();
CREATE TEMPORARY TABLE numbers ON COMMIT DROP AS SELECT 1 AS n;

CREATE SCHEMA "attestors";
CREATE TABLE "attestors"."kinds" (
  "tenant_id" uuid,
  "name" text,
  UNIQUE ("name")
);
CREATE TABLE public.moved (id uuid NOT NULL, PRIMARY KEY (id));
CREATE TYPE public.kind AS ENUM ('dsse');
GRANT USAGE ON SCHEMA tenancy TO pg_monitor;
CREATE TABLE tenancy.notes (id uuid NOT NULL, PRIMARY KEY (id));
