package attestor

import (
	"strings"

	"stella-ops.org/attestdb/domain/proofchain"
)

// The predicate types of the receipts that TenantDB.Decide makes.
const (
	// PredicateTypeVSA is SLSA's verification summary.
	//
	// https://slsa.dev/spec/v1.1/verification_summary
	PredicateTypeVSA = "https://slsa.dev/verification_summary/v1"
	// PredicateTypeWarning is ours, for a decision that a verification summary cannot
	// hold: neither passed nor failed. docs/ledger-receipts.md says its fields.
	PredicateTypeWarning = "https://stella-ops.org/attestdb/verdict-warning/v1"
)

// predicateKinds are the predicate types, up to their version, of which one knows which
// kind of segment they are. The SQL function predicate_kinds has the same.
var predicateKinds = []struct {
	predicateType string
	kind          proofchain.Kind
}{
	{"https://spdx.dev/Document", proofchain.SBOM},
	{"https://cyclonedx.org/bom", proofchain.SBOM},
	{"https://cyclonedx.org/vex", proofchain.VEX},
	{"https://openvex.dev/ns", proofchain.VEX},
	{"https://slsa.dev/verification_summary", proofchain.Verdict},
	{"https://stella-ops.org/attestdb/verdict-warning", proofchain.Verdict},
	{"https://slsa.dev/provenance", proofchain.Evidence},
	{"https://cosign.sigstore.dev/attestation/vuln", proofchain.Evidence},
	{"https://github.com/npm/attestation", proofchain.Evidence},
}

// SegmentKind returns which kind of segment a Statement with this predicate type
// is by itself: SBOM for SPDX and CycloneDX, VEX for OpenVEX and CycloneDX' VEX,
// Verdict for a SLSA verification summary and for a receipt of ours, in whatever
// version; else Evidence.
func SegmentKind(predicateType string) proofchain.Kind {
	if kind, ok := knownKind(predicateType); ok {
		return kind
	}
	return proofchain.Evidence
}

func knownKind(predicateType string) (kind proofchain.Kind, known bool) {
	for _, p := range predicateKinds {
		rest, ok := strings.CutPrefix(predicateType, p.predicateType)
		if ok && (rest == "" || rest[0] == '/' || rest[0] == '@') {
			return p.kind, true
		}
	}
	return "", false
}

// otherKind returns which kind a Statement with this predicate type is known to be, if a
// segment of kind cannot be one; else "". Whatever is stated may be evidence, or a reason.
func otherKind(kind proofchain.Kind, predicateType string) proofchain.Kind {
	if kind == proofchain.Evidence || kind == proofchain.Reasoning {
		return ""
	}
	if known, ok := knownKind(predicateType); ok && known != kind {
		return known
	}
	return ""
}
