package attestor

import (
	"fmt"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
	"stella-ops.org/attestdb/internal/strictjson"
)

// canonicalDocument returns a segment's content in the form of RFC 8785. field
// is where the segment stands.
func canonicalDocument(field string, s ChainSegment) ([]byte, error) {
	path := field + ".content"
	switch s.Kind {
	case proofchain.Reasoning, proofchain.VEX, proofchain.Verdict:
	default:
		return nil, &fault.Invalid{Field: path, Allowed: "nothing: an sbom and evidence are given by the digest of their envelope", Problem: "there is one"}
	}
	if len(s.Content) > MaxContentSize {
		return nil, tooLarge(path, len(s.Content))
	}
	if err := checkJSON(path, s.Content); err != nil {
		return nil, err
	}
	document := skipSpace(s.Content)
	if kindOf(document) != "an object" {
		return nil, wrongKind(path, "an object", document)
	}
	canonical, err := strictjson.AppendCanonical(make([]byte, 0, len(document)), path, document)
	switch {
	case err != nil:
		return nil, err
	case len(canonical) > MaxContentSize:
		return nil, tooLarge(path, len(canonical))
	case s.Digest != digest.SHA256{} && s.Digest != digest.Sum(canonical):
		return nil, &fault.Invalid{Field: field + ".digest", Allowed: "the SHA-256 of the content in the form of RFC 8785, or none", Problem: "it is another one"}
	}
	return canonical, nil
}

func tooLarge(path string, n int) error {
	return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d bytes", MaxContentSize), Problem: fmt.Sprintf("it has %d", n)}
}
