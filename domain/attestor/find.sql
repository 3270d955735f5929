-- One page of the statements about an artifact, newest first. $1 tenant,
-- $2 algorithm, $3 digest, ($4, $5) the place behind which the page begins,
-- $6 the earliest created_at, $7 rows. The subselect reads one range of
-- statement_subjects_digest_idx and stops after the page.
SELECT m.id, m.created_at, e.media_type, e.payload_type, e.sha256, e.payload_sha256, e.size, e.recorded_by,
       st.statement_type, st.predicate_type, m.names,
       g.signers,
       v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at
  FROM (
    SELECT s.statement_id AS id, s.created_at, array_agg(DISTINCT s.name) AS names
      FROM attestor.statement_subjects s
     WHERE s.tenant_id = $1 AND s.algorithm = $2 AND s.digest = $3
       AND (s.created_at, s.statement_id) < ($4, $5) AND s.created_at >= $6
     GROUP BY s.created_at, s.statement_id
     ORDER BY s.created_at DESC, s.statement_id DESC
     LIMIT $7
  ) m
  JOIN attestor.envelopes e ON e.tenant_id = $1 AND e.id = m.id
  JOIN attestor.statements st ON st.tenant_id = $1 AND st.id = m.id
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('key_id', s.key_id, 'issuer', s.issuer, 'san', s.san) ORDER BY s.position) AS signers
      FROM attestor.envelope_signatures s
     WHERE s.tenant_id = $1 AND s.envelope_id = m.id
  ) g ON true
  LEFT JOIN LATERAL (
    SELECT v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at
      FROM attestor.envelope_verifications v
     WHERE v.tenant_id = $1 AND v.envelope_id = m.id
     ORDER BY v.created_at DESC, v.id DESC
     LIMIT 1
  ) v ON true
 ORDER BY m.created_at DESC, m.id DESC
