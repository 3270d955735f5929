package domaintest

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/verifier/publickey"
)

// Signer signs evidence with a key of its own.
type Signer struct {
	keyID string
	key   ed25519.PrivateKey
}

// NewSigner makes a signer with a fresh Ed25519 key.
func NewSigner(t testing.TB) *Signer {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatalf("generate key: %v", err)
	}
	sum := sha256.Sum256(public)
	return &Signer{keyID: hex.EncodeToString(sum[:8]), key: private}
}

// Public returns the signer's public key.
func (s *Signer) Public() crypto.PublicKey { return s.key.Public() }

// Verifier accepts what the signer signs and nothing else.
func (s *Signer) Verifier(t testing.TB) *publickey.Verifier {
	t.Helper()
	v, err := publickey.New([]publickey.Key{{ID: s.keyID, Public: s.key.Public()}})
	if err != nil {
		t.Fatalf("make verifier: %v", err)
	}
	return v
}

// Statement returns the JSON of an in-toto Statement v1 about one artifact.
func Statement(name string, artifact []byte) []byte {
	sum := sha256.Sum256(artifact)
	b, err := json.Marshal(map[string]any{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       []any{map[string]any{"name": name, "digest": map[string]string{"sha256": hex.EncodeToString(sum[:])}}},
		"predicateType": "https://slsa.dev/provenance/v1",
		"predicate":     map[string]any{"buildDefinition": map[string]any{"buildType": "https://example.com/build/v1"}},
	})
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// Envelope returns the bytes of a DSSE envelope around payload, signed.
func (s *Signer) Envelope(payloadType string, payload []byte) []byte {
	b, err := json.Marshal(dsse.Envelope{
		PayloadType: payloadType,
		Payload:     base64.StdEncoding.EncodeToString(payload),
		Signatures: []dsse.Signature{{
			KeyID: s.keyID,
			Sig:   base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, dsse.PAE(payloadType, payload))),
		}},
	})
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// Evidence returns a signed in-toto Statement about one artifact, parsed.
func (s *Signer) Evidence(t testing.TB, name string, artifact []byte) *attestor.Evidence {
	t.Helper()
	ev, err := attestor.Parse(s.Envelope(attestor.PayloadTypeInToto, Statement(name, artifact)))
	if err != nil {
		t.Fatalf("parse evidence: %v", err)
	}
	return ev
}
