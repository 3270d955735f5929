package sbom

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
	nuget    = scheme("nuget", readNuGet, compareNuGet)
	debian   = scheme("deb", deb.NewVersion, func(a, b deb.Version) int { return a.Compare(b) })
	red      = scheme("rpm", readRPM, func(a, b rpm.Version) int { return a.Compare(b) })
	python   = scheme("pypi", pep440.Parse, pep440.Version.Compare)
	maven    = scheme("maven", mvn.NewVersion, mvn.Version.Compare)
	alpine   = scheme("apk", apk.NewVersion, apk.Version.Compare)
)

// readRPM refuses an epoch that is no number, which the library takes for 0, and a
// caret, which it overlooks: rpm has 1.0^1 after 1.0 and before 1.0.1.
func readRPM(s string) (rpm.Version, error) {
	if epoch, _, has := strings.Cut(s, ":"); has {
		if _, err := strconv.ParseUint(epoch, 10, 31); err != nil {
			return rpm.Version{}, errors.New("its epoch is no number")
		}
	}
	if strings.Contains(s, "^") {
		return rpm.Version{}, errors.New("versions with a caret cannot be compared")
	}
	return rpm.NewVersion(s), nil
}

// nugetVersion is a version of NuGet's: up to four numbers, and a pre-release whose
// case does not count.
//
// https://learn.microsoft.com/nuget/concepts/package-versioning
type nugetVersion struct {
	numbers [4]uint64
	// pre is 0.0.0 with the pre-release, in lower case.
	pre *semver.Version
}

func readNuGet(s string) (v nugetVersion, err error) {
	s, _, _ = strings.Cut(s, "+")
	numbers, pre, isPre := strings.Cut(s, "-")
	all := strings.Split(numbers, ".")
	if len(all) > len(v.numbers) {
		return v, errors.New("it has more than four numbers")
	}
	for i, n := range all {
		if v.numbers[i], err = strconv.ParseUint(n, 10, 31); err != nil {
			return v, fmt.Errorf("%s is no number", quoted(n))
		}
	}
	text := "0.0.0"
	if isPre {
		text += "-" + strings.ToLower(pre)
	}
	v.pre, err = semver.StrictNewVersion(text)
	return v, err
}

func compareNuGet(a, b nugetVersion) int {
	if order := slices.Compare(a.numbers[:], b.numbers[:]); order != 0 {
		return order
	}
	return a.pre.Compare(b.pre)
}

// schemes are VERS schemes, which have the names of package URL types.
var schemes = map[string]parser{
	"semver": semantic, "npm": semantic, "golang": semantic, "cargo": semantic, "nuget": nuget, "hex": semantic,
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
