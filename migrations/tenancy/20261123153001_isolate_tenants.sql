-- Tenants are seen by the application role one at a time: the one whose id or
-- exact name the statement names, and of it no more than it needs. That a name
-- is taken is not a secret; who else there is would be. Nobody deletes a tenant.
REVOKE ALL ON SCHEMA "tenancy" FROM PUBLIC;
GRANT USAGE ON SCHEMA "tenancy" TO attestdb_app, attestdb_worker, attestdb_refresher, attestdb_auditor, attestdb_admin;

ALTER TABLE "tenancy"."tenants" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "tenancy"."tenants" FORCE ROW LEVEL SECURITY;

CREATE POLICY "tenants_app" ON "tenancy"."tenants" FOR SELECT TO attestdb_app
  USING ("id" = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid
      OR "name" = NULLIF(current_setting('attestdb.tenant_name', true), ''));
CREATE POLICY "tenants_auditor" ON "tenancy"."tenants" FOR SELECT TO attestdb_auditor USING (true);
CREATE POLICY "tenants_admin" ON "tenancy"."tenants" TO attestdb_admin USING (true) WITH CHECK (true);

GRANT SELECT ("id", "name", "status") ON "tenancy"."tenants" TO attestdb_app;
GRANT SELECT ON "tenancy"."tenants" TO attestdb_auditor;
GRANT SELECT, INSERT ON "tenancy"."tenants" TO attestdb_admin;
GRANT UPDATE ("status", "status_changed_at", "status_changed_by") ON "tenancy"."tenants" TO attestdb_admin;

-- Which libraries may use the database is everybody's to know.
GRANT SELECT ON "tenancy"."library_floors" TO attestdb_app, attestdb_worker, attestdb_refresher, attestdb_auditor, attestdb_admin;
