-- Definer functions of the owner ask whether the tenant that a statement names
-- is active. Under FORCE ROW LEVEL SECURITY the owner sees no row without a
-- policy of its own; with this one it sees that tenant and no other.
CREATE POLICY "tenants_owner" ON "tenancy"."tenants" FOR SELECT TO attestdb_owner
  USING ("id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
