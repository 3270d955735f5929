package vex

import (
	"fmt"
	"strings"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/strictjson"
)

// The predicate types of in-toto Statements whose predicate is a VEX document, or
// begins so: a version, "/v0.2.0" or "/v1.6", may follow.
const (
	PredicateTypeOpenVEX      = "https://openvex.dev/ns"
	PredicateTypeCycloneDX    = "https://cyclonedx.org/bom"
	PredicateTypeCycloneDXVEX = "https://cyclonedx.org/vex"
)

// allowed says what Parse reads.
const allowed = "OpenVEX 0.0.1 or 0.2.0, CSAF 2.0 or 2.1, or CycloneDX 1.4 to 1.6, in JSON"

// Parse reads a VEX document. The error is a *[fault.Invalid] whose Field is the path
// of the value at fault, as in "statements[3].status"; other formats and versions are
// refused by their names. Refused as well is what lets two readers see two things, as
// in package attestor.
func Parse(raw []byte) (*Document, error) { return parse(raw, "", "") }

// ParsePredicate reads the VEX document that is the predicate of an in-toto Statement
// with predicateType. The format, and the version if predicateType ends in one, must
// be those of the document. Errors are as those of [Parse]; their Field is a path in
// the predicate, or "predicateType".
func ParsePredicate(predicateType string, predicate []byte) (*Document, error) {
	for prefix, format := range map[string]Format{
		PredicateTypeOpenVEX: OpenVEX, PredicateTypeCycloneDX: CycloneDX, PredicateTypeCycloneDXVEX: CycloneDX,
	} {
		if rest, ok := strings.CutPrefix(predicateType, prefix); ok && (rest == "" || strings.HasPrefix(rest, "/v")) {
			return parse(predicate, format, strings.TrimPrefix(rest, "/v"))
		}
	}
	return nil, &fault.Invalid{
		Field:   "predicateType",
		Allowed: PredicateTypeOpenVEX + ", " + PredicateTypeCycloneDX + " or " + PredicateTypeCycloneDXVEX + ", and a version",
		Problem: "it is " + quoted(predicateType),
	}
}

// parse reads a document of any format and version, or of those that are given.
func parse(raw []byte, format Format, version string) (*Document, error) {
	if len(raw) > MaxSize {
		// How many more is not known: who reads a file stops here.
		return nil, &fault.Invalid{Field: strictjson.DocumentField, Allowed: fmt.Sprintf("at most %d bytes", MaxSize), Problem: "it has more"}
	}
	if strings.HasPrefix(strings.TrimLeft(string(raw[:min(len(raw), 64)]), "\ufeff \t\r\n"), "<") {
		return nil, &fault.Invalid{Field: strictjson.DocumentField, Allowed: allowed, Problem: "it is XML"}
	}
	if err := strictjson.Check("", raw, strictjson.Rules{MaxNesting: MaxNesting, Names: names}); err != nil {
		return nil, err
	}
	r := &reader{raw: raw, doc: &Document{SHA256: digest.Sum(raw), Size: int64(len(raw))}}
	top := r.object("", strictjson.SkipSpace(raw))
	read := r.detect(top)
	if r.err != nil {
		return nil, r.err
	}
	d := r.doc
	if format != "" && (d.Format != format || version != "" && d.SpecVersion != version) {
		want := string(format)
		if version != "" {
			want += " " + version
		}
		return nil, &fault.Invalid{
			Field: strictjson.DocumentField, Allowed: want + ", as the predicateType says", Problem: fmt.Sprintf("it is %s %s", d.Format, d.SpecVersion),
		}
	}
	read(top)
	if r.err == nil && len(d.Statements) == 0 {
		r.fail("", "at least one VEX statement", "it has none")
	}
	if r.err != nil {
		return nil, r.err
	}
	return d, nil
}

// detect says which format the document is in, by the names that its specification
// demands, and notes the format and its version.
func (r *reader) detect(top object) func(object) {
	var found []Format
	for name, format := range map[string]Format{"@context": OpenVEX, "document": CSAF, "bomFormat": CycloneDX} {
		if top.get(name) != nil {
			found = append(found, format)
		}
	}
	if len(found) > 1 {
		r.fail("", allowed, "it has the fields of several formats")
	}
	if len(found) != 1 {
		r.other(top)
		return nil
	}
	r.doc.Format = found[0]
	switch found[0] {
	case OpenVEX:
		r.detectOpenVEX(top)
		return r.openVEX
	case CSAF:
		r.detectCSAF(top)
		return r.csaf
	default:
		r.detectCycloneDX(top)
		return r.cycloneDX
	}
}

func (r *reader) other(top object) {
	for _, kind := range []named[string]{
		{"payloadType", "a DSSE envelope: its payload's predicate may be one"},
		{"predicateType", "an in-toto Statement: its predicate may be one"},
		{"spdxVersion", "SPDX, which has no VEX statements"},
	} {
		if top.get(kind.name) != nil {
			r.fail("", allowed, "it is "+kind.value)
		}
	}
	r.fail("", allowed, "it has none of @context, document and bomFormat")
}
