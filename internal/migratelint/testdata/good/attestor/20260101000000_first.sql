-- Evidence of a tenant; see tenancy for the tenant's own row.
CREATE SCHEMA attestor;

CREATE TABLE attestor.envelopes (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL,
  sha256 bytea NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX envelopes_sha256 ON attestor.envelopes (tenant_id, sha256);
ALTER TABLE attestor.envelopes
  ADD CONSTRAINT envelopes_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenants (id);
ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;
ALTER TABLE attestor.envelopes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON attestor.envelopes
  USING (tenant_id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);

CREATE FUNCTION attestor.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'append-only; % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = '55000';
END $$;
REVOKE ALL ON FUNCTION attestor.refuse() FROM PUBLIC;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON attestor.envelopes
  FOR EACH ROW EXECUTE FUNCTION attestor.refuse();

CREATE VIEW attestor.recent WITH (security_invoker = true) AS
  SELECT tenant_id, id FROM attestor.envelopes;
CREATE MATERIALIZED VIEW attestor.counts AS
  SELECT tenant_id, count(*) AS n FROM attestor.envelopes GROUP BY tenant_id;
CREATE UNIQUE INDEX counts_tenant ON attestor.counts (tenant_id);
CREATE FUNCTION attestor.parsed(a int) RETURNS int LANGUAGE sql IMMUTABLE RETURN a + 1;
REVOKE ALL ON FUNCTION attestor.parsed FROM PUBLIC;
