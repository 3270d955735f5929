-- A hold keeps bytes from being erased until it is released.

-- envelope_hold is the first hold that covers an envelope, entry_hold that of an entry:
-- NULL if there is none.
CREATE FUNCTION "verdict"."envelope_hold"(tenant uuid, envelope uuid) RETURNS uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT h.id
    FROM (
      SELECT w.id, w.seq FROM verdict.legal_holds w WHERE w.tenant_id = tenant AND w.scope = 'tenant'
      UNION ALL
      SELECT d.id, d.seq FROM attestor.envelopes v
        JOIN verdict.legal_holds d ON d.tenant_id = tenant AND d.digest = v.sha256 AND d.scope = 'envelope'
       WHERE v.tenant_id = tenant AND v.id = envelope
      UNION ALL
      SELECT a.id, a.seq FROM attestor.statement_subjects s
        JOIN verdict.legal_holds a ON a.tenant_id = tenant AND a.subject_digest = s.digest AND a.subject_algorithm = s.algorithm
       WHERE s.tenant_id = tenant AND s.statement_id = envelope
    ) h
   WHERE NOT EXISTS (SELECT FROM verdict.legal_hold_releases r WHERE r.tenant_id = tenant AND r.id = h.id)
   ORDER BY h.seq LIMIT 1
$$;
REVOKE ALL ON FUNCTION "verdict"."envelope_hold" FROM PUBLIC;

CREATE FUNCTION "verdict"."entry_hold"(tenant uuid, entry uuid) RETURNS uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT h.id
    FROM (
      SELECT w.id, w.seq FROM verdict.legal_holds w WHERE w.tenant_id = tenant AND w.scope = 'tenant'
      UNION ALL
      SELECT d.id, d.seq FROM verdict.ledger_entries e
        JOIN verdict.legal_holds d ON d.tenant_id = tenant AND d.digest = e.leaf_hash AND d.scope = 'entry'
       WHERE e.tenant_id = tenant AND e.id = entry
      UNION ALL
      SELECT a.id, a.seq FROM verdict.ledger_entries e
        JOIN verdict.legal_holds a ON a.tenant_id = tenant AND a.subject_digest = e.subject_digest AND a.subject_algorithm = e.subject_algorithm
       WHERE e.tenant_id = tenant AND e.id = entry
    ) h
   WHERE NOT EXISTS (SELECT FROM verdict.legal_hold_releases r WHERE r.tenant_id = tenant AND r.id = h.id)
   ORDER BY h.seq LIMIT 1
$$;
REVOKE ALL ON FUNCTION "verdict"."entry_hold" FROM PUBLIC;

-- refuse_held keeps what is held, whoever deletes it. It takes the lock that a hold is
-- placed under: one that was placed before is seen, and one that is placed afterwards
-- waits until the bytes are gone, or are not.
CREATE FUNCTION "verdict"."refuse_held"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  hold uuid;
BEGIN
  PERFORM verdict.lock_tenant_ledger(OLD.tenant_id);
  -- A statement of its own: it sees what was committed while we waited.
  IF TG_ARGV[0] = 'entry' THEN
    hold := verdict.entry_hold(OLD.tenant_id, OLD.id);
  ELSE
    hold := verdict.envelope_hold(OLD.tenant_id, OLD.id);
  END IF;
  IF hold IS NOT NULL THEN
    RAISE EXCEPTION 'legal hold % covers it', hold
      USING ERRCODE = 'AD030', DETAIL = hold::text, SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;
REVOKE ALL ON FUNCTION "verdict"."refuse_held"() FROM PUBLIC;

CREATE TRIGGER "ledger_payloads_held" BEFORE DELETE ON "verdict"."ledger_payloads"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."refuse_held"('entry');
-- attestdb:allow ML601 attestor does not know of holds, which are acts of the ledger
CREATE TRIGGER "envelope_contents_held" BEFORE DELETE ON "attestor"."envelope_contents"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."refuse_held"('envelope');

-- place_hold returns the hold's act. The id is the caller's: the same hold again changes
-- nothing, and existed is true. digest is an envelope's, entry_seq the place of an entry.
-- What has no bytes cannot be held: AD023 if it never had any, AD031 if they were erased.
CREATE FUNCTION "verdict"."place_hold"(
  tenant uuid, hold uuid, scope text, subject_algorithm text, subject_digest bytea, digest bytea, entry_seq bigint,
  actor text, reason text)
RETURNS TABLE (act_seq bigint, placed_at timestamptz, held_digest bytea, existed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := verdict.begin_act(tenant);
  target record;
  h verdict.legal_holds;
  e verdict.ledger_entries;
BEGIN
  SELECT l.* INTO h FROM verdict.legal_holds l WHERE l.tenant_id = tenant AND l.id = hold;
  existed := FOUND;
  IF NOT existed THEN
    IF scope = 'envelope' THEN
      SELECT v.sha256 AS sum, EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = v.id) AS has INTO target
        FROM attestor.envelopes v WHERE v.tenant_id = tenant AND v.sha256 = place_hold.digest;
    ELSIF scope = 'entry' THEN
      SELECT l.leaf_hash AS sum, EXISTS (SELECT FROM verdict.ledger_payloads p WHERE p.tenant_id = tenant AND p.id = l.id) AS has INTO target
        FROM verdict.ledger_entries l WHERE l.tenant_id = tenant AND l.seq = entry_seq AND l.payload_hash IS NOT NULL;
    END IF;
    IF scope IN ('envelope', 'entry') THEN
      IF target.sum IS NULL THEN
        RAISE EXCEPTION 'the % is not there, or never had bytes to keep', scope USING ERRCODE = 'AD023';
      ELSIF NOT target.has THEN
        RAISE EXCEPTION 'the bytes of the % were erased before', scope USING ERRCODE = 'AD031';
      END IF;
      held_digest := target.sum;
    END IF;
    e := verdict.append_act(tenant, 'hold.place', actor, reason, hold::text, subject_algorithm, subject_digest,
                            CASE WHEN held_digest IS NOT NULL THEN scope END, held_digest);
    INSERT INTO verdict.legal_holds (tenant_id, id, created_at, seq, scope, subject_algorithm, subject_digest, digest, reason, actor)
    VALUES (tenant, hold, e.recorded_at, e.seq, scope, subject_algorithm, subject_digest, held_digest, reason, actor)
    RETURNING * INTO h;
  END IF;
  PERFORM set_config('attestdb.tenant_id', was, true);
  act_seq := h.seq;
  placed_at := h.created_at;
  held_digest := h.digest;
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION "verdict"."place_hold" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."place_hold" TO attestdb_admin;

-- release_hold returns the act that released the hold; if it is released already that is
-- the first, and existed is true.
CREATE FUNCTION "verdict"."release_hold"(tenant uuid, hold uuid, actor text, reason text)
RETURNS TABLE (act_seq bigint, existed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := verdict.begin_act(tenant);
  e verdict.ledger_entries;
BEGIN
  PERFORM FROM verdict.legal_holds h WHERE h.tenant_id = tenant AND h.id = hold;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the hold is not there' USING ERRCODE = 'AD023';
  END IF;
  SELECT r.seq INTO act_seq FROM verdict.legal_hold_releases r WHERE r.tenant_id = tenant AND r.id = hold;
  existed := FOUND;
  IF NOT existed THEN
    e := verdict.append_act(tenant, 'hold.release', actor, reason, hold::text, NULL, NULL);
    INSERT INTO verdict.legal_hold_releases (tenant_id, id, created_at, seq, reason, actor)
    VALUES (tenant, hold, e.recorded_at, e.seq, reason, actor);
    act_seq := e.seq;
  END IF;
  PERFORM set_config('attestdb.tenant_id', was, true);
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION "verdict"."release_hold" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."release_hold" TO attestdb_admin;
