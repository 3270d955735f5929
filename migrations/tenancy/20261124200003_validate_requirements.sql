ALTER TABLE "tenancy"."tenants"
  VALIDATE CONSTRAINT "tenants_requirements_changed_at_finite",
  VALIDATE CONSTRAINT "tenants_requirements_changed_by_length",
  VALIDATE CONSTRAINT "tenants_requirements_changed_whole";
