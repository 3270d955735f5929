-- No reader takes the nil UUID for a tenant's. It holds for what comes, so that nothing
-- that is there stands in the way of an upgrade.
ALTER TABLE "tenancy"."tenants"
  ADD CONSTRAINT "tenants_id_not_nil" CHECK (id <> '00000000-0000-0000-0000-000000000000'::uuid) NOT VALID;
