-- A segment of a proof chain that brings its content is a document that nobody signed, as
-- an SBOM alone is. One that names a stored envelope brings none.
CREATE TRIGGER "proof_segments_signed" BEFORE INSERT ON "attestor"."proof_segments"
  FOR EACH ROW WHEN (NEW."content" IS NOT NULL) EXECUTE FUNCTION "attestor"."require_signed"('a document in a proof chain');
