package strictjson_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/strictjson"
)

// read returns what a cursor is at, objects and arrays member by member; of every third
// value, it passes over it and lets encoding/json read what that returns.
func read(t *testing.T, c *strictjson.Cursor, seen *int) any {
	t.Helper()
	var v any
	if *seen++; *seen%3 == 0 {
		require.NoError(t, json.Unmarshal(c.Skip(), &v))
		return v
	}
	start := *c
	if object := (map[string]any{}); start.Members(func(name []byte) error {
		object[string(name)] = read(t, &start, seen)
		return nil
	}) == nil && len(object) > 0 {
		*c = start
		return object
	}
	start = *c
	if array := []any{}; start.Elements(func(i int) error {
		require.Len(t, array, i)
		array = append(array, read(t, &start, seen))
		return nil
	}) == nil && len(array) > 0 {
		*c = start
		return array
	}
	start = *c
	if text, err := start.Text(); err == nil && text != "" {
		*c = start
		return text
	}
	require.NoError(t, json.Unmarshal(c.Skip(), &v))
	return v
}

// A cursor reads what encoding/json reads, wherever it passes values over.
func FuzzCursor(f *testing.F) {
	f.Add([]byte(` { "a" : [ 1 , -2.5e3, true, null,"x\"\\" ,[],{} , [ [ ] ] ] ,"\u0062\\":{"c":"\\\\\"","":""},"e":[{"f":[]},{}]} `))
	f.Add([]byte("[\n]"))
	f.Add([]byte(`"\\"`))
	f.Add([]byte(` 7`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if strictjson.Check("", data, strictjson.Rules{MaxNesting: 20}) != nil {
			return
		}
		var want any
		if err := json.Unmarshal(data, &want); err != nil {
			return // a number that is too large
		}
		for seen := range 3 {
			require.Equal(t, want, read(t, strictjson.NewCursor("", data), &seen))
		}
	})
}

func TestCursorNamesWhatItIsAt(t *testing.T) {
	t.Parallel()
	for data, field := range map[string]string{
		`{"a":[{},{"b":7}]}`:        "x.a[1].b",
		`{"a":[{},{"b\u0020":{}}]}`: `x.a[1]["b "]`,
		`{"a":[7]}`:                 "x.a[0]",
		`{"a":true}`:                "x.a",
		`[]`:                        "x",
	} {
		c := strictjson.NewCursor("x", []byte(data))
		err := c.Members(func([]byte) error {
			return c.Elements(func(int) error {
				return c.Members(func([]byte) error {
					_, err := c.Text()
					return err
				})
			})
		})
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, data)
		require.Equal(t, field, invalid.Field)
	}
}

// What is passed over is not looked at twice, nor copied.
func TestCursorPassesOverWithoutMemory(t *testing.T) {
	data := []byte(`{"a":[` + string(bytes.Repeat([]byte(`{"b":["c"]},`), 10000)) + `null]}`)
	require.Less(t, testing.AllocsPerRun(3, func() {
		c := strictjson.NewCursor("", data)
		require.NoError(t, c.Members(func([]byte) error { return nil }))
	}), 20.0)
}
