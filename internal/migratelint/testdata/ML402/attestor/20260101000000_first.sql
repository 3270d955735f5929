CREATE SCHEMA attestor;
CREATE TABLE attestor.kinds (id uuid NOT NULL, name text, PRIMARY KEY (id));
CREATE INDEX kinds_of_evidence_that_a_tenant_may_record_by_their_name_and_nothing_else
  ON attestor.kinds (name);
