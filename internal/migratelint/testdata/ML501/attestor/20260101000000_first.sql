CREATE SCHEMA attestor;
CREATE TABLE attestor.kinds (
  id uuid NOT NULL,
  name text,
  PRIMARY KEY (id)
);
GRANT USAGE ON SCHEMA attestor TO PUBLIC;
GRANT SELECT (name) ON attestor.kinds TO PUBLIC;
GRANT INSERT ON attestor.kinds TO PUBLIC;
REVOKE INSERT ON attestor.kinds FROM PUBLIC;
