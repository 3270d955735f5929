-- atlas:txmode none

CREATE INDEX CONCURRENTLY envelopes_by_id ON attestor.envelopes (id);
