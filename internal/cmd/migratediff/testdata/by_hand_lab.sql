-- Everything that the declarations can't say.
ALTER TABLE lab.samples ENABLE ROW LEVEL SECURITY;
ALTER TABLE lab.samples FORCE ROW LEVEL SECURITY;
CREATE POLICY samples_app ON lab.samples TO attestdb_app
  USING (tenant_id = NULLIF(current_setting('attestdb.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT ON lab.samples TO attestdb_app;

CREATE FUNCTION lab.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only';
END $$;
CREATE TRIGGER samples_append_only BEFORE UPDATE ON lab.samples
  FOR EACH STATEMENT EXECUTE FUNCTION lab.refuse_change();

CREATE VIEW lab.labels WITH (security_invoker = true) AS SELECT tenant_id, label FROM lab.samples;
CREATE MATERIALIZED VIEW lab.label_counts AS SELECT tenant_id, count(*) AS n FROM lab.samples GROUP BY 1;
CREATE UNIQUE INDEX label_counts_key ON lab.label_counts (tenant_id);

-- On a declared table.
CREATE INDEX samples_site_brin ON lab.samples USING brin (site_id);
ALTER TABLE lab.samples
  ADD COLUMN label_folded text GENERATED ALWAYS AS (lower(label)) STORED,
  ADD CONSTRAINT samples_label_trimmed CHECK (label = btrim(label)),
  ADD CONSTRAINT samples_label_once EXCLUDE USING btree (tenant_id WITH =, label WITH =);
COMMENT ON TABLE lab.samples IS 'what was taken';
COMMENT ON COLUMN lab.samples.label IS 'what is written on it';

-- Tables of its own.
CREATE TABLE lab.sample_history (
  tenant_id uuid NOT NULL, taken_at timestamptz NOT NULL,
  CONSTRAINT sample_history_pkey PRIMARY KEY (tenant_id, taken_at)
) PARTITION BY RANGE (taken_at);
CREATE TABLE lab.sample_history_rest PARTITION OF lab.sample_history DEFAULT;
CREATE TABLE lab.shifts (
  tenant_id uuid NOT NULL, during tstzrange NOT NULL,
  CONSTRAINT shifts_during_excl EXCLUDE USING gist (during WITH &&)
);

CREATE SEQUENCE lab.tickets;
CREATE DOMAIN lab.sha256 AS bytea CHECK (octet_length(VALUE) = 32);
CREATE TYPE lab.severity AS ENUM ('low', 'high');
