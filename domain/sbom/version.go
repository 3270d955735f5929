package sbom

import (
	"cmp"
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

// smallNumbers refuses numbers that the libraries, but for RPM's, take for one another
// or for negative ones.
func smallNumbers(s string) error {
	if largeNumber.MatchString(s) {
		return errors.New("a number of more than 18 digits cannot be compared")
	}
	return nil
}

var largeNumber = regexp.MustCompile(`[0-9]{19}`)

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

// small has read refuse large numbers.
func small[T any](read func(string) (T, error)) func(string) (T, error) {
	return func(s string) (v T, err error) {
		if err := smallNumbers(s); err != nil {
			return v, err
		}
		return read(s)
	}
}

var (
	semantic = scheme("semver", readSemantic, (*semver.Version).Compare)
	dart     = scheme("pub", small(semver.NewVersion), compareDart)
	nuget    = scheme("nuget", readNuGet, compareNuGet)
	debian   = scheme("deb", small(deb.NewVersion), func(a, b deb.Version) int { return a.Compare(b) })
	red      = scheme("rpm", readRPM, func(a, b rpm.Version) int { return a.Compare(b) })
	python   = scheme("pypi", small(pep440.Parse), pep440.Version.Compare)
	maven    = scheme("maven", small(readMaven), mvn.Version.Compare)
	alpine   = scheme("apk", small(readAlpine), compareAlpine)
)

// readSemantic lets the build metadata, which does not count, have any numbers.
func readSemantic(s string) (*semver.Version, error) {
	counts, _, _ := strings.Cut(s, "+")
	if err := smallNumbers(counts); err != nil {
		return nil, err
	}
	return semver.NewVersion(s)
}

// compareDart orders the build metadata too, as nobody else does.
//
// https://pub.dev/documentation/pub_semver/latest/pub_semver/Version/compareTo.html
func compareDart(a, b *semver.Version) int {
	if order := a.Compare(b); order != 0 || a.Metadata() == b.Metadata() {
		return order
	}
	if a.Metadata() == "" || b.Metadata() == "" {
		return strings.Compare(a.Metadata(), b.Metadata())
	}
	return slices.CompareFunc(strings.Split(a.Metadata(), "."), strings.Split(b.Metadata(), "."), func(a, b string) int {
		m, notA := strconv.ParseUint(a, 10, 64)
		n, notB := strconv.ParseUint(b, 10, 64)
		switch {
		case notA == nil && notB == nil:
			return cmp.Compare(m, n)
		case notA == nil:
			return -1
		case notB == nil:
			return 1
		}
		return strings.Compare(a, b)
	})
}

// readMaven reads a point before a letter as the hyphen that it is to Maven: else
// 1.0.RC2 were above 1.0-RC3.
//
// https://maven.apache.org/pom.html#version-order-specification
func readMaven(s string) (mvn.Version, error) {
	return mvn.NewVersion(pointBeforeLetter.ReplaceAllString(s, "-$1"))
}

var pointBeforeLetter = regexp.MustCompile(`\.([A-Za-z])`)

// alpineVersion is in two parts, since the library sorts 1.0_rc1 above 1.0: it looks for
// more digits behind a number that begins with 0.
type alpineVersion struct {
	// base is up to the first suffix or revision; rest has them behind a base of its own.
	base, rest apk.Version
}

// alpineParts is a version of Alpine's; the library takes others for one, too, such as
// 1.0-2.
//
// https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd
var alpineParts = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)*[a-z]?)((?:_[a-z]+[0-9]*)*(?:-r[0-9]+)?)$`)

func readAlpine(s string) (v alpineVersion, err error) {
	parts := alpineParts.FindStringSubmatch(s)
	if parts == nil {
		return v, errors.New("it is no version of Alpine's")
	}
	if v.base, err = apk.NewVersion(parts[1]); err == nil {
		v.rest, err = apk.NewVersion("1.1" + parts[2])
	}
	return v, err
}

func compareAlpine(a, b alpineVersion) int {
	if order := a.base.Compare(b.base); order != 0 {
		return order
	}
	return a.rest.Compare(b.rest)
}

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
	if err := smallNumbers(s); err != nil {
		return v, err
	}
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
	"pub": dart, "swift": semantic,
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
