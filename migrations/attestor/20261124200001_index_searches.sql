-- atlas:txmode none

-- Each index serves one search of evidence, newest first, page by page.

CREATE INDEX CONCURRENTLY "envelope_signatures_certificate_sha256_idx" ON "attestor"."envelope_signatures" ("tenant_id", "certificate_sha256", "created_at" DESC, "envelope_id" DESC) WHERE (certificate_sha256 IS NOT NULL);

CREATE INDEX CONCURRENTLY "envelope_signatures_issuer_idx" ON "attestor"."envelope_signatures" ("tenant_id", "issuer", "created_at" DESC, "envelope_id" DESC) WHERE (issuer IS NOT NULL);

CREATE INDEX CONCURRENTLY "envelope_signatures_key_id_idx" ON "attestor"."envelope_signatures" ("tenant_id", "key_id", "created_at" DESC, "envelope_id" DESC) WHERE (key_id <> ''::text);

CREATE INDEX CONCURRENTLY "envelope_signatures_san_domain_idx" ON "attestor"."envelope_signatures" ("tenant_id", "san_domain", "created_at" DESC, "envelope_id" DESC) WHERE (san_domain IS NOT NULL);

CREATE INDEX CONCURRENTLY "envelope_signatures_san_folded_idx" ON "attestor"."envelope_signatures" ("tenant_id", "san_folded", "created_at" DESC, "envelope_id" DESC) WHERE (san_folded IS NOT NULL);

CREATE INDEX CONCURRENTLY "envelopes_time_idx" ON "attestor"."envelopes" ("tenant_id", "created_at", "id");

CREATE INDEX CONCURRENTLY "statements_predicate_type_idx" ON "attestor"."statements" ("tenant_id", "predicate_type", "created_at", "id");
