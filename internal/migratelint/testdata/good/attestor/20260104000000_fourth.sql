ALTER TABLE attestor.envelopes VALIDATE CONSTRAINT envelopes_kind_known;
