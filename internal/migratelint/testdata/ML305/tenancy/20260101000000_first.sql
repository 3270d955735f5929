CREATE SCHEMA tenancy;
CREATE TABLE tenancy.tenants (
  id uuid NOT NULL,
  kind_id uuid,
  PRIMARY KEY (id)
);
