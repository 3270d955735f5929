-- What a verifier said about the envelope with these bytes. $1 tenant, $2 sha256
-- of the bytes, $3 id, $4 created_at. A verifier that says again what it said
-- last adds nothing.
INSERT INTO attestor.envelope_verifications
       (tenant_id, id, created_at, envelope_id, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
SELECT $1, $3::uuid, $4::timestamptz, e.id, $5::text, $6::text, $7::text, $8::text, $9::jsonb, $10::timestamptz, $11::timestamptz
  FROM attestor.envelopes e
  LEFT JOIN LATERAL (
    SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.signed_at
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = $1 AND v.envelope_id = e.id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1
  ) n ON true
 WHERE e.tenant_id = $1 AND e.sha256 = $2
   AND (n.outcome, n.verifier, n.policy, n.reason, n.signatures, n.signed_at)
       IS DISTINCT FROM ($5::text, $6::text, $7::text, $8::text, $9::jsonb, $11::timestamptz)
