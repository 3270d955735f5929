package publickey_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/verifier/publickey"
)

const statement = `{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://example.com/p/v1",` +
	`"subject":[{"name":"app","digest":{"sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}}]}`

type sign func(t *testing.T, message []byte) []byte

// signer has a private key, and the ways in which it can sign.
type signer struct {
	public crypto.PublicKey
	ways   map[string]sign
}

func digestOf(hash crypto.Hash, message []byte) []byte {
	h := hash.New()
	h.Write(message)
	return h.Sum(nil)
}

func newECDSA(t testing.TB, curve elliptic.Curve, hash crypto.Hash) signer {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return signer{&key.PublicKey, map[string]sign{
		"DER": func(t *testing.T, message []byte) []byte {
			sig, err := ecdsa.SignASN1(rand.Reader, key, digestOf(hash, message))
			require.NoError(t, err)
			return sig
		},
		"r and s": func(t *testing.T, message []byte) []byte {
			r, s, err := ecdsa.Sign(rand.Reader, key, digestOf(hash, message))
			require.NoError(t, err)
			size := (curve.Params().BitSize + 7) / 8
			return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
		},
	}}
}

func newEd25519(t testing.TB) signer {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return signer{public, map[string]sign{
		"pure": func(_ *testing.T, message []byte) []byte { return ed25519.Sign(key, message) },
	}}
}

func newRSA(t testing.TB) signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return signer{&key.PublicKey, map[string]sign{
		"PKCS1v15": func(t *testing.T, message []byte) []byte {
			sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digestOf(crypto.SHA256, message))
			require.NoError(t, err)
			return sig
		},
		"PSS": func(t *testing.T, message []byte) []byte {
			sig, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, digestOf(crypto.SHA256, message), nil)
			require.NoError(t, err)
			return sig
		},
	}}
}

// signature is one signature to put into an envelope.
type signature struct {
	keyID string
	by    sign
}

// envelope signs the statement and parses what it made.
func envelope(t *testing.T, signatures ...signature) *attestor.Evidence {
	t.Helper()
	return tamperedEnvelope(t, statement, signatures...)
}

// tamperedEnvelope has payload, but signatures of the statement.
func tamperedEnvelope(t *testing.T, payload string, signatures ...signature) *attestor.Evidence {
	t.Helper()
	env := dsse.Envelope{PayloadType: attestor.PayloadTypeInToto, Payload: base64.StdEncoding.EncodeToString([]byte(payload))}
	for _, s := range signatures {
		sig := s.by(t, dsse.PAE(attestor.PayloadTypeInToto, []byte(statement)))
		env.Signatures = append(env.Signatures, dsse.Signature{KeyID: s.keyID, Sig: base64.StdEncoding.EncodeToString(sig)})
	}
	raw, err := json.Marshal(env)
	require.NoError(t, err)
	ev, err := attestor.ParseEnvelope(raw)
	require.NoError(t, err)
	return ev
}

func verify(t *testing.T, v *publickey.Verifier, ev *attestor.Evidence) attestor.Verification {
	t.Helper()
	got, err := v.Verify(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, publickey.Name, got.Verifier)
	require.NoError(t, got.Validate(len(ev.Envelope.Signatures)), "it can be stored")
	require.WithinDuration(t, time.Now(), got.TimeVerified, time.Minute)
	require.Zero(t, got.SignedAt)
	require.Equal(t, got.Outcome == attestor.Verified, got.Reason == "")
	return got
}

func newVerifier(t *testing.T, keys []publickey.Key, options ...publickey.Option) *publickey.Verifier {
	t.Helper()
	v, err := publickey.New(keys, options...)
	require.NoError(t, err)
	return v
}

func TestVerifyAlgorithms(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]signer{
		"P-256":   newECDSA(t, elliptic.P256(), crypto.SHA256),
		"P-384":   newECDSA(t, elliptic.P384(), crypto.SHA384),
		"P-521":   newECDSA(t, elliptic.P521(), crypto.SHA512),
		"Ed25519": newEd25519(t),
		"RSA":     newRSA(t),
	} {
		for way, by := range s.ways {
			t.Run(name+" "+way, func(t *testing.T) {
				t.Parallel()
				v := newVerifier(t, []publickey.Key{{ID: "k", Public: s.public}})
				got := verify(t, v, envelope(t, signature{"k", by}))
				require.Equal(t, attestor.Verified, got.Outcome)
				require.Equal(t, []int{0}, got.Signatures)

				tampered := verify(t, v, tamperedEnvelope(t, statement+" ", signature{"k", by}))
				require.Equal(t, attestor.Failed, tampered.Outcome)
				require.Empty(t, tampered.Signatures)

				flipped := func(t *testing.T, message []byte) []byte {
					sig := by(t, message)
					sig[len(sig)-1] ^= 1
					return sig
				}
				require.Equal(t, attestor.Failed, verify(t, v, envelope(t, signature{"k", flipped})).Outcome)
				short := func(t *testing.T, message []byte) []byte { return by(t, message)[:8] }
				require.Equal(t, attestor.Failed, verify(t, v, envelope(t, signature{"k", short})).Outcome)
			})
		}
	}
}

// The payload type is signed too: the same bytes as another type are not.
func TestVerifyCoversPayloadType(t *testing.T) {
	t.Parallel()
	s := newEd25519(t)
	sig := base64.StdEncoding.EncodeToString(s.ways["pure"](t, dsse.PAE("text/plain", []byte("x"))))
	v := newVerifier(t, []publickey.Key{{Public: s.public}})
	for payloadType, want := range map[string]attestor.Outcome{"text/plain": attestor.Verified, "text/html": attestor.Failed} {
		ev, err := attestor.ParseEnvelope([]byte(`{"payloadType":"` + payloadType + `","payload":"eA==","signatures":[{"sig":"` + sig + `"}]}`))
		require.NoError(t, err)
		require.Equal(t, want, verify(t, v, ev).Outcome)
	}
}

// The envelope that the DSSE protocol specification signs, with its key.
func TestVerifySpecificationVector(t *testing.T) {
	t.Parallel()
	// The specification gives the key as coordinates; this is the same point.
	keys, err := publickey.ParsePEM("", []byte(specificationKey))
	require.NoError(t, err)
	ev, err := attestor.ParseEnvelope([]byte(`{"payload": "aGVsbG8gd29ybGQ=",
 "payloadType": "http://example.com/HelloWorld",
 "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}`))
	require.NoError(t, err)
	require.Equal(t, "hello world", string(ev.Envelope.Payload))
	require.Nil(t, ev.Statement)
	got := verify(t, newVerifier(t, keys), ev)
	require.Equal(t, attestor.Verified, got.Outcome)
}

func TestVerifyKeyIDIsAHint(t *testing.T) {
	t.Parallel()
	a, b := newEd25519(t), newEd25519(t)
	v := newVerifier(t, []publickey.Key{{ID: "a", Public: a.public}, {ID: "b", Public: b.public}})
	for _, c := range []struct {
		name, keyID string
		want        attestor.Outcome
	}{
		{"its own id", "b", attestor.Verified},
		{"no id", "", attestor.Verified},
		{"unknown id", "somewhere/else", attestor.Verified},
		{"id of another trusted key", "a", attestor.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, verify(t, v, envelope(t, signature{c.keyID, b.ways["pure"]})).Outcome)
		})
	}
	stranger := newEd25519(t)
	require.Equal(t, attestor.Failed, verify(t, v, envelope(t, signature{"a", stranger.ways["pure"]})).Outcome,
		"an id makes nobody trusted")
}

func TestVerifyThresholdCountsKeys(t *testing.T) {
	t.Parallel()
	a, b, stranger := newEd25519(t), newECDSA(t, elliptic.P256(), crypto.SHA256), newEd25519(t)
	keys := []publickey.Key{{ID: "a", Public: a.public}, {ID: "b", Public: b.public}}
	v := newVerifier(t, keys, publickey.WithThreshold(2))
	byA, byB, byStranger := a.ways["pure"], b.ways["DER"], stranger.ways["pure"]

	got := verify(t, v, envelope(t, signature{"", byStranger}, signature{"a", byA}, signature{"", byB}))
	require.Equal(t, attestor.Verified, got.Outcome)
	require.Equal(t, []int{1, 2}, got.Signatures)

	got = verify(t, v, envelope(t, signature{"a", byA}, signature{"", byA}))
	require.Equal(t, attestor.Failed, got.Outcome, "one key that signs twice is one key")
	require.Equal(t, []int{0, 1}, got.Signatures)

	// ECDSA signs differently each time: distinct signatures, still one key.
	got = verify(t, v, envelope(t, signature{"b", byB}, signature{"b", b.ways["r and s"]}))
	require.Equal(t, attestor.Failed, got.Outcome)

	_, err := publickey.New([]publickey.Key{{ID: "a", Public: a.public}, {ID: "alias", Public: a.public}}, publickey.WithThreshold(2))
	requireInvalid(t, err, "threshold")
}

func TestPolicyIsStable(t *testing.T) {
	t.Parallel()
	a, b := newEd25519(t), newRSA(t)
	ka, kb := publickey.Key{ID: "a", Public: a.public}, publickey.Key{Public: b.public}
	ev := envelope(t, signature{"", a.ways["pure"]})
	one := verify(t, newVerifier(t, []publickey.Key{ka, kb}), ev).Policy
	other := verify(t, newVerifier(t, []publickey.Key{kb, ka, ka}), ev).Policy
	require.Equal(t, one, other)
	spki, err := x509.MarshalPKIXPublicKey(a.public)
	require.NoError(t, err)
	sum := sha256.Sum256(spki)
	require.Contains(t, one, `"a" spki sha256:`+hex.EncodeToString(sum[:]))
	require.Contains(t, one, "at least 1 of 2 keys")
	require.NotEqual(t, one, verify(t, newVerifier(t, []publickey.Key{ka, kb}, publickey.WithThreshold(2)), ev).Policy)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	good := publickey.Key{Public: newEd25519(t).public}
	for _, c := range []struct {
		name  string
		keys  []publickey.Key
		field string
	}{
		{"no key", nil, "keys"},
		{"nil key", []publickey.Key{good, {}}, "keys[1]"},
		{"short RSA", []publickey.Key{{Public: &short.PublicKey}}, "keys[0]"},
		{"P-224", []publickey.Key{{Public: &p224.PublicKey}}, "keys[0]"},
		{"short Ed25519", []publickey.Key{{Public: ed25519.PublicKey{1, 2}}}, "keys[0]"},
		{"private key", []publickey.Key{{Public: short}}, "keys[0]"},
		{"no point", []publickey.Key{{Public: &ecdsa.PublicKey{Curve: elliptic.P256()}}}, "keys[0]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := publickey.New(c.keys)
			requireInvalid(t, err, c.field)
		})
	}
	_, err = publickey.New([]publickey.Key{good}, publickey.WithThreshold(0))
	requireInvalid(t, err, "threshold")
}

func TestParsePEM(t *testing.T) {
	t.Parallel()
	a, b := newECDSA(t, elliptic.P384(), crypto.SHA384), newRSA(t)
	spki, err := x509.MarshalPKIXPublicKey(a.public)
	require.NoError(t, err)
	one := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})
	two := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(b.public.(*rsa.PublicKey))})
	text := slices.Concat(one, two)
	keys, err := publickey.ParsePEM("team", text)
	require.NoError(t, err)
	require.Len(t, keys, 2)
	v := newVerifier(t, keys, publickey.WithThreshold(2))
	got := verify(t, v, envelope(t, signature{"team", b.ways["PSS"]}, signature{"team", a.ways["DER"]}))
	require.Equal(t, attestor.Verified, got.Outcome, "an id may stand for several keys")

	spaced := slices.Concat([]byte("\r\n \t"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), []byte("\n\n"))
	again, err := publickey.ParsePEM("team", spaced)
	require.NoError(t, err)
	require.Equal(t, keys, again)

	corrupt := bytes.Replace(two, []byte("MII"), []byte("M*I"), 1)
	for name, bad := range map[string][]byte{
		"empty":         nil,
		"blank":         []byte(" \n"),
		"text":          []byte("not a key"),
		"text before":   slices.Concat([]byte("the first\n"), text),
		"text between":  slices.Concat(one, []byte("the second\n"), two),
		"text after":    slices.Concat(text, []byte("the end")),
		"corrupt first": slices.Concat(corrupt, one),
		"corrupt last":  slices.Concat(one, corrupt),
		"no end":        slices.Concat(one, two[:len(two)-10]),
		"no end first":  slices.Concat(one[:len(one)-30], []byte("\n"), two),
		"no begin":      slices.Concat(one, two[5:]),
		"headers":       pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Headers: map[string]string{"a": "b"}, Bytes: spki}),
		"private key":   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}}),
		"garbage":       pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte{1}}),
	} {
		got, err := publickey.ParsePEM("", bad)
		require.ErrorIs(t, err, fault.ErrInvalid, name)
		requireInvalid(t, err, "pem")
		require.Nil(t, got, name)
	}
}

func TestVerifyCancelled(t *testing.T) {
	t.Parallel()
	s := newEd25519(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := newVerifier(t, []publickey.Key{{Public: s.public}}).Verify(ctx, envelope(t, signature{"", s.ways["pure"]}))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, got)
}

func requireInvalid(t *testing.T, err error, field string) {
	t.Helper()
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, field, invalid.Field)
	require.NotEmpty(t, invalid.Allowed)
}

// Envelopes that another project signed, with its keys.
func TestVerifyReal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		envelope, key string
		want          []int
	}{
		{"intoto_dsse.json", "intoto_dsse.pem", []int{0}},
		{"intoto_multi_dsse.json", "intoto_multi_pub2.pem", []int{1}},
	} {
		t.Run(c.envelope, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("testdata/" + c.key)
			require.NoError(t, err)
			keys, err := publickey.ParsePEM("", text)
			require.NoError(t, err)
			raw, err := os.ReadFile("testdata/" + c.envelope)
			require.NoError(t, err)
			ev, err := attestor.Parse(raw)
			require.NoError(t, err)
			got := verify(t, newVerifier(t, keys), ev)
			require.Equal(t, attestor.Verified, got.Outcome, got.Reason)
			require.Equal(t, c.want, got.Signatures)
		})
	}
}
