// Package digest holds the two kinds of digest that attestdb keys evidence by:
// [SHA256], the hash of bytes that attestdb itself stores, and [Digest], the
// digest of an artifact as an in-toto Statement names it.
//
// The package imports no database and no other package of attestdb but fault.
package digest

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	// MaxAlgorithmLength is the longest algorithm name, in bytes.
	MaxAlgorithmLength = 32
	// MaxLength is the longest digest, in bytes as they are stored.
	MaxLength = 128
)

// hexSizes lists the algorithms of the in-toto DigestSet specification v1 whose
// values are hexadecimal, with their length in bytes (0: any length).
//
// https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md
var hexSizes = map[string]int{
	"sha256": 32, "sha224": 28, "sha384": 48, "sha512": 64,
	"sha512_224": 28, "sha512_256": 32,
	"sha3_224": 28, "sha3_256": 32, "sha3_384": 48, "sha3_512": 64,
	"shake128": 0, "shake256": 0,
	"blake2b": 64, "blake2s": 32,
	"ripemd160": 20, "sm3": 32, "gost": 32, "sha1": 20, "md5": 16,
	"gitCommit": 0, "gitTree": 0, "gitBlob": 0, "gitTag": 0,
}

// Digest is one member of an in-toto DigestSet: an algorithm and the digest's
// bytes. Two Digests are equal (==) exactly when they name the same thing. The
// zero Digest names nothing and is refused by every call that takes one.
type Digest struct {
	algorithm string
	value     string // raw bytes
}

// New returns the digest that algorithm and encoded name. For the algorithms
// that the in-toto DigestSet specification lists with hexadecimal values,
// encoded is hexadecimal of the right length, in either case; for every other
// algorithm (dirHash, say) it is kept as the text that it is.
//
// It returns a *[fault.Invalid] that names the part at fault.
func New(algorithm, encoded string) (Digest, error) {
	if err := checkAlgorithm(algorithm); err != nil {
		return Digest{}, err
	}
	size, isHex := hexSizes[algorithm]
	if !isHex {
		if encoded == "" || len(encoded) > MaxLength || !utf8.ValidString(encoded) || strings.ContainsRune(encoded, 0) {
			return Digest{}, &fault.Invalid{Field: "digest", Allowed: "1 to 128 bytes of UTF-8 text without NUL for algorithm " + algorithm}
		}
		return Digest{algorithm, encoded}, nil
	}
	raw, err := hex.DecodeString(encoded)
	if err != nil || len(raw) == 0 || len(raw) > MaxLength || (size > 0 && len(raw) != size) {
		return Digest{}, &fault.Invalid{Field: "digest", Allowed: allowedHex(algorithm, size)}
	}
	return Digest{algorithm, string(raw)}, nil
}

// FromBytes returns the digest with the stored bytes raw, the inverse of
// [Digest.Bytes].
func FromBytes(algorithm string, raw []byte) (Digest, error) {
	size, isHex := hexSizes[algorithm]
	if !isHex {
		return New(algorithm, string(raw))
	}
	if len(raw) == 0 || len(raw) > MaxLength || size > 0 && len(raw) != size {
		return Digest{}, &fault.Invalid{Field: "digest", Allowed: allowedHex(algorithm, size)}
	}
	return Digest{algorithm, string(raw)}, nil
}

// gitoid begins the names of the one family of algorithms, Witness', that have
// a colon in them: gitoid:sha1 and gitoid:sha256.
const gitoid = "gitoid:"

// Parse reads "algorithm:digest", as in "sha256:9f86…". The algorithm ends at
// the first colon, that of "gitoid:" not counted. It returns a *[fault.Invalid]
// for anything else.
func Parse(s string) (Digest, error) {
	rest, isGitoid := strings.CutPrefix(s, gitoid)
	algorithm, encoded, ok := strings.Cut(rest, ":")
	if isGitoid {
		algorithm = gitoid + algorithm
	}
	if !ok {
		return Digest{}, &fault.Invalid{Field: "digest", Allowed: "algorithm:value, as in sha256:9f86…"}
	}
	return New(algorithm, encoded)
}

// Algorithm returns the algorithm's name as the in-toto specification spells it.
func (d Digest) Algorithm() string { return d.algorithm }

// Bytes returns a copy of the digest's bytes as they are stored: decoded for
// hexadecimal algorithms, the text's bytes for others.
func (d Digest) Bytes() []byte { return []byte(d.value) }

// Encoded returns the digest as a Statement writes it: lower-case hexadecimal,
// or the text of an algorithm that is not hexadecimal.
func (d Digest) Encoded() string {
	if _, isHex := hexSizes[d.algorithm]; isHex {
		return hex.EncodeToString([]byte(d.value))
	}
	return d.value
}

// IsZero reports whether d names nothing.
func (d Digest) IsZero() bool { return d == Digest{} }

// String returns "algorithm:digest", which [Parse] reads; "" for the zero Digest.
func (d Digest) String() string {
	if d.IsZero() {
		return ""
	}
	return d.algorithm + ":" + d.Encoded()
}

// MarshalText implements [encoding.TextMarshaler] with [Digest.String].
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler] with [Parse].
func (d *Digest) UnmarshalText(text []byte) error {
	p, err := Parse(string(text))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

func checkAlgorithm(a string) error {
	name := strings.TrimPrefix(a, gitoid)
	ok := name != "" && len(a) <= MaxAlgorithmLength
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
	}
	if !ok {
		return &fault.Invalid{Field: "digest algorithm", Allowed: "1 to 32 letters, digits, '_', '-' or '.', as in sha256, or gitoid: and such a name"}
	}
	if right, known := spellings[strings.ToLower(a)]; known && a != right {
		return &fault.Invalid{Field: "digest algorithm", Allowed: right, Problem: "it is spelt " + a + ", which nobody would find"}
	}
	return nil
}

// spellings has the algorithms of the DigestSet specification by their names in lower
// case.
var spellings = func() map[string]string {
	m := make(map[string]string, len(hexSizes))
	for name := range hexSizes {
		m[strings.ToLower(name)] = name
	}
	return m
}()

func allowedHex(algorithm string, size int) string {
	if size == 0 {
		return "hexadecimal, at most 128 bytes, for algorithm " + algorithm
	}
	return itoa(2*size) + " hexadecimal digits for algorithm " + algorithm
}
