CREATE OR REPLACE VIEW attestor.direct AS SELECT id FROM attestor.envelopes;
