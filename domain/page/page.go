// Package page holds what every list has in common: a limit and an opaque
// cursor. Lists are ordered by (created_at, id), newest first, some of them by a text
// before that; a cursor names
// the last row that was read, so that rows which come or go between two pages
// move nothing.
package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	// DefaultLimit is the number of rows of a page that asks for none.
	DefaultLimit = 100
	// MaxLimit is the most rows of a page.
	MaxLimit = 1000
)

// Request asks for one page. The zero Request is the first page of
// [DefaultLimit] rows.
type Request struct {
	// Limit is the most rows, 1 to [MaxLimit]; 0 is [DefaultLimit].
	Limit int
	// Cursor continues where an earlier page of the same list ended; "" starts.
	Cursor string
}

// Key is a row's place in a list.
type Key struct {
	// CreatedAt is kept in microseconds, as PostgreSQL does.
	CreatedAt time.Time
	ID        uuid.UUID
	// Text is what else tells the place, in lists that need more: a name by which a
	// list is ordered first, say. It is UTF-8 without NUL.
	Text string
}

const (
	cursorVersion = 1
	filterSize    = 8
	cursorSize    = 1 + filterSize + 8 + 16
)

// Rows returns the limit that r asks for, or a *[fault.Invalid].
func (r Request) Rows() (int, error) {
	switch {
	case r.Limit == 0:
		return DefaultLimit, nil
	case r.Limit < 0 || r.Limit > MaxLimit:
		return 0, &fault.Invalid{Field: "limit", Allowed: "1 to 1000"}
	}
	return r.Limit, nil
}

// Encode returns the cursor behind key in the list that filter describes.
func Encode(filter string, key Key) string {
	b := make([]byte, 0, cursorSize)
	b = append(b, cursorVersion)
	b = append(b, fingerprint(filter)...)
	b = binary.BigEndian.AppendUint64(b, uint64(key.CreatedAt.UnixMicro()))
	b = append(b, key.ID[:]...)
	b = append(b, key.Text...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// After returns the place behind which r's page begins; ok is false for the
// first page. A cursor that was not made for filter is a *[fault.Invalid].
func (r Request) After(filter string) (key Key, ok bool, err error) {
	if r.Cursor == "" {
		return Key{}, false, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(r.Cursor)
	if err != nil || len(b) < cursorSize || b[0] != cursorVersion || !storable(b[cursorSize:]) {
		return Key{}, false, &fault.Invalid{Field: "cursor", Allowed: "the cursor that an earlier page ended with"}
	}
	if string(b[1:1+filterSize]) != string(fingerprint(filter)) {
		return Key{}, false, &fault.Invalid{Field: "cursor", Allowed: "a cursor of the same list", Problem: "it was made for another filter or tenant"}
	}
	b = b[1+filterSize:]
	key.CreatedAt = time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC()
	key.ID, key.Text = uuid.UUID(b[8:24]), string(b[24:])
	return key, true, nil
}

// storable reports whether PostgreSQL takes the text as a parameter.
func storable(text []byte) bool { return utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 }

func fingerprint(filter string) []byte {
	sum := sha256.Sum256([]byte(filter))
	return sum[:filterSize]
}
