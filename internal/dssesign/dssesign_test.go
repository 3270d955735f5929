package dssesign_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/verifier/publickey"
	"stella-ops.org/attestdb/internal/dssesign"
)

func newKey(t *testing.T, algorithm string) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch algorithm {
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		curve := map[string]elliptic.Curve{"p256": elliptic.P256(), "p384": elliptic.P384(), "p521": elliptic.P521(), "p224": elliptic.P224()}[algorithm]
		key, err = ecdsa.GenerateKey(curve, rand.Reader)
	}
	require.NoError(t, err)
	return key
}

// What is signed with any key that the verifier knows verifies with it, found by its
// keyid, and with no other one.
func TestEnvelopesVerify(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"ed25519", "p256", "p384", "p521", "rsa"} {
		key, other := newKey(t, algorithm), newKey(t, algorithm)
		s, err := dssesign.New(key)
		require.NoError(t, err)
		raw, err := s.Envelope(t.Context(), attestor.PayloadTypeInToto, domaintest.Statement("a", []byte("a")))
		require.NoError(t, err)
		ev, err := attestor.Parse(raw)
		require.NoError(t, err)
		keyID, err := s.KeyID()
		require.NoError(t, err)
		require.Equal(t, keyID, ev.Envelope.Signatures[0].KeyID)
		for outcome, keys := range map[attestor.Outcome][]publickey.Key{
			attestor.Verified: {{ID: "other", Public: other.Public()}, {ID: keyID, Public: key.Public()}},
			attestor.Failed:   {{ID: keyID, Public: other.Public()}},
		} {
			verifier, err := publickey.New(keys)
			require.NoError(t, err)
			v, err := verifier.Verify(t.Context(), ev)
			require.NoError(t, err)
			require.Equal(t, outcome, v.Outcome, algorithm)
		}
	}
}

type strange struct{ crypto.Signer }

func (strange) Public() crypto.PublicKey { return "a key" }

func TestSignerRefusesOtherKeys(t *testing.T) {
	t.Parallel()
	for _, key := range []crypto.Signer{nil, newKey(t, "p224"), strange{}} {
		_, err := dssesign.New(key)
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
}
