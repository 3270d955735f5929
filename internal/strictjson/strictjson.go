// Package strictjson refuses JSON that two readers could read differently.
//
// Evidence is signed once and read by many programs. encoding/json keeps the
// last of two equal names, matches "Payload" to "payload", and turns broken
// UTF-8 and lone surrogates into U+FFFD: each lets two readers see two
// different things in the same signed bytes.
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/fault"
)

// DocumentField names the whole document where no field of it is at fault.
const DocumentField = "content"

// Rules bound what is accepted.
type Rules struct {
	// MaxNesting is the deepest nesting of objects and arrays.
	MaxNesting int
	// Names has a name's right spelling by its lower-case form, for a reader that
	// ignores case: a name that differs from its right spelling is refused. Names
	// that it does not have are free.
	Names map[string][]string
}

// Check says whether data is exactly one JSON value (RFC 8259) in valid UTF-8,
// with no name twice in any object, no lone surrogate, and as rules say. The
// error is a *[fault.Invalid] whose Field starts at root.
func Check(root string, data []byte, rules Rules) error {
	s := jsonScanner{root: root, data: data, rules: rules}
	if !utf8.Valid(data) {
		return s.fail("UTF-8 text", fmt.Sprintf("byte %d is not UTF-8", invalidUTF8At(data)))
	}
	s.space()
	if err := s.value(); err != nil {
		return err
	}
	s.space()
	if s.pos != len(data) {
		return s.fail("one JSON value", fmt.Sprintf("something follows it at byte %d", s.pos))
	}
	return nil
}

// FieldName returns path as a *fault.Invalid names it.
func FieldName(path string) string {
	if path == "" {
		return DocumentField
	}
	return path
}

// MemberPath returns the path of the member name of the object at path.
func MemberPath(path, name string) string {
	plain := name != "" && len(name) <= 64
	for i := 0; plain && i < len(name); i++ {
		c := name[i] | 0x20
		plain = c >= 'a' && c <= 'z' || isDigit(name[i]) || name[i] == '_' || name[i] == '-'
	}
	switch {
	case !plain:
		if len(name) > 64 {
			name = name[:64] + "…"
		}
		return path + "[" + strconv.QuoteToASCII(strings.ToValidUTF8(name, "")) + "]"
	case path == "":
		return name
	}
	return path + "." + name
}

// ElementPath returns the path of the element i, from 0, of the array at path.
func ElementPath(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func invalidUTF8At(data []byte) int {
	i := 0
	for i < len(data) {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

type jsonScanner struct {
	root  string
	rules Rules
	data  []byte
	pos   int
	path  []pathStep
	depth int
}

// pathStep is a member's name, or an element's position when name is nil.
type pathStep struct {
	name  []byte
	index int
}

func (s *jsonScanner) fail(allowed, problem string) error {
	return &fault.Invalid{Field: FieldName(pathOf(s.root, s.path)), Allowed: allowed, Problem: problem}
}

func pathOf(root string, steps []pathStep) string {
	path := root
	for _, p := range steps {
		if p.name == nil {
			path = ElementPath(path, p.index)
		} else {
			path = MemberPath(path, string(p.name))
		}
	}
	return path
}

func (s *jsonScanner) syntax(wanted string) error {
	if s.pos >= len(s.data) {
		return s.fail("JSON", "it ends where "+wanted+" belongs")
	}
	return s.fail("JSON", fmt.Sprintf("byte %d is %q where %s belongs", s.pos, s.data[s.pos:s.pos+1], wanted))
}

func (s *jsonScanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

func (s *jsonScanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

func (s *jsonScanner) value() error {
	if s.pos >= len(s.data) {
		return s.syntax("a value")
	}
	switch c := s.data[s.pos]; {
	case c == '{' || c == '[':
		if s.depth == s.rules.MaxNesting {
			return s.fail(fmt.Sprintf("at most %d levels of nesting", s.rules.MaxNesting), "it is nested deeper")
		}
		s.depth++
		defer func() { s.depth-- }()
		s.pos++
		s.space()
		if c == '{' {
			return s.members()
		}
		return s.elements()
	case c == '"':
		_, err := s.str()
		return err
	case c == '-' || isDigit(c):
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
			s.pos += len(word)
			return nil
		}
	}
	return s.syntax("a value")
}

// members scans an object from behind its brace.
func (s *jsonScanner) members() error {
	if s.at('}') {
		s.pos++
		return nil
	}
	var few [8][]byte
	seen := nameSet{few: few[:0]}
	for {
		if !s.at('"') {
			return s.syntax("a name")
		}
		name, err := s.str()
		if err != nil {
			return err
		}
		s.path = append(s.path, pathStep{name: name})
		if !seen.add(name) {
			return s.fail("every name once in an object", "the name is there twice")
		}
		if right := s.rules.misspelt(name); right != "" {
			return s.fail("the name "+right, "names are case-sensitive")
		}
		s.space()
		if !s.at(':') {
			return s.syntax(`":"`)
		}
		s.pos++
		more, err := s.item('}')
		if !more {
			return err
		}
	}
}

// misspelt returns the right spelling of a name that has another, else "".
func (r Rules) misspelt(name []byte) string {
	if r.Names == nil {
		return ""
	}
	// As encoding/json folds: the long s is an s to it, the Kelvin sign a k.
	right := r.Names[strings.ToLower(strings.ToUpper(string(name)))]
	if len(right) == 0 || slices.Contains(right, string(name)) {
		return ""
	}
	return right[0]
}

// elements scans an array from behind its bracket.
func (s *jsonScanner) elements() error {
	if s.at(']') {
		s.pos++
		return nil
	}
	for i := 0; ; i++ {
		s.path = append(s.path, pathStep{index: i})
		more, err := s.item(']')
		if !more {
			return err
		}
	}
}

// item scans a value, what ends it, and takes its step off the path.
func (s *jsonScanner) item(end byte) (more bool, err error) {
	s.space()
	if err := s.value(); err != nil {
		return false, err
	}
	s.path = s.path[:len(s.path)-1]
	s.space()
	if !s.at(',') && !s.at(end) {
		return false, s.syntax(fmt.Sprintf(`"," or %q`, string(end)))
	}
	more = s.data[s.pos] == ','
	s.pos++
	s.space()
	return more, nil
}

// nameSet is the set of an object's names so far.
type nameSet struct {
	few  [][]byte
	many map[string]struct{}
}

// add reports whether name is new.
func (n *nameSet) add(name []byte) bool {
	if n.many == nil {
		for _, old := range n.few {
			if bytes.Equal(old, name) {
				return false
			}
		}
		if n.few = append(n.few, name); len(n.few) <= 16 {
			return true
		}
		n.many = make(map[string]struct{}, 2*len(n.few))
		for _, old := range n.few {
			n.many[string(old)] = struct{}{}
		}
		return true
	}
	if _, twice := n.many[string(name)]; twice {
		return false
	}
	n.many[string(name)] = struct{}{}
	return true
}

// str scans a string and returns what it says.
func (s *jsonScanner) str() ([]byte, error) {
	start := s.pos
	escaped := false
	for s.pos++; s.pos < len(s.data); {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			if escaped {
				var text string
				if err := json.Unmarshal(s.data[start:s.pos], &text); err != nil {
					return nil, s.fail("JSON", err.Error())
				}
				return []byte(text), nil
			}
			// Never nil: a nil name would mean an element on the path.
			return s.data[start+1 : s.pos-1], nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, s.syntax("an escaped control character")
		default:
			s.pos++
		}
	}
	return nil, s.syntax(`a closing '"'`)
}

func (s *jsonScanner) escape() error {
	s.pos++
	if s.pos < len(s.data) && strings.IndexByte(`"\/bfnrt`, s.data[s.pos]) >= 0 {
		s.pos++
		return nil
	}
	unit, ok := s.codeUnit()
	if !ok {
		return s.syntax(`an escape of JSON (\" \\ \/ \b \f \n \r \t \uXXXX)`)
	}
	switch {
	case unit < 0xD800 || unit > 0xDFFF:
		return nil
	case unit < 0xDC00 && s.at('\\'):
		s.pos++
		if low, ok := s.codeUnit(); ok && low >= 0xDC00 && low <= 0xDFFF {
			return nil
		}
	}
	return s.fail("surrogates in pairs", fmt.Sprintf(`\u%04x stands alone`, unit))
}

// codeUnit scans uXXXX.
func (s *jsonScanner) codeUnit() (unit uint16, ok bool) {
	if !s.at('u') || len(s.data)-s.pos < 5 {
		return 0, false
	}
	for _, c := range s.data[s.pos+1 : s.pos+5] {
		switch {
		case isDigit(c):
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | uint16(c)
	}
	s.pos += 5
	return unit, true
}

func (s *jsonScanner) number() error {
	if s.at('-') {
		s.pos++
	}
	switch {
	case s.at('0'):
		s.pos++
	case !s.digits():
		return s.syntax("a digit")
	}
	if s.at('.') {
		s.pos++
		if !s.digits() {
			return s.syntax("a digit")
		}
	}
	if s.at('e') || s.at('E') {
		s.pos++
		if s.at('+') || s.at('-') {
			s.pos++
		}
		if !s.digits() {
			return s.syntax("a digit")
		}
	}
	return nil
}

// digits scans at least one digit.
func (s *jsonScanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && isDigit(s.data[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
