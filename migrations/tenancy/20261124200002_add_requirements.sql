-- What a tenant requires of evidence, and who said so last.
ALTER TABLE "tenancy"."tenants"
  ADD COLUMN "require_verified" boolean NOT NULL DEFAULT false,
  ADD COLUMN "require_in_toto" boolean NOT NULL DEFAULT false,
  ADD COLUMN "requirements_changed_at" timestamptz NULL,
  ADD COLUMN "requirements_changed_by" text NULL;
ALTER TABLE "tenancy"."tenants"
  ADD CONSTRAINT "tenants_requirements_changed_at_finite" CHECK (isfinite(requirements_changed_at)) NOT VALID,
  ADD CONSTRAINT "tenants_requirements_changed_by_length" CHECK ((octet_length(requirements_changed_by) >= 1) AND (octet_length(requirements_changed_by) <= 256)) NOT VALID,
  ADD CONSTRAINT "tenants_requirements_changed_whole" CHECK ((requirements_changed_at IS NULL) = (requirements_changed_by IS NULL)) NOT VALID;

-- The application may know what its tenant requires; an administrator says it.
GRANT SELECT ("require_verified", "require_in_toto") ON "tenancy"."tenants" TO attestdb_app;
GRANT UPDATE ("require_verified", "require_in_toto", "requirements_changed_at", "requirements_changed_by")
  ON "tenancy"."tenants" TO attestdb_admin;
