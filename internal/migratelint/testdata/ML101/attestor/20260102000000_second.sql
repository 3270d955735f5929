-- Not a lock: the index of a table that the same file makes.
CREATE TABLE attestor.fresh (id uuid NOT NULL, name text, PRIMARY KEY (id));
CREATE INDEX fresh_name ON attestor.fresh (name);

CREATE INDEX kinds_name ON attestor.kinds (name);
ALTER TABLE attestor.kinds ADD CONSTRAINT kinds_name_excl EXCLUDE (name WITH =);
