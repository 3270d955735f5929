-- The first record of these bytes, with its newest verification. $1 tenant,
-- $2 sha256 of the bytes.
SELECT e.id, e.created_at,
       v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at
  FROM attestor.envelopes e
  LEFT JOIN LATERAL (
    SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = $1 AND v.envelope_id = e.id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1
  ) v ON true
 WHERE e.tenant_id = $1 AND e.sha256 = $2
