-- Evidence is never changed, not even by the owner, and only an active tenant
-- adds to it.

CREATE TRIGGER "envelopes_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."envelopes"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "envelopes_active_tenant" BEFORE INSERT ON "attestor"."envelopes"
  FOR EACH ROW EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "envelope_contents_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."envelope_contents"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "envelope_contents_active_tenant" BEFORE INSERT ON "attestor"."envelope_contents"
  FOR EACH ROW EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "envelope_signatures_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."envelope_signatures"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "envelope_signatures_active_tenant" BEFORE INSERT ON "attestor"."envelope_signatures"
  FOR EACH ROW EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "statements_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."statements"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "statements_active_tenant" BEFORE INSERT ON "attestor"."statements"
  FOR EACH ROW EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "statement_subjects_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."statement_subjects"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "statement_subjects_active_tenant" BEFORE INSERT ON "attestor"."statement_subjects"
  FOR EACH ROW EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "envelope_verifications_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."envelope_verifications"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "envelope_verifications_active_tenant" BEFORE INSERT ON "attestor"."envelope_verifications"
  FOR EACH ROW EXECUTE FUNCTION "tenancy"."require_active_tenant"();
