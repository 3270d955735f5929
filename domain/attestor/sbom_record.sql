-- SBOMs with everything that is in them. $1 tenant; $2 to $12 an element for each
-- SBOM; $13 and $14 for each envelope that has one as its predicate; $15 to $19 for
-- each artifact; $20 to $29 for each component; $30 to $35 for each digest, $36 to
-- $41 for each licence of one.
SELECT r.n, r.sbom_id, r.existed, r.components
  FROM attestor.record_sboms(
         $1::uuid, $2::uuid[], $3::timestamptz[], $4::text[], $5::bytea[], $6::bigint[], $7::text[],
         $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::bytea[],
         $13::int[], $14::bytea[],
         $15::uuid[], $16::int[], $17::text[], $18::text[], $19::bytea[],
         $20::uuid[], $21::int[], $22::int[], $23::text[], $24::text[], $25::text[],
         $26::text[], $27::text[], $28::text[], $29::text[],
         $30::uuid[], $31::int[], $32::uuid[], $33::int[], $34::text[], $35::bytea[],
         $36::uuid[], $37::int[], $38::uuid[], $39::int[], $40::boolean[], $41::text[]) r
