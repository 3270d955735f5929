package attestor

import (
	"encoding/json"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"stella-ops.org/attestdb/domain/fault"
)

// protoFault returns the *fault.Invalid for value, which is no message of type
// mt: protojson says what is wrong, but not where in terms of field names. So
// every member is tried alone, and the first that fails is the one at fault.
func protoFault(path string, mt protoreflect.MessageType, value []byte, cause error) error {
	found := eachMember(path, value, func(name string, v []byte) error {
		quoted, err := json.Marshal(name)
		if err != nil {
			return err
		}
		alone := slices.Concat([]byte("{"), quoted, []byte(":"), v, []byte("}"))
		err = protojson.Unmarshal(alone, mt.New().Interface())
		if err == nil {
			return nil
		}
		memberAt := memberPath(path, name)
		field := mt.Descriptor().Fields().ByJSONName(name)
		switch {
		case field == nil || field.IsMap() || field.Message() == nil:
			return invalidProto(memberAt, err)
		case !field.IsList():
			return protoFault(memberAt, messageType(mt, field), v, err)
		}
		return protoElementFault(memberAt, messageType(mt, field), v, err)
	})
	if found != nil {
		return found
	}
	return invalidProto(path, cause)
}

func protoElementFault(path string, mt protoreflect.MessageType, value []byte, cause error) error {
	found := eachElement(path, value, func(i int, v []byte) error {
		if err := protojson.Unmarshal(v, mt.New().Interface()); err != nil {
			return protoFault(elementPath(path, i), mt, v, err)
		}
		return nil
	})
	if found != nil {
		return found
	}
	return invalidProto(path, cause)
}

// messageType returns the Go type of the messages in field.
func messageType(mt protoreflect.MessageType, field protoreflect.FieldDescriptor) protoreflect.MessageType {
	if field.IsList() {
		return mt.New().NewField(field).List().NewElement().Message().Type()
	}
	return mt.New().NewField(field).Message().Type()
}

// invalidProto trims what protojson puts around its message: the prefix, with a
// space or a no-break space at random, and a position in the lone member.
func invalidProto(path string, err error) error {
	problem := strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\u00a0", " "), "proto: ")
	if strings.HasPrefix(problem, "(line ") {
		if _, rest, ok := strings.Cut(problem, "): "); ok {
			problem = rest
		}
	}
	if len(problem) > 200 {
		problem = strings.ToValidUTF8(problem[:200], "") + "…"
	}
	return &fault.Invalid{Field: fieldName(path), Allowed: "what the bundle specification has there", Problem: problem}
}
