-- Log entries are evidence: never changed, not even by the owner. record_entries
-- has asked for an active tenant once; whoever else may insert some day is asked
-- for each row.

CREATE TRIGGER "log_checkpoints_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "rekor"."log_checkpoints"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "log_checkpoints_active_tenant" BEFORE INSERT ON "rekor"."log_checkpoints"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "log_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "rekor"."log_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "log_entries_active_tenant" BEFORE INSERT ON "rekor"."log_entries"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
