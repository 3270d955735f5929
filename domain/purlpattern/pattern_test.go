package purlpattern_test

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/package-url/packageurl-go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/purlpattern"
	"stella-ops.org/attestdb/domain/sbom"
)

// table returns the rows of the table in docs/purl-patterns.md that begins so.
func table(t *testing.T, head string) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/purl-patterns.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), head+"\n|---")
	require.True(t, found, head)
	_, rest, _ = strings.Cut(rest, "\n")
	var rows [][]string
	for line := range strings.Lines(rest) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 3 {
			break
		}
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		rows = append(rows, cells[1:len(cells)-1])
	}
	require.NotEmpty(t, rows)
	return rows
}

func parse(t require.TestingT, s string) purlpattern.Pattern {
	p, err := purlpattern.Parse(s)
	require.NoError(t, err, s)
	return p
}

func TestPurlPatternsDocumentIsRight(t *testing.T) {
	t.Parallel()
	for _, row := range table(t, "| pattern | canonical form | score | literal | prefix |") {
		p := parse(t, row[0])
		require.Equal(t, row[1], p.String(), row[0])
		require.Equal(t, row[4], p.Prefix(), row[0])
		score, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		literal, err := strconv.Atoi(row[3])
		require.NoError(t, err)
		require.Equal(t, purlpattern.Specificity{Score: score, Literal: literal}, p.Specificity(), row[0])
	}
	for _, row := range table(t, "| pattern | package URL | means it |") {
		p, err := purlpattern.Parse(row[0])
		if row[2] == "refused" {
			requireRefused(t, "pattern", err)
			continue
		}
		require.NoError(t, err, row)
		yes, err := p.Match(row[1])
		require.NoError(t, err, row)
		require.Equal(t, row[2], map[bool]string{true: "yes", false: "no"}[yes], row)
		requireConsistent(t, p, row[1])
	}
}

func requireRefused(t require.TestingT, field string, err error) {
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, field, invalid.Field)
	require.NotEmpty(t, invalid.Problem)
	require.Less(t, len(err.Error()), 800)
}

// requireConsistent holds what is so for every pattern and every package URL.
func requireConsistent(t require.TestingT, p purlpattern.Pattern, purl string) {
	require.LessOrEqual(t, len(p.String()), purlpattern.MaxLength)
	require.Equal(t, p, parse(t, p.String()), "the canonical form is read as another pattern")
	yes, err := p.Match(purl)
	if err != nil {
		requireRefused(t, "purl", err)
		return
	}
	prefixes, err := purlpattern.Prefixes(purl)
	require.NoError(t, err)
	require.LessOrEqual(t, len(prefixes), purlpattern.MaxPrefixLength)
	require.Len(t, slices.Compact(slices.Clone(prefixes)), len(prefixes))
	if yes {
		require.Contains(t, prefixes, p.Prefix(), "%s means %s", p, purl)
	}
	// The form in which a package URL is stored means the same.
	if pkg, err := sbom.ParsePackage(purl); err == nil && !strings.Contains(purl, "#") {
		again, err := p.Match(pkg.PURL)
		require.NoError(t, err)
		require.Equal(t, yes, again, "%s and %s", purl, pkg.PURL)
	}
}

// samplePURL is a package URL of a type that obeys its rules, with capitals and
// underscores wherever it may have some.
func samplePURL(typ string) packageurl.PackageURL {
	u := packageurl.PackageURL{Type: typ, Namespace: "Na_Me/Sp_Ace", Name: "Na_Me", Version: "1.A_B"}
	switch typ {
	case "chrome-extension":
		u.Namespace, u.Name, u.Version = "", strings.Repeat("Ab", 16), "1.2.3"
	case "cpan":
		u.Namespace = "NA_ME"
	case "julia":
		u.Namespace, u.Qualifiers = "", packageurl.Qualifiers{{Key: "uuid", Value: "Ab"}}
	case "otp":
		u.Namespace = ""
	}
	return u
}

// The rules of types are those of package URLs, for whole segments and for what is left
// of them beside wildcards. What the page says of them is what the library does: where
// an upgrade changes that, the patterns that are stored are stale.
func TestPatternsAreFoldedAsPackageURLs(t *testing.T) {
	t.Parallel()
	var documented [][]string
	types := map[string]bool{"unheard.of": true}
	for _, known := range []map[string]struct{}{packageurl.KnownTypes, packageurl.CandidateTypes} {
		for typ := range known {
			types[typ] = true
		}
	}
	for typ := range types {
		given := samplePURL(typ)
		want := given
		require.NoError(t, want.Normalize(), typ)
		p := parse(t, given.String())
		require.Equal(t, want.String(), p.String())
		yes, err := p.Match(given.String())
		require.NoError(t, err)
		require.True(t, yes, typ)

		cut := func(s string) string { return "*" + s[1:] }
		open := parse(t, "pkg:"+typ+"/"+given.Namespace+"/"+cut(given.Name)+"@"+cut(given.Version))
		require.True(t, strings.HasSuffix(open.String(), "/"+cut(want.Name)+"@"+cut(want.Version)), open)

		row := []string{typ, "", "", ""}
		if want.Namespace != given.Namespace {
			require.Equal(t, want.Namespace, strings.ToLower(given.Namespace))
			row[1] = "lower"
		}
		switch want.Name {
		case given.Name:
		case strings.ToLower(given.Name):
			row[2] = "lower"
		default:
			require.Equal(t, "na-me", want.Name)
			row[2] = "lower, `_` is `-"
		}
		if want.Version != given.Version {
			require.Equal(t, want.Version, strings.ToLower(given.Version))
			row[3] = "lower"
		}
		if !slices.Equal(row[1:], []string{"", "", ""}) {
			documented = append(documented, row)
		}
	}
	slices.SortFunc(documented, slices.Compare)
	require.Equal(t, documented, table(t, "| type | namespace | name | version |"))
}

func TestNamesOfMLflowAreFoldedByRepository(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"pkg:mlflow/Mo*": "pkg:mlflow/Mo*",
		"pkg:mlflow/Mo*?repository_url=https://*.databricks.com": "pkg:mlflow/mo*?repository_url=https:%2F%2F*.databricks.com",
		"pkg:mlflow/Mo*?repository_url=https://x.azureml.net":    "pkg:mlflow/Mo*?repository_url=https:%2F%2Fx.azureml.net",
	} {
		require.Equal(t, want, parse(t, pattern).String())
	}
}

func TestSpecificityOrders(t *testing.T) {
	t.Parallel()
	// From the least specific.
	list := []string{
		"pkg:*/**", "pkg:npm/**", "pkg:cargo/**", "pkg:npm/*", "pkg:npm/??", "pkg:npm/*/*", "pkg:npm/a*", "pkg:npm/ab*",
		"pkg:npm/ab", "pkg:npm/ab@*", "pkg:npm/ab@1*", "pkg:npm/ab@1", "pkg:npm/ab@1?a=*", "pkg:npm/ab@1?a=b*", "pkg:npm/ab@1?a=bc",
		"pkg:npm/ab@1?a=bc#*", "pkg:npm/ab@1?a=bc#d",
	}
	for i := 1; i < len(list); i++ {
		less, more := parse(t, list[i-1]).Specificity(), parse(t, list[i]).Specificity()
		if list[i] == "pkg:npm/??" {
			require.Zero(t, more.Compare(less))
			continue
		}
		require.Positive(t, more.Compare(less), "%s %v, %s %v", list[i], more, list[i-1], less)
		require.Negative(t, less.Compare(more))
	}
	require.Zero(t, purlpattern.Pattern{}.Specificity())
}

func TestTheZeroPatternMeansNothing(t *testing.T) {
	t.Parallel()
	var p purlpattern.Pattern
	require.True(t, p.IsZero())
	require.Empty(t, p.Prefix())
	yes, err := p.Match("pkg:npm/a")
	require.NoError(t, err)
	require.False(t, yes)
	require.False(t, parse(t, "pkg:npm/a").IsZero())
}

func TestLimitsOfPatterns(t *testing.T) {
	t.Parallel()
	require.Equal(t, sbom.MaxTextLength, purlpattern.MaxPURLLength, "what is stored is not matched")

	longest := "pkg:npm/" + strings.Repeat("a", purlpattern.MaxLength-len("pkg:npm/"))
	p := parse(t, longest)
	require.Equal(t, longest[:purlpattern.MaxPrefixLength], p.Prefix())
	yes, err := p.Match(longest + "b")
	require.NoError(t, err)
	require.False(t, yes)
	requireConsistent(t, p, longest)
	_, err = purlpattern.Parse(longest + "a")
	requireRefused(t, "pattern", err)
	_, err = purlpattern.Parse("pkg:npm/" + strings.Repeat("@", 200) + "@1")
	requireRefused(t, "pattern", err)

	most := "pkg:npm/**/" + strings.Repeat("?*", 10) + "@" + strings.Repeat("?", 9) + "?a=*#*"
	parse(t, most)
	_, err = purlpattern.Parse(most + "?")
	requireRefused(t, "pattern", err)

	for _, bad := range []string{"", "pkg:", "pkg:npm", "\xff", "pkg:npm/\xff", "pkg:npm/%f", "pkg:npm/%ff", "pkg:\u212a/a", "pkg:npm/a?b=c;d"} {
		_, err = purlpattern.Parse(bad)
		requireRefused(t, "pattern", err)
	}
	for _, bad := range []string{"", "npm/a", "pkg:npm", "pkg:npm/a#%", "pkg:npm/a#b/..", "pkg:npm/\xff", "pkg:npm/" + strings.Repeat("a", purlpattern.MaxPURLLength)} {
		_, err = parse(t, "pkg:*/**").Match(bad)
		requireRefused(t, "purl", err)
		_, err = purlpattern.Prefixes(bad)
		requireRefused(t, "purl", err)
	}
}

// A long type leaves prefixes nothing but itself.
func TestPrefixesOfLongTypes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{122, 123, 124, 125, 200} {
		purl := "pkg:" + strings.Repeat("t", n) + "/a/b@1"
		for _, rest := range []string{"/a/b@1", "/a/*", "/**"} {
			p := parse(t, "pkg:"+strings.Repeat("t", n)+rest)
			yes, err := p.Match(purl)
			require.NoError(t, err)
			require.True(t, yes)
			requireConsistent(t, p, purl)
		}
	}
}

// Patterns and package URLs that make matchers try again and again.
func TestHostilePatternsTakeNoTime(t *testing.T) {
	t.Parallel()
	fill := func(unit, end string) string {
		s := "pkg:npm/"
		for len(s)+len(unit)+len(end) <= purlpattern.MaxLength {
			next := s + unit
			if strings.Count(next, "*")+strings.Count(next, "?") > purlpattern.MaxWildcards {
				break
			}
			s = next
		}
		return s + end
	}
	for _, pattern := range []string{
		fill("*a", "b"), fill("*aaaaaaaaaaaaaa", "b"), fill("?*", "b"), fill("a?*b", "c"), fill("*%C3%A9", "b"),
		fill("**/a/", "b"), fill("**/*a*/", "b"), fill("**/*/", "b"), fill("*/", "b"),
		"pkg:npm/**/" + strings.Repeat("a/", 240) + "b", "pkg:npm/*" + strings.Repeat("a", 400) + "b",
	} {
		p := parse(t, pattern)
		for _, unit := range []string{"a", "ab", "a/", "aba/", "%C3%A9", "%C3", "?", "@", "#", "?a=b&", "a=b&"} {
			purl := "pkg:npm/" + strings.Repeat(unit, (purlpattern.MaxPURLLength-9)/len(unit)) + "a"
			start := time.Now()
			requireConsistent(t, p, purl)
			require.Less(t, time.Since(start), 2*time.Second, "%s on %.40s", pattern, purl)
		}
	}
}

func anyPattern() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"a", "B", "_", "-", ".", "1", "*", "?", "**", "/", "/", "/**/", "@", "@", "?", "#", "&", "=", "?a=", "&b=", "&C=", "%40", "%2A", "%3F", "%3D",
		"%2F", "%C3%A9", "é", "İ", "K", "ẞ", "Σ", "%25", "%", "%FF", "+", " ", ";", "\x00", "..", "pkg:",
	})
	return rapid.Custom(func(t *rapid.T) string {
		typ := rapid.SampledFrom([]string{"npm", "pypi", "github", "golang", "huggingface", "oci", "generic", "*", "mlflow", "cpan", "c++"}).Draw(t, "type")
		return "pkg:" + typ + "/" + strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), "")
	})
}

func TestCanonicalPatternsAreReadAsThemselves(t *testing.T) {
	t.Parallel()
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		s, purl := anyPattern().Draw(t, "pattern"), anyPattern().Draw(t, "purl")
		p, err := purlpattern.Parse(s)
		if err != nil {
			requireRefused(t, "pattern", err)
			return
		}
		read++
		require.NotContains(t, p.String(), " ")
		requireConsistent(t, p, purl)
		requireConsistent(t, p, s)
	})
	require.Positive(t, read)
}

// A package URL that has neither an asterisk nor an equals sign before its qualifiers is
// the pattern of itself.
func TestPackageURLsMeanThemselves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		purl, err := sbom.ParsePackage(strings.NewReplacer("*", "", "#", "").Replace(anyPattern().Draw(t, "purl")))
		path, _, _ := strings.Cut(purl.PURL, "?")
		text, _ := url.PathUnescape(purl.PURL)
		if err != nil || strings.Contains(path, "=") || strings.Contains(purl.PURL, "*") || !utf8.ValidString(text) {
			t.Skip("no pattern")
		}
		p := parse(t, purl.PURL)
		yes, err := p.Match(purl.PURL)
		require.NoError(t, err)
		require.True(t, yes, "%s as %s", purl.PURL, p)
		requireConsistent(t, p, purl.PURL)
	})
}

func FuzzPattern(f *testing.F) {
	f.Add("pkg:npm/%40acme/**@1.?.*?arch=a*#x/?", "pkg:npm/%40acme/tool@1.2.3?arch=amd64#x/y")
	f.Add("pkg:*/**", "pkg:pypi/A_B")
	f.Add("pkg:mlflow/A?repository_url=databricks", "pkg:mlflow/A?repository_url=databricks")
	f.Add("pkg:generic/a?b?c=d?e", "pkg:generic/a%FFb@%2F?c=d&e=f#%25")
	f.Fuzz(func(t *testing.T, pattern, purl string) {
		p, err := purlpattern.Parse(pattern)
		if err != nil {
			requireRefused(t, "pattern", err)
			return
		}
		requireConsistent(t, p, purl)
		requireConsistent(t, p, pattern)
	})
}

func ExamplePattern_Match() {
	p, err := purlpattern.Parse("pkg:npm/@acme/*@1.?.*")
	if err != nil {
		panic(err)
	}
	yes, err := p.Match("pkg:npm/%40acme/tool@1.2.3")
	fmt.Println(p, yes, err)
	// Output: pkg:npm/%40acme/*@1.?.* true <nil>
}

// A subpath is compared decoded, and what is stored of one is decoded once.
func TestSubpathsAreDecoded(t *testing.T) {
	t.Parallel()
	for purl, means := range map[string]map[string]bool{
		"pkg:golang/a/b#c%20d":   {"pkg:golang/a/b#c?d": true, "pkg:golang/a/b#c d": true, "pkg:golang/a/b#c%2520d": false},
		"pkg:golang/a/b#c%2520d": {"pkg:golang/a/b#c???d": true, "pkg:golang/a/b#c%2520d": true, "pkg:golang/a/b#c d": false},
		"pkg:golang/a/b#/c//d/":  {"pkg:golang/a/b#c/*/d": true, "pkg:golang/a/b#c/d": false},
	} {
		for pattern, want := range means {
			yes, err := parse(t, pattern).Match(purl)
			require.NoError(t, err)
			require.Equal(t, want, yes, "%s and %s", pattern, purl)
		}
	}
}
