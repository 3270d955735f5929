-- The bytes of a leaf as docs/ledger-format.md says them, and what is hashed of them;
-- package domain/ledger has the same in Go. The bodies are parsed when the functions
-- are made: nothing that a caller puts before the catalogue is found, and the planner
-- can put them into the statement that calls them, which a SET would prevent. Nothing
-- here is written with a backslash, whose meaning a session may change.

-- field is one field of a leaf: its tag, its length and its value. NULL is no field.
CREATE FUNCTION "verdict"."field"(tag int, value bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(int2send(tag::smallint) || int4send(octet_length(value)) || value, decode('', 'hex'));
REVOKE ALL ON FUNCTION "verdict"."field" FROM PUBLIC;

-- text_field is field of a text, which has as many bytes as in the database: that is in
-- UTF-8, or else the hashes which callers compute are refused.
CREATE FUNCTION "verdict"."text_field"(tag int, value text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(int2send(tag::smallint) || int4send(octet_length(value)) || convert_to(value, 'UTF8'), decode('', 'hex'));
REVOKE ALL ON FUNCTION "verdict"."text_field" FROM PUBLIC;

-- unix_micros is a time as leaves have it.
CREATE FUNCTION "verdict"."unix_micros"(at timestamptz) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN int8send((extract(epoch FROM at) * 1000000)::bigint);
REVOKE ALL ON FUNCTION "verdict"."unix_micros" FROM PUBLIC;

-- decision_fields are the fields of a leaf that say what was decided.
CREATE FUNCTION "verdict"."decision_fields"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN verdict.text_field(1, e.kind)
    || verdict.text_field(2, e.action)
    || verdict.text_field(3, e.subject_algorithm)
    || verdict.field(4, e.subject_digest)
    || verdict.text_field(5, e.subject_name)
    || verdict.text_field(6, e.result)
    || verdict.text_field(7, e.policy_uri)
    || verdict.field(8, e.policy_digest)
    || verdict.text_field(9, e.reason)
    || verdict.field(10, e.inputs);
REVOKE ALL ON FUNCTION "verdict"."decision_fields" FROM PUBLIC;

-- leaf is all that leaf_hash vouches for. It takes columns, which are cheaper than rows,
-- and the entry's decision_fields, which two hashes need.
CREATE FUNCTION "verdict"."leaf"(
  tenant_id uuid, seq bigint, id uuid, prev_hash bytea, recorded_at timestamptz, decision bytea, verifier text,
  verified_at timestamptz, payload_hash bytea, decision_digest bytea, actor text, idempotency_key text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (decode('01', 'hex') || uuid_send(tenant_id) || int8send(seq) || uuid_send(id) || prev_hash
     || verdict.unix_micros(recorded_at))
    || decision
    || (verdict.text_field(11, verifier)
     || coalesce(int2send(12::smallint) || int4send(8) || verdict.unix_micros(verified_at), decode('', 'hex'))
     || verdict.field(13, payload_hash)
     || verdict.field(14, decision_digest)
     || verdict.text_field(15, actor)
     || verdict.text_field(16, idempotency_key));
REVOKE ALL ON FUNCTION "verdict"."leaf"(uuid, bigint, uuid, bytea, timestamptz, bytea, text, timestamptz, bytea, bytea, text, text) FROM PUBLIC;

CREATE FUNCTION "verdict"."leaf"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN verdict.leaf(e.tenant_id, e.seq, e.id, e.prev_hash, e.recorded_at, verdict.decision_fields(e), e.verifier, e.verified_at,
                    e.payload_hash, e.decision_digest, e.actor, e.idempotency_key);
REVOKE ALL ON FUNCTION "verdict"."leaf"("verdict"."ledger_entries") FROM PUBLIC;

-- leaf_hash is RFC 6962's hash of a leaf.
CREATE FUNCTION "verdict"."leaf_hash"(leaf bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(decode('00', 'hex') || leaf);
REVOKE ALL ON FUNCTION "verdict"."leaf_hash"(bytea) FROM PUBLIC;

CREATE FUNCTION "verdict"."leaf_hash"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN verdict.leaf_hash(verdict.leaf(e));
REVOKE ALL ON FUNCTION "verdict"."leaf_hash"("verdict"."ledger_entries") FROM PUBLIC;

-- decision_digest is equal for equal decisions on equal evidence, whenever and by
-- whomever they are made.
CREATE FUNCTION "verdict"."decision_digest"(decision bytea) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to('attestdb decision v1' || chr(10), 'UTF8') || decision);
REVOKE ALL ON FUNCTION "verdict"."decision_digest"(bytea) FROM PUBLIC;

CREATE FUNCTION "verdict"."decision_digest"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN verdict.decision_digest(verdict.decision_fields(e));
REVOKE ALL ON FUNCTION "verdict"."decision_digest"("verdict"."ledger_entries") FROM PUBLIC;

-- input is one of an entry's inputs as the leaf has it.
CREATE FUNCTION "verdict"."input"(kind text, digest bytea) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN int2send(octet_length(convert_to(kind, 'UTF8'))::smallint) || convert_to(kind, 'UTF8') || digest;
REVOKE ALL ON FUNCTION "verdict"."input" FROM PUBLIC;

-- parent is RFC 6962's hash of two nodes, node that of the sixteen under a node which is
-- kept.
CREATE FUNCTION "verdict"."parent"("left" bytea, "right" bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256(decode('01', 'hex') || "left" || "right");
REVOKE ALL ON FUNCTION "verdict"."parent" FROM PUBLIC;

CREATE FUNCTION "verdict"."node"(h bytea[]) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN verdict.parent(
  verdict.parent(
    verdict.parent(verdict.parent(h[1], h[2]), verdict.parent(h[3], h[4])),
    verdict.parent(verdict.parent(h[5], h[6]), verdict.parent(h[7], h[8]))),
  verdict.parent(
    verdict.parent(verdict.parent(h[9], h[10]), verdict.parent(h[11], h[12])),
    verdict.parent(verdict.parent(h[13], h[14]), verdict.parent(h[15], h[16]))));
REVOKE ALL ON FUNCTION "verdict"."node" FROM PUBLIC;

-- Whoever reads entries may check their hashes.
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA "verdict" TO attestdb_app, attestdb_auditor;
