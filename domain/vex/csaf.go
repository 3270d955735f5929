package vex

import (
	"fmt"
	"slices"
	"strings"
)

// csafCategories are the profiles that carry VEX statements. The others have no
// vulnerabilities, or no rules for them.
var csafCategories = []named[struct{}]{{name: "csaf_vex"}, {name: "csaf_security_advisory"}}

var csafVersions = []named[struct{}]{{name: "2.0"}, {name: "2.1"}}

func (r *reader) detectCSAF(top object) {
	document := top.within("document")
	r.doc.SpecVersion, r.doc.Category = document.id("csaf_version"), document.id("category")
	oneOf(r, document.at("csaf_version"), r.doc.SpecVersion, csafVersions)
	oneOf(r, document.at("category"), r.doc.Category, csafCategories)
}

func (r *reader) csaf(top object) {
	d, document := r.doc, top.within("document")
	publisher, tracking := document.within("publisher"), document.within("tracking")
	d.Author, d.Namespace, d.Role = publisher.required("name"), publisher.required("namespace"), publisher.required("category")
	d.ID, d.Revision, d.Stage = tracking.required("id"), tracking.required("version"), tracking.required("status")
	oneOf(r, tracking.at("status"), d.Stage, csafStages)
	tracking.required("initial_release_date")
	tracking.required("current_release_date")
	d.Issued, d.LastUpdated = tracking.time("initial_release_date"), tracking.time("current_release_date")
	engine := tracking.within("generator").within("engine")
	d.Tooling = strings.TrimSpace(engine.id("name") + " " + engine.id("version"))
	if r.err != nil {
		return
	}
	c := csafReader{reader: r, defined: map[string]*csafProduct{}, groups: map[string][]string{}}
	c.productTree(top.within("product_tree"))
	top.each("vulnerabilities", func(_ int, path string, value []byte) { c.vulnerability(r.object(path, value)) })
}

// csafReader reads the statements of a CSAF document.
type csafReader struct {
	*reader

	defined map[string]*csafProduct
	// groups are the product groups that a product is in.
	groups   map[string][]string
	groupIDs map[string]bool
}

// csafStatement is what a vulnerability's product_status says of one product.
type csafStatement struct {
	id, path string
	status   Status
	stated   []string
}

func (c *csafReader) vulnerability(o object) {
	stated := c.productStatus(o)
	if c.err != nil || len(stated) == 0 {
		return
	}
	template := Statement{Vulnerability: c.csafVulnerability(o), Issued: c.doc.Issued, LastUpdated: c.doc.LastUpdated}
	flags, threats, remediations := c.flags(o), c.threats(o), c.remediations(o)
	var bare []*csafStatement
	for _, in := range stated {
		s := template
		s.Path, s.Status, s.StatedStatus = in.path, in.status, in.stated
		s.Product = *c.resolve(in.path, in.id, 0)
		s.StatedJustification, _ = flags.bearing(c, in)
		if s.Status == NotAffected && len(s.StatedJustification) > 0 {
			s.Justification = Justification(s.StatedJustification[0])
		}
		_, s.ImpactStatement = threats.bearing(c, in)
		s.Responses, s.ActionStatement = remediations.bearing(c, in)
		if s.Status == NotAffected && s.Justification == "" && s.ImpactStatement == "" || s.Status == Affected && len(s.Responses) == 0 {
			bare = append(bare, in)
		}
		if c.add(&s); c.err != nil {
			return
		}
	}
	c.bareProblems(o, bare)
}

// bareProblems says which products lack the reason that the VEX profile demands (tests
// 6.1.27.9 and 6.1.27.10). Large issuers leave them out, and the status counts all the same.
func (c *csafReader) bareProblems(o object, bare []*csafStatement) {
	if c.doc.Category != "csaf_vex" {
		return
	}
	for _, rule := range []struct {
		status  Status
		allowed string
	}{
		{NotAffected, "a flag or a threat of category impact for each product that is not affected"},
		{Affected, "a remediation for each product that is affected"},
	} {
		n, first := 0, ""
		for _, in := range bare {
			if in.status == rule.status {
				if n == 0 {
					first = in.path
				}
				n++
			}
		}
		if n > 0 {
			c.problem(o.at("product_status"), rule.allowed, fmt.Sprintf("%d of them have none, the first is %s", n, first))
		}
	}
}

// productStatus returns what is said of each product, in the order of csafStatuses. A
// product with two statuses that contradict each other is refused (test 6.1.6).
func (c *csafReader) productStatus(o object) []*csafStatement {
	var all []*csafStatement
	of := map[string]*csafStatement{}
	status := o.within("product_status")
	for _, m := range status.members {
		word := m.name
		if meaning, _ := oneOf(c.reader, status.at(word), word, csafStatuses); meaning == "" && c.err == nil {
			c.withoutStatement(status.at(word))
		}
	}
	if len(status.members) == 0 {
		c.withoutStatement(o.path)
	}
	for _, word := range csafStatuses {
		status.each(word.name, func(_ int, path string, value []byte) {
			id := c.text(path, value, MaxIDLength)
			c.mustBeDefined(path, id)
			known, found := of[id]
			switch {
			case word.value == "" || c.err != nil:
			case !found:
				s := &csafStatement{id: id, path: path, status: word.value, stated: []string{word.name}}
				of[id], all = s, append(all, s)
				if len(all) > MaxStatements {
					c.fail(path, fmt.Sprintf("at most %d statements", MaxStatements), "there are more")
				}
			case known.status != word.value:
				c.fail(path, "one status for a product", fmt.Sprintf("product %s is in %s too", quoted(id), known.path))
			case !slices.Contains(known.stated, word.name):
				known.stated = append(known.stated, word.name)
			}
		})
	}
	return all
}

func (c *csafReader) csafVulnerability(o object) Vulnerability {
	v := Vulnerability{ID: o.id("cve")}
	o.each("ids", func(i int, path string, value []byte) {
		c.atMost(path, i, "ids")
		in := c.object(path, value)
		a := Alias{ID: in.required("text"), Source: in.required("system_name")}
		if v.ID == "" {
			v.ID, v.Source = a.ID, a.Source
			return
		}
		v.Aliases = append(v.Aliases, a)
	})
	if v.ID == "" {
		c.fail(o.at("cve"), "a cve, or ids", "neither is there")
	}
	return v
}

// csafNotes are the flags, the threats or the remediations of a vulnerability, and for
// which products they are.
type csafNotes struct {
	what               string
	all                []csafNote
	byProduct, byGroup map[string][]int
	joined             map[string]string
}

type csafNote struct {
	path string
	// word is a flag's label or a category, text the details.
	word, text string
}

func (c *csafReader) flags(o object) *csafNotes {
	return c.notes(o, "flags", func(in object) (csafNote, bool) {
		n := csafNote{path: in.path, word: in.id("label")}
		oneOf(c.reader, in.at("label"), n.word, justifications)
		return n, true
	})
}

// threats are those of category impact: why a product is not affected. One that names
// no product is left out: some issuers write the severity there.
func (c *csafReader) threats(o object) *csafNotes {
	return c.notes(o, "threats", func(in object) (csafNote, bool) {
		n := csafNote{path: in.path, word: in.required("category"), text: in.text("details", MaxTextLength)}
		return n, n.word == "impact" && (in.get("product_ids") != nil || in.get("group_ids") != nil)
	})
}

func (c *csafReader) remediations(o object) *csafNotes {
	return c.notes(o, "remediations", func(in object) (csafNote, bool) {
		n := csafNote{path: in.path, word: in.id("category"), text: in.text("details", MaxTextLength)}
		oneOf(c.reader, in.at("category"), n.word, csafRemediations)
		if url := in.id("url"); url != "" && !strings.Contains(n.text, url) {
			n.text = strings.TrimPrefix(n.text+"\n"+url, "\n")
		}
		return n, true
	})
}

// notes reads a list of notes. read says whether one of them counts: it has to be for a
// product then (tests 6.1.29 and 6.1.32).
func (c *csafReader) notes(o object, what string, read func(object) (csafNote, bool)) *csafNotes {
	notes := &csafNotes{what: what, byProduct: map[string][]int{}, byGroup: map[string][]int{}, joined: map[string]string{}}
	o.each(what, func(_ int, path string, value []byte) {
		in := c.object(path, value)
		n, counts := read(in)
		if !counts {
			return
		}
		i := len(notes.all)
		notes.all = append(notes.all, n)
		named := false
		in.each("product_ids", func(_ int, path string, value []byte) {
			id := c.text(path, value, MaxIDLength)
			c.mustBeDefined(path, id)
			notes.byProduct[id] = append(notes.byProduct[id], i)
			named = true
		})
		in.each("group_ids", func(_ int, path string, value []byte) {
			id := c.text(path, value, MaxIDLength)
			if c.err == nil && !c.groupIDs[id] {
				c.fail(path, "a group of product_tree.product_groups", "it is "+quoted(id))
			}
			notes.byGroup[id] = append(notes.byGroup[id], i)
			named = true
		})
		if !named && c.err == nil {
			c.fail(path, "product_ids or group_ids", "it has neither")
		}
	})
	return notes
}

// bearing returns the words of the notes that are for a product, each once, and their
// texts put together, in the order of the document.
func (notes *csafNotes) bearing(c *csafReader, in *csafStatement) (words []string, text string) {
	all := notes.positions(c, in)
	if len(all) == 0 {
		return nil, ""
	}
	for _, i := range all {
		if word := notes.all[i].word; !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(all) == 1 {
		return words, notes.all[all[0]].text
	}
	// Products with the same notes share one text.
	key := fmt.Sprint(all)
	text, found := notes.joined[key]
	if !found {
		var texts []string
		for _, i := range all {
			if t := notes.all[i].text; t != "" && !slices.Contains(texts, t) {
				texts = append(texts, t)
			}
		}
		text = c.checked(in.path, strings.Join(texts, "\n\n"), MaxTextLength)
		if c.joined += len(key) + len(text); c.joined > MaxJoinedText {
			c.fail(in.path, fmt.Sprintf("at most %d bytes of text that is put together", MaxJoinedText), "there are more")
		}
		notes.joined[key] = text
	}
	return words, text
}

func (notes *csafNotes) positions(c *csafReader, in *csafStatement) []int {
	all := slices.Clone(notes.byProduct[in.id])
	for _, group := range c.groups[in.id] {
		if len(all) <= MaxNotes {
			all = append(all, notes.byGroup[group]...)
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > MaxNotes {
		c.fail(in.path, fmt.Sprintf("at most %d %s for a product", MaxNotes, notes.what), "there are more")
		return nil
	}
	return all
}
