ALTER TABLE attestor.envelopes
  ADD COLUMN kind text,
  ADD CONSTRAINT envelopes_kind_known CHECK (kind IN ('dsse', 'bundle')) NOT VALID;
