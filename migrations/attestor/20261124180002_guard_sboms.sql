-- SBOMs are never changed, not even by the owner. record_sboms has asked for an
-- active tenant once; whoever else may insert some day is asked for each row.

CREATE TRIGGER "sboms_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."sboms"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "sboms_active_tenant" BEFORE INSERT ON "attestor"."sboms"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "sbom_contents_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."sbom_contents"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "sbom_contents_active_tenant" BEFORE INSERT ON "attestor"."sbom_contents"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "sbom_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."sbom_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "sbom_entries_active_tenant" BEFORE INSERT ON "attestor"."sbom_entries"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "sbom_entry_digests_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."sbom_entry_digests"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "sbom_entry_digests_active_tenant" BEFORE INSERT ON "attestor"."sbom_entry_digests"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "sbom_entry_licences_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."sbom_entry_licences"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "sbom_entry_licences_active_tenant" BEFORE INSERT ON "attestor"."sbom_entry_licences"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();

CREATE TRIGGER "sbom_artifacts_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "attestor"."sbom_artifacts"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();
CREATE TRIGGER "sbom_artifacts_active_tenant" BEFORE INSERT ON "attestor"."sbom_artifacts"
  FOR EACH ROW WHEN (CURRENT_USER <> 'attestdb_owner') EXECUTE FUNCTION "tenancy"."require_active_tenant"();
