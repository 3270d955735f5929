package publickey

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"stella-ops.org/attestdb/domain/fault"
)

// minRSABits is what NIST SP 800-131A allows for signatures, at least.
const minRSABits = 2048

// Key is a public key that is trusted.
type Key struct {
	// ID is the keyid that signers put into their signatures, "" for none. It
	// need not be unique.
	ID string
	// Public is an *ecdsa.PublicKey, ed25519.PublicKey or *rsa.PublicKey.
	Public crypto.PublicKey
}

// ParsePEM reads the public keys (PEM type "PUBLIC KEY" or "RSA PUBLIC KEY") of
// data, each with the given id. Around the PEM blocks there may be blanks and
// line ends; the error for anything else, for a block with headers or a broken
// one, or for no key at all, is a *[fault.Invalid].
func ParsePEM(id string, data []byte) ([]Key, error) {
	var keys []Key
	if !bytes.Contains(data, pemBegin) {
		return nil, &fault.Invalid{Field: "pem", Allowed: "at least one PEM block with a public key", Problem: "there is none"}
	}
	for rest := bytes.TrimSpace(data); len(rest) > 0; {
		block, after, err := nextBlock(rest)
		if err != nil {
			return nil, err
		}
		rest = after
		var public crypto.PublicKey
		switch block.Type {
		case "PUBLIC KEY":
			public, err = x509.ParsePKIXPublicKey(block.Bytes)
		case "RSA PUBLIC KEY":
			public, err = x509.ParsePKCS1PublicKey(block.Bytes)
		default:
			return nil, &fault.Invalid{Field: "pem", Allowed: `blocks "PUBLIC KEY" or "RSA PUBLIC KEY"`, Problem: fmt.Sprintf("there is a block %.40q", block.Type)}
		}
		if err != nil {
			return nil, &fault.Invalid{Field: "pem", Allowed: "public keys in DER", Problem: err.Error()}
		}
		keys = append(keys, Key{ID: id, Public: public})
	}
	return keys, nil
}

var pemBegin = []byte("-----BEGIN ")

// nextBlock decodes the block at the start of data, and returns what comes
// after it without leading blanks. pem.Decode by itself looks for the first
// block that it can read, and skips the others: a key would be lost unseen.
func nextBlock(data []byte) (*pem.Block, []byte, error) {
	refuse := func(problem string) (*pem.Block, []byte, error) {
		return nil, nil, &fault.Invalid{Field: "pem", Allowed: "PEM blocks with public keys, and nothing else", Problem: problem}
	}
	if !bytes.HasPrefix(data, pemBegin) {
		return refuse("there is text outside the blocks")
	}
	block, rest := pem.Decode(data)
	if block == nil || bytes.Count(data[:len(data)-len(rest)], pemBegin) != 1 {
		line, _, _ := bytes.Cut(data, []byte("\n"))
		return refuse(fmt.Sprintf("the block that begins with %.40q is broken", line))
	}
	if len(block.Headers) > 0 {
		return refuse(fmt.Sprintf("a block %.40q has headers", block.Type))
	}
	return block, bytes.TrimSpace(rest), nil
}

// trustedKey is a Key that New has checked.
type trustedKey struct {
	ids         []string
	fingerprint string // hexadecimal SHA-256 of the SubjectPublicKeyInfo
	verify      func(message, sig []byte) bool
}

// String names the key as a policy does: ids first, sorted, then the fingerprint.
func (k trustedKey) String() string {
	ids := slices.Clone(k.ids)
	slices.Sort(ids)
	var b strings.Builder
	for _, id := range slices.Compact(ids) {
		fmt.Fprintf(&b, "%q ", id)
	}
	return b.String() + "spki sha256:" + k.fingerprint
}

func newTrustedKey(path string, key Key) (trustedKey, error) {
	verify, err := verifyFunc(path, key.Public)
	if err != nil {
		return trustedKey{}, err
	}
	// This also refuses points that are not on their curve.
	spki, err := x509.MarshalPKIXPublicKey(key.Public)
	if err != nil {
		return trustedKey{}, &fault.Invalid{Field: path, Allowed: "a valid public key", Problem: err.Error()}
	}
	sum := sha256.Sum256(spki)
	trusted := trustedKey{fingerprint: hex.EncodeToString(sum[:]), verify: verify}
	if key.ID != "" {
		trusted.ids = []string{key.ID}
	}
	return trusted, nil
}

func verifyFunc(path string, public crypto.PublicKey) (func(message, sig []byte) bool, error) {
	refuse := func(problem string) error {
		return &fault.Invalid{
			Field:   path,
			Allowed: "ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of at least 2048 bits",
			Problem: problem,
		}
	}
	switch key := public.(type) {
	case ed25519.PublicKey:
		if len(key) != ed25519.PublicKeySize {
			return nil, refuse(fmt.Sprintf("it is an Ed25519 key of %d bytes", len(key)))
		}
		return func(message, sig []byte) bool { return ed25519.Verify(key, message, sig) }, nil
	case *rsa.PublicKey:
		if key == nil || key.N == nil || key.N.BitLen() < minRSABits {
			return nil, refuse("it is a shorter RSA key")
		}
		return func(message, sig []byte) bool { return verifyRSA(key, message, sig) }, nil
	case *ecdsa.PublicKey:
		//lint:ignore SA1019 crypto/ecdsa dereferences the coordinates unseen
		if key == nil || key.Curve == nil || key.X == nil || key.Y == nil { //nolint:staticcheck // the same
			return nil, refuse("it is an ECDSA key without a point on a curve")
		}
		hash, ok := curveHash(key.Curve)
		if !ok {
			return nil, refuse("it is an ECDSA key on " + key.Params().Name)
		}
		return func(message, sig []byte) bool { return verifyECDSA(key, hash, message, sig) }, nil
	}
	return nil, refuse(fmt.Sprintf("it is a %T", public))
}

func curveHash(curve elliptic.Curve) (crypto.Hash, bool) {
	switch curve {
	case elliptic.P256():
		return crypto.SHA256, true
	case elliptic.P384():
		return crypto.SHA384, true
	case elliptic.P521():
		return crypto.SHA512, true
	}
	return 0, false
}

func verifyRSA(key *rsa.PublicKey, message, sig []byte) bool {
	sum := sha256.Sum256(message)
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], sig) == nil ||
		rsa.VerifyPSS(key, crypto.SHA256, sum[:], sig, nil) == nil
}

func verifyECDSA(key *ecdsa.PublicKey, hash crypto.Hash, message, sig []byte) bool {
	h := hash.New()
	h.Write(message)
	sum := h.Sum(nil)
	if ecdsa.VerifyASN1(key, sum, sig) {
		return true
	}
	size := (key.Params().BitSize + 7) / 8
	if len(sig) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:])
	return ecdsa.Verify(key, sum, r, s)
}
