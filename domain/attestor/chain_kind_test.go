package attestor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/proofchain"
)

func TestSegmentKindFollowsThePredicateType(t *testing.T) {
	t.Parallel()
	for predicateType, kind := range map[string]proofchain.Kind{
		"https://spdx.dev/Document":                     proofchain.SBOM,
		"https://spdx.dev/Document/v2.3":                proofchain.SBOM,
		"https://cyclonedx.org/bom/v1.6":                proofchain.SBOM,
		"https://cyclonedx.org/bombast":                 proofchain.Evidence,
		"https://cyclonedx.org/vex":                     proofchain.VEX,
		"https://openvex.dev/ns/v0.2.0":                 proofchain.VEX,
		"https://openvex.dev/ns@v0.2.0":                 proofchain.VEX,
		"https://slsa.dev/verification_summary/v0.2":    proofchain.Verdict,
		attestor.PredicateTypeVSA:                       proofchain.Verdict,
		attestor.PredicateTypeWarning:                   proofchain.Verdict,
		"https://slsa.dev/provenance/v1":                proofchain.Evidence,
		"https://example.com/https://spdx.dev/Document": proofchain.Evidence,
		"": proofchain.Evidence,
	} {
		require.Equal(t, kind, attestor.SegmentKind(predicateType), predicateType)
	}
}
