ALTER TABLE attestor.kinds
  ADD COLUMN size bigint NOT NULL;
