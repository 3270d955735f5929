package attestor

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/gowebpki/jcs"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
)

// canonicalDocument returns a segment's content in the form of RFC 8785. field
// is where the segment stands.
func canonicalDocument(field string, s ChainSegment) ([]byte, error) {
	path := field + ".content"
	switch s.Kind {
	case proofchain.Reasoning, proofchain.VEX, proofchain.Verdict:
	default:
		return nil, &fault.Invalid{Field: path, Allowed: "nothing: an sbom and evidence are given by the digest of their envelope", Problem: "there is one"}
	}
	if len(s.Content) > MaxContentSize {
		return nil, tooLarge(path, len(s.Content))
	}
	if err := checkJSON(path, s.Content); err != nil {
		return nil, err
	}
	document := skipSpace(s.Content)
	if kindOf(document) != "an object" {
		return nil, wrongKind(path, "an object", document)
	}
	canonical, err := appendCanonical(make([]byte, 0, len(document)), path, document)
	switch {
	case err != nil:
		return nil, err
	case len(canonical) > MaxContentSize:
		return nil, tooLarge(path, len(canonical))
	case s.Digest != digest.SHA256{} && s.Digest != digest.Sum(canonical):
		return nil, &fault.Invalid{Field: field + ".digest", Allowed: "the SHA-256 of the content in the form of RFC 8785, or none", Problem: "it is another one"}
	}
	return canonical, nil
}

func tooLarge(path string, n int) error {
	return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d bytes", MaxContentSize), Problem: fmt.Sprintf("it has %d", n)}
}

// appendCanonical appends a value, which checkJSON has accepted, in the form of
// RFC 8785. The structure is ours because jcs inserts each member of an object
// into a list from its front, which takes hours for a large one.
func appendCanonical(to []byte, path string, value []byte) ([]byte, error) {
	switch kindOf(value) {
	case "an object":
		return appendObject(to, path, value)
	case "an array":
		to = append(to, '[')
		err := eachElement(path, value, func(i int, v []byte) (err error) {
			if i > 0 {
				to = append(to, ',')
			}
			to, err = appendCanonical(to, elementPath(path, i), v)
			return err
		})
		return append(to, ']'), err
	case "a string":
		text, err := unquote(value)
		if err != nil {
			return to, &fault.Invalid{Field: path, Allowed: "JSON", Problem: err.Error()}
		}
		return appendString(to, text), nil
	case "a number":
		number, err := canonicalNumber(path, string(value))
		return append(to, number...), err
	}
	return append(to, value...), nil // true, false, null
}

func appendObject(to []byte, path string, value []byte) ([]byte, error) {
	type member struct {
		name  string
		order []uint16 // RFC 8785 sorts by UTF-16 code units
		value []byte
	}
	var members []member
	err := eachMember(path, value, func(name string, v []byte) error {
		members = append(members, member{name, utf16.Encode([]rune(name)), v})
		return nil
	})
	if err != nil {
		return to, err
	}
	slices.SortFunc(members, func(a, b member) int { return slices.Compare(a.order, b.order) })
	to = append(to, '{')
	for i, m := range members {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(appendString(to, m.name), ':')
		if to, err = appendCanonical(to, memberPath(path, m.name), m.value); err != nil {
			return to, err
		}
	}
	return append(to, '}'), nil
}

func appendString(to []byte, text string) []byte {
	to = append(to, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c >= ' ':
			to = append(to, c)
		case strings.IndexByte("\b\t\n\f\r", c) >= 0:
			to = append(to, '\\', "btn_fr"[c-'\b'])
		default:
			to = fmt.Appendf(to, `\u%04x`, c)
		}
	}
	return append(to, '"')
}

// maxSafeInteger is the largest of the integers on which RFC 7493 (I-JSON) lets
// every reader agree.
const maxSafeInteger = 1<<53 - 1

// canonicalNumber refuses integers that RFC 8785, for which numbers are doubles,
// would turn into others: the document that is kept would not be the one that
// was given.
func canonicalNumber(path, text string) (string, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, ".eE") && math.Abs(f) > maxSafeInteger {
		return "", &fault.Invalid{Field: path, Allowed: "numbers of I-JSON (RFC 7493): doubles, and integers of at most 53 bits", Problem: fmt.Sprintf("it is %.40s", text)}
	}
	return jcs.NumberToJSON(f)
}
