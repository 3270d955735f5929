package sbom

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"stella-ops.org/attestdb/domain/fault"
)

// maxConstraints is the most constraints of a Range.
const maxConstraints = 100

// Range is a version range specifier (VERS): versions of one scheme between
// bounds, as in "vers:npm/>=1.2.0|<2.0.0".
//
// https://github.com/package-url/vers-spec
type Range struct {
	scheme string
	// all is the range "*".
	all bool
	// bounds alternate: what is inside is above one and below the next.
	bounds []constraint
	// equal and unequal are the versions that the range names one by one.
	equal, unequal []constraint
	text           string
}

type constraint struct {
	comparator string
	version    version
	text       string
}

func (c constraint) String() string { return c.comparator + url.PathEscape(c.text) }

// ParseRange reads a version range specifier, in which white space means nothing. A
// scheme whose versions cannot be compared here is refused by its name. The error is
// a *[fault.Invalid].
func ParseRange(s string) (Range, error) {
	s = strings.Join(strings.Fields(s), "")
	rest, ok := strings.CutPrefix(s, "vers:")
	scheme, constraints, found := strings.Cut(rest, "/")
	if !ok || !found || constraints == "" {
		return Range{}, badRange(s, "")
	}
	parse, err := schemeOf(scheme)
	if err != nil {
		return Range{}, err
	}
	r := Range{scheme: scheme}
	if constraints == "*" {
		r.all, r.text = true, s
		return r, nil
	}
	all, err := parseConstraints(constraints, parse)
	if err != nil {
		return Range{}, badRange(s, err.Error())
	}
	// The specification has them sorted; who wrote them otherwise meant the same.
	slices.SortStableFunc(all, func(a, b constraint) int { return a.version.compare(b.version) })
	for i, c := range all {
		if i > 0 && all[i-1].version.compare(c.version) == 0 {
			return Range{}, badRange(s, fmt.Sprintf("version %s is there twice", quoted(c.text)))
		}
		switch c.comparator {
		case "":
			r.equal = append(r.equal, c)
		case "!=":
			r.unequal = append(r.unequal, c)
		default:
			if n := len(r.bounds); n > 0 && r.bounds[n-1].comparator[0] == c.comparator[0] {
				return Range{}, badRange(s, fmt.Sprintf("%s and %s are two bounds of one side", r.bounds[n-1], c))
			}
			r.bounds = append(r.bounds, c)
		}
	}
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = c.String()
	}
	r.text = "vers:" + scheme + "/" + strings.Join(texts, "|")
	return r, nil
}

func parseConstraints(s string, parse parser) (all []constraint, err error) {
	for part := range strings.SplitSeq(s, "|") {
		c, err := parseConstraint(part, parse)
		if err != nil {
			return nil, err
		}
		if all = append(all, c); len(all) > maxConstraints {
			return nil, fmt.Errorf("it has more than %d constraints", maxConstraints)
		}
	}
	return all, nil
}

func parseConstraint(s string, parse parser) (constraint, error) {
	c := constraint{}
	for _, comparator := range []string{"!=", "<=", ">=", "<", ">", "="} {
		if rest, ok := strings.CutPrefix(s, comparator); ok {
			c.comparator, s = comparator, rest
			break
		}
	}
	if c.comparator == "=" {
		c.comparator = ""
	}
	stated, err := url.PathUnescape(s)
	if err != nil {
		return c, err
	}
	c.text = stated
	if c.version, err = parse.version(stated); err != nil {
		return c, fmt.Errorf("version %s: %w", quoted(stated), err)
	}
	return c, nil
}

func badRange(s, problem string) error {
	if problem == "" {
		problem = "it is " + quoted(s)
	}
	return &fault.Invalid{Field: "range", Allowed: "vers:SCHEME/CONSTRAINT|CONSTRAINT…, as in vers:npm/>=1.2.0|<2.0.0", Problem: problem}
}

// Scheme returns the versioning scheme: a package URL's type, or "semver".
func (r Range) Scheme() string { return r.scheme }

// IsZero reports whether r was never read; it contains nothing then.
func (r Range) IsZero() bool { return r.scheme == "" }

// String returns the range in its canonical form, which [ParseRange] reads.
func (r Range) String() string { return r.text }

// For reports whether the versions of packages of this type are of the range's
// scheme.
func (r Range) For(packageType string) bool {
	own, err := schemeOf(r.scheme)
	if err != nil {
		return false
	}
	theirs, err := schemeOf(packageType)
	return err == nil && own.name == theirs.name && (r.scheme == packageType || r.scheme == own.name || own.name == "apk")
}

// Contains reports whether version is in the range. A version that its scheme
// does not know is an error: it is in no range, nor outside one.
func (r Range) Contains(version string) (bool, error) {
	parse, err := schemeOf(r.scheme)
	if err != nil {
		return false, err
	}
	v, err := parse.version(version)
	if err != nil {
		return false, &fault.Invalid{Field: "version", Allowed: "a version of scheme " + r.scheme, Problem: fmt.Sprintf("%s: %s", quoted(version), err)}
	}
	is := func(c constraint) bool { return c.version.compare(v) == 0 }
	switch {
	case r.all || slices.ContainsFunc(r.equal, is):
		return true, nil
	case slices.ContainsFunc(r.unequal, is):
		return false, nil
	case len(r.bounds) == 0:
		return len(r.equal) == 0, nil // nothing but what is left out
	}
	// The last bound at or below v decides; below them all, the first one.
	inside := r.bounds[0].comparator[0] == '<'
	for _, b := range r.bounds {
		switch order := v.compare(b.version); {
		case order < 0:
			return inside, nil
		case order == 0:
			return strings.HasSuffix(b.comparator, "="), nil
		}
		inside = b.comparator[0] == '>'
	}
	return inside, nil
}
