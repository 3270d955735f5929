package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"stella-ops.org/attestdb/domain/fault"
)

// SigningKey signs checkpoints: a [note.Signer], and the key by which others verify
// what it signs.
type SigningKey struct {
	note.Signer

	verifier    note.Verifier
	verifierKey string
}

// NewSigningKey returns the key of any signer of Ed25519, such as one whose private key
// is in a device. verifierKey is its public key as name+hash+key, which
// [note.NewEd25519VerifierKey] makes. It returns a *[fault.Invalid] if the two do not
// belong together.
func NewSigningKey(signer note.Signer, verifierKey string) (SigningKey, error) {
	v, err := note.NewVerifier(verifierKey)
	if err != nil || v.Name() != signer.Name() || v.KeyHash() != signer.KeyHash() {
		return SigningKey{}, &fault.Invalid{Field: "verifier key", Allowed: "name+hash+key of the signer", Problem: "it is another's, or none"}
	}
	return SigningKey{Signer: signer, verifier: v, verifierKey: verifierKey}, nil
}

// ParseSigningKey reads an Ed25519 private key: one PEM block of PKCS#8, which
// openssl genpkey -algorithm ed25519 writes. name is the key's name in signatures, which
// should be the origin of the checkpoints that it signs. It returns a *[fault.Invalid]
// for anything else; no error says anything of a private key.
func ParseSigningKey(name string, raw []byte) (SigningKey, error) {
	refuse := func(problem string) (SigningKey, error) {
		return SigningKey{}, &fault.Invalid{Field: "signing key", Allowed: `one PEM block "PRIVATE KEY" with an Ed25519 key (PKCS#8)`, Problem: problem}
	}
	block, rest := pem.Decode(bytes.TrimSpace(raw))
	switch {
	case block == nil || !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("-----BEGIN ")):
		return refuse("there is none")
	case len(bytes.TrimSpace(rest)) > 0:
		return refuse("something follows it")
	case block.Type == "ENCRYPTED PRIVATE KEY":
		return refuse("it is encrypted: `openssl pkcs8 -in FILE` decrypts it")
	case block.Type != "PRIVATE KEY" || len(block.Headers) > 0:
		return refuse(fmt.Sprintf("it is a block %.40q, or has headers", block.Type))
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return refuse("it cannot be read")
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return refuse(fmt.Sprintf("it is a %T", key))
	}
	// The form in which package note takes keys; it has no other way in.
	verifierKey, err := note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey))
	if err != nil {
		return SigningKey{}, err
	}
	hash, _, _ := strings.Cut(strings.TrimPrefix(verifierKey, name+"+"), "+")
	const algorithm = 1 // Ed25519, https://c2sp.org/signed-note
	secret := base64.StdEncoding.EncodeToString(append([]byte{algorithm}, private.Seed()...))
	signer, err := note.NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + secret)
	if err != nil {
		return SigningKey{}, &fault.Invalid{Field: "key name", Allowed: "text without blanks and plus signs", Problem: fmt.Sprintf("it is %.80q", name)}
	}
	return NewSigningKey(signer, verifierKey)
}

// VerifierKey returns the public key as name+hash+key, from which [note.NewVerifier]
// makes the verifier of what the key signs.
func (k SigningKey) VerifierKey() string { return k.verifierKey }
