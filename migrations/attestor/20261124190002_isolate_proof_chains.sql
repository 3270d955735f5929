-- Chains are read by their tenant and the auditor. They enter by record_chain
-- alone, which runs as the owner: the application has no INSERT.

ALTER TABLE "attestor"."proof_chains" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."proof_chains" FORCE ROW LEVEL SECURITY;
CREATE POLICY "proof_chains_app" ON "attestor"."proof_chains" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "proof_chains_owner" ON "attestor"."proof_chains" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "proof_chains_auditor" ON "attestor"."proof_chains" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."proof_chains" TO attestdb_app, attestdb_auditor;

ALTER TABLE "attestor"."proof_segments" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."proof_segments" FORCE ROW LEVEL SECURITY;
CREATE POLICY "proof_segments_app" ON "attestor"."proof_segments" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "proof_segments_owner" ON "attestor"."proof_segments" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "proof_segments_auditor" ON "attestor"."proof_segments" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "attestor"."proof_segments" TO attestdb_app, attestdb_auditor;
