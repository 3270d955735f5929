-- Envelopes with everything that is in them and what a verifier said of them. $1
-- tenant; $2 to $10 an element for each envelope; $11 to $19 for each signature; $20 to
-- $25 for each subject; $26 to $35 for each verification.
SELECT r.n, r.envelope_id, r.recorded_at, r.existed,
       CASE WHEN r.existed THEN attestor.bytes_gone($1, r.envelope_id) ELSE false END,
       r.outcome, r.verifier, r.policy, r.reason, r.signatures, r.time_verified, r.signed_at
  FROM attestor.record_evidence(
         $1::uuid, $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
         $7::bytea[], $8::bytea[], $9::text[], $10::text[],
         $11::uuid[], $12::int[], $13::int[], $14::text[], $15::bytea[],
         $16::bytea[], $17::bytea[], $18::text[], $19::text[],
         $20::uuid[], $21::int[], $22::int[], $23::text[], $24::text[], $25::bytea[],
         $26::uuid[], $27::int[], $28::timestamptz[], $29::text[], $30::text[], $31::text[], $32::text[],
         $33::text[], $34::timestamptz[], $35::timestamptz[]) r
