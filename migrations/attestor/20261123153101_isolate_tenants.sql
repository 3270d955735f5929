-- Every table of evidence is bound to the tenant that the statement names. No
-- tenant named: nothing is visible and nothing can be written. The application
-- may add and read, the auditor may read everything, nobody may change.
REVOKE ALL ON SCHEMA "attestor" FROM PUBLIC;
GRANT USAGE ON SCHEMA "attestor" TO attestdb_app, attestdb_auditor;

ALTER TABLE "attestor"."envelopes" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."envelopes" FORCE ROW LEVEL SECURITY;
CREATE POLICY "envelopes_app" ON "attestor"."envelopes" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "envelopes_auditor" ON "attestor"."envelopes" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT, INSERT ON "attestor"."envelopes" TO attestdb_app;
GRANT SELECT ON "attestor"."envelopes" TO attestdb_auditor;

ALTER TABLE "attestor"."envelope_contents" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."envelope_contents" FORCE ROW LEVEL SECURITY;
CREATE POLICY "envelope_contents_app" ON "attestor"."envelope_contents" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "envelope_contents_auditor" ON "attestor"."envelope_contents" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT, INSERT ON "attestor"."envelope_contents" TO attestdb_app;
GRANT SELECT ON "attestor"."envelope_contents" TO attestdb_auditor;

ALTER TABLE "attestor"."envelope_signatures" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."envelope_signatures" FORCE ROW LEVEL SECURITY;
CREATE POLICY "envelope_signatures_app" ON "attestor"."envelope_signatures" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "envelope_signatures_auditor" ON "attestor"."envelope_signatures" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT, INSERT ON "attestor"."envelope_signatures" TO attestdb_app;
GRANT SELECT ON "attestor"."envelope_signatures" TO attestdb_auditor;

ALTER TABLE "attestor"."statements" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."statements" FORCE ROW LEVEL SECURITY;
CREATE POLICY "statements_app" ON "attestor"."statements" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "statements_auditor" ON "attestor"."statements" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT, INSERT ON "attestor"."statements" TO attestdb_app;
GRANT SELECT ON "attestor"."statements" TO attestdb_auditor;

ALTER TABLE "attestor"."statement_subjects" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."statement_subjects" FORCE ROW LEVEL SECURITY;
CREATE POLICY "statement_subjects_app" ON "attestor"."statement_subjects" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "statement_subjects_auditor" ON "attestor"."statement_subjects" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT, INSERT ON "attestor"."statement_subjects" TO attestdb_app;
GRANT SELECT ON "attestor"."statement_subjects" TO attestdb_auditor;

ALTER TABLE "attestor"."envelope_verifications" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "attestor"."envelope_verifications" FORCE ROW LEVEL SECURITY;
CREATE POLICY "envelope_verifications_app" ON "attestor"."envelope_verifications" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "envelope_verifications_auditor" ON "attestor"."envelope_verifications" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT, INSERT ON "attestor"."envelope_verifications" TO attestdb_app;
GRANT SELECT ON "attestor"."envelope_verifications" TO attestdb_auditor;
