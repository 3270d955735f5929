-- What a verifier said again about envelopes. $1 tenant; $2 an envelope's id for each
-- verification, $3 to $12 the verification. One that says again what it said last adds
-- nothing.
INSERT INTO attestor.envelope_verifications
       (tenant_id, id, created_at, envelope_id, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
SELECT $1, w.id, w.created_at, w.envelope_id, w.outcome, w.verifier, w.policy, w.reason, w.signatures::jsonb, w.time_verified, w.signed_at
  FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
              $11::timestamptz[], $12::timestamptz[])
       AS w (envelope_id, id, n, created_at, outcome, verifier, policy, reason, signatures, time_verified, signed_at)
  LEFT JOIN LATERAL (
    SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.signed_at
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = $1 AND v.envelope_id = w.envelope_id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1
  ) l ON true
 WHERE (l.outcome, l.verifier, l.policy, l.reason, l.signatures, l.signed_at)
       IS DISTINCT FROM (w.outcome, w.verifier, w.policy, w.reason, w.signatures::jsonb, w.signed_at)
