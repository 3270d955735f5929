package attestor

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/strictjson"
)

// The functions of this file read a document that checkJSON has accepted; their
// errors are *fault.Invalid with the path of the value at fault.

// documentField names the whole document where no field of it is at fault.
const documentField = strictjson.DocumentField

func fieldName(path string) string             { return strictjson.FieldName(path) }
func memberPath(path, name string) string      { return strictjson.MemberPath(path, name) }
func elementPath(path string, i int) string    { return strictjson.ElementPath(path, i) }
func checkJSON(path string, data []byte) error { return strictjson.Check(path, data, jsonRules) }
func skipSpace(data []byte) []byte             { return strictjson.SkipSpace(data) }
func kindOf(value []byte) string               { return strictjson.KindOf(value) }
func unquote(value []byte) (string, error)     { return strictjson.Unquote(value) }

func wrongKind(path, allowed string, value []byte) error {
	return strictjson.WrongKind(path, allowed, value)
}

func missing(path, allowed string) error { return strictjson.WrongKind(path, allowed, nil) }

func eachMember(path string, value []byte, f func(name string, value []byte) error) error {
	return strictjson.EachMember(path, value, f)
}

func eachElement(path string, value []byte, f func(i int, value []byte) error) error {
	return strictjson.EachElement(path, value, f)
}

// Case is minded by readObject, which knows what it reads.
var jsonRules = strictjson.Rules{MaxNesting: MaxNesting}

// readObject returns the members of the object value that known names. Other
// members are left out, but one that a reader which ignores case would take
// for a known one is refused.
func readObject(path string, value []byte, known ...string) (map[string][]byte, error) {
	found := make(map[string][]byte, len(known))
	err := eachMember(path, value, func(name string, v []byte) error {
		if slices.Contains(known, name) {
			found[name] = v
			return nil
		}
		for _, k := range known {
			if strings.EqualFold(k, name) {
				return &fault.Invalid{Field: memberPath(path, name), Allowed: "the name " + k, Problem: "names are case-sensitive"}
			}
		}
		return nil
	})
	return found, err
}

// readText returns the text of the string value: at most limit bytes, none of
// them NUL, which PostgreSQL's text cannot hold.
func readText(path string, value []byte, limit int) (string, error) {
	if value == nil || value[0] != '"' {
		return "", wrongKind(path, "a string", value)
	}
	text, err := unquote(value)
	if err != nil {
		return "", &fault.Invalid{Field: path, Allowed: "JSON", Problem: err.Error()}
	}
	return text, checkText(path, text, limit)
}

func checkText(path, text string, limit int) error {
	switch {
	case len(text) > limit:
		return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d bytes", limit), Problem: fmt.Sprintf("it has %d", len(text))}
	case !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0:
		return &fault.Invalid{Field: path, Allowed: "UTF-8 text without NUL"}
	}
	return nil
}

// readRequiredText is readText for what may not be empty.
func readRequiredText(path string, value []byte, limit int) (string, error) {
	text, err := readText(path, value, limit)
	if err == nil && text == "" {
		err = &fault.Invalid{Field: path, Allowed: "text that is not empty"}
	}
	return text, err
}

// readBase64 decodes the string value in the standard or the URL-safe alphabet
// of RFC 4648, either of which DSSE allows, but not both in one string. Padding
// is required, since DSSE does not waive it, and the bits behind the last byte
// are zero, so that the same bytes have one spelling in each alphabet.
func readBase64(path string, value []byte) ([]byte, error) {
	if value == nil || value[0] != '"' {
		return nil, wrongKind(path, "base64 in a string", value)
	}
	text, err := unquote(value)
	if err != nil {
		return nil, &fault.Invalid{Field: path, Allowed: "JSON", Problem: err.Error()}
	}
	encoding := base64.StdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.URLEncoding
	}
	// Go's decoder skips line ends.
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		err = base64.CorruptInputError(i)
	}
	var decoded []byte
	if err == nil {
		decoded, err = encoding.Strict().DecodeString(text)
	}
	if err != nil {
		return nil, &fault.Invalid{
			Field:   path,
			Allowed: "base64 of RFC 4648, standard or URL-safe, padded, without white space or trailing bits",
			Problem: err.Error(),
		}
	}
	return decoded, nil
}
