-- chain_root is the root of a chain as docs/proof-chain.md says it: the Merkle
-- tree hash (RFC 6962) over the header's lines and a line for each segment.
-- supersedes is the root of the chain that is superseded, NULL for none. The
-- order of the segments does not matter. Nothing here is written with a
-- backslash, whose meaning a session may change.
CREATE FUNCTION "attestor"."chain_root"(
  algorithm text, subject bytea, policy text, supersedes bytea, kinds text[], digests bytea[])
RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = ''
AS $$
DECLARE
  leaf_prefix bytea := decode('00', 'hex');
  node_prefix bytea := decode('01', 'hex');
  hashes bytea[];
BEGIN
  SELECT array_agg(sha256(leaf_prefix || convert_to(l.line || chr(10), 'UTF8')) ORDER BY l.place, l.digest) INTO hashes
    FROM (
      VALUES (-4, NULL::bytea, 'attestdb proof chain v1'),
             (-3, NULL, 'subject ' || algorithm || ':' || encode(subject, 'hex')),
             (-2, NULL, 'policy ' || policy),
             (-1, NULL, 'supersedes sha256:' || encode(supersedes, 'hex'))
      UNION ALL
      SELECT array_position(ARRAY['sbom', 'evidence', 'reasoning', 'vex', 'verdict'], s.kind), s.digest,
             s.kind || ' sha256:' || encode(s.digest, 'hex')
        FROM unnest(kinds, digests) AS s (kind, digest)
    ) AS l (place, digest, line)
   WHERE l.place <> -1 OR supersedes IS NOT NULL;
  -- Pairs from the left, level by level, a last one without a partner as it is:
  -- that is the tree which RFC 6962 builds from the top.
  WHILE cardinality(hashes) > 1 LOOP
    SELECT array_agg(p.hash ORDER BY p.n) INTO hashes
      FROM (
        SELECT (h.n - 1) / 2 AS n,
               CASE count(*) WHEN 2 THEN sha256(node_prefix || string_agg(h.hash, NULL ORDER BY h.n))
                             ELSE string_agg(h.hash, NULL) END AS hash
          FROM unnest(hashes) WITH ORDINALITY AS h (hash, n)
         GROUP BY 1
      ) p;
  END LOOP;
  RETURN hashes[1];
END $$;
REVOKE ALL ON FUNCTION "attestor"."chain_root" FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "attestor"."chain_root" TO attestdb_app, attestdb_auditor;
