CREATE SCHEMA attestor;

CREATE TABLE attestor.envelopes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  sha256 bytea NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT envelopes_sha256 UNIQUE (sha256)
);
CREATE UNIQUE INDEX envelopes_lower ON attestor.envelopes (encode(sha256, 'hex'), tenant_id);
CREATE UNIQUE INDEX envelopes_tenant_sha256 ON attestor.envelopes (tenant_id, sha256);
ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;
ALTER TABLE attestor.envelopes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON attestor.envelopes
  USING (tenant_id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
