package sbom

import (
	"errors"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
	pep440 "github.com/aquasecurity/go-pep440-version"
	apk "github.com/knqyf263/go-apk-version"
	deb "github.com/knqyf263/go-deb-version"
	rpm "github.com/knqyf263/go-rpm-version"
	mvn "github.com/masahiro331/go-mvn-version"

	"stella-ops.org/attestdb/domain/fault"
)

// version is one of a scheme; it is compared with others of the same scheme only.
type version interface{ compare(other version) int }

// parser reads the versions of a scheme.
type parser struct {
	name  string
	parse func(string) (version, error)
}

// version refuses what no scheme has, before a library sees it.
func (p parser) version(s string) (version, error) {
	if len(s) > MaxVersionLength || !plausible.MatchString(s) {
		return nil, errors.New("it is no version")
	}
	return p.parse(s)
}

// plausible has no white space and nothing that begins an expression.
var plausible = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.+~^:_!-]*$`)

// of makes a version of a library's type, which compares itself with its like.
type of[T any] struct {
	v       T
	against func(T, T) int
}

func (a of[T]) compare(b version) int { return a.against(a.v, b.(of[T]).v) }

func scheme[T any](name string, read func(string) (T, error), compare func(T, T) int) parser {
	return parser{name, func(s string) (version, error) {
		v, err := read(s)
		return of[T]{v, compare}, err
	}}
}

var (
	semantic = scheme("semver", semver.NewVersion, (*semver.Version).Compare)
	debian   = scheme("deb", deb.NewVersion, func(a, b deb.Version) int { return a.Compare(b) })
	red      = scheme("rpm", readRPM, func(a, b rpm.Version) int { return a.Compare(b) })
	python   = scheme("pypi", pep440.Parse, pep440.Version.Compare)
	maven    = scheme("maven", mvn.NewVersion, mvn.Version.Compare)
	alpine   = scheme("apk", apk.NewVersion, apk.Version.Compare)
)

// readRPM refuses an epoch that is no number, which the library takes for 0.
func readRPM(s string) (rpm.Version, error) {
	if epoch, _, has := strings.Cut(s, ":"); has && strings.Trim(epoch, "0123456789") != "" {
		return rpm.Version{}, errors.New("its epoch is no number")
	}
	return rpm.NewVersion(s), nil
}

// schemes are VERS schemes, which have the names of package URL types.
var schemes = map[string]parser{
	"semver": semantic, "npm": semantic, "golang": semantic, "cargo": semantic, "nuget": semantic, "hex": semantic,
	"pub": semantic, "swift": semantic,
	"deb": debian, "rpm": red, "pypi": python, "maven": maven, "apk": alpine, "alpine": alpine,
}

func schemeOf(name string) (parser, error) {
	p, ok := schemes[name]
	if !ok {
		return p, &fault.Invalid{
			Field:   "range",
			Allowed: "a range of scheme alpine, apk, cargo, deb, golang, hex, maven, npm, nuget, pub, pypi, rpm, semver or swift",
			Problem: "versions of scheme " + quoted(name) + " cannot be compared",
		}
	}
	return p, nil
}
