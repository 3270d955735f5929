-- A tenant sees its own SBOMs alone, and so does the owner, as whom record_sboms
-- runs. Nobody but that function adds any.

ALTER TABLE "attestor"."sboms" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."sboms" FORCE ROW LEVEL SECURITY;
CREATE POLICY "sboms_app" ON "attestor"."sboms" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sboms_owner" ON "attestor"."sboms" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sboms_auditor" ON "attestor"."sboms" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."sboms" TO attestdb_app, attestdb_auditor;

ALTER TABLE "attestor"."sbom_contents" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."sbom_contents" FORCE ROW LEVEL SECURITY;
CREATE POLICY "sbom_contents_app" ON "attestor"."sbom_contents" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_contents_owner" ON "attestor"."sbom_contents" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_contents_auditor" ON "attestor"."sbom_contents" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."sbom_contents" TO attestdb_app, attestdb_auditor;

ALTER TABLE "attestor"."sbom_entries" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."sbom_entries" FORCE ROW LEVEL SECURITY;
CREATE POLICY "sbom_entries_app" ON "attestor"."sbom_entries" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_entries_owner" ON "attestor"."sbom_entries" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_entries_auditor" ON "attestor"."sbom_entries" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."sbom_entries" TO attestdb_app, attestdb_auditor;

ALTER TABLE "attestor"."sbom_entry_digests" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."sbom_entry_digests" FORCE ROW LEVEL SECURITY;
CREATE POLICY "sbom_entry_digests_app" ON "attestor"."sbom_entry_digests" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_entry_digests_owner" ON "attestor"."sbom_entry_digests" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_entry_digests_auditor" ON "attestor"."sbom_entry_digests" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."sbom_entry_digests" TO attestdb_app, attestdb_auditor;

ALTER TABLE "attestor"."sbom_entry_licences" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."sbom_entry_licences" FORCE ROW LEVEL SECURITY;
CREATE POLICY "sbom_entry_licences_app" ON "attestor"."sbom_entry_licences" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_entry_licences_owner" ON "attestor"."sbom_entry_licences" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_entry_licences_auditor" ON "attestor"."sbom_entry_licences" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."sbom_entry_licences" TO attestdb_app, attestdb_auditor;

ALTER TABLE "attestor"."sbom_artifacts" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."sbom_artifacts" FORCE ROW LEVEL SECURITY;
CREATE POLICY "sbom_artifacts_app" ON "attestor"."sbom_artifacts" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_artifacts_owner" ON "attestor"."sbom_artifacts" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "sbom_artifacts_auditor" ON "attestor"."sbom_artifacts" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."sbom_artifacts" TO attestdb_app, attestdb_auditor;
