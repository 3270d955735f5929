-- Names as they are searched: without case, and by domain. PostgreSQL computes them,
-- so that no writer can store a name that is not found. Rows that are there are
-- rewritten, which locks the table.

ALTER TABLE "attestor"."envelope_signatures"
  ADD COLUMN "san_folded" text NULL COLLATE "C" GENERATED ALWAYS AS (lower((san COLLATE "C"))) STORED,
  ADD COLUMN "san_domain" text NULL COLLATE "C" GENERATED ALWAYS AS (reverse(lower((COALESCE("substring"(san, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@]+)'::text), "substring"(san, '^[^/@]+@([^/@]+)$'::text), "substring"(san, '^[A-Za-z0-9_*-]+(?:[.][A-Za-z0-9_-]+)+$'::text)) COLLATE "C"))) || '.'::text) STORED;
