-- Libraries of level 2 call attestor.record_envelopes, which is refused now.
INSERT INTO "tenancy"."library_floors" ("level", "reason", "raised_at")
VALUES (3, 'evidence enters by attestor.record_evidence alone', now());
