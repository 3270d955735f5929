package sbom

import (
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

// reader makes a Document of one that is checked. It reads element by element, and only
// what a Document has: a document takes memory for what it says, not for what somebody
// who means ill has put in as many empty objects.
type reader struct {
	doc *Document
	at  *strictjson.Cursor
	// more is how many problems there are beyond MaxProblems.
	more int
}

// topNames are the members of a document that are read, and those that tell what it is.
var topNames = []string{
	"bomFormat", "specVersion", "serialNumber", "metadata", "components",
	"spdxVersion", "SPDXID", "name", "documentNamespace", "creationInfo", "documentDescribes", "packages", "files", "relationships",
	"@context", "@graph", "payloadType", "predicateType",
}

// parts returns the values of the document's members by their names.
func (r *reader) parts(raw []byte) (map[string][]byte, error) {
	r.at = strictjson.NewCursor("", raw)
	parts := map[string][]byte{}
	var misspelt error
	err := r.at.Members(func(name []byte) error {
		switch {
		case !slices.Contains(topNames, string(name)):
			if misspelt == nil {
				misspelt = r.unread(name, topNames)
			}
		case !r.at.Null():
			parts[string(name)] = r.at.Skip()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := refuseJSONLD(raw, parts); err != nil {
		return nil, err
	}
	return parts, misspelt
}

// unread refuses a name that differs from one that is read in its case alone: a reader
// that ignores it, as encoding/json does, would see another document. All else is left.
func (r *reader) unread(name []byte, read []string) error {
	stated := string(name)
	for _, right := range read {
		if strings.EqualFold(stated, right) {
			return r.at.Fault("the name "+right, "names are case-sensitive")
		}
	}
	return nil
}

// within reads value, which is at path; nil is none.
func (r *reader) within(path string, value []byte, read func() error) error {
	if value == nil {
		return nil
	}
	outer := r.at
	r.at = strictjson.NewCursor(path, value)
	err := read()
	r.at = outer
	return err
}

// text reads what is stored as it is.
func (r *reader) text(to *string, most int) (err error) {
	*to, err = r.at.Text()
	if err == nil {
		err = checkText(*to, most, r.at.Path)
	}
	return err
}

func checkText(s string, most int, path func() string) error {
	switch {
	case len(s) > most:
		return &fault.Invalid{Field: path(), Allowed: fmt.Sprintf("at most %d bytes", most), Problem: fmt.Sprintf("it has %d", len(s))}
	case !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0:
		return &fault.Invalid{Field: path(), Allowed: "UTF-8 text without NUL"}
	}
	return nil
}

// plain reads a text of which no part is stored.
func (r *reader) plain(to *string) (err error) {
	*to, err = r.at.Text()
	return err
}

// problem notes one of what is at the path of the cursor with rest behind it.
func (r *reader) problem(rest, allowed, problem string) {
	if len(r.doc.Problems) == MaxProblems {
		r.more++
		return
	}
	r.doc.Problems = append(r.doc.Problems, &fault.Invalid{Field: r.at.Path() + rest, Allowed: allowed, Problem: problem})
}

// countProblems says how many are not named.
func (r *reader) countProblems() {
	if r.more > 0 {
		r.doc.Problems = append(r.doc.Problems, &fault.Invalid{
			Field: strictjson.DocumentField, Allowed: "what can be looked up", Problem: fmt.Sprintf("it has %d more parts that cannot, not named here", r.more),
		})
	}
}

// room makes room for n components, or for as many as there may be.
func (r *reader) room(n int) {
	if n > 0 {
		r.doc.Components = make([]Component, 0, min(n, MaxComponents))
	}
}

// add appends a component, and returns its place.
func (r *reader) add(c Component) (int, error) {
	n := len(r.doc.Components)
	if n == MaxComponents {
		return n, r.at.Fault(fmt.Sprintf("at most %d components", MaxComponents), "there are more")
	}
	r.doc.Components = append(r.doc.Components, c)
	return n, nil
}

// purl gives c, which has its version, its package URL, which is at rest.
func (r *reader) purl(rest, stated string, c *Component) error {
	if stated == "" {
		return nil
	}
	if err := checkText(stated, MaxTextLength, func() string { return r.at.Path() + rest }); err != nil {
		return err
	}
	c.PURL = stated
	p, err := ParsePackage(stated)
	if err != nil {
		invalid := &fault.Invalid{}
		errors.As(err, &invalid)
		r.problem(rest, invalid.Allowed, invalid.Problem)
		return nil
	}
	c.PURL, c.Package = p.PURL, p.orVersion(c.Version)
	return nil
}

// digests reads a list of them, whose members have the format's own names. One that is
// wrong is a problem.
func (r *reader) digests(algorithm, value string, c *Component) error {
	names := []string{algorithm, value}
	return r.at.Elements(func(i int) error {
		if i == MaxPerComponent {
			return r.at.Fault(fmt.Sprintf("at most %d digests", MaxPerComponent), "there are more")
		}
		var stated, encoded string
		err := r.at.Members(func(name []byte) error {
			switch string(name) {
			case algorithm:
				return r.plain(&stated)
			case value:
				return r.plain(&encoded)
			}
			return r.unread(name, names)
		})
		if err != nil {
			return err
		}
		if encoded == "" {
			r.problem("", "a digest", "it has no value")
			return nil
		}
		d, err := digest.New(algorithmName(stated), strings.ToLower(encoded))
		if err != nil {
			invalid := &fault.Invalid{}
			errors.As(err, &invalid)
			r.problem("", invalid.Allowed, invalid.Problem)
			return nil
		}
		c.Digests = append(c.Digests, d)
		return nil
	})
}

// statedTime reads a time of ISO 8601 as both formats have it. One that is none, or of a
// year that PostgreSQL and Go's JSON cannot both hold, is a problem and left out.
func (r *reader) statedTime() error {
	stated, err := r.at.Text()
	if err != nil || stated == "" {
		return err
	}
	t, err := time.Parse(time.RFC3339, stated)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		r.problem("", "a time of RFC 3339, such as 2026-01-31T12:00:00Z", "it is "+quoted(stated))
		return nil //nolint:nilerr // the problem says it
	}
	r.doc.StatedAt = t.UTC().Truncate(time.Microsecond)
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
