-- Nothing of a ledger is ever changed, not even by the owner; a payload alone may be
-- deleted, and only if an entry says so (a later file). The functions that append have
-- asked for an active tenant once; whoever else may insert some day is asked for each
-- row.

CREATE TRIGGER "ledgers_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."ledgers"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "ledgers_active_tenant" BEFORE INSERT ON "verdict"."ledgers"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "ledger_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."ledger_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "ledger_entries_active_tenant" BEFORE INSERT ON "verdict"."ledger_entries"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "ledger_inputs_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."ledger_inputs"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "ledger_inputs_active_tenant" BEFORE INSERT ON "verdict"."ledger_inputs"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "ledger_payloads_append_only" BEFORE UPDATE OR TRUNCATE ON "verdict"."ledger_payloads"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "ledger_payloads_active_tenant" BEFORE INSERT ON "verdict"."ledger_payloads"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "ledger_nodes_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."ledger_nodes"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "ledger_nodes_active_tenant" BEFORE INSERT ON "verdict"."ledger_nodes"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "ledger_checkpoints_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "verdict"."ledger_checkpoints"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "ledger_checkpoints_active_tenant" BEFORE INSERT ON "verdict"."ledger_checkpoints"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
