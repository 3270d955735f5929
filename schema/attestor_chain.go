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

// ProofChain is what was said of one artifact at one time: the Merkle root over
// its segments. The chains of an artifact supersede each other in one line.
type ProofChain struct{ ent.Schema }

// Mixin of the ProofChain.
func (ProofChain) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the ProofChain.
func (ProofChain) Fields() []ent.Field {
	return []ent.Field{
		field.Text("subject_algorithm").Immutable(),
		field.Bytes("subject_digest").Immutable(),
		field.Int32("revision").Immutable().Comment("1 for the first chain of a subject, one more for each that supersedes"),
		field.Text("policy_version").Immutable(),
		sha256Bytes("root_hash"),
		field.Int32("segment_count").Immutable(),
		// A foreign key, written by hand: Ent takes an edge to the entity itself for
		// one that both ends set.
		field.UUID("supersedes_id", uuid.UUID{}).Immutable().Optional().Nillable(),
		field.Text("assembled_by").Immutable().Optional().Nillable(),
	}
}

// Indexes of the ProofChain.
func (ProofChain) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: show and verify by root. Content addressing: one chain a root.
		index.Fields("tenant_id", "root_hash").Unique().StorageKey("proof_chains_root_hash_key"),
		// Serves: the current chain of a subject; its history, newest first. Of two
		// that assemble at once one is second, and supersedes the other.
		index.Fields("tenant_id", "subject_digest", "subject_algorithm", "revision").Unique().
			StorageKey("proof_chains_revision_key"),
		// Serves: which chain superseded this one; the foreign key. A chain has one
		// successor.
		index.Fields("tenant_id", "supersedes_id").Unique().StorageKey("proof_chains_supersedes_key"),
	}
}

// Annotations of the ProofChain.
func (ProofChain) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "proof_chains", map[string]string{
			"subject_algorithm_form": `subject_algorithm COLLATE "C" ~ '^(gitoid:)?[A-Za-z0-9_.-]{1,32}$' AND octet_length(subject_algorithm) <= 32`,
			"subject_digest_length":  bytesBetween("subject_digest", 1, 128),
			"policy_version_form":    `policy_version COLLATE "C" ~ '^[!-~]{1,128}$'`,
			"root_hash_length":       "octet_length(root_hash) = 32",
			"segment_count_range":    "segment_count BETWEEN 1 AND 10000",
			"revision_first":         "revision >= 1 AND (revision = 1) = (supersedes_id IS NULL)",
			"assembled_by_length":    bytesBetween("assembled_by", 1, 256),
			"created_at_finite":      finite("created_at"),
		}),
	}
}

// ProofSegment is one piece of evidence in a ProofChain, by its digest. A
// document that is not stored as an Envelope is kept in it.
type ProofSegment struct{ ent.Schema }

// Mixin of the ProofSegment.
func (ProofSegment) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the ProofSegment.
func (ProofSegment) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("chain_id", uuid.UUID{}).Immutable(),
		field.Int32("position").Immutable(),
		field.Text("kind").Immutable(),
		sha256Bytes("digest"),
		field.Bytes("content").Immutable().Optional().Nillable().
			Comment("the document in its canonical form (RFC 8785), NULL for an envelope"),
	}
}

// Edges of the ProofSegment.
func (ProofSegment) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("chain", ProofChain.Type).Unique().Required().Immutable().Field("chain_id").
			StorageKey(edge.Symbol("proof_segments_chain_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the ProofSegment.
func (ProofSegment) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the segments of a chain in their order; the foreign key.
		index.Fields("tenant_id", "chain_id", "position").Unique().StorageKey("proof_segments_position_key"),
		// Serves: the chains that hold a digest, newest first, page by page.
		index.Fields("tenant_id", "digest", "created_at", "chain_id").StorageKey("proof_segments_digest_idx"),
	}
}

// Annotations of the ProofSegment.
func (ProofSegment) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "proof_segments", map[string]string{
			"position_range":    "position BETWEEN 0 AND 9999",
			"kind_known":        "kind IN ('sbom', 'evidence', 'reasoning', 'vex', 'verdict')",
			"digest_length":     "octet_length(digest) = 32",
			"content_length":    bytesBetween("content", 1, 16<<20),
			"content_kind":      "content IS NULL OR kind IN ('reasoning', 'vex', 'verdict')",
			"content_digest":    "content IS NULL OR digest = sha256(content)",
			"created_at_finite": finite("created_at"),
		}),
	}
}
