CREATE SCHEMA attestor;
CREATE TABLE attestor.kinds (
  id uuid NOT NULL,
  name text UNIQUE,
  size int CHECK (size > 0),
  PRIMARY KEY (id)
);
CREATE INDEX ON attestor.kinds (size);
CREATE TABLE attestor.links (
  id uuid NOT NULL CONSTRAINT links_pkey PRIMARY KEY,
  kind_id uuid REFERENCES attestor.kinds,
  EXCLUDE (kind_id WITH =)
);
CREATE DOMAIN attestor.short AS text CHECK (octet_length(VALUE) < 9);
-- Named as PostgreSQL would have named it, but by us.
CREATE INDEX links_kind_id_idx ON attestor.links (kind_id);
