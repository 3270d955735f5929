package sbom

import (
	"fmt"
	"slices"
	"strings"

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
		words := strings.FieldsFunc(licence, func(r rune) bool { return r == ' ' || r == '(' || r == ')' })
		if !isExpression(words) {
			continue
		}
		for _, w := range words {
			if !operator(w) && !slices.Contains(c.Licences, w) && !slices.Contains(within, w) {
				within = append(within, w)
			}
		}
	}
	return within
}

// isExpression reports whether words are identifiers with an operator between
// each two: "Apache License, Version 2.0" is a name.
func isExpression(words []string) bool {
	if len(words) < 3 || len(words)%2 == 0 {
		return false
	}
	for i, w := range words {
		if operator(w) != (i%2 == 1) {
			return false
		}
	}
	return true
}

func operator(word string) bool {
	switch word {
	case "AND", "OR", "WITH", "and", "or", "with":
		return true
	}
	return false
}
