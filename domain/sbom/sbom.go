// Package sbom reads software bills of materials: CycloneDX 1.4 to 1.6 and SPDX
// 2.2 and 2.3, in JSON. It holds package URLs and version ranges too, by which
// components are looked up. It stores nothing.
package sbom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/strictjson"
)

// Format is the specification that an SBOM follows.
type Format string

// The formats that are read.
const (
	// CycloneDX is https://cyclonedx.org/specification/overview/, 1.4 to 1.6.
	CycloneDX Format = "cyclonedx"
	// SPDX is https://spdx.github.io/spdx-spec/v2.3/, and 2.2.
	SPDX Format = "spdx"
)

// Limits on what is accepted; lengths are in bytes.
const (
	// MaxSize is the largest document.
	MaxSize = 64 << 20
	// MaxNesting is the deepest nesting of JSON objects and arrays.
	MaxNesting = 128
	// MaxComponents is the most components of a document, nested ones counted, and the
	// most files that it is about.
	MaxComponents = 100_000
	// MaxPerComponent is the most digests, and the most licences, of a component;
	// licences that its expressions name count.
	MaxPerComponent = 256
	// MaxProblems is the most problems of a document that are named; what is more is
	// counted.
	MaxProblems = 1000
	// MaxTextLength is the longest name, version, package URL, reference, licence.
	MaxTextLength = 2048
	// MaxTypeLength is the longest type of a component.
	MaxTypeLength = 64
)

// Document is an SBOM that was read. It comes from [Parse] only and shares no
// memory with its argument.
type Document struct {
	// SHA256 is the digest of the document's bytes, Size how many there are.
	SHA256 digest.SHA256
	Size   int64
	Format Format
	// SpecVersion is the specification's, as in "1.6" or "2.3".
	SpecVersion string
	// SerialNumber is CycloneDX' serialNumber or SPDX' documentNamespace, "" if
	// there is none.
	SerialNumber string
	// Name is the document's own in SPDX, the subject's in CycloneDX; "" if there
	// is none.
	Name string
	// StatedAt is when the document says that it was made, in UTC; zero if it does
	// not.
	StatedAt time.Time
	// Subject is what the SBOM is about: CycloneDX' metadata.component, or what an
	// SPDX document DESCRIBES. It is empty if the document does not say.
	Subject []Component
	// Components are CycloneDX' components, each followed by those nested in it, those
	// of the subject first, and before all of them the subject itself if it has a
	// package URL; or SPDX' packages, the subject among them, in the order of the
	// document. A package with several package URLs comes once more for each, without digests and
	// licences. Files are left out.
	Components []Component
	// Problems are the parts of components that nobody can look up: a package URL
	// or a digest that is none, say. The document is read all the same, since real
	// ones have them; Field is the path of each. Behind the first [MaxProblems] is one
	// of the whole document that says how many more there are.
	Problems []*fault.Invalid
}

// Component is one entry of an SBOM. Parts that it lacks are "" or empty.
type Component struct {
	// Ref is CycloneDX' bom-ref or SPDX' SPDXID.
	Ref string
	// Type is CycloneDX' type or SPDX' primaryPackagePurpose, in lower case:
	// "library", "operating-system".
	Type, Name, Version string
	// PURL is the package URL in its canonical form, or as the document has it if
	// it is not one: Package is zero then.
	PURL string
	// Package is what PURL names, in the component's own version if PURL has none.
	Package Package
	// Digests are by the names that in-toto gives to algorithms, sorted, each once.
	Digests []digest.Digest
	// Licences are SPDX identifiers, SPDX expressions or names, in the document's
	// order, each once.
	Licences []string
}

// Parse reads an SBOM. The error is a *[fault.Invalid] whose Field is the path of
// the value at fault, as in "components[3].name"; other formats and versions are
// refused by their names. Refused as well is what lets two readers see two
// things, as in package attestor.
func Parse(raw []byte) (*Document, error) {
	if len(raw) > MaxSize {
		// How many more is not known: who reads a file stops here.
		return nil, &fault.Invalid{Field: strictjson.DocumentField, Allowed: fmt.Sprintf("at most %d bytes", MaxSize), Problem: "it has more"}
	}
	if err := refuseOtherSyntax(raw); err != nil {
		return nil, err
	}
	if err := strictjson.Check("", raw, strictjson.Rules{MaxNesting: MaxNesting}); err != nil {
		return nil, err
	}
	r := reader{doc: &Document{SHA256: digest.Sum(raw), Size: int64(len(raw))}}
	parts, err := r.parts(raw)
	if err != nil {
		return nil, err
	}
	read, version, err := detect(parts)
	if err != nil {
		return nil, err
	}
	r.doc.SpecVersion = version
	if err := read(&r, parts); err != nil {
		return nil, err
	}
	r.countProblems()
	return r.doc, nil
}

// allowed says what Parse reads.
const allowed = "CycloneDX 1.4 to 1.6 or SPDX 2.2 to 2.3, in JSON"

func other(field, what string) error {
	return &fault.Invalid{Field: field, Allowed: allowed, Problem: "it is " + what}
}

func refuseOtherSyntax(raw []byte) error {
	text := strings.TrimLeft(string(raw[:min(len(raw), 1024)]), "\ufeff \t\r\n")
	switch {
	case strings.HasPrefix(text, "<?xml"), strings.HasPrefix(text, "<bom"):
		if strings.Contains(text, "rdf:RDF") {
			return other(strictjson.DocumentField, "SPDX in RDF/XML")
		}
		return other(strictjson.DocumentField, "CycloneDX in XML")
	case strings.HasPrefix(text, "<rdf:RDF"):
		return other(strictjson.DocumentField, "SPDX in RDF/XML")
	case strings.HasPrefix(text, "SPDXVersion:"):
		return other(strictjson.DocumentField, "SPDX as tag-value text")
	case strings.HasPrefix(text, "spdxVersion:"):
		return other(strictjson.DocumentField, "SPDX in YAML")
	}
	return nil
}

// detect says which format the document is in, strictly by the names that its
// specification demands.
func detect(parts map[string][]byte) (read func(*reader, map[string][]byte) error, version string, err error) {
	format, spdxVersion := parts["bomFormat"], parts["spdxVersion"]
	switch {
	case format != nil && spdxVersion != nil:
		return nil, "", &fault.Invalid{Field: strictjson.DocumentField, Allowed: allowed, Problem: "it has the fields of both"}
	case format != nil:
		return detectCycloneDX(format, parts["specVersion"])
	case spdxVersion != nil:
		return detectSPDX(spdxVersion)
	case parts["payloadType"] != nil:
		return nil, "", other(strictjson.DocumentField, "a DSSE envelope")
	case parts["predicateType"] != nil:
		return nil, "", other(strictjson.DocumentField, "an in-toto Statement")
	}
	return nil, "", &fault.Invalid{Field: strictjson.DocumentField, Allowed: allowed, Problem: "it has neither bomFormat nor spdxVersion"}
}

// refuseJSONLD names SPDX 3, whatever of it would not do as CycloneDX or SPDX 2.
func refuseJSONLD(raw []byte, parts map[string][]byte) error {
	context, graph := parts["@context"], parts["@graph"]
	field := "@context"
	switch {
	case context == nil && graph == nil:
		return nil
	case context == nil:
		field = "@graph"
	}
	context = bytes.ReplaceAll(context, []byte(`\/`), []byte("/"))
	switch {
	case bytes.Contains(context, []byte("spdx.org/rdf/3")), bytes.Contains(raw, []byte("spdx.org/rdf/3")), bytes.Contains(raw, []byte(`"spdxId"`)):
		return other(field, "SPDX 3")
	case bytes.Contains(context, []byte("openvex.dev/")):
		return other(field, "OpenVEX, which is no SBOM")
	}
	return other(field, "JSON-LD, as SPDX 3 is")
}

func detectCycloneDX(format, specVersion []byte) (func(*reader, map[string][]byte) error, string, error) {
	if string(format) != `"CycloneDX"` {
		return nil, "", &fault.Invalid{Field: "bomFormat", Allowed: `"CycloneDX"`, Problem: fmt.Sprintf("it is %.100s", format)}
	}
	version := ""
	if specVersion != nil {
		_ = json.Unmarshal(specVersion, &version)
	}
	if !slices.Contains([]string{"1.4", "1.5", "1.6"}, version) {
		return nil, "", &fault.Invalid{Field: "specVersion", Allowed: allowed, Problem: fmt.Sprintf("it is CycloneDX %.100q", version)}
	}
	return (*reader).cycloneDX, version, nil
}

func detectSPDX(spdxVersion []byte) (func(*reader, map[string][]byte) error, string, error) {
	var stated string
	_ = json.Unmarshal(spdxVersion, &stated)
	version, isSPDX := strings.CutPrefix(stated, "SPDX-")
	switch {
	case isSPDX && (version == "2.2" || version == "2.3"):
		return (*reader).spdx, version, nil
	case strings.HasPrefix(version, "3"):
		return nil, "", other("spdxVersion", "SPDX 3")
	}
	return nil, "", &fault.Invalid{Field: "spdxVersion", Allowed: allowed, Problem: fmt.Sprintf("it is %.100s", spdxVersion)}
}
