package digest

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"strconv"

	"stella-ops.org/attestdb/domain/fault"
)

// SHA256 is a SHA-256 digest of bytes that attestdb stores. It is bytea of 32
// bytes in PostgreSQL.
type SHA256 [sha256.Size]byte

// Sum returns the SHA-256 digest of data.
func Sum(data []byte) SHA256 { return sha256.Sum256(data) }

// ParseSHA256 reads 64 hexadecimal digits, with or without a leading
// "sha256:". It returns a *[fault.Invalid] for anything else.
func ParseSHA256(s string) (SHA256, error) {
	if len(s) > 7 && s[:7] == "sha256:" {
		s = s[7:]
	}
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != sha256.Size {
		return SHA256{}, &fault.Invalid{Field: "sha256", Allowed: "64 hexadecimal digits"}
	}
	return SHA256(raw), nil
}

// String returns 64 lower-case hexadecimal digits.
func (h SHA256) String() string { return hex.EncodeToString(h[:]) }

// MarshalText implements [encoding.TextMarshaler] with [SHA256.String].
func (h SHA256) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler] with [ParseSHA256].
func (h *SHA256) UnmarshalText(text []byte) error {
	p, err := ParseSHA256(string(text))
	if err != nil {
		return err
	}
	*h = p
	return nil
}

// Value implements [driver.Valuer]: the 32 bytes.
func (h SHA256) Value() (driver.Value, error) { return h[:], nil }

// Scan implements [database/sql.Scanner] for bytea of 32 bytes.
func (h *SHA256) Scan(src any) error {
	raw, ok := src.([]byte)
	if !ok || len(raw) != sha256.Size {
		return fmt.Errorf("scan SHA256: got %T of %d bytes, want 32 bytes", src, len(raw))
	}
	copy(h[:], raw)
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

// Digest returns the digest with its algorithm, sha256.
func (h SHA256) Digest() Digest { return Digest{algorithm: "sha256", value: string(h[:])} }
