CREATE SCHEMA attestor;

CREATE TABLE attestor.envelopes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  parent_id uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT envelopes_same_tenant FOREIGN KEY (tenant_id, parent_id) REFERENCES attestor.envelopes (tenant_id, id),
  CONSTRAINT envelopes_any_tenant FOREIGN KEY (parent_id, tenant_id) REFERENCES attestor.envelopes (id, tenant_id)
);
ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;
ALTER TABLE attestor.envelopes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON attestor.envelopes
  USING (tenant_id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
