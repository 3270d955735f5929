-- The log entries of envelopes that the statement before this one stored. $1
-- tenant; $2 to $19 an element for each entry.
SELECT rekor.record_entries(
         $1::uuid, $2::uuid[], $3::bytea[], $4::int[], $5::bytea[], $6::bigint[], $7::text[], $8::text[],
         $9::timestamptz[], $10::bytea[], $11::bytea[], $12::bigint[], $13::bigint[], $14::bytea[], $15::bytea[],
         $16::uuid[], $17::text[], $18::bytea[], $19::timestamptz[])
