package strictjson

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/gowebpki/jcs"

	"stella-ops.org/attestdb/domain/fault"
)

// AppendCanonical appends a value, which [Check] has accepted, in the form of
// RFC 8785. It returns a *[fault.Invalid] for a number that would become another. The structure is ours because jcs inserts each member of an object
// into a list from its front, which takes hours for a large one.
func AppendCanonical(to []byte, path string, value []byte) ([]byte, error) {
	switch KindOf(value) {
	case "an object":
		return appendObject(to, path, value)
	case "an array":
		to = append(to, '[')
		err := EachElement(path, value, func(i int, v []byte) (err error) {
			if i > 0 {
				to = append(to, ',')
			}
			to, err = AppendCanonical(to, ElementPath(path, i), v)
			return err
		})
		return append(to, ']'), err
	case "a string":
		text, err := Unquote(value)
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
	err := EachMember(path, value, func(name string, v []byte) error {
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
		if to, err = AppendCanonical(to, MemberPath(path, m.name), m.value); err != nil {
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
