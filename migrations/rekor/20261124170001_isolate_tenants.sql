-- Log entries are bound to the tenant that the statement names. The application
-- and the auditor read, record_entries alone writes, as the owner, who is bound to
-- the tenant like everybody else; nobody may change.
REVOKE ALL ON SCHEMA "rekor" FROM PUBLIC;
GRANT USAGE ON SCHEMA "rekor" TO attestdb_app, attestdb_auditor;

ALTER TABLE "rekor"."log_checkpoints" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "rekor"."log_checkpoints" FORCE ROW LEVEL SECURITY;
CREATE POLICY "log_checkpoints_app" ON "rekor"."log_checkpoints" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "log_checkpoints_owner" ON "rekor"."log_checkpoints" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "log_checkpoints_auditor" ON "rekor"."log_checkpoints" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "rekor"."log_checkpoints" TO attestdb_app, attestdb_auditor;

ALTER TABLE "rekor"."log_entries" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "rekor"."log_entries" FORCE ROW LEVEL SECURITY;
CREATE POLICY "log_entries_app" ON "rekor"."log_entries" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "log_entries_owner" ON "rekor"."log_entries" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "log_entries_auditor" ON "rekor"."log_entries" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "rekor"."log_entries" TO attestdb_app, attestdb_auditor;
