SET client_min_messages = warning;
CREATE TABLE attestor.evidence (
  id uuid NOT NULL,
  the_name_of_the_system_that_sent_this_piece_of_evidence_to_the_database text,
  PRIMARY KEY (id)
);
