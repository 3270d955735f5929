package vex

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/strictjson"
)

var cycloneDXVersions = []named[struct{}]{{name: "1.4"}, {name: "1.5"}, {name: "1.6"}}

func (r *reader) detectCycloneDX(top object) {
	if format := top.id("bomFormat"); format != "CycloneDX" {
		r.fail("bomFormat", "CycloneDX", "it is "+quoted(format))
	}
	r.doc.SpecVersion = top.id("specVersion")
	oneOf(r, "specVersion", r.doc.SpecVersion, cycloneDXVersions)
	if r.err == nil && top.get("vulnerabilities") == nil {
		r.fail("vulnerabilities", "at least one vulnerability with analysis", "it is missing: the document is an SBOM without VEX")
	}
}

// cycloneDXDocument is what is read of [cdx.BOM].
type cycloneDXDocument struct {
	Version         *int                 `json:"version"`
	Metadata        *cdx.Metadata        `json:"metadata"`
	Services        *[]cdx.Service       `json:"services"`
	Vulnerabilities *[]cdx.Vulnerability `json:"vulnerabilities"`
}

func (r *reader) cycloneDX(object) {
	// What an affected ref names is a component as package sbom reads it.
	bom, err := sbom.Parse(r.raw)
	var doc cycloneDXDocument
	if err == nil {
		err = unmarshalFault(json.Unmarshal(r.raw, &doc))
	}
	if err != nil {
		r.keep(err)
		return
	}
	d := r.doc
	d.ID, d.Issued = bom.SerialNumber, bom.StatedAt
	for _, p := range bom.Problems {
		r.problem(p.Field, p.Allowed, p.Problem)
	}
	if doc.Version != nil {
		d.Revision = strconv.Itoa(*doc.Version)
	}
	c := cycloneDXReader{reader: r, bom: bom, refs: map[string]*Product{}, shared: map[string]bool{}}
	c.metadata(doc.Metadata)
	for _, all := range [][]sbom.Component{bom.Subject, bom.Components} {
		for i := range all {
			c.component(&all[i])
		}
	}
	c.services("services", doc.Services)
	for i, v := range *doc.Vulnerabilities {
		if c.err == nil {
			c.vulnerability(strictjson.ElementPath("vulnerabilities", i), &v)
		}
	}
}

// unmarshalFault names the value that has another type than CycloneDX says.
func unmarshalFault(err error) error {
	if err == nil {
		return nil
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &fault.Invalid{Field: strictjson.FieldName(kind.Field), Allowed: "as CycloneDX' JSON schema says", Problem: "it is " + kind.Value}
	}
	return &fault.Invalid{Field: strictjson.DocumentField, Allowed: allowed, Problem: err.Error()}
}

type cycloneDXReader struct {
	*reader

	bom *sbom.Document
	// refs are the components and services by their bom-ref, shared those bom-refs that
	// several of them have.
	refs   map[string]*Product
	shared map[string]bool
}

// metadata reads who made the document and with what.
func (c *cycloneDXReader) metadata(m *cdx.Metadata) {
	if m == nil {
		return
	}
	author := ""
	switch {
	case m.Authors != nil && len(*m.Authors) > 0:
		first := (*m.Authors)[0]
		author = first.Name
		if author == "" {
			author = first.Email
		}
	case m.Manufacturer != nil:
		author = m.Manufacturer.Name
	case m.Manufacture != nil:
		author = m.Manufacture.Name
	case m.Supplier != nil:
		author = m.Supplier.Name
	}
	c.doc.Author = c.checked("metadata.authors", author, MaxIDLength)
	if m.Tools == nil {
		return
	}
	var tools []string
	add := func(vendor, name, version string) {
		if s := strings.Join(strings.Fields(vendor+" "+name+" "+version), " "); s != "" {
			tools = append(tools, s)
		}
	}
	if m.Tools.Tools != nil {
		for _, t := range *m.Tools.Tools {
			add(t.Vendor, t.Name, t.Version)
		}
	}
	if m.Tools.Components != nil {
		for _, t := range *m.Tools.Components {
			add(t.Group, t.Name, t.Version)
		}
	}
	if m.Tools.Services != nil {
		for _, t := range *m.Tools.Services {
			add(t.Group, t.Name, t.Version)
		}
	}
	c.doc.Tooling = c.checked("metadata.tools", strings.Join(tools, ", "), MaxTextLength)
}

func (c *cycloneDXReader) component(in *sbom.Component) {
	p := &Product{ID: in.Ref, Name: in.Name, Version: in.Version, Digests: in.Digests}
	if !in.Package.IsZero() {
		p.Packages = []sbom.Package{in.Package}
	}
	c.refer(p)
}

// refer makes p known by its bom-ref. The subject of the document comes twice.
func (c *cycloneDXReader) refer(p *Product) {
	before := c.refs[p.ID]
	switch {
	case p.ID == "":
	case before == nil:
		c.refs[p.ID] = p
	case !reflect.DeepEqual(before, p):
		c.shared[p.ID] = true
	}
}

func (c *cycloneDXReader) services(path string, all *[]cdx.Service) {
	if all == nil {
		return
	}
	for i, s := range *all {
		at := strictjson.ElementPath(path, i)
		c.refer(&Product{
			ID: c.checked(at+".bom-ref", s.BOMRef, MaxIDLength), Name: c.checked(at+".name", s.Name, MaxIDLength),
			Version: c.checked(at+".version", s.Version, MaxIDLength),
		})
		c.services(at+".services", s.Services)
	}
}

func (c *cycloneDXReader) vulnerability(path string, in *cdx.Vulnerability) {
	if in.Analysis == nil || in.Analysis.State == "" {
		c.withoutStatement(path)
		return
	}
	s := Statement{Path: path, Vulnerability: c.named(path, in)}
	c.analysis(path, in, &s)
	if in.Affects == nil || len(*in.Affects) == 0 {
		c.add(&s)
		return
	}
	for i, a := range *in.Affects {
		s := s
		s.Path = strictjson.ElementPath(path+".affects", i)
		s.Product = c.affected(s.Path+".ref", a.Ref)
		s.Versions = c.versions(s.Path+".versions", a.Range)
		if c.add(&s); c.err != nil {
			return
		}
	}
}

func (c *cycloneDXReader) named(path string, in *cdx.Vulnerability) Vulnerability {
	v := Vulnerability{ID: c.checked(path+".id", in.ID, MaxIDLength)}
	if v.ID == "" {
		c.fail(path+".id", "the vulnerability's name", "it is missing")
	}
	if in.Source != nil {
		v.Source = c.checked(path+".source.name", in.Source.Name, MaxIDLength)
	}
	if in.References == nil {
		return v
	}
	for i, ref := range *in.References {
		at := strictjson.ElementPath(path+".references", i)
		c.atMost(at, i, "references")
		a := Alias{ID: c.checked(at+".id", ref.ID, MaxIDLength)}
		if ref.Source != nil {
			a.Source = c.checked(at+".source.name", ref.Source.Name, MaxIDLength)
		}
		if a.ID != "" {
			v.Aliases = append(v.Aliases, a)
		}
	}
	return v
}

func (c *cycloneDXReader) analysis(path string, in *cdx.Vulnerability, s *Statement) {
	a, at := in.Analysis, path+".analysis"
	s.Status, _ = oneOf(c.reader, at+".state", string(a.State), cycloneDXStates)
	s.StatedStatus = []string{string(a.State)}
	if stated := string(a.Justification); stated != "" {
		means, _ := oneOf(c.reader, at+".justification", stated, cycloneDXJustifications)
		s.StatedJustification = []string{stated}
		if s.Status == NotAffected {
			s.Justification = means
		}
	}
	if a.Response != nil {
		for i, response := range *a.Response {
			here := strictjson.ElementPath(at+".response", i)
			c.atMost(here, i, "responses")
			oneOf(c.reader, here, string(response), cycloneDXResponses)
			s.Responses = append(s.Responses, string(response))
		}
	}
	detail := c.checked(at+".detail", a.Detail, MaxTextLength)
	if s.Status == NotAffected {
		s.ImpactStatement = detail
	} else {
		s.StatusNotes = detail
	}
	s.ActionStatement = c.checked(path+".recommendation", in.Recommendation, MaxTextLength)
	if workaround := c.checked(path+".workaround", in.Workaround, MaxTextLength); workaround != "" {
		s.ActionStatement = strings.TrimPrefix(s.ActionStatement+"\n\n"+workaround, "\n\n")
	}
	s.Issued, s.LastUpdated = c.time(at+".firstIssued", a.FirstIssued), c.time(at+".lastUpdated", a.LastUpdated)
	if s.Issued.IsZero() {
		s.Issued = c.doc.Issued
	}
}

// affected returns what a ref names: a bom-ref of this document, a BOM-Link
// (urn:cdx:serial/version#bom-ref) of this or another one, or a package URL itself.
func (c *cycloneDXReader) affected(path, ref string) Product {
	c.checked(path, ref, MaxIDLength)
	if ref == "" {
		c.fail(path, "a bom-ref, a BOM-Link or a package URL", "it is missing")
	}
	if c.err != nil {
		return Product{}
	}
	if p := c.refs[ref]; p != nil {
		c.alone(path, ref)
		return *p
	}
	p := Product{ID: ref}
	link, isLink := parseBOMLink(ref)
	switch {
	case isPURL(ref):
		c.purl(path, ref, &p)
	case !isLink:
		c.fail(path, "the bom-ref of a component or a service, a BOM-Link or a package URL", "it is "+quoted(ref)+", which nothing in the document has")
	default:
		c.linked(path, link, &p)
	}
	p.finish()
	return p
}

// linked gives p what a BOM-Link names. Of another document only its bom-ref is known,
// which is a package URL by the habit of most tools.
func (c *cycloneDXReader) linked(path string, link bomLink, p *Product) {
	if !link.canonical {
		c.problem(path, "a BOM-Link, such as urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#bom-ref", "it is "+quoted(p.ID))
	}
	serial := strings.TrimPrefix(c.bom.SerialNumber, "urn:uuid:")
	own := serial != "" && strings.EqualFold(link.serial, serial) && link.version == cmp.Or(c.doc.Revision, "1")
	if !own {
		if isPURL(link.ref) {
			c.purl(path, link.ref, p)
		}
		return
	}
	named := c.refs[link.ref]
	if named == nil {
		c.problem(path, "the bom-ref of a component or a service of this document", quoted(link.ref)+" is none")
		return
	}
	c.alone(path, link.ref)
	id := p.ID
	*p = *named
	p.ID = id
}

// alone refuses a bom-ref that several components have: which of them is meant?
func (c *cycloneDXReader) alone(path, ref string) {
	if c.shared[ref] {
		c.fail(path, "a bom-ref that one component or service has", "several have "+quoted(ref))
	}
}

// bomLink is https://cyclonedx.org/capabilities/bomlink/.
type bomLink struct {
	serial, version, ref string
	// canonical is false for urn:uuid:, which some tools write.
	canonical bool
}

func parseBOMLink(s string) (bomLink, bool) {
	rest, canonical := strings.CutPrefix(s, "urn:cdx:")
	if !canonical {
		var isUUID bool
		if rest, isUUID = strings.CutPrefix(s, "urn:uuid:"); !isUUID {
			return bomLink{}, false
		}
	}
	document, ref, _ := strings.Cut(rest, "#")
	serial, version, found := strings.Cut(document, "/")
	if !found || serial == "" || version == "" {
		return bomLink{}, false
	}
	if decoded, err := url.PathUnescape(ref); err == nil && !isPURL(ref) {
		ref = decoded
	}
	return bomLink{serial, version, ref, canonical}, true
}

func (c *cycloneDXReader) versions(path string, all *[]cdx.AffectedVersions) []VersionStatus {
	if all == nil {
		return nil
	}
	var versions []VersionStatus
	for i, v := range *all {
		at := strictjson.ElementPath(path, i)
		c.atMost(at, i, "versions")
		out := VersionStatus{
			Version: c.checked(at+".version", v.Version, MaxIDLength), Range: c.checked(at+".range", v.Range, MaxIDLength), Status: string(v.Status),
		}
		if out.Status == "" {
			out.Status = "affected" // by the schema
		}
		oneOf(c.reader, at+".status", out.Status, cycloneDXVersionStatuses)
		if (out.Version == "") == (out.Range == "") {
			c.fail(at, "a version or a range", fmt.Sprintf("it has version %s and range %s", quoted(v.Version), quoted(v.Range)))
		}
		if c.err != nil {
			return nil
		}
		versions = append(versions, out)
	}
	return versions
}
