-- Everything about one envelope but its bytes and its subjects.
-- $1 tenant, $2 id.
SELECT e.id, e.created_at, e.media_type, e.payload_type, e.sha256, e.payload_sha256, e.size, e.recorded_by,
       (SELECT true FROM attestor.envelope_contents c WHERE c.tenant_id = $1 AND c.id = e.id LIMIT 1) IS NULL,
       st.statement_type, st.predicate_type,
       g.signers,
       v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at
  FROM attestor.envelopes e
  LEFT JOIN attestor.statements st ON st.tenant_id = $1 AND st.id = e.id
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('key_id', s.key_id, 'issuer', s.issuer, 'san', s.san) ORDER BY s.position) AS signers
      FROM attestor.envelope_signatures s
     WHERE s.tenant_id = $1 AND s.envelope_id = e.id
  ) g ON true
  LEFT JOIN LATERAL (
    SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = $1 AND v.envelope_id = e.id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1
  ) v ON true
 WHERE e.tenant_id = $1 AND e.id = $2
