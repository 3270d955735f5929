package vex

import (
	"slices"
	"strings"

	"stella-ops.org/attestdb/internal/strictjson"
)

// openVEXVersions are the contexts that are read. The specification says that one
// without a version is 0.0.1.
var openVEXVersions = []named[string]{
	{"https://openvex.dev/ns/v0.2.0", "0.2.0"},
	{"https://openvex.dev/ns/v0.0.1", "0.0.1"},
	{"https://openvex.dev/ns", "0.0.1"},
}

var (
	knownDocument = []string{
		"@context", "@id", "author", "role", "timestamp", "last_updated", "version", "tooling", "statements", "supplier",
	}
	knownStatement = []string{
		"@id", "version", "vulnerability", "timestamp", "last_updated", "products", "status", "supplier", "status_notes",
		"justification", "impact_statement", "action_statement", "action_statement_timestamp",
	}
	knownOldStatement  = append([]string{"vuln_description", "subcomponents"}, knownStatement...)
	knownVulnerability = []string{"@id", "name", "description", "aliases"}
	knownSubcomponent  = []string{"@id", "identifiers", "hashes", "supplier"}
	knownProduct       = append([]string{"subcomponents"}, knownSubcomponent...)
	knownIdentifiers   = []string{"purl", "cpe22", "cpe23"}
)

func (r *reader) detectOpenVEX(top object) {
	context := top.id("@context")
	if r.err == nil && !strings.HasPrefix(context, "https://openvex.dev/") {
		r.fail("@context", allowed, "it is "+quoted(context)+", which is not OpenVEX")
	}
	r.doc.SpecVersion, _ = oneOf(r, "@context", context, openVEXVersions)
}

func (r *reader) openVEX(top object) {
	d := r.doc
	top.unknown(knownDocument)
	for _, name := range []string{"@id", "author", "timestamp", "version"} {
		// Real documents of vexctl and go-vex lack them.
		if top.get(name) == nil {
			r.problem(name, "what OpenVEX requires", "it is missing")
		}
	}
	d.ID, d.Author, d.Role = top.id("@id"), top.id("author"), top.id("role")
	d.Issued, d.LastUpdated = top.time("timestamp"), top.time("last_updated")
	d.Revision, d.Tooling = top.number("version"), top.text("tooling", MaxTextLength)
	if top.get("statements") == nil {
		r.fail("statements", "at least one statement", "it is missing")
	}
	top.each("statements", func(_ int, path string, value []byte) { r.openVEXStatement(r.object(path, value)) })
}

// old says that strings may stand where 0.2.0 has objects. Which of the two it is
// leaves no doubt, and some documents of a context without version have objects.
func (r *reader) old() bool { return r.doc.SpecVersion == "0.0.1" }

func (r *reader) openVEXStatement(o object) {
	known := knownStatement
	if r.old() {
		known = knownOldStatement
	} else if o.get("subcomponents") != nil {
		// Whoever overlooked them would take the statement for one of the whole product.
		r.fail(o.at("subcomponents"), "subcomponents in each of the products, as OpenVEX 0.2.0 has them", "they are in the statement")
	}
	o.unknown(known)
	s := Statement{
		Path: o.path, ID: o.id("@id"), Vulnerability: r.openVEXVulnerability(o),
		ImpactStatement: o.text("impact_statement", MaxTextLength), ActionStatement: o.text("action_statement", MaxTextLength),
		StatusNotes: o.text("status_notes", MaxTextLength), ActionIssued: o.time("action_statement_timestamp"),
		Issued: o.time("timestamp"), LastUpdated: o.time("last_updated"),
	}
	if s.Issued.IsZero() {
		s.Issued = r.doc.Issued
	}
	if s.LastUpdated.IsZero() {
		s.LastUpdated = r.doc.LastUpdated
	}
	status := o.id("status")
	s.Status, _ = oneOf(r, o.at("status"), status, statuses)
	s.StatedStatus = []string{status}
	r.openVEXReasons(o, &s)
	if r.old() {
		o.each("subcomponents", func(i int, path string, value []byte) {
			r.atMost(path, i, "subcomponents")
			s.Subcomponents = append(s.Subcomponents, r.openVEXComponent(path, value, knownSubcomponent))
		})
	}
	n := 0
	o.each("products", func(_ int, path string, value []byte) {
		n++
		s := s
		s.Path = path
		r.openVEXProduct(path, value, &s)
		r.add(&s)
	})
	if n == 0 && r.err == nil {
		r.add(&s)
	}
}

// openVEXReasons reads why a status is so, and refuses what the specification says
// MUST be there and a reason that contradicts the status.
func (r *reader) openVEXReasons(o object, s *Statement) {
	if stated := o.id("justification"); stated != "" {
		s.Justification, _ = oneOf(r, o.at("justification"), stated, justifications)
		s.StatedJustification = []string{stated}
	}
	if r.err != nil {
		return
	}
	switch {
	case s.Status == NotAffected && s.Justification == "" && s.ImpactStatement == "":
		r.fail(o.at("justification"), "a justification or an impact_statement with status not_affected", "neither is there")
	case s.Status != NotAffected && s.Justification != "":
		r.fail(o.at("justification"), "a justification with status not_affected alone", "the status is "+string(s.Status))
	case s.Status == Affected && s.ActionStatement == "":
		r.fail(o.at("action_statement"), "an action_statement with status affected", "it is missing")
	}
}

func (r *reader) openVEXVulnerability(o object) Vulnerability {
	var v Vulnerability
	value := o.get("vulnerability")
	if r.old() && value != nil && value[0] == '"' {
		v.ID = o.required("vulnerability")
		return v
	}
	if value == nil {
		r.fail(o.at("vulnerability"), "a vulnerability", "it is missing")
		return v
	}
	in := o.within("vulnerability")
	in.unknown(knownVulnerability)
	v.ID, v.IRI = in.required("name"), in.id("@id")
	in.each("aliases", func(i int, path string, value []byte) {
		r.atMost(path, i, "aliases")
		v.Aliases = append(v.Aliases, Alias{ID: r.text(path, value, MaxIDLength)})
	})
	return v
}

func (r *reader) openVEXProduct(path string, value []byte, s *Statement) {
	s.Product = r.openVEXComponent(path, value, knownProduct)
	if strictjson.KindOf(value) != "an object" || r.err != nil {
		return
	}
	o := r.object(path, value)
	if o.get("subcomponents") != nil {
		// The products of a statement share those of the statement.
		s.Subcomponents = slices.Clone(s.Subcomponents)
	}
	o.each("subcomponents", func(_ int, path string, value []byte) {
		r.atMost(path, len(s.Subcomponents), "subcomponents")
		s.Subcomponents = append(s.Subcomponents, r.openVEXComponent(path, value, knownSubcomponent))
	})
}

func (r *reader) openVEXComponent(path string, value []byte, known []string) Product {
	var p Product
	if r.old() && value[0] == '"' {
		p.ID = r.text(path, value, MaxIDLength)
		if isPURL(p.ID) {
			r.purl(path, p.ID, &p)
		}
	} else {
		o := r.object(path, value)
		o.unknown(known)
		if p.ID = o.id("@id"); isPURL(p.ID) {
			r.purl(o.at("@id"), p.ID, &p)
		}
		identifiers := o.within("identifiers")
		identifiers.unknown(knownIdentifiers)
		if purl := identifiers.id("purl"); purl != "" {
			r.purl(identifiers.at("purl"), purl, &p)
		}
		for _, name := range []string{"cpe22", "cpe23"} {
			if cpe := identifiers.id(name); cpe != "" {
				p.CPEs = append(p.CPEs, cpe)
			}
		}
		hashes := o.within("hashes")
		for _, m := range hashes.members {
			r.digest(hashes.at(m.name), m.name, hashes.id(m.name), &p)
		}
	}
	p.finish()
	if r.err == nil && p.IsZero() {
		r.fail(path, "what identifies a product: @id, identifiers or hashes", "it has none that can be read")
	}
	return p
}
