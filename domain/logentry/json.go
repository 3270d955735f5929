package logentry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxNesting is deeper than any body is.
const maxNesting = 32

// object is a JSON object whose names are read as they are written: encoding/json
// ignores their case and takes the last of two, so that two readers of one body
// could see two things.
type object map[string]any

// readJSON reads one JSON object and nothing behind it.
func readJSON(raw []byte) (object, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	value, err := readValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON value")
	}
	top, ok := value.(object)
	if !ok {
		return nil, errors.New("it is no JSON object")
	}
	return top, nil
}

func readValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errors.New("it is not JSON")
	}
	delimiter, nested := token.(json.Delim)
	switch {
	case !nested:
		return token, nil
	case depth == maxNesting:
		return nil, fmt.Errorf("it is nested more than %d deep", maxNesting)
	case delimiter == '{':
		return readObject(d, depth+1)
	}
	list := []any{}
	for d.More() {
		value, err := readValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, closing(d)
}

func readObject(d *json.Decoder, depth int) (object, error) {
	o := object{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, errors.New("it is not JSON")
		}
		name := token.(string)
		if _, twice := o[name]; twice {
			return nil, fmt.Errorf("it has %.40q twice", name)
		}
		if o[name], err = readValue(d, depth); err != nil {
			return nil, err
		}
	}
	return o, closing(d)
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return errors.New("it is not JSON")
	}
	return nil
}

// at returns the object at a path of names, an empty one if there is none.
func (o object) at(names ...string) object {
	for _, name := range names {
		o, _ = o[name].(object)
	}
	return o
}

// text returns the string of that name, "" if there is none.
func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// list returns the objects in the array of that name. What is no object is an
// empty one.
func (o object) list(name string) []object {
	values, _ := o[name].([]any)
	list := make([]object, len(values))
	for i, v := range values {
		list[i], _ = v.(object)
	}
	return list
}
