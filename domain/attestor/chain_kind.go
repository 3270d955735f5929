package attestor

import (
	"strings"

	"stella-ops.org/attestdb/domain/proofchain"
)

// predicateKinds are the predicate types, up to their version, that are more than
// evidence in general.
var predicateKinds = []struct {
	predicateType string
	kind          proofchain.Kind
}{
	{"https://spdx.dev/Document", proofchain.SBOM},
	{"https://cyclonedx.org/bom", proofchain.SBOM},
	{"https://cyclonedx.org/vex", proofchain.VEX},
	{"https://openvex.dev/ns", proofchain.VEX},
	{"https://slsa.dev/verification_summary", proofchain.Verdict},
}

// SegmentKind returns which kind of segment a Statement with this predicate type
// is by itself: SBOM for SPDX and CycloneDX, VEX for OpenVEX and CycloneDX' VEX,
// Verdict for a SLSA verification summary, in whatever version; else Evidence.
func SegmentKind(predicateType string) proofchain.Kind {
	for _, p := range predicateKinds {
		rest, ok := strings.CutPrefix(predicateType, p.predicateType)
		if ok && (rest == "" || rest[0] == '/' || rest[0] == '@') {
			return p.kind
		}
	}
	return proofchain.Evidence
}
