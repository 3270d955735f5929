// Package purlpattern says which package URLs a pattern such as
// "pkg:npm/%40acme/*@1.?.*" means. Patterns, their canonical form and what they match
// are in docs/purl-patterns.md; match.sql is the same matcher for PostgreSQL.
package purlpattern

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	// MaxLength is the longest pattern, in bytes, as it is written and in its
	// canonical form.
	MaxLength = 512
	// MaxWildcards is the most wildcards of a pattern.
	MaxWildcards = 32
	// MaxPURLLength is the longest package URL that is matched, in bytes.
	MaxPURLLength = 2048
	// MaxPrefixLength is the longest [Pattern.Prefix], in bytes.
	MaxPrefixLength = 128
)

// Pattern means package URLs. The zero Pattern means none; [Parse] makes others.
type Pattern struct {
	// typ is "*" for any.
	typ string
	// path is namespace and name.
	path []segment
	// version and subpath are nil for any, or none.
	version    glob
	qualifiers []qualifier
	subpath    []glob
	text       string
}

// segment is a segment of namespace and name.
type segment struct {
	glob glob
	// run is any number of segments, and one any segment whatever it holds; else glob
	// says. "**" is a run, and at the end a run and one.
	run, one bool
}

type qualifier struct {
	key   string
	value glob
}

// String returns the canonical form: [Parse] reads it as p.
func (p Pattern) String() string { return p.text }

// IsZero reports whether p means nothing.
func (p Pattern) IsZero() bool { return p.text == "" }

// Match reports whether p means a package URL, which need not be in its canonical form.
// It takes time in proportion to the length of the pattern times that of the package
// URL at most. The error is a *[fault.Invalid].
func (p Pattern) Match(purl string) (bool, error) {
	u, err := readPURL(purl)
	if err != nil {
		return false, err
	}
	return p.matches(u), nil
}

func (p Pattern) matches(u target) bool {
	if p.IsZero() || p.typ != "*" && p.typ != u.typ {
		return false
	}
	if !wild(p.path, u.path, segment.isRun, segment.matches) {
		return false
	}
	if p.version != nil && (u.version == "" || !p.version.matches(u.version)) {
		return false
	}
	for _, q := range p.qualifiers {
		if value, found := u.qualifiers[q.key]; !found || !q.value.matches(value) {
			return false
		}
	}
	if p.subpath == nil {
		return true
	}
	if len(p.subpath) != len(u.subpath) {
		return false
	}
	for i, g := range p.subpath {
		if !g.matches(u.subpath[i]) {
			return false
		}
	}
	return true
}

func (s segment) isRun() bool { return s.run }

func (s segment) matches(text string) bool { return s.one || s.glob.matches(text) }

// Specificity says how much a pattern leaves open: of the patterns that mean a package
// URL, the most specific one is meant most.
type Specificity struct {
	// Score is the sum over the type, the segments of the namespace, the name, the
	// version, each qualifier and the segments of the subpath, as far as the pattern has
	// them: 10 for one without wildcards, 5 for one with wildcards and characters beside
	// them, 1 for one of wildcards alone, and 0 for "**".
	Score int
	// Literal is the number of characters of these that are no wildcards. A
	// percent-encoded character is one. Of a qualifier the value counts.
	Literal int
}

// Compare returns a number below 0 if s is less specific than other, above 0 if it is
// more specific, and 0 if neither: the Score decides, then Literal.
func (s Specificity) Compare(other Specificity) int {
	return cmp.Or(cmp.Compare(s.Score, other.Score), cmp.Compare(s.Literal, other.Literal))
}

// Specificity returns how specific p is.
func (p Pattern) Specificity() Specificity {
	var s Specificity
	if p.IsZero() {
		return s
	}
	if p.typ == "*" {
		s.Score = 1
	} else {
		s.Score, s.Literal = 10, len(p.typ)
	}
	for _, g := range p.globs() {
		s.add(g)
	}
	return s
}

// globs returns all segments of p but the type and "**".
func (p Pattern) globs() []glob {
	var list []glob
	for _, s := range p.path {
		if !s.run && !s.one {
			list = append(list, s.glob)
		}
	}
	if p.version != nil {
		list = append(list, p.version)
	}
	for _, q := range p.qualifiers {
		list = append(list, q.value)
	}
	return append(list, p.subpath...)
}

func (s *Specificity) add(g glob) {
	literal := g.literals()
	s.Literal += literal
	switch literal {
	case len(g):
		s.Score += 10
	case 0:
		s.Score++
	default:
		s.Score += 5
	}
}

// Prefix returns what every package URL that p means begins with, in the canonical form
// that [Prefixes] has: what is literal before p's first wildcard, the version at most
// counted, and no more than the first [MaxPrefixLength] bytes.
func (p Pattern) Prefix() string {
	if p.IsZero() {
		return ""
	}
	if p.typ == "*" {
		return scheme
	}
	var b strings.Builder
	b.WriteString(scheme + p.typ)
	whole := true
	for _, seg := range p.path {
		b.WriteByte('/')
		if whole = !seg.run && seg.glob.writeLiteral(&b); !whole {
			break
		}
	}
	if whole && p.version != nil {
		b.WriteByte('@')
		p.version.writeLiteral(&b)
	}
	return b.String()[:min(b.Len(), MaxPrefixLength)]
}

// Prefixes returns everything that the [Pattern.Prefix] of a pattern which means this
// package URL may be: at most [MaxPrefixLength] texts. The error is a *[fault.Invalid].
func Prefixes(purl string) ([]string, error) {
	u, err := readPURL(purl)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(scheme + u.typ)
	shortest := b.Len() + 1
	for _, segment := range u.path {
		b.WriteByte('/')
		encode(&b, segment)
	}
	if u.version != "" {
		b.WriteByte('@')
		encode(&b, u.version)
	}
	text := b.String()[:min(b.Len(), MaxPrefixLength)]
	list := []string{scheme}
	for n := min(shortest, len(text)); n <= len(text); n++ {
		list = append(list, text[:n])
	}
	return list, nil
}

func invalid(format string, args ...any) error {
	return &fault.Invalid{
		Field:   "pattern",
		Allowed: "a package URL with * and ? for characters of a segment and ** for segments, such as pkg:npm/%40acme/*@1.?.*",
		Problem: fmt.Sprintf(format, args...),
	}
}

// unreadable says what is wrong with the length or the encoding of a text; "" if nothing is.
func unreadable(s string, most int) string {
	switch {
	case len(s) > most:
		return fmt.Sprintf("it has %d bytes, more than %d", len(s), most)
	case !utf8.ValidString(s):
		return "it is not UTF-8"
	}
	return ""
}

// quoted shortens what an error repeats.
func quoted(s string) string { return fmt.Sprintf("%.100q", s) }
