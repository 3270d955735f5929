// Package vex reads VEX documents: OpenVEX, CSAF 2.0 and 2.1 and CycloneDX 1.4 to
// 1.6, in JSON. It makes of each the same statements: what one vulnerability means
// for one product, as the document says it. It stores nothing and judges nothing.
package vex

import (
	"time"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
)

// Format is the specification that a document follows.
type Format string

// The formats that are read.
const (
	// OpenVEX is https://github.com/openvex/spec, 0.0.1 and 0.2.0.
	OpenVEX Format = "openvex"
	// CSAF is https://docs.oasis-open.org/csaf/csaf/v2.0/, and 2.1.
	CSAF Format = "csaf"
	// CycloneDX is https://cyclonedx.org/capabilities/vex/, 1.4 to 1.6.
	CycloneDX Format = "cyclonedx"
)

// Status says what a vulnerability means for a product, by OpenVEX' names.
type Status string

// The statuses. There are no others: what has none of them is no [Statement].
const (
	NotAffected        Status = "not_affected"
	Affected           Status = "affected"
	Fixed              Status = "fixed"
	UnderInvestigation Status = "under_investigation"
)

// Justification says why a product is not affected, by OpenVEX' names.
type Justification string

// The justifications.
const (
	ComponentNotPresent                         Justification = "component_not_present"
	VulnerableCodeNotPresent                    Justification = "vulnerable_code_not_present"
	VulnerableCodeNotInExecutePath              Justification = "vulnerable_code_not_in_execute_path"
	VulnerableCodeCannotBeControlledByAdversary Justification = "vulnerable_code_cannot_be_controlled_by_adversary"
	InlineMitigationsAlreadyExist               Justification = "inline_mitigations_already_exist"
)

// Limits on what is accepted; lengths are in bytes.
const (
	// MaxSize is the largest document.
	MaxSize = 64 << 20
	// MaxNesting is the deepest nesting of JSON objects and arrays.
	MaxNesting = 128
	// MaxStatements is the most statements of a document, one for each vulnerability
	// and product.
	MaxStatements = 100_000
	// MaxProducts is the most products that a CSAF document defines.
	MaxProducts = 100_000
	// MaxProblems is the most [Document.Problems], and the most
	// [Document.WithoutStatement].
	MaxProblems = 10_000
	// MaxPerStatement is the most subcomponents, versions, aliases and responses of a
	// statement, and the most package URLs and digests of a product: each is counted
	// alone.
	MaxPerStatement = 1000
	// MaxNotes is the most flags, threats and remediations of CSAF that are for one
	// product: each is counted alone.
	MaxNotes = 100
	// MaxBranchDepth is the deepest nesting of CSAF's branches, as CSAF 2.1 has it.
	MaxBranchDepth = 30
	// MaxRelationDepth is the longest chain of CSAF's relationships.
	MaxRelationDepth = 16
	// MaxIDLength is the longest identifier, name, version or package URL.
	MaxIDLength = 2048
	// MaxTextLength is the longest statement or note in prose.
	MaxTextLength = 64 << 10
	// MaxJoinedText is the most text that is put together from several CSAF threats
	// or remediations, over the whole document.
	MaxJoinedText = 64 << 20
)

// Document is a VEX document that was read. It comes from [Parse] and
// [ParsePredicate] only and shares no memory with their arguments. Its statements
// may share slices with each other: treat it as read-only.
type Document struct {
	// SHA256 is the digest of the document's bytes, Size how many there are.
	SHA256 digest.SHA256
	Size   int64
	Format Format
	// SpecVersion is the specification's: "0.2.0", "2.0", "1.6".
	SpecVersion string
	// ID is OpenVEX' @id, CSAF's tracking.id (unique within Namespace) or CycloneDX'
	// serialNumber; "" if there is none.
	ID string
	// Author is who says it: OpenVEX' author, the name of CSAF's publisher, CycloneDX'
	// first author, else manufacturer, else supplier; "" if the document does not say.
	// Nobody has proven it: that is what the signature around the document is for.
	Author string
	// Namespace is the URL of CSAF's publisher.
	Namespace string
	// Role is OpenVEX' role or the category of CSAF's publisher: "vendor".
	Role string
	// Category is CSAF's: "csaf_vex".
	Category string
	// Revision is the document's own version, as it writes it: "1", "1.2.0"; "" if it
	// has none.
	Revision string
	// Stage is CSAF's tracking.status: "draft", "interim" or "final".
	Stage string
	// Issued is when the document was first made, LastUpdated when it was last changed,
	// in UTC and whole microseconds; zero if the document does not say. CycloneDX has
	// the first only.
	Issued, LastUpdated time.Time
	// Tooling is what made it, as text.
	Tooling string
	// Statements are in the document's order. There is at least one.
	Statements []Statement
	// WithoutStatement are the paths of what speaks of a vulnerability without one of
	// the statuses: a vulnerability of CycloneDX without analysis.state, CSAF's
	// "recommended" and "unknown" products, a CSAF vulnerability without a product_status.
	WithoutStatement []string
	// Problems are the parts that say less than they seem to: a package URL or a digest
	// that is none, a member that the format does not have, a required one that is
	// missing. The document is read all the same; Field is the path of each.
	Problems []*fault.Invalid
}

// Statement is what one vulnerability means for one product.
type Statement struct {
	// Path is where the document says it: the path of the product in it, or of the
	// statement if that names no product.
	Path string
	// ID is OpenVEX' @id of the statement.
	ID            string
	Vulnerability Vulnerability
	// Product is zero if the statement names none: then it is about what the in-toto
	// Statement around the document has as its subject.
	Product Product
	// Subcomponents are the parts of the product that the vulnerability is in; empty if
	// the document does not say. They narrow the statement: it is about no other part.
	Subcomponents []Product
	// Versions are CycloneDX' affects[].versions. If there are any, Status speaks of those
	// that are "affected" alone.
	Versions []VersionStatus
	Status   Status
	// StatedStatus is what the document itself calls it; CSAF may list a product twice,
	// as "known_affected" and "first_affected".
	StatedStatus []string
	// Justification is given for [NotAffected] alone: "" if the document gives none, or
	// none that OpenVEX has a name for.
	Justification Justification
	// StatedJustification is what the document itself calls it.
	StatedJustification []string
	// ImpactStatement, ActionStatement and StatusNotes are prose; "" if there is none.
	// Several CSAF threats or remediations are put together with an empty line between.
	ImpactStatement, ActionStatement, StatusNotes string
	// ActionIssued is OpenVEX' action_statement_timestamp.
	ActionIssued time.Time
	// Responses are CycloneDX' analysis.response or the categories of CSAF's
	// remediations: "will_not_fix", "vendor_fix".
	Responses []string
	// Issued and LastUpdated are as in [Document], which gives what the statement itself
	// does not.
	Issued, LastUpdated time.Time
}

// Vulnerability is what a statement is about.
type Vulnerability struct {
	// ID is its name, such as CVE-2021-44228, as the document has it.
	ID string
	// Source is who gave ID, in CycloneDX and in CSAF without a CVE.
	Source string
	// IRI is OpenVEX' @id.
	IRI string
	// Aliases are its other names, in the document's order.
	Aliases []Alias
}

// Alias is another name of a vulnerability.
type Alias struct {
	// ID is the name, which may mean nothing without Source: "2164440".
	ID string
	// Source is who gave it; "" in OpenVEX, which does not say.
	Source string
}

// Product is what a statement speaks of. Parts that the document does not say are ""
// or empty.
type Product struct {
	// ID is as the document has it: OpenVEX' @id, CSAF's product_id, CycloneDX' ref.
	ID string
	// Packages are what its package URLs name, each once, in the document's order.
	Packages []sbom.Package
	// CPEs are Common Platform Enumeration names, of 2.2 or 2.3.
	CPEs []string
	// Name and Version are CSAF's and CycloneDX'.
	Name, Version string
	// VersionRange is the name of a CSAF branch of category product_version_range: the
	// product is all of these versions.
	VersionRange string
	// Digests are by the names that in-toto gives to algorithms, sorted, each once.
	Digests []digest.Digest
	// Within is what a CSAF relationship says that the product is a part of or is
	// installed on, the nearest first. The statement is about the product there alone.
	Within []Within
}

// Within is another product that a product is a part of, or is installed on.
type Within struct {
	// Relation is the category of CSAF's relationship: "default_component_of".
	Relation string
	Product  *Product
}

// VersionStatus is what CycloneDX says of some versions of a product.
type VersionStatus struct {
	// Version is one version, Range a version range specifier: one of them is "". See
	// [sbom.ParseRange].
	Version, Range string
	// Status is "affected", "unaffected" or "unknown".
	Status string
}

// IsZero reports whether p names nothing.
func (p *Product) IsZero() bool { return p.Identity() == "" && p.Name == "" }

// Identity returns the first of p's names that there is: a canonical package URL, its
// ID, a CPE name, a digest. It is "" if there is none.
func (p *Product) Identity() string {
	switch {
	case len(p.Packages) > 0:
		return p.Packages[0].PURL
	case p.ID != "":
		return p.ID
	case len(p.CPEs) > 0:
		return p.CPEs[0]
	case len(p.Digests) > 0:
		return p.Digests[0].String()
	}
	return ""
}
