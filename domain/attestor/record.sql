-- An envelope with everything that is in it. $1 tenant, $2 id, $3 created_at.
-- If it is there already, nothing is written and no row comes back.
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
  -- Signatures are few: subscripts cost less than an unnest of seven arrays.
  SELECT $1, ($11::uuid[])[n], e.created_at, e.id, n - 1, ($12::text[])[n], ($13::bytea[])[n],
         ($14::bytea[])[n], ($15::bytea[])[n], ($16::text[])[n], ($17::text[])[n]
    FROM envelope e, generate_series(1, cardinality($11::uuid[])) n
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
)
SELECT e.id, e.created_at FROM envelope e
