package sbom

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/package-url/packageurl-go"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	// MaxKeyLength is the longest [Package].Key, MaxVersionLength the longest
	// Version, in bytes: both have to fit an entry of a B-tree together.
	MaxKeyLength     = 1024
	MaxVersionLength = 512
)

// Package is what a package URL names.
//
// https://github.com/package-url/purl-spec
type Package struct {
	// PURL is the package URL in its canonical form.
	PURL string
	// Type is the package's kind: "npm", "deb".
	Type string
	// Key is PURL without version, qualifiers and subpath: all versions of a
	// package have one.
	Key string
	// Version is compared with ranges; "" if PURL has none. An RPM's has its epoch,
	// which PURL has in a qualifier: "1:4.2-3".
	Version string
	// Qualified says that PURL has qualifiers or a subpath.
	Qualified bool
}

// IsZero reports whether p names nothing.
func (p Package) IsZero() bool { return p == Package{} }

// ParsePackage reads a package URL. It returns a *[fault.Invalid] for anything
// else.
func ParsePackage(purl string) (Package, error) {
	const allowed = "a package URL, such as pkg:npm/%40angular/core@16.2.0"
	u, err := packageurl.FromString(purl)
	if err != nil {
		return Package{}, &fault.Invalid{Field: "purl", Allowed: allowed, Problem: fmt.Sprintf("%s: %s", quoted(purl), err)}
	}
	p := Package{
		PURL: u.ToString(), Type: u.Type, Version: u.Version, Qualified: len(u.Qualifiers) > 0 || u.Subpath != "",
		Key: (&packageurl.PackageURL{Type: u.Type, Namespace: u.Namespace, Name: u.Name}).ToString(),
	}
	if epoch := u.Qualifiers.Map()["epoch"]; u.Type == "rpm" && epoch != "" && p.Version != "" {
		p.Version = epoch + ":" + p.Version
	}
	for _, s := range []string{p.PURL, p.Key, p.Version} {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return Package{}, &fault.Invalid{Field: "purl", Allowed: allowed, Problem: "it has NUL or is not UTF-8"}
		}
	}
	if len(p.PURL) > MaxTextLength || len(p.Key) > MaxKeyLength || len(p.Version) > MaxVersionLength {
		return Package{}, &fault.Invalid{
			Field:   "purl",
			Allowed: fmt.Sprintf("at most %d bytes, %d of them the version and %d what is before it", MaxTextLength, MaxVersionLength, MaxKeyLength),
			Problem: "it is longer",
		}
	}
	return p, nil
}

// quoted shortens what an error repeats.
func quoted(s string) string { return fmt.Sprintf("%.100q", s) }
