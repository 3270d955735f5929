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
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123152932', 'create_tables', 2, 12, 12, '2026-11-23 17:18:52.322852+00', 891, NULL, NULL, 'Q8f3RmcKML/yV1avqloXX1JoLd85Wm9O5vVL6VVUTX0=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153101', 'isolate_tenants', 2, 38, 38, '2026-11-23 17:18:52.368821+00', 421, NULL, NULL, '4tLtDiWXRErj/U7jHLaB1FtB1zXn5pey01/31xHubBw=', 'null', 'attestdb');
INSERT INTO atlas_attestor.atlas_schema_revisions VALUES ('20261123153102', 'guard_rows', 2, 12, 12, '2026-11-23 17:18:52.37582+00', 451, NULL, NULL, 'V7HybjylbiahnRLtUGTx1BoheeasfFzMbIS9uSINGtU=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123152931', 'create_tables', 2, 4, 4, '2026-11-23 17:18:52.302792+00', 781, NULL, NULL, 'IxGGYOAnywMdQVQkv3WrIhThwp5dWu7It4DaQwj9D4k=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153001', 'isolate_tenants', 2, 12, 12, '2026-11-23 17:18:52.333639+00', 2103, NULL, NULL, 'pbHnt2ZSL/bcdXaQCcUU03EooaxIg2P/bWMhfsSwaZI=', 'null', 'attestdb');
INSERT INTO atlas_tenancy.atlas_schema_revisions VALUES ('20261123153002', 'guard_rows', 2, 6, 6, '2026-11-23 17:18:52.346722+00', 681, NULL, NULL, '5qAgR9U+Vl/bPibP92RwZqEUH9u6iK2oshBuVj60goM=', 'null', 'attestdb');
INSERT INTO attestor.envelope_contents VALUES ('01a2096a-ee48-7b29-8377-0c5bef375993', '01a2096a-ee4b-770c-ac89-5b9f62efb4f3', '2026-11-23 17:18:52.491461+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2230626661633231666631333734633664222c22736967223a2273396335586141706665624d636a4c414f66796c69444b353457562b646d34787656333168715169556d666d43797961314d72666e537679454761665a636651586c7938784c6b684974564e31774b7a3761785a44673d3d227d5d7d');
INSERT INTO attestor.envelope_contents VALUES ('01a2096a-ee56-716e-a6fb-3da8585a127b', '01a2096a-ee56-7e83-892e-33f4b6604b60', '2026-11-23 17:18:52.502951+00', '\x7b227061796c6f616454797065223a226170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e222c227061796c6f6164223a2265794a6664486c775a534936496d68306448427a4f69387661573474644739306279357062793954644746305a57316c626e5176646a45694c434a77636d566b61574e68644755694f6e7369596e5670624752455a575a70626d6c3061573975496a7037496d4a316157786b56486c775a534936496d68306448427a4f6938765a586868625842735a53356a62323076596e567062475176646a456966583073496e42795a575270593246305a565235634755694f694a6f64485277637a6f764c334e73633245755a4756324c33427962335a6c626d467559325576646a45694c434a7a64574a715a574e30496a706265794a6b6157646c633351694f6e7369633268684d6a5532496a6f695a6d5a694d7a41304f444532595445774f54417a4d544e6c4f444d7a4d6a4531597a41345a47466c4d3251794d446c6a5a6d466b4d575a6d5a44466d4e6a63305a6a41354d446c684d6d466c4f546c6c4d544d354e434a394c434a755957316c496a6f695a6e4a76656d56754c6e526e65694a395858303d222c227369676e617475726573223a5b7b226b65796964223a2230626661633231666631333734633664222c22736967223a2273396335586141706665624d636a4c414f66796c69444b353457562b646d34787656333168715169556d666d43797961314d72666e537679454761665a636651586c7938784c6b684974564e31774b7a3761785a44673d3d227d5d7d');
INSERT INTO attestor.envelope_signatures VALUES ('01a2096a-ee48-7b29-8377-0c5bef375993', '01a2096a-ee4b-7703-a101-71b9abd86a30', '2026-11-23 17:18:52.491461+00', '01a2096a-ee4b-770c-ac89-5b9f62efb4f3', 0, '0bfac21ff1374c6d', '\xb3d7395da0297de6cc7232c039fca58832b9e1657e766e31bd5df586a4225267e60b2c9ad4cadf9d2bf210669f65c7d05e5cbcc4b92122d54dd702b3edac590e', NULL, NULL, NULL, NULL);
INSERT INTO attestor.envelope_signatures VALUES ('01a2096a-ee56-716e-a6fb-3da8585a127b', '01a2096a-ee56-7e7a-a8f9-714b138dbba4', '2026-11-23 17:18:52.502951+00', '01a2096a-ee56-7e83-892e-33f4b6604b60', 0, '0bfac21ff1374c6d', '\xb3d7395da0297de6cc7232c039fca58832b9e1657e766e31bd5df586a4225267e60b2c9ad4cadf9d2bf210669f65c7d05e5cbcc4b92122d54dd702b3edac590e', NULL, NULL, NULL, NULL);
INSERT INTO attestor.envelope_verifications VALUES ('01a2096a-ee48-7b29-8377-0c5bef375993', '01a2096a-ee4b-771e-8d6f-c4d001562777', '2026-11-23 17:18:52.491466+00', '01a2096a-ee4b-770c-ac89-5b9f62efb4f3', 'verified', 'publickey v1', 'signatures of at least 1 of 1 keys: "0bfac21ff1374c6d" spki sha256:10203efb23fffe4c0e3ec0b0c9f606c8eee0081e023f705b257086c4771081be', NULL, '[0]', '2026-11-23 17:18:52.491446+00', NULL);
INSERT INTO attestor.envelope_verifications VALUES ('01a2096a-ee56-716e-a6fb-3da8585a127b', '01a2096a-ee56-7e93-9b58-35e7eebaea36', '2026-11-23 17:18:52.502955+00', '01a2096a-ee56-7e83-892e-33f4b6604b60', 'verified', 'publickey v1', 'signatures of at least 1 of 1 keys: "0bfac21ff1374c6d" spki sha256:10203efb23fffe4c0e3ec0b0c9f606c8eee0081e023f705b257086c4771081be', NULL, '[0]', '2026-11-23 17:18:52.502944+00', NULL);
INSERT INTO attestor.envelopes VALUES ('01a2096a-ee48-7b29-8377-0c5bef375993', '01a2096a-ee4b-770c-ac89-5b9f62efb4f3', '2026-11-23 17:18:52.491461+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xa09205c9f21cd1d721f45e426df60e2e8ea8805ea962f84b01e7359534ed35cb', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.envelopes VALUES ('01a2096a-ee56-716e-a6fb-3da8585a127b', '01a2096a-ee56-7e83-892e-33f4b6604b60', '2026-11-23 17:18:52.502951+00', 'application/vnd.dsse.envelope.v1+json', 'application/vnd.in-toto+json', '\xa09205c9f21cd1d721f45e426df60e2e8ea8805ea962f84b01e7359534ed35cb', '\x79bcb8d5a09cc807400a39855a7d44be3ee48838b4ae6527225ab7a4919de445', 588, 'domaintest');
INSERT INTO attestor.statement_subjects VALUES ('01a2096a-ee48-7b29-8377-0c5bef375993', '01a2096a-ee4b-7711-be00-8a1cfeff97df', '2026-11-23 17:18:52.491461+00', '01a2096a-ee4b-770c-ac89-5b9f62efb4f3', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statement_subjects VALUES ('01a2096a-ee56-716e-a6fb-3da8585a127b', '01a2096a-ee56-7e88-868d-1eb45f68a6ec', '2026-11-23 17:18:52.502951+00', '01a2096a-ee56-7e83-892e-33f4b6604b60', 0, 'frozen.tgz', 'sha256', '\xffb304816a1090313e833215c08dae3d209cfad1ffd1f674f0909a2ae99e1394');
INSERT INTO attestor.statements VALUES ('01a2096a-ee48-7b29-8377-0c5bef375993', '01a2096a-ee4b-770c-ac89-5b9f62efb4f3', '2026-11-23 17:18:52.491461+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO attestor.statements VALUES ('01a2096a-ee56-716e-a6fb-3da8585a127b', '01a2096a-ee56-7e83-892e-33f4b6604b60', '2026-11-23 17:18:52.502951+00', 'https://in-toto.io/Statement/v1', 'https://slsa.dev/provenance/v1');
INSERT INTO tenancy.tenants VALUES ('01a2096a-ee48-7b29-8377-0c5bef375993', 'acme', 'active', '2026-11-23 17:18:52.488693+00', 'domaintest', '2026-11-23 17:18:52.488693+00', 'domaintest');
INSERT INTO tenancy.tenants VALUES ('01a2096a-ee56-716e-a6fb-3da8585a127b', 'globex', 'active', '2026-11-23 17:18:52.502074+00', 'domaintest', '2026-11-23 17:18:52.502074+00', 'domaintest');
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
CREATE TRIGGER envelope_contents_active_tenant BEFORE INSERT ON attestor.envelope_contents FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();
CREATE TRIGGER envelope_contents_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_contents FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();
CREATE TRIGGER envelope_signatures_active_tenant BEFORE INSERT ON attestor.envelope_signatures FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();
CREATE TRIGGER envelope_signatures_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_signatures FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();
CREATE TRIGGER envelope_verifications_active_tenant BEFORE INSERT ON attestor.envelope_verifications FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();
CREATE TRIGGER envelope_verifications_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelope_verifications FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();
CREATE TRIGGER envelopes_active_tenant BEFORE INSERT ON attestor.envelopes FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();
CREATE TRIGGER envelopes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.envelopes FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();
CREATE TRIGGER statement_subjects_active_tenant BEFORE INSERT ON attestor.statement_subjects FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();
CREATE TRIGGER statement_subjects_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attestor.statement_subjects FOR EACH STATEMENT EXECUTE FUNCTION tenancy.refuse_change();
CREATE TRIGGER statements_active_tenant BEFORE INSERT ON attestor.statements FOR EACH ROW EXECUTE FUNCTION tenancy.require_active_tenant();
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
ALTER TABLE attestor.envelope_signatures ENABLE ROW LEVEL SECURITY;
CREATE POLICY envelope_signatures_app ON attestor.envelope_signatures TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));
CREATE POLICY envelope_signatures_auditor ON attestor.envelope_signatures FOR SELECT TO attestdb_auditor USING (true);
ALTER TABLE attestor.envelope_verifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY envelope_verifications_app ON attestor.envelope_verifications TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));
CREATE POLICY envelope_verifications_auditor ON attestor.envelope_verifications FOR SELECT TO attestdb_auditor USING (true);
ALTER TABLE attestor.envelopes ENABLE ROW LEVEL SECURITY;
CREATE POLICY envelopes_app ON attestor.envelopes TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));
CREATE POLICY envelopes_auditor ON attestor.envelopes FOR SELECT TO attestdb_auditor USING (true);
ALTER TABLE attestor.statement_subjects ENABLE ROW LEVEL SECURITY;
CREATE POLICY statement_subjects_app ON attestor.statement_subjects TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));
CREATE POLICY statement_subjects_auditor ON attestor.statement_subjects FOR SELECT TO attestdb_auditor USING (true);
ALTER TABLE attestor.statements ENABLE ROW LEVEL SECURITY;
CREATE POLICY statements_app ON attestor.statements TO attestdb_app USING ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid)) WITH CHECK ((tenant_id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid));
CREATE POLICY statements_auditor ON attestor.statements FOR SELECT TO attestdb_auditor USING (true);
ALTER TABLE tenancy.tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants_admin ON tenancy.tenants TO attestdb_admin USING (true) WITH CHECK (true);
CREATE POLICY tenants_app ON tenancy.tenants FOR SELECT TO attestdb_app USING (((id = (NULLIF(current_setting('attestdb.tenant_id'::text, true), ''::text))::uuid) OR (name = NULLIF(current_setting('attestdb.tenant_name'::text, true), ''::text))));
CREATE POLICY tenants_auditor ON tenancy.tenants FOR SELECT TO attestdb_auditor USING (true);
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
GRANT SELECT,INSERT ON TABLE attestor.envelope_contents TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_contents TO attestdb_auditor;
GRANT SELECT,INSERT ON TABLE attestor.envelope_signatures TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_signatures TO attestdb_auditor;
GRANT SELECT,INSERT ON TABLE attestor.envelope_verifications TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelope_verifications TO attestdb_auditor;
GRANT SELECT,INSERT ON TABLE attestor.envelopes TO attestdb_app;
GRANT SELECT ON TABLE attestor.envelopes TO attestdb_auditor;
GRANT SELECT,INSERT ON TABLE attestor.statement_subjects TO attestdb_app;
GRANT SELECT ON TABLE attestor.statement_subjects TO attestdb_auditor;
GRANT SELECT,INSERT ON TABLE attestor.statements TO attestdb_app;
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
