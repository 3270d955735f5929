-- One statement, so that an envelope and everything about it is there or is
-- not, in one round trip. $1 tenant, $2 id, $3 created_at; an envelope that is
-- there already keeps its first row and its parts.
WITH envelope AS (
  INSERT INTO attestor.envelopes
         (tenant_id, id, created_at, media_type, payload_type, sha256, payload_sha256, size, recorded_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (tenant_id, sha256) DO NOTHING
  RETURNING id, created_at
), content AS (
  INSERT INTO attestor.envelope_contents (tenant_id, id, created_at, content)
  SELECT $1, e.id, e.created_at, $10 FROM envelope e
), signatures AS (
  INSERT INTO attestor.envelope_signatures
         (tenant_id, id, created_at, envelope_id, position, key_id, sig,
          certificate, certificate_sha256, issuer, san)
  SELECT $1, s.id, e.created_at, e.id, s.n - 1, s.key_id, s.sig,
         s.certificate, s.certificate_sha256, s.issuer, s.san
    FROM envelope e,
         unnest($11::uuid[], $12::text[], $13::bytea[], $14::bytea[], $15::bytea[], $16::text[], $17::text[])
         WITH ORDINALITY AS s (id, key_id, sig, certificate, certificate_sha256, issuer, san, n)
), statement AS (
  INSERT INTO attestor.statements (tenant_id, id, created_at, statement_type, predicate_type)
  SELECT $1, e.id, e.created_at, $18::text, $19::text FROM envelope e WHERE $18::text IS NOT NULL
), subjects AS (
  INSERT INTO attestor.statement_subjects
         (tenant_id, id, created_at, statement_id, position, name, algorithm, digest)
  SELECT $1, s.id, e.created_at, e.id, s.position, s.name, s.algorithm, s.digest
    FROM envelope e,
         unnest($20::uuid[], $21::int[], $22::text[], $23::text[], $24::bytea[])
         AS s (id, position, name, algorithm, digest)
), recorded AS (
  SELECT e.id, e.created_at, false AS existed FROM envelope e
  UNION ALL
  SELECT e.id, e.created_at, true FROM attestor.envelopes e WHERE e.tenant_id = $1 AND e.sha256 = $6
), newest AS (
  SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at
    FROM recorded r
    JOIN attestor.envelope_verifications v ON v.tenant_id = $1 AND v.envelope_id = r.id
   WHERE r.existed
   ORDER BY v.created_at DESC, v.id DESC
   LIMIT 1
), verification AS (
  INSERT INTO attestor.envelope_verifications
         (tenant_id, id, created_at, envelope_id, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
  SELECT $1, $25::uuid, $3, r.id, $26::text, $27::text, $28::text, $29::text, $30::jsonb, $31::timestamptz, $32::timestamptz
    FROM recorded r
   WHERE $26::text IS NOT NULL
     -- A verifier that says again what it said last adds nothing.
     AND NOT EXISTS (SELECT FROM newest n
                      WHERE (n.outcome, n.verifier, n.policy) = ($26::text, $27::text, $28::text)
                        AND (n.reason, n.signatures, n.signed_at) IS NOT DISTINCT FROM ($29::text, $30::jsonb, $32::timestamptz))
)
SELECT r.id, r.created_at, r.existed,
       n.outcome, n.verifier, n.policy, n.reason, n.signatures, n.time_verified, n.signed_at
  FROM recorded r LEFT JOIN newest n ON true
