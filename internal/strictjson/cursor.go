package strictjson

import (
	"bytes"

	"stella-ops.org/attestdb/domain/fault"
)

// Cursor reads a document that [Check] has accepted from front to back, once and without
// a copy of it, and knows the path of where it stands: what is read of a document takes
// memory, not what is passed over. Its errors are *[fault.Invalid] with that path.
type Cursor struct {
	root string
	data []byte
	pos  int
	path []pathStep
}

// NewCursor returns one before the value data, whose path is root.
func NewCursor(root string, data []byte) *Cursor {
	c := &Cursor{root: root, data: data}
	c.space()
	return c
}

// Path returns the path of the value that the cursor is at.
func (c *Cursor) Path() string { return pathOf(c.root, c.path) }

// Fault returns the error that says what the value may be, and what is wrong with it.
func (c *Cursor) Fault(allowed, problem string) error {
	return &fault.Invalid{Field: FieldName(c.Path()), Allowed: allowed, Problem: problem}
}

func (c *Cursor) wrongKind(allowed string) error { return WrongKind(c.Path(), allowed, c.data[c.pos:]) }

// Skip passes over the value and returns it.
func (c *Cursor) Skip() []byte {
	start := c.pos
	depth := 0
	for {
		switch c.data[c.pos] {
		case '"':
			c.text()
		case '{', '[':
			depth++
			c.pos++
		case '}', ']':
			depth--
			c.pos++
		case ',', ':', ' ', '\t', '\r', '\n':
			c.pos++
			continue // no value ends here
		default:
			c.word()
		}
		if depth == 0 {
			return c.data[start:c.pos]
		}
	}
}

// Text passes over a string and returns what it says; null says "".
func (c *Cursor) Text() (string, error) {
	if c.Null() {
		return "", nil
	}
	if c.data[c.pos] != '"' {
		return "", c.wrongKind("a string")
	}
	text, err := Unquote(c.text())
	if err != nil {
		return "", c.Fault("JSON", err.Error())
	}
	return text, nil
}

// Null reports whether the value is null, and passes over it then.
func (c *Cursor) Null() bool {
	null := c.data[c.pos] == 'n'
	if null {
		c.word()
	}
	return null
}

// Members calls f with the name of every member of an object, in order, while the cursor
// is at the member's value; what f leaves is passed over. Null has no members.
func (c *Cursor) Members(f func(name []byte) error) error {
	if c.Null() {
		return nil
	}
	if c.data[c.pos] != '{' {
		return c.wrongKind("an object")
	}
	for c.next('}') {
		name, err := c.name()
		if err != nil {
			return err
		}
		c.path = append(c.path, pathStep{name: name})
		c.space()
		c.pos++ // the colon
		c.space()
		start := c.pos
		if err := f(name); err != nil {
			return err
		}
		c.leave(start)
	}
	return nil
}

// Elements calls f with the position of every element of an array, in order, while the
// cursor is at it; what f leaves is passed over. Null has no elements.
func (c *Cursor) Elements(f func(i int) error) error {
	if c.Null() {
		return nil
	}
	if c.data[c.pos] != '[' {
		return c.wrongKind("an array")
	}
	for i := 0; c.next(']'); i++ {
		c.path = append(c.path, pathStep{index: i})
		start := c.pos
		if err := f(i); err != nil {
			return err
		}
		c.leave(start)
	}
	return nil
}

// leave passes over the value at start if nobody has read it, and takes its step off the
// path.
func (c *Cursor) leave(start int) {
	if c.pos == start {
		c.Skip()
	}
	c.path = c.path[:len(c.path)-1]
}

// next goes from the opening bracket, or from behind an item, to the next item, or
// behind end.
func (c *Cursor) next(end byte) bool {
	c.space()
	switch c.data[c.pos] {
	case end:
		c.pos++
		return false
	case ',':
		c.pos++
		c.space()
		return true
	}
	c.pos++ // the opening bracket
	c.space()
	if c.data[c.pos] == end {
		c.pos++
		return false
	}
	return true
}

func (c *Cursor) name() ([]byte, error) {
	quoted := c.text()
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1], nil
	}
	name, err := Unquote(quoted)
	if err != nil {
		return nil, c.Fault("JSON", err.Error())
	}
	return []byte(name), nil
}

// text passes over a string and returns it with its quotes.
func (c *Cursor) text() []byte {
	start := c.pos
	for c.pos++; ; {
		c.pos += bytes.IndexByte(c.data[c.pos:], '"') + 1
		// The quote ends the string if an even number of backslashes is before it.
		slashes := 0
		for c.data[c.pos-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return c.data[start:c.pos]
		}
	}
}

// word passes over a number, true, false or null.
func (c *Cursor) word() {
	for c.pos < len(c.data) {
		switch c.data[c.pos] {
		case ',', '}', ']', ' ', '\t', '\r', '\n':
			return
		}
		c.pos++
	}
}

func (c *Cursor) space() {
	for c.pos < len(c.data) {
		switch c.data[c.pos] {
		case ' ', '\t', '\r', '\n':
			c.pos++
		default:
			return
		}
	}
}
