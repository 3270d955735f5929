package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"

	"stella-ops.org/attestdb/domain/digest"
)

// VerdictRetentionRule says how long a tenant keeps the bytes of envelopes, or the
// payloads of its ledger's entries. The newest rule about the same counts.
type VerdictRetentionRule struct{ ent.Schema }

// Mixin of the VerdictRetentionRule.
func (VerdictRetentionRule) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the VerdictRetentionRule.
func (VerdictRetentionRule) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("seq").Immutable().Comment("the act in the ledger that says so"),
		field.Text("kind").Immutable(),
		field.Text("predicate_type").Immutable().Optional().Nillable().Comment("of the envelopes; NULL for all that no other rule is about"),
		field.Text("keep").Immutable().Comment("for so many seconds, for ever, or as by default"),
		field.Int64("keep_seconds").Immutable().Optional().Nillable(),
		field.Text("actor").Immutable(),
	}
}

// Indexes of the VerdictRetentionRule.
func (VerdictRetentionRule) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the rules of a tenant, the newest last.
		index.Fields("tenant_id", "seq").Unique().StorageKey("retention_rules_seq_key"),
	}
}

// Annotations of the VerdictRetentionRule.
func (VerdictRetentionRule) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("verdict", "retention_rules", map[string]string{
			"seq_range":             "seq >= 0",
			"kind_known":            "kind IN ('envelope', 'payload')",
			"predicate_type_of":     "predicate_type IS NULL OR kind = 'envelope'",
			"predicate_type_length": bytesBetween("predicate_type", 1, 2048),
			"keep_known":            "keep IN ('for', 'forever', 'default')",
			"keep_default_of":       "keep <> 'default' OR predicate_type IS NOT NULL",
			"keep_seconds_of":       "(keep = 'for') = (keep_seconds IS NOT NULL)",
			"keep_seconds_range":    "keep_seconds BETWEEN 1 AND 9000000000",
			"actor_length":          bytesBetween("actor", 1, 256),
			"created_at_finite":     finite("created_at"),
		}),
	}
}

// VerdictLegalHold keeps bytes from being erased, whatever the rules say and whoever
// asks, until it is released.
type VerdictLegalHold struct{ ent.Schema }

// Mixin of the VerdictLegalHold.
func (VerdictLegalHold) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the VerdictLegalHold.
func (VerdictLegalHold) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("seq").Immutable().Comment("the act in the ledger that says so"),
		field.Text("scope").Immutable(),
		field.Text("subject_algorithm").Immutable().Optional().Nillable(),
		field.Bytes("subject_digest").Immutable().Optional().Nillable(),
		field.Bytes("digest").GoType(&digest.SHA256{}).Immutable().Optional().Nillable().
			Comment("the envelope's, or the leaf hash of the entry"),
		field.Text("reason").Immutable(),
		field.Text("actor").Immutable(),
	}
}

// Indexes of the VerdictLegalHold.
func (VerdictLegalHold) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the holds of a tenant, page by page.
		index.Fields("tenant_id", "seq").Unique().StorageKey("legal_holds_seq_key"),
		// Serves: is the whole tenant held?
		index.Fields("tenant_id", "scope", "seq").StorageKey("legal_holds_scope_idx").
			Annotations(entsql.IndexWhere("scope = 'tenant'")),
		// Serves: is what is about this artifact held?
		index.Fields("tenant_id", "subject_digest", "subject_algorithm").StorageKey("legal_holds_subject_idx").
			Annotations(entsql.IndexWhere("subject_digest IS NOT NULL")),
		// Serves: is this envelope, or this entry, held?
		index.Fields("tenant_id", "digest", "scope").StorageKey("legal_holds_digest_idx").
			Annotations(entsql.IndexWhere("digest IS NOT NULL")),
	}
}

// Annotations of the VerdictLegalHold.
func (VerdictLegalHold) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("verdict", "legal_holds", map[string]string{
			"seq_range":             "seq >= 0",
			"scope_known":           "scope IN ('tenant', 'subject', 'envelope', 'entry')",
			"subject_of":            "(scope = 'subject') = (subject_digest IS NOT NULL)",
			"subject_whole":         "(subject_algorithm IS NULL) = (subject_digest IS NULL)",
			"subject_digest_length": bytesBetween("subject_digest", 1, 128),
			"digest_of":             "(scope IN ('envelope', 'entry')) = (digest IS NOT NULL)",
			"digest_length":         "octet_length(digest) = 32",
			"reason_length":         bytesBetween("reason", 1, 56<<10-64),
			"actor_length":          bytesBetween("actor", 1, 256),
			"created_at_finite":     finite("created_at"),
		}),
	}
}

// VerdictHoldRelease ends the hold whose key it shares.
type VerdictHoldRelease struct{ ent.Schema }

// Mixin of the VerdictHoldRelease.
func (VerdictHoldRelease) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the VerdictHoldRelease.
func (VerdictHoldRelease) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("seq").Immutable().Comment("the act in the ledger that says so"),
		field.Text("reason").Immutable(),
		field.Text("actor").Immutable(),
	}
}

// Annotations of the VerdictHoldRelease.
func (VerdictHoldRelease) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		SharedKey{Entity: "VerdictLegalHold", Symbol: "legal_hold_releases_hold_fk"},
		table("verdict", "legal_hold_releases", map[string]string{
			"seq_range":         "seq >= 0",
			"reason_length":     bytesBetween("reason", 1, 56<<10-64),
			"actor_length":      bytesBetween("actor", 1, 256),
			"created_at_finite": finite("created_at"),
		}),
	}
}
