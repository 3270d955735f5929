// Package tenant holds the identity of a tenant and of who acts for it.
package tenant

import (
	"database/sql/driver"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/fault"
)

// ID identifies a tenant. The zero ID is no tenant and is refused everywhere.
type ID uuid.UUID

// ParseID reads a UUID in its canonical form of 36 characters. It returns a
// *[fault.Invalid] for anything else, the nil UUID included.
func ParseID(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 || u == uuid.Nil {
		return ID{}, &fault.Invalid{Field: "tenant id", Allowed: "a UUID of 36 characters, not nil"}
	}
	return ID(u), nil
}

// IsZero reports whether id is no tenant.
func (id ID) IsZero() bool { return id == ID{} }

// UUID returns the id as a UUID.
func (id ID) UUID() uuid.UUID { return uuid.UUID(id) }

// String returns the canonical form of 36 characters.
func (id ID) String() string { return uuid.UUID(id).String() }

// MarshalText implements [encoding.TextMarshaler] with [ID.String].
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler] with [ParseID].
func (id *ID) UnmarshalText(text []byte) error {
	p, err := ParseID(string(text))
	if err != nil {
		return err
	}
	*id = p
	return nil
}

// Value implements [driver.Valuer].
func (id ID) Value() (driver.Value, error) { return id.String(), nil }

// Scan implements [database/sql.Scanner].
func (id *ID) Scan(src any) error {
	var u uuid.UUID
	if err := u.Scan(src); err != nil {
		return fmt.Errorf("scan tenant id: %w", err)
	}
	*id = ID(u)
	return nil
}

// MaxActorLength is the longest actor, in bytes.
const MaxActorLength = 256

// Actor names who acts: a user, a service, a job. It is recorded with what was
// done and is not checked against any directory.
type Actor string

// Validate returns a *[fault.Invalid] unless the actor is 1 to 256 bytes of
// printable UTF-8.
func (a Actor) Validate() error {
	ok := a != "" && len(a) <= MaxActorLength && utf8.ValidString(string(a))
	for _, r := range string(a) {
		ok = ok && r >= ' ' && r != 0x7f
	}
	if !ok {
		return &fault.Invalid{Field: "actor", Allowed: "1 to 256 bytes of UTF-8 without control characters"}
	}
	return nil
}
