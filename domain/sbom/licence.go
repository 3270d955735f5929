package sbom

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// licenceCount counts a component's licences with those that its expressions name.
type licenceCount struct {
	// most is how many there are, those counted that are the same.
	most int
	// named has each once, as soon as most is too many.
	named map[string]struct{}
}

// licence reads one of c, but for the words that say there is none to name.
func (r *reader) licence(c *Component, n *licenceCount) error {
	licence, err := r.at.Text()
	if err != nil {
		return err
	}
	licence = strings.TrimSpace(licence)
	switch {
	case licence == "" || licence == "NOASSERTION" || licence == "NONE" || slices.Contains(c.Licences, licence):
		return nil
	case len(licence) > MaxTextLength:
		// Some put a licence's whole text where its name belongs.
		r.problem("", fmt.Sprintf("at most %d bytes", MaxTextLength), fmt.Sprintf("it has %d", len(licence)))
		return nil
	}
	c.Licences = append(c.Licences, licence)
	if n.add(c.Licences) > MaxPerComponent {
		return r.at.Fault(fmt.Sprintf("at most %d licences", MaxPerComponent), "there are more")
	}
	return checkText(licence, MaxTextLength, r.at.Path)
}

// add counts the last of licences, all others of which are counted.
func (n *licenceCount) add(licences []string) int {
	last := len(licences) - 1
	n.most += 1 + len(identifiers(licences[last]))
	if n.most <= MaxPerComponent {
		return n.most
	}
	if n.named == nil {
		n.named, last = map[string]struct{}{}, 0
	}
	for _, l := range licences[last:] {
		n.named[l] = struct{}{}
		for _, id := range identifiers(l) {
			n.named[id] = struct{}{}
		}
	}
	return len(n.named)
}

// LicencesWithin returns the identifiers of licences and exceptions that the
// component's licence expressions name and that are not among its Licences, each
// once: of "MIT OR (Apache-2.0 WITH LLVM-exception)" all three. Who looks for a
// licence must not miss it for the company that it is in.
//
// https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
func (c *Component) LicencesWithin() []string {
	var within []string
	var seen map[string]struct{}
	for _, licence := range c.Licences {
		for _, id := range identifiers(licence) {
			if seen == nil {
				seen = make(map[string]struct{}, len(c.Licences))
				for _, l := range c.Licences {
					seen[l] = struct{}{}
				}
			}
			if _, known := seen[id]; !known {
				seen[id] = struct{}{}
				within = append(within, id)
			}
		}
	}
	return within
}

// identifiers returns those that a licence names if it is an expression: identifiers
// with an operator between each two. "Apache License, Version 2.0" is a name.
func identifiers(licence string) []string {
	words := strings.FieldsFunc(licence, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == ')' })
	if len(words)%2 == 0 {
		return nil
	}
	var ids []string
	for i, w := range words {
		if operator(w) != (i%2 == 1) {
			return nil
		}
		if i%2 == 0 {
			ids = append(ids, w)
		}
	}
	return ids
}

func operator(word string) bool {
	switch word {
	case "AND", "OR", "WITH", "and", "or", "with":
		return true
	}
	return false
}
