package sbom

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"stella-ops.org/attestdb/domain/fault"
)

// licence adds a licence to c, but for the words that say there is none to name.
func (r *reader) licence(path, licence string, c *Component) error {
	licence = strings.TrimSpace(licence)
	switch {
	case licence == "" || licence == "NOASSERTION" || licence == "NONE" || slices.Contains(c.Licences, licence):
		return nil
	case len(licence) > MaxTextLength:
		// Some put a licence's whole text where its name belongs.
		r.problem(path, fmt.Sprintf("at most %d bytes", MaxTextLength), fmt.Sprintf("it has %d", len(licence)))
		return nil
	}
	c.Licences = append(c.Licences, licence)
	if len(c.Licences)+len(c.LicencesWithin()) > MaxPerComponent {
		return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d licences", MaxPerComponent), Problem: "there are more"}
	}
	return text(path, licence, MaxTextLength)
}

// LicencesWithin returns the identifiers of licences and exceptions that the
// component's licence expressions name and that are not among its Licences, each
// once: of "MIT OR (Apache-2.0 WITH LLVM-exception)" all three. Who looks for a
// licence must not miss it for the company that it is in.
//
// https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
func (c *Component) LicencesWithin() []string {
	var within []string
	for _, licence := range c.Licences {
		for _, id := range identifiers(licence) {
			if !slices.Contains(c.Licences, id) && !slices.Contains(within, id) {
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
