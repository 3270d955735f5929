-- One proof chain with its segments. $1 tenant; $2 id; $3 who; $4, $5 subject;
-- $6 policy version; $7 to $10 an element for each segment, in any order.
SELECT r.recorded_id, r.recorded_at, r.recorded_revision, r.root, r.superseded_id, r.superseded_root, r.existed
  FROM attestor.record_chain($1::uuid, $2::uuid, $3::text, $4::text, $5::bytea, $6::text,
         $7::uuid[], $8::text[], $9::bytea[], $10::bytea[]) r
