ALTER TABLE attestor.kinds ADD CONSTRAINT kinds_name_short CHECK (octet_length(name) < 64) NOT VALID;
ALTER TABLE attestor.kinds ADD CONSTRAINT kinds_name_given CHECK (name <> '');
ALTER TABLE attestor.kinds
  ADD COLUMN parent_id uuid,
  ADD CONSTRAINT kinds_parent FOREIGN KEY (parent_id) REFERENCES attestor.kinds (id);
