// Package dssesign makes DSSE envelopes with whatever key a crypto.Signer has, so that
// domain/verifier/publickey verifies them.
package dssesign

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"stella-ops.org/attestdb/domain/fault"
)

// Signer signs envelopes with one key.
type Signer struct {
	signer crypto.Signer
	keyID  string
	hash   crypto.Hash
}

// minRSABits is publickey's.
const minRSABits = 2048

// New returns a *[fault.Invalid] for a key that domain/verifier/publickey does not take.
func New(signer crypto.Signer) (*Signer, error) {
	const allowed = "a key of Ed25519, of ECDSA on P-256, P-384 or P-521, or of RSA with at least 2048 bits"
	if signer == nil {
		return nil, &fault.Invalid{Field: "signer", Allowed: allowed, Problem: "there is none"}
	}
	s := &Signer{signer: signer}
	ok := true
	switch key := signer.Public().(type) {
	case ed25519.PublicKey: // it hashes the message itself
	case *ecdsa.PublicKey:
		s.hash, ok = curveHash(key.Curve)
	case *rsa.PublicKey:
		s.hash, ok = crypto.SHA256, key.N.BitLen() >= minRSABits
	default:
		ok = false
	}
	if !ok {
		return nil, &fault.Invalid{Field: "signer", Allowed: allowed, Problem: fmt.Sprintf("it has another %T", signer.Public())}
	}
	spki, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return nil, &fault.Invalid{Field: "signer", Allowed: allowed, Problem: err.Error()}
	}
	sum := sha256.Sum256(spki)
	s.keyID = hex.EncodeToString(sum[:])
	return s, nil
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

// KeyID is the hexadecimal SHA-256 of the public key's SubjectPublicKeyInfo, by which
// publickey's policies name keys too. It implements [dsse.Signer].
func (s *Signer) KeyID() (string, error) { return s.keyID, nil }

// Sign implements [dsse.Signer].
func (s *Signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	if s.hash != 0 {
		h := s.hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	return s.signer.Sign(rand.Reader, message, s.hash)
}

// Envelope returns the JSON of an envelope around payload.
func (s *Signer) Envelope(ctx context.Context, payloadType string, payload []byte) ([]byte, error) {
	es, err := dsse.NewEnvelopeSigner(s)
	if err != nil {
		return nil, err
	}
	env, err := es.SignPayload(ctx, payloadType, payload)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return json.Marshal(env)
}
