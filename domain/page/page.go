// Package page holds what every list has in common: a limit and an opaque
// cursor. Lists are ordered by (created_at, id), newest first, some of them by a text
// before that; those of a ledger are ordered by its sequence. A cursor names
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

// The first byte of a cursor says what place it names.
const (
	keyCursor      = 1
	sequenceCursor = 2
)

const (
	filterSize   = 8
	keySize      = 8 + 16
	sequenceSize = 8
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
	place := make([]byte, 0, keySize+len(key.Text))
	place = binary.BigEndian.AppendUint64(place, uint64(key.CreatedAt.UnixMicro()))
	place = append(place, key.ID[:]...)
	place = append(place, key.Text...)
	return encode(keyCursor, filter, place)
}

// After returns the place behind which r's page begins; ok is false for the
// first page. A cursor that was not made for filter is a *[fault.Invalid].
func (r Request) After(filter string) (key Key, ok bool, err error) {
	place, err := r.place(keyCursor, filter)
	if place == nil || err != nil {
		return Key{}, false, err
	}
	if len(place) < keySize || !storable(place[keySize:]) {
		return Key{}, false, notACursor()
	}
	key.CreatedAt = time.UnixMicro(int64(binary.BigEndian.Uint64(place))).UTC()
	key.ID, key.Text = uuid.UUID(place[8:keySize]), string(place[keySize:])
	return key, true, nil
}

// EncodeSequence returns the cursor behind the row with this sequence in the list that
// filter describes, which is ordered by nothing else.
func EncodeSequence(filter string, seq int64) string {
	return encode(sequenceCursor, filter, binary.BigEndian.AppendUint64(nil, uint64(seq)))
}

// AfterSequence is [Request.After] for the lists of [EncodeSequence].
func (r Request) AfterSequence(filter string) (seq int64, ok bool, err error) {
	place, err := r.place(sequenceCursor, filter)
	if place == nil || err != nil {
		return 0, false, err
	}
	if len(place) != sequenceSize {
		return 0, false, notACursor()
	}
	return int64(binary.BigEndian.Uint64(place)), true, nil
}

func encode(kind byte, filter string, place []byte) string {
	b := append([]byte{kind}, fingerprint(filter)...)
	return base64.RawURLEncoding.EncodeToString(append(b, place...))
}

// place returns what names the place in r's cursor, nil for the first page.
func (r Request) place(kind byte, filter string) ([]byte, error) {
	if r.Cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(r.Cursor)
	if err != nil || len(b) < 1+filterSize || b[0] != keyCursor && b[0] != sequenceCursor {
		return nil, notACursor()
	}
	if b[0] != kind || string(b[1:1+filterSize]) != string(fingerprint(filter)) {
		return nil, &fault.Invalid{Field: "cursor", Allowed: "a cursor of the same list", Problem: "it was made for another filter or tenant"}
	}
	return b[1+filterSize:], nil
}

func notACursor() error {
	return &fault.Invalid{Field: "cursor", Allowed: "the cursor that an earlier page ended with"}
}

// storable reports whether PostgreSQL takes the text as a parameter.
func storable(text []byte) bool { return utf8.Valid(text) && bytes.IndexByte(text, 0) < 0 }

func fingerprint(filter string) []byte {
	sum := sha256.Sum256([]byte(filter))
	return sum[:filterSize]
}
