package purlpattern

import (
	"strings"
	"unicode/utf8"
)

// glob is one segment of a pattern: characters, and wildcards below 0.
type glob []rune

const (
	anyRun rune = -1 // *
	anyOne rune = -2 // ?
)

func isRun(c rune) bool { return c == anyRun }

func isOne(c, text rune) bool { return c == anyOne || c == text }

// literals is the number of g's characters that are no wildcards.
func (g glob) literals() int {
	n := 0
	for _, c := range g {
		if c >= 0 {
			n++
		}
	}
	return n
}

// matches reports whether g means a decoded segment. Bytes that are not UTF-8 are no
// characters: no wildcard takes them.
func (g glob) matches(text string) bool {
	return utf8.ValidString(text) && wild(g, []rune(text), isRun, isOne)
}

// write writes g as a canonical pattern has it.
func (g glob) write(b *strings.Builder) {
	for _, c := range g {
		switch c {
		case anyRun:
			b.WriteByte('*')
		case anyOne:
			b.WriteByte('?')
		default:
			encode(b, string(c))
		}
	}
}

// writeLiteral writes what g begins with, and reports whether that is all of it.
func (g glob) writeLiteral(b *strings.Builder) bool {
	for _, c := range g {
		if c < 0 {
			return false
		}
		encode(b, string(c))
	}
	return true
}

// wild reports whether a pattern takes all of a text, where a run takes any number of
// elements. Only the last run is tried again with one more: what those before it took
// may stay as it is, as whatever they could take beyond, it can take as well. So each
// element of the pattern meets each of the text once at most.
func wild[P, T any](pattern []P, text []T, run func(P) bool, one func(P, T) bool) bool {
	p, t := 0, 0
	lastRun, taken := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && run(pattern[p]):
			lastRun, taken = p, t
			p++
		case p < len(pattern) && one(pattern[p], text[t]):
			p++
			t++
		case lastRun >= 0:
			taken++
			p, t = lastRun+1, taken
		default:
			return false
		}
	}
	for p < len(pattern) && run(pattern[p]) {
		p++
	}
	return p == len(pattern)
}

const upperHex = "0123456789ABCDEF"

// encode writes a segment percent-encoded as ECMA-427, 5.4 has it: no more and no less,
// whatever the library that reads package URLs leaves as it is. It is what the stored
// prefixes and patterns are made of, and must never change.
func encode(b *strings.Builder, s string) {
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~:", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		}
	}
}
