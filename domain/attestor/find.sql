-- What is known of the envelopes m (id, created_at, names, name), which find.go
-- selects: a page of them in its order, by ranges of one index that end with the page.
-- The LIMITs of 1 have each looked up by its key, however many rows a plan expects.
SELECT m.id, m.created_at, e.media_type, e.payload_type, e.sha256, e.payload_sha256, e.size, e.recorded_by,
       (SELECT true FROM attestor.envelope_contents c WHERE c.tenant_id = $1 AND c.id = m.id LIMIT 1) IS NULL,
       st.statement_type, st.predicate_type,
       coalesce(m.names, (
         SELECT array_agg(DISTINCT n.name ORDER BY n.name)
           FROM (SELECT s.name FROM attestor.statement_subjects s
                  WHERE s.tenant_id = $1 AND s.statement_id = m.id
                  ORDER BY s.position, s.algorithm
                  LIMIT 16) n)),
       g.signers,
       v.outcome, v.verifier, v.policy, v.reason, v.signatures, v.time_verified, v.signed_at, m.name
  FROM m
  JOIN LATERAL (
    SELECT e.* FROM attestor.envelopes e WHERE e.tenant_id = $1 AND e.id = m.id LIMIT 1
  ) e ON true
  LEFT JOIN LATERAL (
    SELECT st.statement_type, st.predicate_type
      FROM attestor.statements st WHERE st.tenant_id = $1 AND st.id = m.id LIMIT 1
  ) st ON true
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
 ORDER BY m.name, m.created_at DESC, m.id DESC
