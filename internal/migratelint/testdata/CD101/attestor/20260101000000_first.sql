CREATE SCHEMA attestor;
CREATE TABLE attestor.kinds (
  id uuid NOT NULL,
  parent_id uuid,
  PRIMARY KEY (id),
  CONSTRAINT kinds_parent FOREIGN KEY (parent_id) REFERENCES attestor.kinds (id)
);
