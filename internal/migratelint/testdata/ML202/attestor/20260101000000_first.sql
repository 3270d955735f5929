CREATE SCHEMA attestor;

CREATE TABLE attestor.envelopes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON attestor.envelopes
  USING (tenant_id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
