CREATE SCHEMA attestor;

CREATE TABLE attestor.envelopes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  valid tstzrange NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT envelopes_valid EXCLUDE USING gist (valid WITH &&)
);
ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;
ALTER TABLE attestor.envelopes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON attestor.envelopes
  USING (tenant_id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
