-- What a verifier said about envelopes, found by the digest of their bytes. $1
-- tenant; $2 to $11 an element for each. A verifier that says again what it
-- said last adds nothing.
INSERT INTO attestor.envelope_verifications
       (tenant_id, id, created_at, envelope_id, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
SELECT $1, w.id, w.created_at, e.id, w.outcome, w.verifier, w.policy, w.reason, w.signatures::jsonb, w.time_verified, w.signed_at
  FROM unnest($2::bytea[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
              $10::timestamptz[], $11::timestamptz[])
       AS w (sha256, id, created_at, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
  JOIN attestor.envelopes e ON e.tenant_id = $1 AND e.sha256 = w.sha256
  LEFT JOIN LATERAL (
    SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.signed_at
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = $1 AND v.envelope_id = e.id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1
  ) n ON true
 WHERE (n.outcome, n.verifier, n.policy, n.reason, n.signatures, n.signed_at)
       IS DISTINCT FROM (w.outcome, w.verifier, w.policy, w.reason, w.signatures::jsonb, w.signed_at)
