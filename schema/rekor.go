package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// RekorCheckpoint is a transparency log's signed word about its tree. Entries of
// one tree share it.
type RekorCheckpoint struct{ ent.Schema }

// Mixin of the RekorCheckpoint.
func (RekorCheckpoint) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the RekorCheckpoint.
func (RekorCheckpoint) Fields() []ent.Field {
	return []ent.Field{
		field.Text("origin").Immutable(),
		field.Int64("tree_size").Immutable(),
		sha256Bytes("root_hash"),
		field.Bytes("note").Immutable().Comment("the signed note, byte for byte"),
		sha256Bytes("note_sha256"),
	}
}

// Indexes of the RekorCheckpoint.
func (RekorCheckpoint) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the same checkpoint again returns the first.
		index.Fields("tenant_id", "note_sha256").Unique().StorageKey("log_checkpoints_note_sha256_key"),
	}
}

// Annotations of the RekorCheckpoint.
func (RekorCheckpoint) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("rekor", "log_checkpoints", map[string]string{
			"origin_length":       bytesBetween("origin", 1, 1024),
			"tree_size_range":     "tree_size >= 0",
			"root_hash_length":    "octet_length(root_hash) = 32",
			"note_length":         bytesBetween("note", 1, 65536),
			"note_sha256_of_note": "note_sha256 = sha256(note)",
			"created_at_finite":   finite("created_at"),
			"note_says_so":        `position(convert_to(origin || E'\n' || tree_size::text || E'\n' || encode(root_hash, 'base64') || E'\n', 'UTF8') IN note) = 1`,
		}),
	}
}

// RekorEntry is a transparency log entry that an Envelope's bundle brought, with
// all that is needed to verify it offline. Each envelope has its own row of an
// entry, so that nobody's forgery keeps the entry of another out.
type RekorEntry struct{ ent.Schema }

// Mixin of the RekorEntry.
func (RekorEntry) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the RekorEntry.
func (RekorEntry) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("envelope_id", uuid.UUID{}).Immutable(),
		field.Int32("position").Immutable(),
		field.Bytes("log_id").Immutable(),
		field.Int64("log_index").Immutable(),
		field.Text("kind").Immutable(),
		field.Text("version").Immutable(),
		field.Time("integrated_time").SchemaType(timestamptz).Immutable().Optional().Nillable(),
		field.Bytes("canonicalized_body").Immutable(),
		sha256Bytes("body_sha256"),
		sha256Bytes("leaf_hash"),
		field.Bytes("inclusion_promise").Immutable().Optional().Nillable(),
		field.Int64("proof_log_index").Immutable().Optional().Nillable(),
		field.Int64("proof_tree_size").Immutable().Optional().Nillable(),
		field.Bytes("proof_root_hash").Immutable().Optional().Nillable(),
		field.Bytes("proof_hashes").Immutable().Optional().Nillable().Comment("hashes of 32 bytes, one behind the other"),
		field.UUID("checkpoint_id", uuid.UUID{}).Immutable().Optional().Nillable(),
		field.Time("verified_at").SchemaType(timestamptz).Immutable().Optional().Nillable().
			Comment("when a verifier verified the entry, before it was stored"),
	}
}

// Edges of the RekorEntry.
func (RekorEntry) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("envelope", Envelope.Type).Unique().Required().Immutable().Field("envelope_id").
			StorageKey(edge.Symbol("log_entries_envelope_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
		edge.To("checkpoint", RekorCheckpoint.Type).Unique().Immutable().Field("checkpoint_id").
			StorageKey(edge.Symbol("log_entries_checkpoint_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the RekorEntry.
func (RekorEntry) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the entries of an envelope in their order; the foreign key.
		index.Fields("tenant_id", "envelope_id", "position").Unique().StorageKey("log_entries_position_key"),
		// Serves: the foreign key.
		index.Fields("tenant_id", "checkpoint_id").StorageKey("log_entries_checkpoint_idx"),
		// Serves: find by log index, and log id, newest first, page by page.
		index.Fields("tenant_id", "log_index", "created_at", "id", "log_id").StorageKey("log_entries_log_index_idx"),
		// Serves: find by entry uuid, newest first, page by page.
		index.Fields("tenant_id", "leaf_hash", "created_at", "id").StorageKey("log_entries_leaf_hash_idx"),
		// Serves: find by the digest of the body, newest first, page by page.
		index.Fields("tenant_id", "body_sha256", "created_at", "id").StorageKey("log_entries_body_sha256_idx"),
		// Serves: find by a range of integrated times, latest first, page by page.
		index.Fields("tenant_id", "integrated_time", "id").StorageKey("log_entries_integrated_time_idx"),
		// Serves: all entries, newest first, page by page, to verify them again.
		index.Fields("tenant_id", "created_at", "id").StorageKey("log_entries_created_at_idx"),
	}
}

// Annotations of the RekorEntry.
func (RekorEntry) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("rekor", "log_entries", map[string]string{
			"position_range":            "position BETWEEN 0 AND 31",
			"log_id_length":             bytesBetween("log_id", 1, 64),
			"log_index_range":           "log_index >= 0",
			"kind_length":               bytesBetween("kind", 1, 64),
			"version_length":            bytesBetween("version", 1, 64),
			"canonicalized_body_length": bytesBetween("canonicalized_body", 1, 1<<20),
			"body_sha256_of_body":       "body_sha256 = sha256(canonicalized_body)",
			"leaf_hash_of_body":         `leaf_hash = sha256('\x00'::bytea || canonicalized_body)`,
			"inclusion_promise_length":  bytesBetween("inclusion_promise", 1, 4096),
			"inclusion_known":           "inclusion_promise IS NOT NULL OR proof_root_hash IS NOT NULL",
			"proof_whole": "(proof_log_index IS NULL) = (proof_root_hash IS NULL) AND (proof_tree_size IS NULL) = (proof_root_hash IS NULL)" +
				" AND (proof_hashes IS NULL) = (proof_root_hash IS NULL)",
			"proof_log_index_range":  "proof_log_index >= 0 AND proof_log_index < proof_tree_size",
			"proof_root_hash_length": "octet_length(proof_root_hash) = 32",
			"proof_hashes_length":    "octet_length(proof_hashes) <= 2016 AND octet_length(proof_hashes) % 32 = 0",
			"checkpoint_of_proof":    "checkpoint_id IS NULL OR proof_root_hash IS NOT NULL",
			"times_finite":           finite("created_at", "integrated_time", "verified_at"),
		}),
	}
}
