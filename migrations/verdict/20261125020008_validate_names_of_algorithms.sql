-- From here on the constraint that the new one is in the place of says nothing more.
ALTER TABLE "verdict"."ledger_entries"
  VALIDATE CONSTRAINT "ledger_entries_subject_algorithm_name",
  DROP CONSTRAINT "ledger_entries_subject_algorithm_form";
