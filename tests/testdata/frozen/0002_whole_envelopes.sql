


SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;


CREATE SCHEMA atlas_attestor;


ALTER SCHEMA atlas_attestor OWNER TO attestdb_owner;


CREATE SCHEMA atlas_tenancy;


ALTER SCHEMA atlas_tenancy OWNER TO attestdb_owner;


CREATE SCHEMA attestor;


ALTER SCHEMA attestor OWNER TO attestdb_owner;


CREATE SCHEMA tenancy;


ALTER SCHEMA tenancy OWNER TO attestdb_owner;


CREATE FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) RETURNS TABLE(n bigint, envelope_id uuid, recorded_at timestamp with time zone, existed boolean, outcome text, verifier text, policy text, reason text, signatures jsonb, time_verified timestamp with time zone, signed_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
#variable_conflict use_column
DECLARE
  found_status text;
  stored bigint;
BEGIN
  -- Asked once, and not by a trigger for each row: tenant is the same for all,
  -- and row-level security lets no other through.
  SELECT t.status INTO found_status FROM tenancy.tenants t WHERE t.id = tenant;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;

  RETURN QUERY
  WITH envelope AS (
    INSERT INTO attestor.envelopes
           (tenant_id, id, created_at, media_type, payload_type, sha256, payload_sha256, size, recorded_by)
    SELECT tenant, i.id, i.created_at, i.media_type, i.payload_type, sha256(i.content), i.payload_sha256,
           octet_length(i.content), i.actor
      FROM unnest(ids, times, actors, media_types, payload_types, payload_sha256s, contents)
           AS i (id, created_at, actor, media_type, payload_type, payload_sha256, content)
    ON CONFLICT (tenant_id, sha256) DO NOTHING
    RETURNING id, created_at
  ), fresh AS MATERIALIZED (
    SELECT i.n, e.id, e.created_at, i.content, i.statement_type, i.predicate_type
      FROM envelope e
      JOIN unnest(ids, contents, statement_types, predicate_types) WITH ORDINALITY
           AS i (id, content, statement_type, predicate_type, n) ON i.id = e.id
  ), content AS (
    INSERT INTO attestor.envelope_contents (tenant_id, id, created_at, content)
    SELECT tenant, e.id, e.created_at, e.content FROM fresh e
  ), signature AS (
    INSERT INTO attestor.envelope_signatures
           (tenant_id, id, created_at, envelope_id, position, key_id, sig,
            certificate, certificate_sha256, issuer, san)
    SELECT tenant, s.id, e.created_at, e.id, s.position, s.key_id, s.sig,
           s.certificate, s.certificate_sha256, s.issuer, s.san
      FROM fresh e
      JOIN unnest(signature_ids, signature_of, signature_positions, key_ids, sigs,
                  certificates, certificate_sha256s, issuers, sans)
           AS s (id, n, position, key_id, sig, certificate, certificate_sha256, issuer, san) ON s.n = e.n
  ), statement AS (
    INSERT INTO attestor.statements (tenant_id, id, created_at, statement_type, predicate_type)
    SELECT tenant, e.id, e.created_at, e.statement_type, e.predicate_type
      FROM fresh e WHERE e.statement_type IS NOT NULL
  ), subject AS (
    INSERT INTO attestor.statement_subjects
           (tenant_id, id, created_at, statement_id, position, name, algorithm, digest)
    SELECT tenant, s.id, e.created_at, e.id, s.position, s.name, s.algorithm, s.digest
      FROM fresh e
      JOIN unnest(subject_ids, subject_of, subject_positions, subject_names, algorithms, digests)
           AS s (id, n, position, name, algorithm, digest) ON s.n = e.n
  )
  SELECT e.n, e.id, e.created_at, false, NULL::text, NULL::text, NULL::text, NULL::text, NULL::jsonb,
         NULL::timestamptz, NULL::timestamptz
    FROM fresh e;

  GET DIAGNOSTICS stored = ROW_COUNT;
  IF stored = cardinality(ids) THEN
    RETURN;
  END IF;
  -- A statement of its own: what a concurrent transaction stored a moment ago
  -- is in its snapshot.
  RETURN QUERY
  SELECT i.n, e.id, e.created_at, e.id <> i.id, v.outcome, v.verifier, v.policy, v.reason, v.signatures,
         v.time_verified, v.signed_at
    FROM unnest(ids, contents) WITH ORDINALITY AS i (id, content, n)
    JOIN attestor.envelopes e ON e.tenant_id = tenant AND e.sha256 = sha256(i.content)
    LEFT JOIN LATERAL (
      SELECT v.* FROM attestor.envelope_verifications v
       WHERE v.tenant_id = tenant AND v.envelope_id = e.id
       ORDER BY v.created_at DESC, v.id DESC
       LIMIT 1
    ) v ON true;
END $$;


ALTER FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) OWNER TO attestdb_owner;


CREATE FUNCTION tenancy.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = 'AD001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
END $$;


ALTER FUNCTION tenancy.refuse_change() OWNER TO attestdb_owner;


CREATE FUNCTION tenancy.require_active_tenant() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
DECLARE
  found_status text;
BEGIN
  SELECT t.status INTO found_status FROM tenancy.tenants t
   WHERE t.id = NEW.tenant_id;
  IF found_status IS NULL THEN
    RAISE EXCEPTION 'unknown tenant' USING ERRCODE = 'AD002';
  ELSIF found_status <> 'active' THEN
    RAISE EXCEPTION 'tenant is %', found_status USING ERRCODE = 'AD003';
  END IF;
  RETURN NEW;
END $$;


ALTER FUNCTION tenancy.require_active_tenant() OWNER TO attestdb_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;


CREATE TABLE atlas_attestor.atlas_schema_revisions (
    version character varying NOT NULL,
    description character varying NOT NULL,
    type bigint DEFAULT 2 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    executed_at timestamp with time zone NOT NULL,
    execution_time bigint NOT NULL,
    error text,
    error_stmt text,
    hash character varying NOT NULL,
    partial_hashes jsonb,
    operator_version character varying NOT NULL
);


ALTER TABLE atlas_attestor.atlas_schema_revisions OWNER TO attestdb_owner;


CREATE TABLE atlas_tenancy.atlas_schema_revisions (
    version character varying NOT NULL,
    description character varying NOT NULL,
    type bigint DEFAULT 2 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    executed_at timestamp with time zone NOT NULL,
    execution_time bigint NOT NULL,
    error text,
    error_stmt text,
    hash character varying NOT NULL,
    partial_hashes jsonb,
    operator_version character varying NOT NULL
);


ALTER TABLE atlas_tenancy.atlas_schema_revisions OWNER TO attestdb_owner;


CREATE TABLE attestor.envelope_contents (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT envelope_contents_content_not_empty CHECK ((octet_length(content) > 0)),
    CONSTRAINT envelope_contents_created_at_finite CHECK (isfinite(created_at))
);

ALTER TABLE ONLY attestor.envelope_contents FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelope_contents OWNER TO attestdb_owner;


CREATE TABLE attestor.envelope_signatures (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    envelope_id uuid NOT NULL,
    "position" integer NOT NULL,
    key_id text NOT NULL,
    sig bytea NOT NULL,
    certificate bytea,
    certificate_sha256 bytea,
    issuer text,
    san text,
    CONSTRAINT envelope_signatures_certificate_length CHECK (((octet_length(certificate) >= 1) AND (octet_length(certificate) <= 65536))),
    CONSTRAINT envelope_signatures_certificate_sha256_length CHECK ((octet_length(certificate_sha256) = 32)),
    CONSTRAINT envelope_signatures_certificate_whole CHECK (((certificate IS NULL) = (certificate_sha256 IS NULL))),
    CONSTRAINT envelope_signatures_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT envelope_signatures_issuer_length CHECK (((octet_length(issuer) >= 1) AND (octet_length(issuer) <= 2048))),
    CONSTRAINT envelope_signatures_key_id_length CHECK (((octet_length(key_id) >= 0) AND (octet_length(key_id) <= 2048))),
    CONSTRAINT envelope_signatures_position_range CHECK ((("position" >= 0) AND ("position" <= 63))),
    CONSTRAINT envelope_signatures_san_length CHECK (((octet_length(san) >= 1) AND (octet_length(san) <= 2048))),
    CONSTRAINT envelope_signatures_sig_length CHECK (((octet_length(sig) >= 1) AND (octet_length(sig) <= 65536)))
);

ALTER TABLE ONLY attestor.envelope_signatures FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelope_signatures OWNER TO attestdb_owner;


CREATE TABLE attestor.envelope_verifications (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    envelope_id uuid NOT NULL,
    outcome text NOT NULL,
    verifier text NOT NULL,
    policy text NOT NULL,
    reason text,
    signatures jsonb NOT NULL,
    time_verified timestamp with time zone NOT NULL,
    signed_at timestamp with time zone,
    CONSTRAINT envelope_verifications_outcome_known CHECK ((outcome = ANY (ARRAY['verified'::text, 'failed'::text]))),
    CONSTRAINT envelope_verifications_outcome_reason CHECK (((outcome = 'failed'::text) = (reason IS NOT NULL))),
    CONSTRAINT envelope_verifications_policy_length CHECK (((octet_length(policy) >= 1) AND (octet_length(policy) <= 4096))),
    CONSTRAINT envelope_verifications_reason_length CHECK (((octet_length(reason) >= 1) AND (octet_length(reason) <= 4096))),
    CONSTRAINT envelope_verifications_times_finite CHECK ((isfinite(created_at) AND isfinite(time_verified) AND isfinite(signed_at))),
    CONSTRAINT envelope_verifications_verifier_length CHECK (((octet_length(verifier) >= 1) AND (octet_length(verifier) <= 255)))
);

ALTER TABLE ONLY attestor.envelope_verifications FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelope_verifications OWNER TO attestdb_owner;


CREATE TABLE attestor.envelopes (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    media_type text NOT NULL,
    payload_type text NOT NULL,
    sha256 bytea NOT NULL,
    payload_sha256 bytea NOT NULL,
    size bigint NOT NULL,
    recorded_by text,
    CONSTRAINT envelopes_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT envelopes_media_type_length CHECK (((octet_length(media_type) >= 1) AND (octet_length(media_type) <= 255))),
    CONSTRAINT envelopes_payload_sha256_length CHECK ((octet_length(payload_sha256) = 32)),
    CONSTRAINT envelopes_payload_type_length CHECK (((octet_length(payload_type) >= 1) AND (octet_length(payload_type) <= 255))),
    CONSTRAINT envelopes_recorded_by_length CHECK (((octet_length(recorded_by) >= 1) AND (octet_length(recorded_by) <= 256))),
    CONSTRAINT envelopes_sha256_length CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT envelopes_size_positive CHECK ((size > 0))
);

ALTER TABLE ONLY attestor.envelopes FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.envelopes OWNER TO attestdb_owner;


CREATE TABLE attestor.statement_subjects (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    statement_id uuid NOT NULL,
    "position" integer NOT NULL,
    name text NOT NULL,
    algorithm text NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT statement_subjects_algorithm_length CHECK (((octet_length(algorithm) >= 1) AND (octet_length(algorithm) <= 32))),
    CONSTRAINT statement_subjects_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT statement_subjects_digest_length CHECK (((octet_length(digest) >= 1) AND (octet_length(digest) <= 128))),
    CONSTRAINT statement_subjects_name_length CHECK (((octet_length(name) >= 0) AND (octet_length(name) <= 2048))),
    CONSTRAINT statement_subjects_position_range CHECK ((("position" >= 0) AND ("position" <= 9999)))
);

ALTER TABLE ONLY attestor.statement_subjects FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.statement_subjects OWNER TO attestdb_owner;


CREATE TABLE attestor.statements (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    statement_type text NOT NULL,
    predicate_type text NOT NULL,
    CONSTRAINT statements_created_at_finite CHECK (isfinite(created_at)),
    CONSTRAINT statements_predicate_type_length CHECK (((octet_length(predicate_type) >= 1) AND (octet_length(predicate_type) <= 2048))),
    CONSTRAINT statements_statement_type_known CHECK ((statement_type = ANY (ARRAY['https://in-toto.io/Statement/v0.1'::text, 'https://in-toto.io/Statement/v1'::text])))
);

ALTER TABLE ONLY attestor.statements FORCE ROW LEVEL SECURITY;


ALTER TABLE attestor.statements OWNER TO attestdb_owner;


CREATE TABLE tenancy.library_floors (
    level bigint NOT NULL,
    reason text NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    CONSTRAINT library_floors_level_positive CHECK ((level > 0)),
    CONSTRAINT library_floors_reason_length CHECK (((octet_length(reason) >= 1) AND (octet_length(reason) <= 1024)))
);


ALTER TABLE tenancy.library_floors OWNER TO attestdb_owner;


CREATE TABLE tenancy.tenants (
    id uuid NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    status_changed_at timestamp with time zone NOT NULL,
    status_changed_by text NOT NULL,
    CONSTRAINT tenants_created_by_length CHECK (((octet_length(created_by) >= 1) AND (octet_length(created_by) <= 256))),
    CONSTRAINT tenants_name_slug CHECK ((name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
    CONSTRAINT tenants_status_changed_by_length CHECK (((octet_length(status_changed_by) >= 1) AND (octet_length(status_changed_by) <= 256))),
    CONSTRAINT tenants_status_known CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text]))),
    CONSTRAINT tenants_times_finite CHECK ((isfinite(created_at) AND isfinite(status_changed_at)))
);

ALTER TABLE ONLY tenancy.tenants FORCE ROW LEVEL SECURITY;


ALTER TABLE tenancy.tenants OWNER TO attestdb_owner;


INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123152932', 'create_tables', 2, 12, 12, '2026-11-24 16:49:37.365029+00', 339, NULL, NULL, 'Q8f3RmcKML/yV1avqloXX1JoLd85Wm9O5vVL6VVUTX0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153101', 'isolate_tenants', 2, 38, 38, '2026-11-24 16:49:37.386249+00', 197, NULL, NULL, '4tLtDiWXRErj/U7jHLaB1FtB1zXn5pey01/31xHubBw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153102', 'guard_rows', 2, 12, 12, '2026-11-24 16:49:37.398086+00', 138, NULL, NULL, 'V7HybjylbiahnRLtUGTx1BoheeasfFzMbIS9uSINGtU=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160001', 'record_whole_envelopes', 2, 9, 9, '2026-11-24 16:49:37.402149+00', 526, NULL, NULL, 'RAsOTHESKVZ7jUJ54ALpAiq0Tt6PlJMrOYt+xyhkIqY=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261124160002', 'close_direct_inserts', 2, 6, 6, '2026-11-24 16:49:37.406421+00', 201, NULL, NULL, 'gkxzZpxikQdkipHmeKi76dC20Qx7uQA7hP99JYjuwzQ=', 'null', 'attestdb');



INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123152931', 'create_tables', 2, 4, 4, '2026-11-24 16:49:37.352173+00', 427, NULL, NULL, 'IxGGYOAnywMdQVQkv3WrIhThwp5dWu7It4DaQwj9D4k=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153001', 'isolate_tenants', 2, 12, 12, '2026-11-24 16:49:37.368334+00', 196, NULL, NULL, 'pbHnt2ZSL/bcdXaQCcUU03EooaxIg2P/bWMhfsSwaZI=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153002', 'guard_rows', 2, 6, 6, '2026-11-24 16:49:37.378166+00', 127, NULL, NULL, '5qAgR9U+Vl/bPibP92RwZqEUH9u6iK2oshBuVj60goM=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160000', 'show_owner_named_tenant', 2, 1, 1, '2026-11-24 16:49:37.398585+00', 171, NULL, NULL, '0e1ICojqPNnxKFiyk15vLl3QTgvDtgSEzlqCdPW3Xis=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261124160003', 'require_level_2', 2, 1, 1, '2026-11-24 16:49:37.407018+00', 227, NULL, NULL, 'mkbTutf7Lq3W6z6BZ+As+2OgRCHl/kf1uZ4ZZ0Bx2/Q=', 'null', 'attestdb');



INSERT INTO attestor.envelope_contents VALUES ('01a20e76-82c8-7436-90a4-c016bf70daf9', '01a20e76-82c9-76b8-a3e8-f9de8147f910', '2026-11-24 16:49:37.481439+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2237316265653034633566623466353735222c22736967223a22397032306b37504d2b474e6b70626c51574335494f444c614b337332357866726341735436734250426a2f2b576461436c30505439385267706a3331742b2f454d7636656a50664f674a7745785144435970747244413d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a20e76-82d1-7ec9-95fb-c89f5d1dddd4', '01a20e76-82d3-70d7-9812-dae042d2aa80', '2026-11-24 16:49:37.491053+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2237316265653034633566623466353735222c22736967223a22397032306b37504d2b474e6b70626c51574335494f444c614b337332357866726341735436734250426a2f2b576461436c30505439385267706a3331742b2f454d7636656a50664f674a7745785144435970747244413d3d227d5d7d');



INSERT INTO attestor.envelope_signatures VALUES ('01a20e76-82c8-7436-90a4-c016bf70daf9', '01a20e76-82c9-7a08-bcda-9f9575c9aa63', '2026-11-24 16:49:37.481439+00', '01a20e76-82c9-76b8-a3e8-f9de8147f910', 0, '71bee04c5fb4f575', '\xf69db493b3ccf86364a5b950582e483832da2b7b36e717eb700b13eac04f063ffe59d6829743d3f7c460a63df5b7efc432fe9e8cf7ce809c04c500c2629b6b0c', NULL, NULL, NULL, NULL);
INSERT INTO attestor.envelope_signatures VALUES ('01a20e76-82d1-7ec9-95fb-c89f5d1dddd4', '01a20e76-82d3-7213-b4be-6f39015f6734', '2026-11-24 16:49:37.491053+00', '01a20e76-82d3-70d7-9812-dae042d2aa80', 0, '71bee04c5fb4f575', '\xf69db493b3ccf86364a5b950582e483832da2b7b36e717eb700b13eac04f063ffe59d6829743d3f7c460a63df5b7efc432fe9e8cf7ce809c04c500c2629b6b0c', NULL, NULL, NULL, NULL);



INSERT INTO attestor.envelope_verifications VALUES ('01a20e76-82c8-7436-90a4-c016bf70daf9', '01a20e76-82c9-7a10-817d-bec08b1f3a32', '2026-11-24 16:49:37.481656+00', '01a20e76-82c9-76b8-a3e8-f9de8147f910', 'verified', 'publickey v1', 'signatures of at least 1 of 1 keys: "71bee04c5fb4f575" spki sha256:81c9fdbe0826a403f12438c1e0be15d6135afbe8b38b148ae561630780d439f5', NULL, '[0]', '2026-11-24 16:49:37.481648+00', NULL);
INSERT INTO attestor.envelope_verifications VALUES ('01a20e76-82d1-7ec9-95fb-c89f5d1dddd4', '01a20e76-82d3-7219-bc2a-99014de1bf61', '2026-11-24 16:49:37.491134+00', '01a20e76-82d3-70d7-9812-dae042d2aa80', 'verified', 'publickey v1', 'signatures of at least 1 of 1 keys: "71bee04c5fb4f575" spki sha256:81c9fdbe0826a403f12438c1e0be15d6135afbe8b38b148ae561630780d439f5', NULL, '[0]', '2026-11-24 16:49:37.491127+00', NULL);



INSERT INTO attestor.envelopes VALUES ('01a20e76-82c8-7436-90a4-c016bf70daf9', '01a20e76-82c9-76b8-a3e8-f9de8147f910', '2026-11-24 16:49:37.481439+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x31f1397c90c95c817516d0ee12b8356425599c7c7595ae22b86fd0d703b67197', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a20e76-82d1-7ec9-95fb-c89f5d1dddd4', '01a20e76-82d3-70d7-9812-dae042d2aa80', '2026-11-24 16:49:37.491053+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\x31f1397c90c95c817516d0ee12b8356425599c7c7595ae22b86fd0d703b67197', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');



INSERT INTO attestor.statement_subjects VALUES ('01a20e76-82c8-7436-90a4-c016bf70daf9', '01a20e76-82c9-7a0c-aaef-a0be85cc45cc', '2026-11-24 16:49:37.481439+00', '01a20e76-82c9-76b8-a3e8-f9de8147f910', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a20e76-82d1-7ec9-95fb-c89f5d1dddd4', '01a20e76-82d3-7216-9e70-25f07d9d785b', '2026-11-24 16:49:37.491053+00', '01a20e76-82d3-70d7-9812-dae042d2aa80', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');



INSERT INTO attestor.statements VALUES ('01a20e76-82c8-7436-90a4-c016bf70daf9', '01a20e76-82c9-76b8-a3e8-f9de8147f910', '2026-11-24 16:49:37.481439+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a20e76-82d1-7ec9-95fb-c89f5d1dddd4', '01a20e76-82d3-70d7-9812-dae042d2aa80', '2026-11-24 16:49:37.491053+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');



INSERT INTO tenancy.library_floors VALUES (2, 'evidence enters by attestor.record_envelopes alone', '2026-11-24 16:49:37.406694+00');



INSERT INTO tenancy.tenants VALUES ('01a20e76-82c8-7436-90a4-c016bf70daf9', 'acme', 'active', '2026-11-24 16:49:37.480255+00', 'domaintest', '2026-11-24 16:49:37.480255+00', 'domaintest');
INSERT INTO tenancy.tenants VALUES ('01a20e76-82d1-7ec9-95fb-c89f5d1dddd4', 'globex', 'active', '2026-11-24 16:49:37.489959+00', 'domaintest', '2026-11-24 16:49:37.489959+00', 'domaintest');



ALTER TABLE ONLY atlas_attestor.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY atlas_tenancy.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);



ALTER TABLE ONLY attestor.envelope_contents
    ADD CONSTRAINT envelope_contents_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.envelope_signatures
    ADD CONSTRAINT envelope_signatures_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.envelope_verifications
    ADD CONSTRAINT envelope_verifications_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.envelopes
    ADD CONSTRAINT envelopes_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.statement_subjects
    ADD CONSTRAINT statement_subjects_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY attestor.statements
    ADD CONSTRAINT statements_pkey PRIMARY KEY (tenant_id, id);



ALTER TABLE ONLY tenancy.library_floors
    ADD CONSTRAINT library_floors_pkey PRIMARY KEY (level);



ALTER TABLE ONLY tenancy.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);



CREATE UNIQUE INDEX envelope_signatures_position_key ON attestor.envelope_signatures USING btree (tenant_id, envelope_id, "position");



CREATE INDEX envelope_verifications_envelope_idx ON attestor.envelope_verifications USING btree (tenant_id, envelope_id, created_at, id);



CREATE UNIQUE INDEX envelopes_sha256_key ON attestor.envelopes USING btree (tenant_id, sha256);



CREATE INDEX statement_subjects_digest_idx ON attestor.statement_subjects USING btree (tenant_id, digest, algorithm, created_at, statement_id);



CREATE UNIQUE INDEX statement_subjects_position_key ON attestor.statement_subjects USING btree (tenant_id, statement_id, "position", algorithm);



CREATE UNIQUE INDEX tenants_name_key ON tenancy.tenants USING btree (name);



CREATE TRIGGER envelope_contents_active_tenant BEFORE INSERT ON attestor.envelope_contents FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_contents_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_contents FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelope_signatures_active_tenant BEFORE INSERT ON attestor.envelope_signatures FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_signatures_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_signatures FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelope_verifications_active_tenant BEFORE INSERT ON attestor.envelope_verifications FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelope_verifications_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_verifications FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER envelopes_active_tenant BEFORE INSERT ON attestor.envelopes FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER envelopes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelopes FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER statement_subjects_active_tenant BEFORE INSERT ON attestor.statement_subjects FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER statement_subjects_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.statement_subjects FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER statements_active_tenant BEFORE INSERT ON attestor.statements FOR EACH ROW WHEN ((CURRENT_USER <> 'attestdb_owner'::name)) EXECUTE FUNCTION tenancy.require_active_tenant();



CREATE TRIGGER statements_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.statements FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER library_floors_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON tenancy.library_floors FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



CREATE TRIGGER tenants_keep BEFORE DELETE OR TRUNCATE ON tenancy.tenants FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();



ALTER TABLE ONLY attestor.envelope_contents
    ADD CONSTRAINT envelope_contents_envelope_fk FOREIGN KEY (tenant_id, id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY attestor.envelope_signatures
    ADD CONSTRAINT envelope_signatures_envelope_fk FOREIGN KEY (tenant_id, envelope_id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY attestor.envelope_verifications
    ADD CONSTRAINT envelope_verifications_envelope_fk FOREIGN KEY (tenant_id, envelope_id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE ONLY attestor.statement_subjects
    ADD CONSTRAINT statement_subjects_statement_fk FOREIGN KEY (tenant_id, statement_id) REFERENCES attestor.statements(tenant_id, id);



ALTER TABLE ONLY attestor.statements
    ADD CONSTRAINT statements_envelope_fk FOREIGN KEY (tenant_id, id) REFERENCES attestor.envelopes(tenant_id, id);



ALTER TABLE attestor.envelope_contents ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelope_contents_app ON attestor.envelope_contents TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelope_contents_auditor ON attestor.envelope_contents FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelope_contents_owner ON attestor.envelope_contents TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.envelope_signatures ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelope_signatures_app ON attestor.envelope_signatures TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelope_signatures_auditor ON attestor.envelope_signatures FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelope_signatures_owner ON attestor.envelope_signatures TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.envelope_verifications ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelope_verifications_app ON attestor.envelope_verifications TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelope_verifications_auditor ON attestor.envelope_verifications FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelope_verifications_owner ON attestor.envelope_verifications FOR SELECT TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;


CREATE POLICY envelopes_app ON attestor.envelopes TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY envelopes_auditor ON attestor.envelopes FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY envelopes_owner ON attestor.envelopes TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.statement_subjects ENABLE ROW LEVEL SECURITY;


CREATE POLICY statement_subjects_app ON attestor.statement_subjects TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY statement_subjects_auditor ON attestor.statement_subjects FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY statement_subjects_owner ON attestor.statement_subjects TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE attestor.statements ENABLE ROW LEVEL SECURITY;


CREATE POLICY statements_app ON attestor.statements TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



CREATE POLICY statements_auditor ON attestor.statements FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY statements_owner ON attestor.statements TO attestdb_owner USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



ALTER TABLE tenancy.tenants ENABLE ROW LEVEL SECURITY;


CREATE POLICY tenants_admin ON tenancy.tenants TO attestdb_admin USING (true) WITH CHECK (true);



CREATE POLICY tenants_app ON tenancy.tenants FOR SELECT TO attestdb_app USING (((id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid) OR (name = NULLIF(current_setting('attestdb.tenant_name'::text, true), ''::text))));



CREATE POLICY tenants_auditor ON tenancy.tenants FOR SELECT TO attestdb_auditor USING (true);



CREATE POLICY tenants_owner ON tenancy.tenants FOR SELECT TO attestdb_owner USING ((id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));



GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_app;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_worker;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_refresher;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_auditor;
GRANT USAGE ON SCHEMA atlas_attestor TO attestdb_admin;



GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_app;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_worker;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_refresher;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_auditor;
GRANT USAGE ON SCHEMA atlas_tenancy TO attestdb_admin;



GRANT USAGE ON SCHEMA attestor TO attestdb_app;
GRANT USAGE ON SCHEMA attestor TO attestdb_auditor;



GRANT USAGE ON SCHEMA tenancy TO attestdb_app;
GRANT USAGE ON SCHEMA tenancy TO attestdb_worker;
GRANT USAGE ON SCHEMA tenancy TO attestdb_refresher;
GRANT USAGE ON SCHEMA tenancy TO attestdb_auditor;
GRANT USAGE ON SCHEMA tenancy TO attestdb_admin;



REVOKE ALL ON FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION attestor.record_envelopes(tenant uuid, ids uuid[], times timestamp with time zone[], actors text[], media_types text[], payload_types text[], payload_sha256s bytea[], contents bytea[], statement_types text[], predicate_types text[], signature_ids uuid[], signature_of integer[], signature_positions integer[], key_ids text[], sigs bytea[], certificates bytea[], certificate_sha256s bytea[], issuers text[], sans text[], subject_ids uuid[], subject_of integer[], subject_positions integer[], subject_names text[], algorithms text[], digests bytea[]) TO attestdb_app;



REVOKE ALL ON FUNCTION tenancy.refuse_change() FROM PUBLIC;



REVOKE ALL ON FUNCTION tenancy.require_active_tenant() FROM PUBLIC;



GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_app;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_worker;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_refresher;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_auditor;
GRANT SELECT ON TABLE atlas_attestor.atlas_schema_revisions TO attestdb_admin;



GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_app;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_worker;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_refresher;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_auditor;
GRANT SELECT ON TABLE atlas_tenancy.atlas_schema_revisions TO attestdb_admin;



GRANT SELECT ON TABLE attestor.envelope_contents TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_contents TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.envelope_signatures TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_signatures TO attestdb_auditor;



GRANT SELECT,INSERT ON TABLE attestor.envelope_verifications TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_verifications TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.envelopes TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelopes TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.statement_subjects TO attestdb_app;
GRANT SELECT ON TABLE attestor.statement_subjects TO attestdb_auditor;



GRANT SELECT ON TABLE attestor.statements TO attestdb_app;
GRANT SELECT ON TABLE attestor.statements TO attestdb_auditor;



GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_app;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_worker;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_refresher;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_auditor;
GRANT SELECT ON TABLE tenancy.library_floors TO attestdb_admin;



GRANT SELECT ON TABLE tenancy.tenants TO attestdb_auditor;
GRANT SELECT,INSERT ON TABLE tenancy.tenants TO attestdb_admin;



GRANT SELECT(id) ON TABLE tenancy.tenants TO attestdb_app;



GRANT SELECT(name) ON TABLE tenancy.tenants TO attestdb_app;



GRANT SELECT(status) ON TABLE tenancy.tenants TO attestdb_app;
GRANT UPDATE(status) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT UPDATE(status_changed_at) ON TABLE tenancy.tenants TO attestdb_admin;



GRANT UPDATE(status_changed_by) ON TABLE tenancy.tenants TO attestdb_admin;




