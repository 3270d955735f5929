-- atlas:txmode none

-- Which payloads are there still, oldest first, to find those that expired.
CREATE INDEX CONCURRENTLY "ledger_payloads_time_idx" ON "verdict"."ledger_payloads" ("tenant_id", "created_at", "id");
