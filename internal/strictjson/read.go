package strictjson

import (
	"bytes"
	"encoding/json"
	"strings"

	"stella-ops.org/attestdb/domain/fault"
)

// The functions of this file read a document that [Check] has accepted; their errors
// are *[fault.Invalid] with the path of the value at fault.

// EachMember calls f with every member of the object value, in order.
func EachMember(path string, value []byte, f func(name string, value []byte) error) error {
	if KindOf(value) != "an object" {
		return WrongKind(path, "an object", value)
	}
	for rest := SkipSpace(value[1:]); rest[0] != '}'; {
		end := valueEnd(rest)
		name, err := Unquote(rest[:end])
		if err != nil {
			return &fault.Invalid{Field: FieldName(path), Allowed: "JSON", Problem: err.Error()}
		}
		rest = SkipSpace(SkipSpace(rest[end:])[1:])
		end = valueEnd(rest)
		if err := f(name, rest[:end]); err != nil {
			return err
		}
		if rest = SkipSpace(rest[end:]); rest[0] == ',' {
			rest = SkipSpace(rest[1:])
		}
	}
	return nil
}

// EachElement calls f with every element of the array value, in order.
func EachElement(path string, value []byte, f func(i int, value []byte) error) error {
	if KindOf(value) != "an array" {
		return WrongKind(path, "an array", value)
	}
	rest := SkipSpace(value[1:])
	for i := 0; rest[0] != ']'; i++ {
		end := valueEnd(rest)
		if err := f(i, rest[:end]); err != nil {
			return err
		}
		if rest = SkipSpace(rest[end:]); rest[0] == ',' {
			rest = SkipSpace(rest[1:])
		}
	}
	return nil
}

// SkipSpace returns data behind its leading white space.
func SkipSpace(data []byte) []byte { return bytes.TrimLeft(data, " \t\r\n") }

// valueEnd returns the length of the value that data begins with.
func valueEnd(data []byte) int {
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			if inString = !inString; !inString && depth == 0 {
				return i + 1
			}
		case inString:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case depth == 0 && strings.IndexByte(", \t\r\n", c) >= 0:
			return i
		}
	}
	return len(data)
}

// KindOf says what value is, by its first byte: "an object", "a number", ….
func KindOf(value []byte) string {
	switch c := value[0]; c {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// WrongKind returns the error of a value that is not what is allowed; nil is one that is
// missing.
func WrongKind(path, allowed string, value []byte) error {
	if value == nil {
		return &fault.Invalid{Field: FieldName(path), Allowed: allowed, Problem: "it is missing"}
	}
	return &fault.Invalid{Field: FieldName(path), Allowed: allowed, Problem: "it is " + KindOf(value)}
}

// Unquote returns what the string value says.
func Unquote(value []byte) (string, error) {
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), nil
	}
	var text string
	err := json.Unmarshal(value, &text)
	return text, err
}
