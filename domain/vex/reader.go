package vex

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/strictjson"
)

// reader makes a Document. The first error stays: whoever loops looks at it, what is
// read after it is nothing.
type reader struct {
	raw []byte
	doc *Document
	err error
	// joined is how much text has been put together.
	joined int
}

func (r *reader) fail(path, allowed, problem string) {
	r.keep(&fault.Invalid{Field: strictjson.FieldName(path), Allowed: allowed, Problem: problem})
}

func (r *reader) keep(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) problem(path, allowed, problem string) {
	if len(r.doc.Problems) == MaxProblems {
		r.fail(path, fmt.Sprintf("at most %d problems in a document", MaxProblems), "there are more, the last: "+problem)
		return
	}
	r.doc.Problems = append(r.doc.Problems, &fault.Invalid{Field: strictjson.FieldName(path), Allowed: allowed, Problem: problem})
}

func (r *reader) withoutStatement(path string) {
	if len(r.doc.WithoutStatement) == MaxProblems {
		r.fail(path, fmt.Sprintf("at most %d places without a status", MaxProblems), "there are more")
		return
	}
	r.doc.WithoutStatement = append(r.doc.WithoutStatement, path)
}

func (r *reader) add(s *Statement) {
	if len(r.doc.Statements) == MaxStatements {
		r.fail(s.Path, fmt.Sprintf("at most %d statements", MaxStatements), "there are more")
	}
	if r.err == nil {
		r.doc.Statements = append(r.doc.Statements, *s)
	}
}

// atMost refuses the element n, from 0, of what a statement may have MaxPerStatement of.
func (r *reader) atMost(path string, n int, what string) {
	if n >= MaxPerStatement {
		r.fail(path, fmt.Sprintf("at most %d %s", MaxPerStatement, what), "there are more")
	}
}

// object is a JSON object with its members in order. One that is null is as one that
// is missing.
type object struct {
	r       *reader
	path    string
	members []member
}

type member struct {
	name  string
	value []byte
}

func (r *reader) object(path string, value []byte) object {
	o := object{r: r, path: path}
	if r.err == nil {
		r.keep(strictjson.EachMember(path, value, func(name string, value []byte) error {
			o.members = append(o.members, member{name, value})
			return nil
		}))
	}
	return o
}

func (o object) at(name string) string { return strictjson.MemberPath(o.path, name) }

// get returns the member's value, nil if it is missing or null.
func (o object) get(name string) []byte {
	for _, m := range o.members {
		if m.name == name && m.value[0] != 'n' {
			return m.value
		}
	}
	return nil
}

// unknown makes a problem of each member that the format does not have.
func (o object) unknown(known []string) {
	for _, m := range o.members {
		if !slices.Contains(known, m.name) {
			o.r.problem(o.at(m.name), "what the specification has: "+strings.Join(known, ", "), "it is not read")
		}
	}
}

// text returns a member that is a string, "" if it is missing.
func (o object) text(name string, most int) string {
	value := o.get(name)
	if value == nil {
		return ""
	}
	// The path is needed for an error alone.
	if n := len(value) - 2; value[0] == '"' && n <= most && bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : n+1]) // a NUL would be escaped, and Check has seen the UTF-8
	}
	return o.r.text(o.at(name), value, most)
}

// id is text that has to be short.
func (o object) id(name string) string { return o.text(name, MaxIDLength) }

// required is id, and refuses one that is missing or empty.
func (o object) required(name string) string {
	s := o.id(name)
	if s == "" {
		problem := "it is missing"
		if o.get(name) != nil {
			problem = "it is empty"
		}
		o.r.fail(o.at(name), "a text that is not empty", problem)
	}
	return s
}

// number returns a member that is a whole number, or a text of one, as text.
func (o object) number(name string) string {
	value := o.get(name)
	if value == nil || value[0] == '"' {
		return o.id(name)
	}
	s := string(value)
	if strings.Trim(s, "0123456789") != "" || len(s) > 18 {
		o.r.fail(o.at(name), "a whole number of at most 18 digits", "it is "+quoted(s))
	}
	return s
}

func (o object) time(name string) time.Time {
	stated := o.id(name)
	if stated == "" {
		return time.Time{}
	}
	return o.r.time(o.at(name), stated)
}

// within returns the member that is an object; it has no members if it is missing.
func (o object) within(name string) object {
	value := o.get(name)
	if value == nil {
		return object{r: o.r, path: o.at(name)}
	}
	return o.r.object(o.at(name), value)
}

// each calls f with every element of a member that is an array, until an error.
func (o object) each(name string, f func(i int, path string, value []byte)) {
	value := o.get(name)
	if value == nil || o.r.err != nil {
		return
	}
	path := o.at(name)
	o.r.keep(strictjson.EachElement(path, value, func(i int, value []byte) error {
		f(i, strictjson.ElementPath(path, i), value)
		return o.r.err
	}))
}

func (r *reader) text(path string, value []byte, most int) string {
	if strictjson.KindOf(value) != "a string" {
		r.keep(strictjson.WrongKind(path, "a text", value))
		return ""
	}
	s, err := strictjson.Unquote(value)
	if err != nil {
		r.fail(path, "JSON", err.Error())
		return ""
	}
	return r.checked(path, s, most)
}

// checked returns what may be kept as it is.
func (r *reader) checked(path, s string, most int) string {
	switch {
	case len(s) > most:
		r.fail(path, fmt.Sprintf("at most %d bytes", most), fmt.Sprintf("it has %d", len(s)))
		return ""
	case !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0:
		r.fail(path, "UTF-8 text without NUL", "")
		return ""
	}
	return s
}

// time reads a time that decides which statement is the newer, so one that is none is
// refused, and one of a year that PostgreSQL and Go's JSON cannot both hold.
func (r *reader) time(path, stated string) time.Time {
	if stated == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, stated)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		r.fail(path, "a time of RFC 3339, such as 2026-01-31T12:00:00Z", "it is "+quoted(stated))
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// purl adds a package URL to p. One that is none is a problem.
func (r *reader) purl(path, stated string, p *Product) {
	pkg, err := sbom.ParsePackage(stated)
	if invalid := (*fault.Invalid)(nil); errors.As(err, &invalid) {
		r.problem(path, invalid.Allowed, invalid.Problem)
		return
	}
	if slices.Contains(p.Packages, pkg) {
		return
	}
	r.atMost(path, len(p.Packages), "package URLs")
	p.Packages = append(p.Packages, pkg)
	// The version of an OCI image is the digest of its manifest.
	if pkg.Type == "oci" {
		if d, err := digest.Parse(pkg.Version); err == nil && d.Algorithm() == "sha256" {
			p.Digests = append(p.Digests, d)
		}
	}
}

func isPURL(s string) bool { return len(s) >= 4 && strings.EqualFold(s[:4], "pkg:") }

// digest adds a digest to p. One that is wrong is a problem.
func (r *reader) digest(path, algorithm, value string, p *Product) {
	r.atMost(path, len(p.Digests), "digests")
	d, err := digest.New(algorithmName(algorithm), strings.ToLower(value))
	if invalid := (*fault.Invalid)(nil); errors.As(err, &invalid) {
		r.problem(path, invalid.Allowed, cmp.Or(invalid.Problem, "it is "+quoted(value)))
		return
	}
	p.Digests = append(p.Digests, d)
}

// algorithmName is in-toto's name of what OpenVEX calls sha-256, sha3-256 and blake2b-512,
// CSAF sha256, sha3-256 and blake2b512.
func algorithmName(stated string) string {
	name := strings.ToLower(stated)
	if rest, ok := strings.CutPrefix(name, "sha-"); ok {
		name = "sha" + rest
	}
	switch name {
	case "blake2b-512", "blake2b512":
		return "blake2b"
	case "blake2s-256", "blake2s256":
		return "blake2s"
	}
	return strings.ReplaceAll(name, "-", "_")
}

// finish puts the digests in order.
func (p *Product) finish() {
	slices.SortFunc(p.Digests, func(a, b digest.Digest) int { return strings.Compare(a.String(), b.String()) })
	p.Digests = slices.Compact(p.Digests)
}

// quoted shortens what an error repeats.
func quoted(s string) string { return fmt.Sprintf("%.100q", s) }

// oneOf refuses a word that is none of those allowed.
func oneOf[V any](r *reader, path, word string, all []named[V]) (V, bool) {
	var words []string
	for _, a := range all {
		if a.name == word {
			return a.value, true
		}
		words = append(words, a.name)
	}
	problem := "it is " + quoted(word)
	if word == "" {
		problem = "it is missing"
	}
	r.fail(path, "one of "+strings.Join(words, ", "), problem)
	var none V
	return none, false
}
