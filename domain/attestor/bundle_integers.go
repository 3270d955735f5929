package attestor

import (
	"fmt"
	"regexp"

	"google.golang.org/protobuf/reflect/protoreflect"

	"stella-ops.org/attestdb/domain/fault"
)

var quotedInteger = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// checkIntegers refuses an integer in quotes, as protobuf's JSON writes those of 64 bits,
// that has anything but its digits: protojson reads the first number and passes over what
// follows, so that another reader sees another document. value is one that protojson
// takes for a message of this kind.
func checkIntegers(path string, message protoreflect.MessageDescriptor, value []byte) error {
	if kindOf(value) != "an object" {
		return nil // null, or a well-known type that is written as text
	}
	return eachMember(path, value, func(name string, v []byte) error {
		field := message.Fields().ByJSONName(name)
		if field == nil {
			field = message.Fields().ByTextName(name)
		}
		if field == nil || field.IsMap() {
			return nil
		}
		at := memberPath(path, name)
		if field.IsList() && kindOf(v) == "an array" {
			return eachElement(at, v, func(i int, v []byte) error {
				return checkInteger(elementPath(at, i), field, v)
			})
		}
		return checkInteger(at, field, v)
	})
}

func checkInteger(path string, field protoreflect.FieldDescriptor, value []byte) error {
	switch field.Kind() {
	case protoreflect.MessageKind:
		return checkIntegers(path, field.Message(), value)
	case protoreflect.Int32Kind, protoreflect.Int64Kind, protoreflect.Uint32Kind, protoreflect.Uint64Kind,
		protoreflect.Sint32Kind, protoreflect.Sint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind,
		protoreflect.Sfixed32Kind, protoreflect.Sfixed64Kind:
	default:
		return nil
	}
	if kindOf(value) != "a string" {
		return nil
	}
	text, err := unquote(value)
	if err != nil || !quotedInteger.MatchString(text) {
		return &fault.Invalid{Field: path, Allowed: "an integer, with nothing but its digits in the quotes", Problem: fmt.Sprintf("it is %.40q", text)}
	}
	return nil
}
