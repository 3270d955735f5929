package schema

import (
	"fmt"
	"strings"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// VerdictLedger is the one row of a tenant that has a ledger. It never changes: who
// appends locks it.
type VerdictLedger struct{ ent.Schema }

// Mixin of the VerdictLedger.
func (VerdictLedger) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Indexes of the VerdictLedger.
func (VerdictLedger) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the lock of a tenant's ledger. A tenant has one.
		index.Fields("tenant_id").Unique().StorageKey("ledgers_tenant_key"),
	}
}

// Annotations of the VerdictLedger.
func (VerdictLedger) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("verdict", "ledgers", map[string]string{"created_at_finite": finite("created_at")}),
	}
}

// VerdictLedgerEntry is one decision, or one act of an administrator, in a tenant's
// ledger: a leaf of its Merkle tree. docs/ledger-format.md has the leaf's bytes.
type VerdictLedgerEntry struct{ ent.Schema }

// Fields of the VerdictLedgerEntry.
func (VerdictLedgerEntry) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("tenant_id", uuid.UUID{}).Immutable(),
		field.UUID("id", uuid.UUID{}).Immutable().Default(newID),
		field.Int64("seq").Immutable().Comment("place in the ledger, from 0 without gaps: the leaf index"),
		timestamp("recorded_at", now),
		sha256Bytes("prev_hash"),
		field.Text("kind").Immutable(),
		field.Text("action").Immutable().Optional().Nillable().Comment("what an administrator did"),
		field.Text("subject_algorithm").Immutable().Optional().Nillable(),
		field.Bytes("subject_digest").Immutable().Optional().Nillable(),
		field.Text("subject_name").Immutable().Optional().Nillable(),
		field.Text("result").Immutable().Optional().Nillable(),
		field.Text("policy_uri").Immutable().Optional().Nillable(),
		field.Bytes("policy_digest").Immutable().Optional().Nillable(),
		field.Text("reason").Immutable().Optional().Nillable(),
		field.Bytes("inputs").Immutable().Optional().Nillable().Comment("what the leaf has of them; apart in ledger_inputs"),
		field.Text("verifier").Immutable().Optional().Nillable(),
		field.Time("verified_at").SchemaType(timestamptz).Immutable().Optional().Nillable(),
		field.Bytes("payload_hash").Immutable().Optional().Nillable().Comment("SHA-256 of nonce and payload"),
		sha256Bytes("decision_digest"),
		field.Text("actor").Immutable(),
		field.Text("idempotency_key").Immutable().Optional().Nillable(),
		sha256Bytes("leaf_hash"),
	}
}

// Indexes of the VerdictLedgerEntry.
func (VerdictLedgerEntry) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the head; a range of leaves for proofs, verification and export.
		index.Fields("tenant_id", "seq").Unique().StorageKey("ledger_entries_seq_key"),
		// Serves: the entry of a request that is repeated. A key is used once.
		index.Fields("tenant_id", "idempotency_key").Unique().StorageKey("ledger_entries_idempotency_key").
			Annotations(entsql.IndexWhere("idempotency_key IS NOT NULL")),
		// Serves: what was decided about a subject, newest first.
		index.Fields("tenant_id", "subject_digest", "subject_algorithm", "seq").StorageKey("ledger_entries_subject_idx"),
		// Serves: the current decision about a subject under a policy.
		index.Fields("tenant_id", "policy_uri", "subject_digest", "subject_algorithm", "seq").StorageKey("ledger_entries_current_idx"),
		// Serves: what was decided under a policy, newest first.
		index.Fields("tenant_id", "policy_uri", "seq").StorageKey("ledger_entries_policy_idx"),
		// Serves: what was decided in a time, newest first.
		index.Fields("tenant_id", "recorded_at", "seq").StorageKey("ledger_entries_recorded_at_idx"),
		// Serves: what administrators did, newest first; which erasures there are.
		index.Fields("tenant_id", "action", "seq").StorageKey("ledger_entries_action_idx").
			Annotations(entsql.IndexWhere("action IS NOT NULL")),
	}
}

// noHash is 32 zeros.
const noHash = "decode('0000000000000000000000000000000000000000000000000000000000000000', 'hex')"

// Annotations of the VerdictLedgerEntry.
func (VerdictLedgerEntry) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{}, TenantKey{},
		table("verdict", "ledger_entries", map[string]string{
			"seq_range":        "seq >= 0",
			"prev_hash_length": "octet_length(prev_hash) = 32",
			"prev_hash_first":  "(seq = 0) = (prev_hash = " + noHash + ")",
			"kind_known":       "kind IN ('decision', 'act')",
			"action_form":      `action COLLATE "C" ~ '^[a-z_]{1,32}[.][a-z_]{1,32}$'`,
			"action_of_act":    "(kind = 'act') = (action IS NOT NULL)",
			"decision_whole":   "kind <> 'decision' OR (subject_digest IS NOT NULL AND result IS NOT NULL AND policy_uri IS NOT NULL)",
			"act_undecided":    "kind <> 'act' OR (result IS NULL AND policy_uri IS NULL)",
			"subject_whole":    "(subject_algorithm IS NULL) = (subject_digest IS NULL)",
			// Most are sha256, and a pattern takes longer than all else that is checked.
			"subject_algorithm_name": `subject_algorithm = 'sha256' OR (subject_algorithm COLLATE "C" ~ '^(gitoid:)?[A-Za-z0-9_.-]{1,32}$' AND octet_length(subject_algorithm) <= 32)`,
			"subject_digest_length":  bytesBetween("subject_digest", 1, 128),
			"subject_name_length":    bytesBetween("subject_name", 1, 4096),
			"result_known":           "result IN ('PASS', 'FAIL', 'WARN')",
			"policy_uri_length":      bytesBetween("policy_uri", 1, 1024),
			"policy_digest_length":   "octet_length(policy_digest) = 32",
			"policy_digest_of":       "policy_digest IS NULL OR policy_uri IS NOT NULL",
			"reason_length":          bytesBetween("reason", 1, 56<<10),
			"inputs_length":          bytesBetween("inputs", 35, 56<<10),
			// A leaf fits an entry bundle (C2SP tlog-tiles): all else of it takes less than 8 KiB.
			"leaf_length":            "coalesce(octet_length(reason), 0) + coalesce(octet_length(inputs), 0) <= 57344",
			"verifier_length":        bytesBetween("verifier", 1, 1024),
			"payload_hash_length":    "octet_length(payload_hash) = 32",
			"decision_digest_length": "octet_length(decision_digest) = 32",
			"actor_length":           bytesBetween("actor", 1, 256),
			"idempotency_key_length": bytesBetween("idempotency_key", 1, 256),
			"leaf_hash_length":       "octet_length(leaf_hash) = 32",
			"times_finite":           finite("recorded_at", "verified_at"),
			// What follows is what no reader takes.
			"not_zero":                    "id <> '00000000-0000-0000-0000-000000000000' AND policy_digest <> " + noHash + " AND payload_hash <> " + noHash,
			"subject_digest_of_algorithm": digestOf("subject_algorithm", "subject_digest"),
			"actor_printable":             "translate(actor, " + controls() + ", '') = actor",
			"erasure_reason":              "action NOT IN ('payload.erase', 'envelope.erase') OR reason IS NOT NULL",
		}),
	}
}

// controls are the characters that no actor has; a pattern would cost ten times as much.
func controls() string {
	chars := make([]string, 0, 32)
	for c := 1; c < ' '; c++ {
		chars = append(chars, fmt.Sprintf("chr(%d)", c))
	}
	return strings.Join(append(chars, "chr(127)"), " || ")
}

// digestOf is what a digest of an algorithm is (in-toto DigestSet): bytes of its length,
// or text of an algorithm that the specification has no bytes of. A name that is spelt
// otherwise is none.
func digestOf(algorithm, digest string) string {
	return strings.NewReplacer("$a", algorithm, "$d", digest).Replace(`CASE
		WHEN $a IN ('sha256', 'sha512_256', 'sha3_256', 'blake2s', 'sm3', 'gost') THEN octet_length($d) = 32
		WHEN $a IN ('sha512', 'sha3_512', 'blake2b') THEN octet_length($d) = 64
		WHEN $a IN ('sha384', 'sha3_384') THEN octet_length($d) = 48
		WHEN $a IN ('sha224', 'sha512_224', 'sha3_224') THEN octet_length($d) = 28
		WHEN $a IN ('sha1', 'ripemd160') THEN octet_length($d) = 20
		WHEN $a = 'md5' THEN octet_length($d) = 16
		WHEN $a IN ('shake128', 'shake256', 'gitCommit', 'gitTree', 'gitBlob', 'gitTag') THEN true
		WHEN lower($a COLLATE "C") IN ('sha256', 'sha512_256', 'sha3_256', 'blake2s', 'sm3', 'gost', 'sha512', 'sha3_512', 'blake2b', 'sha384',
			'sha3_384', 'sha224', 'sha512_224', 'sha3_224', 'sha1', 'ripemd160', 'md5', 'shake128', 'shake256', 'gitcommit', 'gittree', 'gitblob', 'gittag') THEN false
		ELSE convert_from($d, 'UTF8') <> ''
	END`)
}

// VerdictLedgerInput is one piece of evidence that a decision was made on, as the
// entry's inputs have it, to be searched by.
type VerdictLedgerInput struct{ ent.Schema }

// Mixin of the VerdictLedgerInput.
func (VerdictLedgerInput) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the VerdictLedgerInput.
func (VerdictLedgerInput) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("seq").Immutable().Comment("the entry's"),
		field.Int32("position").Immutable(),
		field.Text("kind").Immutable(),
		sha256Bytes("digest"),
	}
}

// Indexes of the VerdictLedgerInput.
func (VerdictLedgerInput) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the inputs of a range of entries, for verification.
		index.Fields("tenant_id", "seq", "position").Unique().StorageKey("ledger_inputs_position_key"),
		// Serves: what was decided on a piece of evidence, newest first.
		index.Fields("tenant_id", "digest", "seq").StorageKey("ledger_inputs_digest_idx"),
	}
}

// Annotations of the VerdictLedgerInput.
func (VerdictLedgerInput) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("verdict", "ledger_inputs", map[string]string{
			"position_range":    "position BETWEEN 0 AND 9999",
			"kind_form":         `kind COLLATE "C" ~ '^[a-z][a-z0-9_.-]{0,63}$'`,
			"digest_length":     "octet_length(digest) = 32",
			"digest_not_zero":   "digest <> " + noHash,
			"position_most":     "position < 1000",
			"created_at_finite": finite("created_at"),
		}),
	}
}

// VerdictPayload is the document of an entry, apart from it, so that it can be erased
// while the entry and its hash stay.
type VerdictPayload struct{ ent.Schema }

// Mixin of the VerdictPayload.
func (VerdictPayload) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the VerdictPayload.
func (VerdictPayload) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("nonce").Immutable().Comment("hashed before the content, so that nobody guesses an erased one"),
		field.Bytes("content").Immutable().Comment("JSON in its canonical form (RFC 8785)"),
	}
}

// Indexes of the VerdictPayload.
func (VerdictPayload) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: which payloads are there still, oldest first, to find those that expired.
		index.Fields("tenant_id", "created_at", "id").StorageKey("ledger_payloads_time_idx"),
	}
}

// Annotations of the VerdictPayload.
func (VerdictPayload) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		SharedKey{Entity: "VerdictLedgerEntry", Symbol: "ledger_payloads_entry_fk"},
		table("verdict", "ledger_payloads", map[string]string{
			"nonce_length":      "octet_length(nonce) = 32",
			"content_length":    bytesBetween("content", 1, 1<<20),
			"created_at_finite": finite("created_at"),
		}),
	}
}

// VerdictLedgerNode is the hash of a complete part of the tree: level 1 has one node for
// 16 leaves, level n one for 16 nodes of level n-1.
type VerdictLedgerNode struct{ ent.Schema }

// Mixin of the VerdictLedgerNode.
func (VerdictLedgerNode) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the VerdictLedgerNode.
func (VerdictLedgerNode) Fields() []ent.Field {
	return []ent.Field{
		field.Int32("level").Immutable(),
		field.Int64("index").Immutable(),
		sha256Bytes("hash"),
	}
}

// Indexes of the VerdictLedgerNode.
func (VerdictLedgerNode) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: a range of nodes, for proofs and verification.
		index.Fields("tenant_id", "level", "index").Unique().StorageKey("ledger_nodes_place_key"),
	}
}

// Annotations of the VerdictLedgerNode.
func (VerdictLedgerNode) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("verdict", "ledger_nodes", map[string]string{
			"level_range":       "level BETWEEN 1 AND 15",
			"index_range":       "index >= 0",
			"hash_length":       "octet_length(hash) = 32",
			"created_at_finite": finite("created_at"),
		}),
	}
}

// VerdictLedgerCheckpoint is a signed word about a tenant's ledger at one size (C2SP
// tlog-checkpoint).
type VerdictLedgerCheckpoint struct{ ent.Schema }

// Mixin of the VerdictLedgerCheckpoint.
func (VerdictLedgerCheckpoint) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the VerdictLedgerCheckpoint.
func (VerdictLedgerCheckpoint) Fields() []ent.Field {
	return []ent.Field{
		field.Text("origin").Immutable(),
		field.Int64("tree_size").Immutable(),
		sha256Bytes("root_hash"),
		field.Bytes("note").Immutable().Comment("the signed note, byte for byte"),
		sha256Bytes("note_sha256"),
		field.Text("signed_by").Immutable().Comment("the key: name+hash+key, as a verifier takes it"),
	}
}

// Indexes of the VerdictLedgerCheckpoint.
func (VerdictLedgerCheckpoint) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the newest checkpoints; verification in the order of sizes.
		index.Fields("tenant_id", "tree_size", "created_at", "id").StorageKey("ledger_checkpoints_tree_size_idx"),
		// Serves: the same note again is the first.
		index.Fields("tenant_id", "note_sha256").Unique().StorageKey("ledger_checkpoints_note_key"),
	}
}

// Annotations of the VerdictLedgerCheckpoint.
func (VerdictLedgerCheckpoint) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("verdict", "ledger_checkpoints", map[string]string{
			"origin_length":       bytesBetween("origin", 1, 1024),
			"tree_size_range":     "tree_size >= 0",
			"root_hash_length":    "octet_length(root_hash) = 32",
			"note_length":         bytesBetween("note", 1, 65536),
			"note_sha256_of_note": "note_sha256 = sha256(note)",
			"note_says_so":        `position(convert_to(origin || chr(10) || tree_size::text || chr(10) || encode(root_hash, 'base64') || chr(10), 'UTF8') IN note) = 1`,
			"signed_by_length":    bytesBetween("signed_by", 1, 1024),
			"created_at_finite":   finite("created_at"),
		}),
	}
}
