package tests

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/package-url/packageurl-go"
	"pgregory.net/rapid"
)

// naiveMatch says what docs/purl-patterns.md says of two canonical texts, in the
// plainest way.
func naiveMatch(pattern, purl string) bool {
	pattern, subpath, hasSubpath := strings.Cut(strings.TrimPrefix(pattern, "pkg:"), "#")
	purl, subpathOf, _ := strings.Cut(strings.TrimPrefix(purl, "pkg:"), "#")
	if hasSubpath && !naiveSegments(strings.Split(subpath, "/"), strings.Split(subpathOf, "/")) {
		return false
	}
	purl, qualifiersOf, _ := strings.Cut(purl, "?")
	if equals := strings.Index(pattern, "="); equals >= 0 {
		begin := strings.LastIndex(pattern[:equals], "?")
		for want := range strings.SplitSeq(pattern[begin+1:], "&") {
			key, value, _ := strings.Cut(want, "=")
			if !slices.ContainsFunc(strings.Split(qualifiersOf, "&"), func(has string) bool {
				rest, found := strings.CutPrefix(has, key+"=")
				return found && naiveSegment(value, rest)
			}) {
				return false
			}
		}
		pattern = pattern[:begin]
	}
	pattern, version, hasVersion := strings.Cut(pattern, "@")
	purl, versionOf, versioned := strings.Cut(purl, "@")
	if hasVersion && (!versioned || !naiveSegment(version, versionOf)) {
		return false
	}
	typ, path, _ := strings.Cut(pattern, "/")
	typeOf, pathOf, _ := strings.Cut(purl, "/")
	return (typ == "*" || typ == typeOf) && naiveSegments(strings.Split(path, "/"), strings.Split(pathOf, "/"))
}

func naiveSegments(pattern, segments []string) bool {
	switch {
	case len(pattern) == 0:
		return len(segments) == 0
	case pattern[0] == "**" && len(pattern) == 1:
		return len(segments) > 0
	case pattern[0] == "**":
		return naiveSegments(pattern[1:], segments) || len(segments) > 0 && naiveSegments(pattern, segments[1:])
	}
	return len(segments) > 0 && naiveSegment(pattern[0], segments[0]) && naiveSegments(pattern[1:], segments[1:])
}

func naiveSegment(pattern, segment string) bool {
	text, err := url.PathUnescape(segment)
	if err != nil || !utf8.ValidString(text) {
		return false
	}
	// A literal wildcard is another character until it is decoded.
	var elements []string
	for len(pattern) > 0 {
		n := 1
		if pattern[0] == '%' {
			// The first byte says how many follow.
			first, _ := url.PathUnescape(pattern[:3])
			switch {
			case first[0] >= 0xf0:
				n = 12
			case first[0] >= 0xe0:
				n = 9
			case first[0] >= 0xc0:
				n = 6
			default:
				n = 3
			}
		}
		elements = append(elements, pattern[:n])
		pattern = pattern[n:]
	}
	return naiveCharacters(elements, []rune(text))
}

func naiveCharacters(pattern []string, text []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	if pattern[0] == "*" {
		return naiveCharacters(pattern[1:], text) || len(text) > 0 && naiveCharacters(pattern, text[1:])
	}
	if len(text) == 0 {
		return false
	}
	literal, _ := url.PathUnescape(pattern[0])
	return (pattern[0] == "?" || literal == string(text[0])) && naiveCharacters(pattern[1:], text[1:])
}

// A pair is a pattern and a package URL that it means, or nearly.
type pair struct{ pattern, purl string }

var (
	characters = []string{
		"a", "a", "b", "A", "1", "_", "-", ".", "~", ":", "@", "*", "?", "=", "&", "+", "!", "$", "'", "(", ")", ",", ";", "%", " ", "#", `\`, "<", ">", "\"",
		"é", "É", "İ", "你", "📦", "\u0301", "\x01", "{", "|", "^", "40", "C3", "A9",
	}
	typesOfPairs = []string{"npm", "pypi", "github", "golang", "huggingface", "oci", "generic", "cargo", "c++", "rpm"}
)

// drawText draws decoded text: of the package URL, and a pattern of it.
func drawText(t *rapid.T, slash bool) (text, pattern string) {
	for range rapid.IntRange(1, 4).Draw(t, "characters") {
		c := rapid.SampledFrom(characters).Draw(t, "character")
		if slash && rapid.IntRange(0, 19).Draw(t, "slash") == 0 {
			c = "/"
		}
		text += c
		switch rapid.IntRange(0, 9).Draw(t, "wildcard") {
		case 0:
			pattern += "*"
		case 1:
			pattern += "?"
		case 2: // another character, which folding may make the same
			pattern += escape(rapid.SampledFrom(characters).Draw(t, "instead"))
		case 3:
			pattern += escape(c) + "*"
		default:
			pattern += escape(c)
		}
	}
	if rapid.IntRange(0, 39).Draw(t, "bytes") == 0 {
		text += rapid.SampledFrom([]string{"\xff", "\xc3", "\xa9", "\xe4\xbd", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80"}).Draw(t, "no UTF-8")
	}
	if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
		pattern = "*"
	}
	for strings.Contains(pattern, "**") {
		pattern = strings.ReplaceAll(pattern, "**", "*")
	}
	return text, pattern
}

func escape(s string) string {
	return strings.NewReplacer("*", "%2A", "=", "%3D", "&", "%26", "@", "%40", ":", ":").Replace(url.PathEscape(s))
}

func drawPair(t *rapid.T) pair {
	typ := rapid.SampledFrom(typesOfPairs).Draw(t, "type")
	u := packageurl.PackageURL{Type: typ}
	pattern := "pkg:" + typ
	if rapid.IntRange(0, 5).Draw(t, "any type") == 0 {
		pattern = "pkg:*"
	}
	var namespace []string
	for range rapid.IntRange(0, 3).Draw(t, "namespace") {
		text, glob := drawText(t, false)
		switch rapid.IntRange(0, 5).Draw(t, "segments") {
		case 0: // the segment is of the run
			pattern += "/**"
		case 1:
			pattern += "/" + glob + "/**"
		default:
			pattern += "/" + glob
		}
		namespace = append(namespace, text)
	}
	u.Namespace = strings.Join(namespace, "/")
	var glob string
	u.Name, glob = drawText(t, true)
	if rapid.IntRange(0, 7).Draw(t, "last") == 0 {
		glob = "**"
	}
	pattern += "/" + glob
	if rapid.Bool().Draw(t, "version") {
		u.Version, glob = drawText(t, true)
		if rapid.IntRange(0, 2).Draw(t, "any version") > 0 {
			pattern += "@" + glob
		}
	} else if rapid.IntRange(0, 9).Draw(t, "none") == 0 {
		pattern += "@*"
	}
	between := "?"
	for _, key := range []string{"a", "a.b", "b", "c"} {
		if !rapid.Bool().Draw(t, "qualifier") {
			continue
		}
		value, glob := drawText(t, true)
		u.Qualifiers = append(u.Qualifiers, packageurl.Qualifier{Key: key, Value: value})
		if rapid.Bool().Draw(t, "asked") {
			pattern += between + rapid.SampledFrom([]string{key, key, key, key, "c"}).Draw(t, "key") + "=" + glob
			between = "&"
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "subpath") == 0 {
		var segments, globs []string
		for range rapid.IntRange(1, 3).Draw(t, "segments of it") {
			text, glob := drawText(t, false)
			segments, globs = append(segments, text), append(globs, glob)
		}
		u.Subpath = strings.Join(segments, "/")
		if rapid.Bool().Draw(t, "asked") {
			pattern += "#" + strings.Join(globs, "/")
		}
	}
	return pair{pattern, u.ToString()}
}
