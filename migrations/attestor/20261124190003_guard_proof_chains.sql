-- A chain is never changed, not even by the owner. record_chain has asked for an
-- active tenant once; whoever else may insert some day is asked for each row.

CREATE TRIGGER "proof_chains_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."proof_chains"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "proof_chains_active_tenant" BEFORE INSERT ON "attestor"."proof_chains"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "proof_segments_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."proof_segments"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "proof_segments_active_tenant" BEFORE INSERT ON "attestor"."proof_segments"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
