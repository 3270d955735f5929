-- What belongs to an entry is what the entry says: its inputs, all of them, in the order
-- of the leaf, and a payload with the entry's hash.
CREATE FUNCTION "verdict"."check_inputs"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  bad bigint;
BEGIN
  SELECT g.seq INTO bad
    FROM (
      SELECT a.tenant_id, a.seq, string_agg(verdict.input(a.kind, a.digest), NULL ORDER BY a.position) AS inputs,
             min(a.position) AS least, max(a.position) - count(*) AS most,
             count(DISTINCT verdict.input(a.kind, a.digest)) = count(*)
               AND array_agg(a.position ORDER BY a.position) = array_agg(a.position ORDER BY a.kind COLLATE "C", a.digest) AS sorted
        FROM added a GROUP BY a.tenant_id, a.seq
    ) g
   WHERE NOT g.sorted OR g.least <> 0 OR g.most <> -1
      OR g.inputs IS DISTINCT FROM (SELECT e.inputs FROM verdict.ledger_entries e WHERE e.tenant_id = g.tenant_id AND e.seq = g.seq)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % has other inputs, or they are not in order', bad
      USING ERRCODE = 'AD020', DETAIL = bad::text, SCHEMA = 'verdict', TABLE = 'ledger_inputs';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "verdict"."check_inputs"() FROM PUBLIC;

CREATE TRIGGER "ledger_inputs_law" AFTER INSERT ON "verdict"."ledger_inputs"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "verdict"."check_inputs"();

CREATE FUNCTION "verdict"."check_payloads"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  IF EXISTS (SELECT FROM added a
              WHERE sha256(a.nonce || a.content) IS DISTINCT FROM
                    (SELECT e.payload_hash FROM verdict.ledger_entries e WHERE e.tenant_id = a.tenant_id AND e.id = a.id)) THEN
    RAISE EXCEPTION 'a payload is not that of its entry'
      USING ERRCODE = 'AD020', SCHEMA = 'verdict', TABLE = 'ledger_payloads';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION "verdict"."check_payloads"() FROM PUBLIC;

CREATE TRIGGER "ledger_payloads_law" AFTER INSERT ON "verdict"."ledger_payloads"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "verdict"."check_payloads"();
