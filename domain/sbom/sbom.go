// Package sbom reads software bills of materials: CycloneDX 1.4 to 1.6 and SPDX
// 2.2 and 2.3, in JSON. It holds package URLs and version ranges too, by which
// components are looked up. It stores nothing.
package sbom

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
	// MaxComponents is the most components of a document, nested ones counted.
	MaxComponents = 100_000
	// MaxPerComponent is the most digests, and the most licences, of a component;
	// licences that its expressions name count.
	MaxPerComponent = 256
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
	// ones have them; Field is the path of each.
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
	if err := strictjson.Check("", raw, strictjson.Rules{MaxNesting: MaxNesting, Names: names}); err != nil {
		return nil, err
	}
	read, version, err := detect(raw)
	if err != nil {
		return nil, err
	}
	r := reader{doc: &Document{SHA256: digest.Sum(raw), Size: int64(len(raw)), SpecVersion: version}}
	if err := read(&r, raw); err != nil {
		return nil, err
	}
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
func detect(raw []byte) (read func(*reader, []byte) error, version string, err error) {
	var top struct {
		BOMFormat, SpecVersion, SPDXVersion *json.RawMessage
		Context                             *json.RawMessage `json:"@context"`
		Graph                               *json.RawMessage `json:"@graph"`
		PredicateType, PayloadType          *json.RawMessage
	}
	if err := json.Unmarshal(raw, &top); err != nil {
		return nil, "", unmarshalFault(err)
	}
	switch {
	case top.Context != nil || top.Graph != nil:
		what := "JSON-LD, as SPDX 3 is"
		switch {
		case strings.Contains(string(raw), "spdx.org/rdf/3"):
			what = "SPDX 3"
		case top.Context != nil && strings.Contains(string(*top.Context), "openvex.dev/"):
			what = "OpenVEX, which is no SBOM"
		}
		return nil, "", other("@context", what)
	case top.BOMFormat != nil && top.SPDXVersion != nil:
		return nil, "", &fault.Invalid{Field: strictjson.DocumentField, Allowed: allowed, Problem: "it has the fields of both"}
	case top.BOMFormat != nil:
		return detectCycloneDX(*top.BOMFormat, top.SpecVersion)
	case top.SPDXVersion != nil:
		return detectSPDX(*top.SPDXVersion)
	case top.PayloadType != nil:
		return nil, "", other(strictjson.DocumentField, "a DSSE envelope")
	case top.PredicateType != nil:
		return nil, "", other(strictjson.DocumentField, "an in-toto Statement")
	}
	return nil, "", &fault.Invalid{Field: strictjson.DocumentField, Allowed: allowed, Problem: "it has neither bomFormat nor spdxVersion"}
}

func detectCycloneDX(format json.RawMessage, specVersion *json.RawMessage) (func(*reader, []byte) error, string, error) {
	if string(format) != `"CycloneDX"` {
		return nil, "", &fault.Invalid{Field: "bomFormat", Allowed: `"CycloneDX"`, Problem: fmt.Sprintf("it is %.100s", format)}
	}
	version := ""
	if specVersion != nil {
		_ = json.Unmarshal(*specVersion, &version)
	}
	if !slices.Contains([]string{"1.4", "1.5", "1.6"}, version) {
		return nil, "", &fault.Invalid{Field: "specVersion", Allowed: allowed, Problem: fmt.Sprintf("it is CycloneDX %.100q", version)}
	}
	return (*reader).cycloneDX, version, nil
}

func detectSPDX(spdxVersion json.RawMessage) (func(*reader, []byte) error, string, error) {
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

// unmarshalFault names the value that has another type than its format says.
func unmarshalFault(err error) error {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &fault.Invalid{Field: strictjson.FieldName(kind.Field), Allowed: "as the format's JSON schema says", Problem: "it is " + kind.Value}
	}
	return &fault.Invalid{Field: strictjson.DocumentField, Allowed: allowed, Problem: err.Error()}
}

// names are those that are read, which encoding/json would find in any case.
var names = spellings(
	"bomFormat", "specVersion", "serialNumber", "metadata", "timestamp", "component", "components", "bom-ref", "type",
	"name", "version", "purl", "hashes", "alg", "content", "licenses", "license", "id", "expression",
	"spdxVersion", "SPDXID", "documentNamespace", "documentDescribes", "creationInfo", "created", "packages", "versionInfo",
	"externalRefs", "referenceType", "referenceLocator", "checksums", "algorithm", "checksumValue", "licenseConcluded",
	"licenseDeclared", "primaryPackagePurpose", "files", "fileName", "relationships", "spdxElementId",
	"relatedSpdxElement", "relationshipType",
)

func spellings(right ...string) map[string][]string {
	m := make(map[string][]string, len(right))
	for _, name := range right {
		m[strings.ToLower(name)] = append(m[strings.ToLower(name)], name)
	}
	return m
}

// reader makes a Document of what a format's library has decoded.
type reader struct{ doc *Document }

func (r *reader) problem(field, allowed, problem string) {
	r.doc.Problems = append(r.doc.Problems, &fault.Invalid{Field: field, Allowed: allowed, Problem: problem})
}

// add appends a component, whose place in the document is path.
func (r *reader) add(path string, c Component) error {
	if len(r.doc.Components) == MaxComponents {
		return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d components", MaxComponents), Problem: "there are more"}
	}
	r.doc.Components = append(r.doc.Components, c)
	return nil
}

// text checks what is stored as it is.
func text(path, s string, most int) error {
	switch {
	case len(s) > most:
		return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d bytes", most), Problem: fmt.Sprintf("it has %d", len(s))}
	case !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0:
		return &fault.Invalid{Field: path, Allowed: "UTF-8 text without NUL"}
	}
	return nil
}

// purl gives c, which has its version, its package URL.
func (r *reader) purl(path, stated string, c *Component) error {
	if stated == "" {
		return nil
	}
	if err := text(path, stated, MaxTextLength); err != nil {
		return err
	}
	c.PURL = stated
	p, err := ParsePackage(stated)
	if err != nil {
		invalid := &fault.Invalid{}
		errors.As(err, &invalid)
		r.problem(path, invalid.Allowed, invalid.Problem)
		return nil
	}
	c.PURL, c.Package = p.PURL, p.orVersion(c.Version)
	return nil
}

// digest adds a digest to c. One that is wrong is a problem.
func (r *reader) digest(path, algorithm, value string, c *Component) error {
	if len(c.Digests) == MaxPerComponent {
		return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d digests", MaxPerComponent), Problem: "there are more"}
	}
	name := algorithmName(algorithm)
	d, err := digest.New(name, strings.ToLower(value))
	if err != nil {
		invalid := &fault.Invalid{}
		errors.As(err, &invalid)
		r.problem(path, invalid.Allowed, invalid.Problem)
		return nil
	}
	c.Digests = append(c.Digests, d)
	return nil
}

// algorithmName is in-toto's name of what CycloneDX and SPDX call SHA-256, SHA256,
// SHA3-256 or BLAKE2b-512.
func algorithmName(stated string) string {
	name := strings.ToLower(stated)
	if rest, ok := strings.CutPrefix(name, "sha-"); ok {
		return "sha" + rest
	}
	if name == "blake2b-512" {
		return "blake2b"
	}
	return strings.ReplaceAll(name, "-", "_")
}

// finish sorts the digests and adds the one that an artifact's package URL or
// version is: of an OCI image that is the digest of its manifest.
func (c *Component) finish() {
	for _, v := range []string{c.Package.Version, c.Version} {
		if c.Package.Type == "oci" || c.Type == "container" {
			if d, err := digest.Parse(v); err == nil && d.Algorithm() == "sha256" {
				c.Digests = append(c.Digests, d)
			}
		}
	}
	slices.SortFunc(c.Digests, func(a, b digest.Digest) int { return strings.Compare(a.String(), b.String()) })
	c.Digests = slices.Compact(c.Digests)
}
