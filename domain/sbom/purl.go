package sbom

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/package-url/packageurl-go"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	// MaxKeyLength is the longest [Package].Key, in bytes: it has to fit an entry of
	// a B-tree together with a Version.
	MaxKeyLength = 1024
	// MaxVersionLength is the longest [Package].Version, in bytes, the epoch counted.
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
	// Version is compared with ranges; "" if PURL has none, and the component that it
	// is of has none either. That of an RPM or a Debian package has its epoch, which
	// PURL may have in a qualifier: "1:4.2-3".
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
	p.addEpoch(u)
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

func (p *Package) addEpoch(u packageurl.PackageURL) {
	if epoch := u.Qualifiers.Map()["epoch"]; p.hasEpochs() && epoch != "" && p.Version != "" && !strings.Contains(p.Version, ":") {
		p.Version = epoch + ":" + p.Version
	}
}

// orVersion returns p with the version that its component states, where PURL has none
// and it is not too long: else nobody who asks for the version would find the component.
func (p Package) orVersion(stated string) Package {
	u, err := packageurl.FromString(p.PURL)
	if err != nil || p.Version != "" {
		return p
	}
	with := p
	with.Version = stated
	with.addEpoch(u)
	if len(with.Version) > MaxVersionLength {
		return p
	}
	return with
}

// hasEpochs reports whether versions of p's type may begin with an epoch.
func (p Package) hasEpochs() bool { return p.Type == "rpm" || p.Type == "deb" }

// AnyEpoch reports whether p is a version of an RPM or a Debian package without
// its epoch, and without qualifiers or a subpath that could say it: p stands for
// that version of every epoch then, since package URLs have the epoch apart.
func (p Package) AnyEpoch() bool {
	return p.hasEpochs() && !p.Qualified && p.Version != "" && !strings.Contains(p.Version, ":")
}

// Means reports whether version, a [Package].Version of p's Key, is what p names: any
// if p has none, p's own, or with [Package.AnyEpoch] one that differs in the epoch
// alone. Qualifiers and subpath do not count.
func (p Package) Means(version string) bool {
	if p.Version == "" || p.Version == version {
		return true
	}
	_, rest, found := strings.Cut(version, ":")
	return found && p.AnyEpoch() && rest == p.Version
}

// At returns the canonical package URL of a version, a [Package].Version of p's
// Key, with p's own qualifiers and subpath. It returns "" if there is none, as p
// says another epoch.
func (p Package) At(version string) string {
	if version == p.Version {
		return p.PURL
	}
	u, err := packageurl.FromString(p.PURL)
	if err != nil {
		return ""
	}
	if epoch := u.Qualifiers.Map()["epoch"]; p.hasEpochs() && epoch != "" && version != "" {
		rest, found := strings.CutPrefix(version, epoch+":")
		if !found {
			return ""
		}
		version = rest
	}
	u.Version = version
	return u.ToString()
}

// URLs returns the canonical package URLs of a version, a [Package].Version of p's Key,
// with p's own qualifiers and subpath: that of [Package.At], and the one without a
// version, of components that state it beside. There is none where At returns "".
func (p Package) URLs(version string) []string {
	url, bare := p.At(version), p.At("")
	switch url {
	case "":
		return nil
	case bare:
		return []string{url}
	}
	return []string{url, bare}
}

// quoted shortens what an error repeats.
func quoted(s string) string { return fmt.Sprintf("%.100q", s) }
