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

// SBOM is a software bill of materials: the predicate of an Envelope's Statement,
// or a document that was imported alone.
type SBOM struct{ ent.Schema }

// Mixin of the SBOM.
func (SBOM) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the SBOM.
func (SBOM) Fields() []ent.Field {
	return []ent.Field{
		sha256Bytes("sha256"),
		field.Int64("size").Immutable(),
		field.Text("format").Immutable(),
		field.Text("spec_version").Immutable(),
		field.Text("serial_number").Immutable().Optional().Nillable(),
		field.Text("name").Immutable(),
		field.Time("stated_at").SchemaType(timestamptz).Immutable().Optional().Nillable().
			Comment("when the document says that it was made"),
		field.Int32("component_count").Immutable(),
		field.Text("recorded_by").Immutable().Optional().Nillable(),
	}
}

// Indexes of the SBOM.
func (SBOM) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the same document again returns the first; show by digest.
		index.Fields("tenant_id", "sha256").Unique().StorageKey("sboms_sha256_key"),
	}
}

// Annotations of the SBOM.
func (SBOM) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "sboms", map[string]string{
			"sha256_length":         "octet_length(sha256) = 32",
			"size_positive":         "size > 0",
			"format_known":          "format IN ('cyclonedx', 'spdx')",
			"spec_version_length":   bytesBetween("spec_version", 1, 32),
			"serial_number_length":  bytesBetween("serial_number", 1, 2048),
			"name_length":           bytesBetween("name", 0, 2048),
			"component_count_range": "component_count BETWEEN 0 AND 100000",
			"recorded_by_length":    bytesBetween("recorded_by", 1, 256),
			"times_finite":          finite("created_at", "stated_at"),
		}),
	}
}

// SBOMContent is the exact bytes of an SBOM that was imported alone. Those of a
// predicate are in its Envelope's.
type SBOMContent struct{ ent.Schema }

// Mixin of the SBOMContent.
func (SBOMContent) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the SBOMContent.
func (SBOMContent) Fields() []ent.Field {
	return []ent.Field{field.Bytes("content").Immutable()}
}

// Annotations of the SBOMContent.
func (SBOMContent) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		SharedKey{Entity: "SBOM", Symbol: "sbom_contents_sbom_fk"},
		table("attestor", "sbom_contents", map[string]string{
			"content_not_empty": "octet_length(content) > 0",
			"created_at_finite": finite("created_at"),
		}),
	}
}

// SBOMEntry is one component of an SBOM.
type SBOMEntry struct{ ent.Schema }

// Mixin of the SBOMEntry.
func (SBOMEntry) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the SBOMEntry.
func (SBOMEntry) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("sbom_id", uuid.UUID{}).Immutable(),
		field.Int32("position").Immutable(),
		field.Text("ref").Immutable(),
		field.Text("type").Immutable(),
		field.Text("name").Immutable(),
		field.Text("version").Immutable(),
		field.Text("purl").Immutable().Optional().Nillable(),
		field.Text("package_key").Immutable().Optional().Nillable().
			Comment("purl without version, qualifiers and subpath; NULL where purl is no package URL"),
		field.Text("package_version").Immutable().Optional().Nillable().
			Comment("purl's, with an RPM's epoch"),
	}
}

// Edges of the SBOMEntry.
func (SBOMEntry) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("sbom", SBOM.Type).Unique().Required().Immutable().Field("sbom_id").
			StorageKey(edge.Symbol("sbom_entries_sbom_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the SBOMEntry.
func (SBOMEntry) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the components of an SBOM in their order; the foreign key.
		index.Fields("tenant_id", "sbom_id", "position").Unique().StorageKey("sbom_entries_position_key"),
		// Serves: find by package and version, newest first, page by page; the
		// versions of a package that there are.
		index.Fields("tenant_id", "package_key", "package_version", "created_at", "id").
			StorageKey("sbom_entries_package_idx").
			Annotations(entsql.IndexWhere("package_key IS NOT NULL")),
	}
}

// Annotations of the SBOMEntry.
func (SBOMEntry) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "sbom_entries", map[string]string{
			"position_range":         "position BETWEEN 0 AND 99999",
			"ref_length":             bytesBetween("ref", 0, 2048),
			"type_length":            bytesBetween("type", 0, 64),
			"name_length":            bytesBetween("name", 0, 2048),
			"version_length":         bytesBetween("version", 0, 2048),
			"purl_length":            bytesBetween("purl", 1, 2048),
			"package_key_length":     bytesBetween("package_key", 1, 1024),
			"package_version_length": bytesBetween("package_version", 0, 512),
			"package_whole":          "(package_key IS NULL) = (package_version IS NULL) AND (package_key IS NULL OR purl IS NOT NULL)",
			"created_at_finite":      finite("created_at"),
		}),
	}
}

// SBOMEntryDigest is one digest of an SBOMEntry.
type SBOMEntryDigest struct{ ent.Schema }

// Mixin of the SBOMEntryDigest.
func (SBOMEntryDigest) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the SBOMEntryDigest.
func (SBOMEntryDigest) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("entry_id", uuid.UUID{}).Immutable(),
		field.Int32("position").Immutable(),
		field.Text("algorithm").Immutable(),
		field.Bytes("digest").Immutable(),
	}
}

// Edges of the SBOMEntryDigest.
func (SBOMEntryDigest) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("entry", SBOMEntry.Type).Unique().Required().Immutable().Field("entry_id").
			StorageKey(edge.Symbol("sbom_entry_digests_entry_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the SBOMEntryDigest.
func (SBOMEntryDigest) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the digests of a component; the foreign key.
		index.Fields("tenant_id", "entry_id", "position").Unique().StorageKey("sbom_entry_digests_position_key"),
		// Serves: find components by digest, newest first, page by page.
		index.Fields("tenant_id", "digest", "algorithm", "created_at", "entry_id").
			StorageKey("sbom_entry_digests_digest_idx"),
	}
}

// Annotations of the SBOMEntryDigest.
func (SBOMEntryDigest) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "sbom_entry_digests", map[string]string{
			"position_range":    "position BETWEEN 0 AND 511",
			"algorithm_length":  bytesBetween("algorithm", 1, 32),
			"digest_length":     bytesBetween("digest", 1, 128),
			"created_at_finite": finite("created_at"),
		}),
	}
}

// SBOMEntryLicence is a licence of an SBOMEntry, as stated or named within an
// SPDX expression that is.
type SBOMEntryLicence struct{ ent.Schema }

// Mixin of the SBOMEntryLicence.
func (SBOMEntryLicence) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the SBOMEntryLicence.
func (SBOMEntryLicence) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("entry_id", uuid.UUID{}).Immutable(),
		field.Int32("position").Immutable(),
		field.Bool("stated").Immutable().Comment("false: named within an expression"),
		field.Text("licence").Immutable(),
	}
}

// Edges of the SBOMEntryLicence.
func (SBOMEntryLicence) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("entry", SBOMEntry.Type).Unique().Required().Immutable().Field("entry_id").
			StorageKey(edge.Symbol("sbom_entry_licences_entry_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the SBOMEntryLicence.
func (SBOMEntryLicence) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: the licences of a component; the foreign key.
		index.Fields("tenant_id", "entry_id", "position").Unique().StorageKey("sbom_entry_licences_position_key"),
		// Serves: find components by licence, newest first, page by page.
		index.Fields("tenant_id", "licence", "created_at", "entry_id").StorageKey("sbom_entry_licences_licence_idx"),
	}
}

// Annotations of the SBOMEntryLicence.
func (SBOMEntryLicence) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		table("attestor", "sbom_entry_licences", map[string]string{
			"position_range":    "position BETWEEN 0 AND 1023",
			"licence_length":    bytesBetween("licence", 1, 2048),
			"created_at_finite": finite("created_at"),
		}),
	}
}

// SBOMArtifact is an artifact that an SBOM is about: a subject of the Statement
// that it is the predicate of, or, where it came alone, what the document or who
// imported it says. One without a digest has its name alone.
type SBOMArtifact struct{ ent.Schema }

// Mixin of the SBOMArtifact.
func (SBOMArtifact) Mixin() []ent.Mixin { return []ent.Mixin{tenantOwned{}} }

// Fields of the SBOMArtifact.
func (SBOMArtifact) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("sbom_id", uuid.UUID{}).Immutable(),
		field.UUID("envelope_id", uuid.UUID{}).Immutable().Optional().Nillable(),
		field.Text("name").Immutable(),
		field.Text("algorithm").Immutable().Optional().Nillable(),
		field.Bytes("digest").Immutable().Optional().Nillable(),
	}
}

// Edges of the SBOMArtifact.
func (SBOMArtifact) Edges() []ent.Edge {
	return []ent.Edge{
		edge.To("sbom", SBOM.Type).Unique().Required().Immutable().Field("sbom_id").
			StorageKey(edge.Symbol("sbom_artifacts_sbom_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
		edge.To("envelope", Envelope.Type).Unique().Immutable().Field("envelope_id").
			StorageKey(edge.Symbol("sbom_artifacts_envelope_fk")).
			Annotations(entsql.OnDelete(entsql.NoAction)),
	}
}

// Indexes of the SBOMArtifact.
func (SBOMArtifact) Indexes() []ent.Index {
	return []ent.Index{
		// Serves: an artifact is recorded once; the SBOM of an envelope; the foreign
		// key to it.
		index.Fields("tenant_id", "envelope_id", "sbom_id", "algorithm", "digest").Unique().
			StorageKey("sbom_artifacts_digest_key"),
		// Serves: the artifacts of an SBOM, page by page; the foreign key.
		index.Fields("tenant_id", "sbom_id", "id").StorageKey("sbom_artifacts_sbom_idx"),
	}
}

// Annotations of the SBOMArtifact.
func (SBOMArtifact) Annotations() []schema.Annotation {
	return []schema.Annotation{
		AppendOnly{},
		NullsNotDistinct{Index: "sbom_artifacts_digest_key"},
		table("attestor", "sbom_artifacts", map[string]string{
			"name_length":       bytesBetween("name", 0, 2048),
			"algorithm_length":  bytesBetween("algorithm", 1, 32),
			"digest_length":     bytesBetween("digest", 1, 128),
			"digest_whole":      "(algorithm IS NULL) = (digest IS NULL)",
			"created_at_finite": finite("created_at"),
		}),
	}
}
