-- Evidence enters by record_envelopes alone. It has asked for an active tenant
-- once; whoever else may insert some day is still asked for each row.
REVOKE INSERT ON "attestor"."envelopes", "attestor"."envelope_contents", "attestor"."envelope_signatures",
  "attestor"."statements", "attestor"."statement_subjects" FROM attestdb_app;

CREATE OR REPLACE TRIGGER "envelopes_active_tenant" BEFORE INSERT ON "attestor"."envelopes"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE OR REPLACE TRIGGER "envelope_contents_active_tenant" BEFORE INSERT ON "attestor"."envelope_contents"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE OR REPLACE TRIGGER "envelope_signatures_active_tenant" BEFORE INSERT ON "attestor"."envelope_signatures"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE OR REPLACE TRIGGER "statements_active_tenant" BEFORE INSERT ON "attestor"."statements"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE OR REPLACE TRIGGER "statement_subjects_active_tenant" BEFORE INSERT ON "attestor"."statement_subjects"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
