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

-- unix_micros is a time as leaves have it.
CREATE FUNCTION "verdict"."unix_micros"(at timestamptz) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN int8send((extract(epoch FROM at) * 1000000)::bigint);
REVOKE ALL ON FUNCTION "verdict"."unix_micros" FROM PUBLIC;

-- decision_fields are the fields of a leaf that say what was decided.
CREATE FUNCTION "verdict"."decision_fields"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN verdict.field(1, convert_to(e.kind, 'UTF8'))
    || verdict.field(2, convert_to(e.action, 'UTF8'))
    || verdict.field(3, convert_to(e.subject_algorithm, 'UTF8'))
    || verdict.field(4, e.subject_digest)
    || verdict.field(5, convert_to(e.subject_name, 'UTF8'))
    || verdict.field(6, convert_to(e.result, 'UTF8'))
    || verdict.field(7, convert_to(e.policy_uri, 'UTF8'))
    || verdict.field(8, e.policy_digest)
    || verdict.field(9, convert_to(e.reason, 'UTF8'))
    || verdict.field(10, e.inputs);
REVOKE ALL ON FUNCTION "verdict"."decision_fields" FROM PUBLIC;

-- leaf is all that leaf_hash vouches for.
CREATE FUNCTION "verdict"."leaf"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN decode('01', 'hex') || uuid_send(e.tenant_id) || int8send(e.seq) || uuid_send(e.id) || e.prev_hash
    || verdict.unix_micros(e.recorded_at)
    || verdict.decision_fields(e)
    || verdict.field(11, convert_to(e.verifier, 'UTF8'))
    || verdict.field(12, verdict.unix_micros(e.verified_at))
    || verdict.field(13, e.payload_hash)
    || verdict.field(14, e.decision_digest)
    || verdict.field(15, convert_to(e.actor, 'UTF8'))
    || verdict.field(16, convert_to(e.idempotency_key, 'UTF8'));
REVOKE ALL ON FUNCTION "verdict"."leaf" FROM PUBLIC;

-- leaf_hash is RFC 6962's hash of a leaf.
CREATE FUNCTION "verdict"."leaf_hash"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(decode('00', 'hex') || verdict.leaf(e));
REVOKE ALL ON FUNCTION "verdict"."leaf_hash" FROM PUBLIC;

-- decision_digest is equal for equal decisions on equal evidence, whenever and by
-- whomever they are made.
CREATE FUNCTION "verdict"."decision_digest"(e "verdict"."ledger_entries") RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(convert_to('attestdb decision v1' || chr(10), 'UTF8') || verdict.decision_fields(e));
REVOKE ALL ON FUNCTION "verdict"."decision_digest" FROM PUBLIC;

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
GRANT EXECUTE ON FUNCTION "verdict"."field" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."unix_micros" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."decision_fields" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."leaf" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."leaf_hash" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."decision_digest" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."input" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."parent" TO attestdb_app, attestdb_auditor;
GRANT EXECUTE ON FUNCTION "verdict"."node" TO attestdb_app, attestdb_auditor;
