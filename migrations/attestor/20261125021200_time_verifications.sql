-- The newest verification of an envelope counts. Which one that is must not hang on the
-- clocks of those who verify: with one of them ahead, what another says later would not
-- count. So the time is the database's, whatever a writer gives, and later than that of
-- every verification which the envelope has, even if this clock was set back or a time
-- from before is ahead. Rows of one statement follow each other as well.
CREATE FUNCTION "attestor"."time_verification"() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  NEW.created_at := greatest(clock_timestamp(), (
    SELECT v.created_at + make_interval(secs => 0.000001)
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = NEW.tenant_id AND v.envelope_id = NEW.envelope_id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1));
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION "attestor"."time_verification" FROM PUBLIC;

CREATE TRIGGER "envelope_verifications_timed" BEFORE INSERT ON "attestor"."envelope_verifications"
  FOR EACH ROW EXECUTE FUNCTION "attestor"."time_verification"();
