CREATE SCHEMA attestor;
CREATE TABLE attestor.kinds (
  id uuid NOT NULL,
  name text,
  PRIMARY KEY (id)
);
