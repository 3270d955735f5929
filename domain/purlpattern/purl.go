package purlpattern

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/package-url/packageurl-go"

	"stella-ops.org/attestdb/domain/fault"
)

// target is a package URL, decoded.
type target struct {
	typ           string
	path, subpath []string
	version       string
	qualifiers    map[string]string
}

// readPURL reads a package URL.
func readPURL(purl string) (target, error) {
	bad := func(problem string) (target, error) {
		return target{}, &fault.Invalid{
			Field:   "purl",
			Allowed: fmt.Sprintf("a package URL of at most %d bytes, such as pkg:npm/%%40angular/core@16.2.0", MaxPURLLength),
			Problem: problem,
		}
	}
	if problem := unreadable(purl, MaxPURLLength); problem != "" {
		return bad(problem)
	}
	// The library does not decode subpaths, which one in its canonical form needs.
	rest, subpath, _ := strings.Cut(purl, "#")
	u, err := packageurl.FromString(rest)
	if err != nil {
		return bad(fmt.Sprintf("%.200s", err))
	}
	t := target{typ: u.Type, version: u.Version, qualifiers: u.Qualifiers.Map()}
	for s := range strings.SplitSeq(u.Namespace, "/") {
		if s != "" {
			t.path = append(t.path, s)
		}
	}
	t.path = append(t.path, u.Name)
	subpath = strings.Trim(subpath, "/")
	if subpath == "" {
		return t, nil
	}
	for i, s := range strings.Split(subpath, "/") {
		s, err := url.PathUnescape(s)
		if err != nil {
			return bad(fmt.Sprintf("%.200s", err))
		}
		if i > 0 && (s == "." || s == "..") {
			return bad("its subpath has . or ..")
		}
		t.subpath = append(t.subpath, s)
	}
	return t, nil
}
