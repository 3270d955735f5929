ALTER TABLE "verdict"."ledger_entries"
  VALIDATE CONSTRAINT "ledger_entries_actor_printable",
  VALIDATE CONSTRAINT "ledger_entries_erasure_reason",
  VALIDATE CONSTRAINT "ledger_entries_not_zero",
  VALIDATE CONSTRAINT "ledger_entries_subject_digest_of_algorithm";

ALTER TABLE "verdict"."ledger_inputs"
  VALIDATE CONSTRAINT "ledger_inputs_digest_not_zero",
  VALIDATE CONSTRAINT "ledger_inputs_position_most";
