-- Rules and holds are read by their tenant, the auditor and the administrator. They enter
-- by the functions that leave an act in the ledger, which run as the owner: nobody else
-- has an INSERT.

ALTER TABLE "verdict"."retention_rules" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."retention_rules" FORCE ROW LEVEL SECURITY;
CREATE POLICY "retention_rules_app" ON "verdict"."retention_rules" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "retention_rules_owner" ON "verdict"."retention_rules" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "retention_rules_auditor" ON "verdict"."retention_rules" FOR SELECT TO attestdb_auditor USING (true);
CREATE POLICY "retention_rules_admin" ON "verdict"."retention_rules" FOR SELECT TO attestdb_admin USING (true);
GRANT SELECT ON "verdict"."retention_rules" TO attestdb_app, attestdb_auditor, attestdb_admin;

ALTER TABLE "verdict"."legal_holds" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."legal_holds" FORCE ROW LEVEL SECURITY;
CREATE POLICY "legal_holds_app" ON "verdict"."legal_holds" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "legal_holds_owner" ON "verdict"."legal_holds" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "legal_holds_auditor" ON "verdict"."legal_holds" FOR SELECT TO attestdb_auditor USING (true);
CREATE POLICY "legal_holds_admin" ON "verdict"."legal_holds" FOR SELECT TO attestdb_admin USING (true);
GRANT SELECT ON "verdict"."legal_holds" TO attestdb_app, attestdb_auditor, attestdb_admin;

ALTER TABLE "verdict"."legal_hold_releases" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."legal_hold_releases" FORCE ROW LEVEL SECURITY;
CREATE POLICY "legal_hold_releases_app" ON "verdict"."legal_hold_releases" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "legal_hold_releases_owner" ON "verdict"."legal_hold_releases" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "legal_hold_releases_auditor" ON "verdict"."legal_hold_releases" FOR SELECT TO attestdb_auditor USING (true);
CREATE POLICY "legal_hold_releases_admin" ON "verdict"."legal_hold_releases" FOR SELECT TO attestdb_admin USING (true);
GRANT SELECT ON "verdict"."legal_hold_releases" TO attestdb_app, attestdb_auditor, attestdb_admin;
