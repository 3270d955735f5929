-- A ledger is read by its tenant and the auditor. Entries enter by append_entries and
-- append_act, checkpoints by record_checkpoint, which run as the owner: nobody else has
-- an INSERT.
REVOKE ALL ON SCHEMA "verdict" FROM PUBLIC;
GRANT USAGE ON SCHEMA "verdict" TO attestdb_app, attestdb_auditor, attestdb_admin;

ALTER TABLE "verdict"."ledgers" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."ledgers" FORCE ROW LEVEL SECURITY;
CREATE POLICY "ledgers_app" ON "verdict"."ledgers" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledgers_owner" ON "verdict"."ledgers" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledgers_auditor" ON "verdict"."ledgers" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "verdict"."ledgers" TO attestdb_app, attestdb_auditor;

ALTER TABLE "verdict"."ledger_entries" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."ledger_entries" FORCE ROW LEVEL SECURITY;
CREATE POLICY "ledger_entries_app" ON "verdict"."ledger_entries" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_entries_owner" ON "verdict"."ledger_entries" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_entries_auditor" ON "verdict"."ledger_entries" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "verdict"."ledger_entries" TO attestdb_app, attestdb_auditor;

ALTER TABLE "verdict"."ledger_inputs" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."ledger_inputs" FORCE ROW LEVEL SECURITY;
CREATE POLICY "ledger_inputs_app" ON "verdict"."ledger_inputs" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_inputs_owner" ON "verdict"."ledger_inputs" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_inputs_auditor" ON "verdict"."ledger_inputs" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "verdict"."ledger_inputs" TO attestdb_app, attestdb_auditor;

ALTER TABLE "verdict"."ledger_payloads" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."ledger_payloads" FORCE ROW LEVEL SECURITY;
CREATE POLICY "ledger_payloads_app" ON "verdict"."ledger_payloads" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_payloads_owner" ON "verdict"."ledger_payloads" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_payloads_auditor" ON "verdict"."ledger_payloads" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "verdict"."ledger_payloads" TO attestdb_app, attestdb_auditor;

ALTER TABLE "verdict"."ledger_nodes" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."ledger_nodes" FORCE ROW LEVEL SECURITY;
CREATE POLICY "ledger_nodes_app" ON "verdict"."ledger_nodes" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_nodes_owner" ON "verdict"."ledger_nodes" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_nodes_auditor" ON "verdict"."ledger_nodes" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "verdict"."ledger_nodes" TO attestdb_app, attestdb_auditor;

ALTER TABLE "verdict"."ledger_checkpoints" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "verdict"."ledger_checkpoints" FORCE ROW LEVEL SECURITY;
CREATE POLICY "ledger_checkpoints_app" ON "verdict"."ledger_checkpoints" TO attestdb_app
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_checkpoints_owner" ON "verdict"."ledger_checkpoints" TO attestdb_owner
  USING ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid)
  WITH CHECK ("tenant_id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
CREATE POLICY "ledger_checkpoints_auditor" ON "verdict"."ledger_checkpoints" FOR SELECT TO attestdb_auditor USING (true);
GRANT SELECT ON "verdict"."ledger_checkpoints" TO attestdb_app, attestdb_auditor;
