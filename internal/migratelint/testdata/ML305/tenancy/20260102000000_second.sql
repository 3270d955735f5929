ALTER TABLE tenancy.tenants
  ADD CONSTRAINT tenants_kind FOREIGN KEY (kind_id) REFERENCES attestor.kinds (id) NOT VALID;
