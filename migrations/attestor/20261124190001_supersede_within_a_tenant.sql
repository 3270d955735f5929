-- A chain supersedes a chain of its own tenant. By hand, since Ent takes an edge
-- of an entity to itself for one that both ends set.
-- attestdb:allow ML102 the table was made by the file before and is empty
ALTER TABLE "attestor"."proof_chains" ADD CONSTRAINT "proof_chains_supersedes_fk"
  FOREIGN KEY ("tenant_id", "supersedes_id") REFERENCES "attestor"."proof_chains" ("tenant_id", "id");
