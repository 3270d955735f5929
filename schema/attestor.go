package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/digest"
)

// Envelope is a piece of evidence as it was received: a DSSE envelope, bare or
// inside a Sigstore bundle, without its bytes.
type Envelope struct{ ent.Schema }

// Mixin of the Envelope.
func (Envelope) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the Envelope.
func (Envelope) Fields() []ent.Field {
	return []ent.Field{
		field.Text("media_type").Immutable(),
		field.Text("payload_type").Immutable(),
		sha256Bytes("sha256"),
		sha256Bytes("payload_sha256"),
		field.Int64("size").Immutable(),
		field.Text("recorded_by").Immutable().Optional().Nillable(),
	}
}

// Indexes of the Envelope.
func (Envelope) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the same bytes again return the first; show by digest.
		index.Fields("tenant_id", "sha256").Unique().StorageKey("envelopes_sha256_key"),
		// Serves: all evidence, newest first, page by page.
		index.Fields("tenant_id", "created_at", "id").StorageKey("envelopes_time_idx"),
	}
}

// Annotations of the Envelope.
func (Envelope) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "envelopes", map[string]string{
			"media_type_length":     bytesBetween("media_type", 1, 255),
			"payload_type_length":   bytesBetween("payload_type", 1, 255),
			"sha256_length":         "octet_length(sha256) = 32",
			"payload_sha256_length": "octet_length(payload_sha256) = 32",
			"size_positive":         "size > 0",
			"recorded_by_length":    bytesBetween("recorded_by", 1, 256),
			"created_at_finite":     finite("created_at"),
		}),
	}
}

// EnvelopeContent is the exact bytes of an Envelope. It stands apart so that
// the bytes can go one day while their digest stays.
type EnvelopeContent struct{ ent.Schema }

// Mixin of the EnvelopeContent.
func (EnvelopeContent) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the EnvelopeContent.
func (EnvelopeContent) Fields() []ent.Field {
	return []ent.Field{field.Bytes("content").Immutable()}
}

// Indexes of the EnvelopeContent.
func (EnvelopeContent) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: which bytes are there still, oldest first, to find those that expired.
		index.Fields("tenant_id", "created_at", "id").StorageKey("envelope_contents_time_idx"),
	}
}

// Annotations of the EnvelopeContent.
func (EnvelopeContent) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		SharedKey{Entity: "Envelope", Symbol: "envelope_contents_envelope_fk"},
		table("attestor", "envelope_contents", map[string]string{
			"content_not_empty": "octet_length(content) > 0",
			"created_at_finite": finite("created_at"),
		}),
	}
}

// EnvelopeSignature is one signature of an Envelope with the identity that its
// certificate claims. Whether it verified stands in EnvelopeVerification.
type EnvelopeSignature struct{ ent.Schema }

// Mixin of the EnvelopeSignature.
func (EnvelopeSignature) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the EnvelopeSignature.
func (EnvelopeSignature) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("envelope_id", uuid.UUID{}).Immutable(),
		field.Int32("position").Immutable(),
		field.Text("key_id").Immutable(),
		field.Bytes("sig").Immutable(),
		field.Bytes("certificate").Immutable().Optional().Nillable(),
		field.Bytes("certificate_sha256").GoType(&digest.SHA256{}).Immutable().Optional().Nillable(),
		field.Text("issuer").Immutable().Optional().Nillable(),
		field.Text("san").Immutable().Optional().Nillable(),
		generated("san_folded", foldedSAN),
		generated("san_domain", reversedDomain),
	}
}

// Names in certificates are ASCII (RFC 5280, 4.2.1.6), so that the C locale folds
// them as Go does, whatever the database's own locale.
const foldedSAN = `lower(san COLLATE "C")`

// reversedDomain is the host of a URI, the domain of a mail address or the whole of
// a DNS name, backwards and closed by a dot, so that one prefix finds a domain with
// all domains below it and nothing else: moc.elpmaxe. for example.com. It is NULL
// for other names.
const reversedDomain = `reverse(lower(coalesce(
  substring(san from '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@]+)'),
  substring(san from '^[^/@]+@([^/@]+)$'),
  substring(san from '^[A-Za-z0-9_*-]+(?:[.][A-Za-z0-9_-]+)+$')) COLLATE "C")) || '.'`

// Edges of the EnvelopeSignature.
func (EnvelopeSignature) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("envelope", Envelope.Type).Unique().Required().Immutable().Field("envelope_id").
			StorageKey(edge.Symbol("envelope_signatures_envelope_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the EnvelopeSignature.
func (EnvelopeSignature) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the signatures of an envelope in their order; the foreign key.
		index.Fields("tenant_id", "envelope_id", "position").Unique().
			StorageKey("envelope_signatures_position_key"),
		// Each serves a search by what it begins with, newest first, page by page;
		// those of names also by how they begin, name by name.
		searchSignatures("key_id", "key_id <> ''"),
		searchSignatures("certificate_sha256", "certificate_sha256 IS NOT NULL"),
		searchSignatures("issuer", "issuer IS NOT NULL"),
		searchSignatures("san_folded", "san_folded IS NOT NULL"),
		searchSignatures("san_domain", "san_domain IS NOT NULL"),
	}
}

// searchSignatures leaves out signatures that lack the column: most have either a
// key or a certificate.
func searchSignatures(column, where string) ent.Index {
	return index.Fields("tenant_id", column, "created_at", "envelope_id").
		StorageKey("envelope_signatures_"+column+"_idx").
		Annotations(entsql.DescColumns("created_at", "envelope_id"), entsql.IndexWhere(where))
}

// Annotations of the EnvelopeSignature.
func (EnvelopeSignature) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "envelope_signatures", map[string]string{
			"position_range":            "position BETWEEN 0 AND 63",
			"key_id_length":             bytesBetween("key_id", 0, 2048),
			"sig_length":                bytesBetween("sig", 1, 65536),
			"certificate_length":        bytesBetween("certificate", 1, 65536),
			"certificate_sha256_length": "octet_length(certificate_sha256) = 32",
			"certificate_whole":         "(certificate IS NULL) = (certificate_sha256 IS NULL)",
			"issuer_length":             bytesBetween("issuer", 1, 2048),
			"san_length":                bytesBetween("san", 1, 2048),
			"created_at_finite":         finite("created_at"),
		}),
	}
}

// Statement is the in-toto Statement that an Envelope's payload holds.
type Statement struct{ ent.Schema }

// Mixin of the Statement.
func (Statement) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the Statement.
func (Statement) Fields() []ent.Field {
	return []ent.Field{
		field.Text("statement_type").Immutable(),
		field.Text("predicate_type").Immutable(),
	}
}

// Indexes of the Statement.
func (Statement) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: find by predicate type, newest first, page by page.
		index.Fields("tenant_id", "predicate_type", "created_at", "id").
			StorageKey("statements_predicate_type_idx"),
	}
}

// Annotations of the Statement.
func (Statement) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		SharedKey{Entity: "Envelope", Symbol: "statements_envelope_fk"},
		table("attestor", "statements", map[string]string{
			"statement_type_known":  "statement_type IN ('https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1')",
			"predicate_type_length": bytesBetween("predicate_type", 1, 2048),
			"created_at_finite":     finite("created_at"),
		}),
	}
}

// StatementSubject is one digest of one subject of a Statement.
type StatementSubject struct{ ent.Schema }

// Mixin of the StatementSubject.
func (StatementSubject) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the StatementSubject.
func (StatementSubject) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("statement_id", uuid.UUID{}).Immutable(),
		field.Int32("position").Immutable(),
		field.Text("name").Immutable(),
		field.Text("algorithm").Immutable(),
		field.Bytes("digest").Immutable(),
	}
}

// Edges of the StatementSubject.
func (StatementSubject) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("statement", Statement.Type).Unique().Required().Immutable().Field("statement_id").
			StorageKey(edge.Symbol("statement_subjects_statement_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the StatementSubject.
func (StatementSubject) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the subjects of a statement in their order; the foreign key.
		index.Fields("tenant_id", "statement_id", "position", "algorithm").Unique().
			StorageKey("statement_subjects_position_key"),
		// Serves: find by artifact digest, newest first, page by page.
		index.Fields("tenant_id", "digest", "algorithm", "created_at", "statement_id").
			StorageKey("statement_subjects_digest_idx"),
	}
}

// Annotations of the StatementSubject.
func (StatementSubject) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "statement_subjects", map[string]string{
			"position_range":    "position BETWEEN 0 AND 9999",
			"name_length":       bytesBetween("name", 0, 2048),
			"algorithm_length":  bytesBetween("algorithm", 1, 32),
			"digest_length":     bytesBetween("digest", 1, 128),
			"created_at_finite": finite("created_at"),
		}),
	}
}

// EnvelopeVerification is what a verifier once said of an Envelope. The newest
// one counts, so a trigger takes created_at from the database's clock; older ones stay.
type EnvelopeVerification struct{ ent.Schema }

// Mixin of the EnvelopeVerification.
func (EnvelopeVerification) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the EnvelopeVerification.
func (EnvelopeVerification) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("envelope_id", uuid.UUID{}).Immutable(),
		field.Text("outcome").Immutable(),
		field.Text("verifier").Immutable(),
		field.Text("policy").Immutable(),
		field.Text("reason").Immutable().Optional().Nillable(),
		field.JSON("signatures", []int{}).Immutable().Comment("positions of the signatures that verified"),
		field.Time("time_verified").SchemaType(timestamptz).Immutable(),
		field.Time("signed_at").SchemaType(timestamptz).Immutable().Optional().Nillable().
			Comment("trusted time of signing, by a log or a time-stamp authority"),
	}
}

// Edges of the EnvelopeVerification.
func (EnvelopeVerification) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("envelope", Envelope.Type).Unique().Required().Immutable().Field("envelope_id").
			StorageKey(edge.Symbol("envelope_verifications_envelope_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the EnvelopeVerification.
func (EnvelopeVerification) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the newest verification of an envelope; the foreign key.
		index.Fields("tenant_id", "envelope_id", "created_at", "id").
			StorageKey("envelope_verifications_envelope_idx"),
	}
}

// Annotations of the EnvelopeVerification.
func (EnvelopeVerification) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "envelope_verifications", map[string]string{
			"outcome_known":   "outcome IN ('verified', 'failed')",
			"outcome_reason":  "(outcome = 'failed') = (reason IS NOT NULL)",
			"verifier_length": bytesBetween("verifier", 1, 255),
			"policy_length":   bytesBetween("policy", 1, 4096),
			"reason_length":   bytesBetween("reason", 1, 4096),
			"times_finite":    finite("created_at", "time_verified", "signed_at"),
		}),
	}
}
