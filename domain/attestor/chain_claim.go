package attestor

import (
	"fmt"
	"slices"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/domain/sbom"
)

// checkSegment says whether content is the segment's and may be in a chain about the
// subject, and whether it says itself that it is about it.
func checkSegment(position int, s proofchain.Segment, content []byte, subject digest.Digest) (findings []proofchain.Finding, about bool) {
	if findings := proofchain.VerifyContent(position, s, content); findings != nil {
		return findings, false
	}
	about, problem, detail := checkClaim(s.Kind, content, subject)
	if problem == "" {
		return nil, about
	}
	return []proofchain.Finding{{Position: position, Kind: s.Kind, Digest: s.Digest, Problem: problem, Detail: detail}}, false
}

// checkClaim reads what a content says that it is about. An envelope with a Statement has
// to name the subject, whatever kind its segment is of, and to be of that kind, as far as
// one knows. A content without a Statement claims nothing: documents may, evidence not.
func checkClaim(kind proofchain.Kind, content []byte, subject digest.Digest) (about bool, problem proofchain.Problem, detail string) {
	mustState := kind == proofchain.SBOM || kind == proofchain.Evidence
	ev, err := Parse(content)
	switch {
	case err != nil && kind == proofchain.SBOM:
		if _, err := sbom.Parse(content); err == nil {
			return false, "", "" // what it is about was said when it was imported
		}
		return false, proofchain.NotAbout, err.Error()
	case err != nil && mustState:
		return false, proofchain.NotAbout, err.Error()
	case err != nil, ev.Statement == nil && !mustState:
		return false, "", ""
	case ev.Statement == nil:
		return false, proofchain.NotAbout, "its payload is no in-toto Statement"
	}
	if !slices.ContainsFunc(ev.Statement.Subject, func(s Subject) bool { return slices.Contains(s.Digest, subject) }) {
		return false, proofchain.NotAbout, "its Statement does not name the subject"
	}
	if other := otherKind(kind, ev.Statement.PredicateType); other != "" {
		return false, proofchain.WrongKind, fmt.Sprintf("its predicateType %.100q is that of kind %s", ev.Statement.PredicateType, other)
	}
	return true, "", ""
}
