-- atlas:txmode none

-- Which bytes are there still, oldest first, to find those that expired.
CREATE INDEX CONCURRENTLY "envelope_contents_time_idx" ON "attestor"."envelope_contents" ("tenant_id", "created_at", "id");
