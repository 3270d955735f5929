CREATE SCHEMA attestor;

CREATE TABLE attestor.envelopes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;
ALTER TABLE attestor.envelopes FORCE ROW LEVEL SECURITY;
