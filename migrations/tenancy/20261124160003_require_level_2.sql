-- Libraries of level 1 insert evidence directly, which is refused now.
INSERT INTO "tenancy"."library_floors" ("level", "reason", "raised_at")
VALUES (2, 'evidence enters by attestor.record_envelopes alone', now());
