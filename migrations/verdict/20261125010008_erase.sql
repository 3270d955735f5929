-- Bytes may be erased and what proves them stays. Nobody deletes a payload, or an
-- envelope's content, unless the ledger has an act that says so, by the hash of the
-- entry or of the envelope: not even the owner.

-- erasure is the first act that says so, NULL if there is none.
CREATE FUNCTION "verdict"."erasure"(act text, tenant uuid, input_kind text, input_digest bytea) RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT min(e.seq) FROM verdict.ledger_inputs i JOIN verdict.ledger_entries e ON e.tenant_id = i.tenant_id AND e.seq = i.seq
   WHERE i.tenant_id = tenant AND i.digest = input_digest AND i.kind = input_kind AND e.kind = 'act' AND e.action = act
$$;
REVOKE ALL ON FUNCTION "verdict"."erasure" FROM PUBLIC;

-- require_erasure lets the row of TG_ARGV[0], an action, go if there is such an act.
CREATE FUNCTION "verdict"."require_erasure"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  input_kind text;
  input_digest bytea;
BEGIN
  IF TG_ARGV[0] = 'payload.erase' THEN
    input_kind := 'entry';
    input_digest := (SELECT e.leaf_hash FROM verdict.ledger_entries e WHERE e.tenant_id = OLD.tenant_id AND e.id = OLD.id);
  ELSE
    input_kind := 'envelope';
    input_digest := (SELECT e.sha256 FROM attestor.envelopes e WHERE e.tenant_id = OLD.tenant_id AND e.id = OLD.id);
  END IF;
  IF verdict.erasure(TG_ARGV[0], OLD.tenant_id, input_kind, input_digest) IS NULL THEN
    RAISE EXCEPTION 'append-only: DELETE on %.% is refused: no entry of the ledger says %', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]
      USING ERRCODE = 'AD001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN OLD;
END $$;
REVOKE ALL ON FUNCTION "verdict"."require_erasure"() FROM PUBLIC;

CREATE TRIGGER "ledger_payloads_erasure" BEFORE DELETE ON "verdict"."ledger_payloads"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."require_erasure"('payload.erase');
-- attestdb:allow ML601 what an erasure leaves is an entry of the ledger, which attestor does not know
CREATE TRIGGER "envelope_contents_erasure" BEFORE DELETE ON "attestor"."envelope_contents"
  FOR EACH ROW EXECUTE FUNCTION "verdict"."require_erasure"('envelope.erase');
-- attestdb:allow ML601 what may be deleted now is what the ledger says is erased
CREATE OR REPLACE TRIGGER "envelope_contents_append_only" BEFORE UPDATE OR TRUNCATE ON "attestor"."envelope_contents"
  FOR EACH STATEMENT EXECUTE FUNCTION "tenancy"."refuse_change"();

-- erase_payload erases the payload of an entry, erase_envelope the bytes of an envelope.
-- Each returns the act's place in the ledger; if they are erased already it is the first
-- act's, and existed is true.
CREATE FUNCTION "verdict"."erase_payload"(tenant uuid, entry_seq bigint, actor text, reason text)
RETURNS TABLE (act_seq bigint, existed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := current_setting('attestdb.tenant_id', true);
  found record;
BEGIN
  PERFORM set_config('attestdb.tenant_id', tenant::text, true);
  PERFORM verdict.lock_tenant_ledger(tenant);
  SELECT e.id, e.leaf_hash, e.payload_hash IS NOT NULL AS had,
         EXISTS (SELECT FROM verdict.ledger_payloads p WHERE p.tenant_id = tenant AND p.id = e.id) AS has INTO found
    FROM verdict.ledger_entries e WHERE e.tenant_id = tenant AND e.seq = entry_seq;
  IF found.had IS NOT TRUE THEN
    RAISE EXCEPTION 'entry % is not there, or has no payload', entry_seq USING ERRCODE = 'AD023';
  END IF;
  act_seq := verdict.erasure('payload.erase', tenant, 'entry', found.leaf_hash);
  existed := act_seq IS NOT NULL AND NOT found.has;
  IF NOT existed THEN
    act_seq := (verdict.append_act(tenant, 'payload.erase', actor, reason, NULL, 'entry', found.leaf_hash)).seq;
    DELETE FROM verdict.ledger_payloads p WHERE p.tenant_id = tenant AND p.id = found.id;
  END IF;
  PERFORM set_config('attestdb.tenant_id', coalesce(was, ''), true);
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION "verdict"."erase_payload" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."erase_payload" TO attestdb_admin;

CREATE FUNCTION "verdict"."erase_envelope"(tenant uuid, envelope bytea, actor text, reason text)
RETURNS TABLE (act_seq bigint, existed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  was text := current_setting('attestdb.tenant_id', true);
  found record;
BEGIN
  PERFORM set_config('attestdb.tenant_id', tenant::text, true);
  PERFORM verdict.lock_tenant_ledger(tenant);
  SELECT e.id, EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = e.id) AS has INTO found
    FROM attestor.envelopes e WHERE e.tenant_id = tenant AND e.sha256 = envelope;
  IF found.id IS NULL THEN
    RAISE EXCEPTION 'the envelope is not there' USING ERRCODE = 'AD023';
  END IF;
  act_seq := verdict.erasure('envelope.erase', tenant, 'envelope', envelope);
  existed := act_seq IS NOT NULL AND NOT found.has;
  IF NOT existed THEN
    act_seq := (verdict.append_act(tenant, 'envelope.erase', actor, reason, NULL, 'envelope', envelope)).seq;
    DELETE FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = found.id;
  END IF;
  PERFORM set_config('attestdb.tenant_id', coalesce(was, ''), true);
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION "verdict"."erase_envelope" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."erase_envelope" TO attestdb_admin;

-- erased_envelopes are those whose bytes are gone, and those of which the ledger says so.
CREATE FUNCTION "verdict"."erased_envelopes"(tenant uuid) RETURNS TABLE (sha256 bytea, gone boolean, said boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT v.sha256, true, verdict.erasure('envelope.erase', tenant, 'envelope', v.sha256) IS NOT NULL
    FROM attestor.envelopes v
   WHERE v.tenant_id = tenant
     AND NOT EXISTS (SELECT FROM attestor.envelope_contents c WHERE c.tenant_id = tenant AND c.id = v.id)
  UNION ALL
  SELECT v.sha256, false, true
    FROM verdict.ledger_entries e
    JOIN verdict.ledger_inputs i ON i.tenant_id = tenant AND i.seq = e.seq AND i.kind = 'envelope'
    JOIN attestor.envelopes v ON v.tenant_id = tenant AND v.sha256 = i.digest
    JOIN attestor.envelope_contents c ON c.tenant_id = tenant AND c.id = v.id
   WHERE e.tenant_id = tenant AND e.action = 'envelope.erase' AND e.kind = 'act'
$$;
REVOKE ALL ON FUNCTION "verdict"."erased_envelopes" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "verdict"."erased_envelopes" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."erasure" TO attestdb_app, attestdb_auditor;
