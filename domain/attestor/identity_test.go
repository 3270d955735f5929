package attestor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

// certificate returns one that template describes, in DER.
func certificate(t *testing.T, template x509.Certificate) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template.SerialNumber = big.NewInt(1)
	template.NotBefore = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	template.NotAfter = template.NotBefore.Add(10 * time.Minute)
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	require.NoError(t, err)
	return der
}

func parseWithCertificate(der []byte) (*attestor.Evidence, error) {
	return attestor.ParseBundle([]byte(`{"mediaType":"` + bundle03 + `","verificationMaterial":{"certificate":{"rawBytes":"` +
		base64.StdEncoding.EncodeToString(der) + `"}},"dsseEnvelope":` + envelope(statement) + `}`))
}

func issuerExtension(t *testing.T, issuer string) pkix.Extension {
	t.Helper()
	value, err := asn1.MarshalWithParams(issuer, "utf8")
	require.NoError(t, err)
	return pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 8}, Value: value}
}

func legacyIssuerExtension(issuer string) pkix.Extension {
	return pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}, Value: []byte(issuer)}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	uri, err := url.Parse("https://example.com/workflow@refs/heads/main")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		template    x509.Certificate
		issuer, san string
	}{
		"nothing": {x509.Certificate{}, "", ""},
		"e-mail":  {x509.Certificate{EmailAddresses: []string{"a@example.com", "b@example.com"}}, "", "a@example.com"},
		"URI before e-mail": {
			x509.Certificate{EmailAddresses: []string{"a@example.com"}, URIs: []*url.URL{uri}}, "", uri.String(),
		},
		"a host by its name": {x509.Certificate{DNSNames: []string{"example.com", "b.example.com"}}, "", "example.com"},
		"legacy issuer": {
			x509.Certificate{ExtraExtensions: []pkix.Extension{legacyIssuerExtension("https://old.example.com")}}, "https://old.example.com", "",
		},
		"issuer before the legacy one": {
			x509.Certificate{ExtraExtensions: []pkix.Extension{
				legacyIssuerExtension("https://old.example.com"), issuerExtension(t, "https://new.example.com"),
			}},
			"https://new.example.com", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			der := certificate(t, c.template)
			ev, err := parseWithCertificate(der)
			require.NoError(t, err)
			require.Equal(t, der, ev.Envelope.Signatures[0].Certificate)
			require.Equal(t, &attestor.Identity{
				Issuer:                 c.issuer,
				SubjectAlternativeName: c.san,
				CertificateSHA256:      digest.Sum(der),
				NotBefore:              time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
				NotAfter:               time.Date(2024, 1, 1, 0, 10, 0, 0, time.UTC),
			}, ev.Envelope.Signatures[0].Identity)
		})
	}
}

// The certificate of a bundle whose subject alternative name is an otherName,
// critical, which crypto/x509 does not read.
func TestIdentityOtherName(t *testing.T) {
	t.Parallel()
	var b struct {
		VerificationMaterial struct {
			Certificate struct{ RawBytes []byte }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(testdata(t, "bundle-message.json")), &b))
	ev, err := parseWithCertificate(b.VerificationMaterial.Certificate.RawBytes)
	require.NoError(t, err)
	require.Equal(t, "foo!oidc.local", ev.Envelope.Signatures[0].Identity.SubjectAlternativeName)
}

func TestIdentityRefuses(t *testing.T) {
	t.Parallel()
	good := certificate(t, x509.Certificate{})
	extension := func(ext pkix.Extension) []byte {
		return certificate(t, x509.Certificate{ExtraExtensions: []pkix.Extension{ext}})
	}
	broken := issuerExtension(t, "https://example.com")
	broken.Value = broken.Value[1:]
	trailing := issuerExtension(t, "https://example.com")
	trailing.Value = append(trailing.Value, 0)
	for name, der := range map[string][]byte{
		"cut off":               good[:len(good)-1],
		"trailing byte":         append(append([]byte{}, good...), 0),
		"issuer that is no DER": extension(broken),
		"issuer and more":       extension(trailing),
		"NUL in the issuer":     extension(issuerExtension(t, "a\x00b")),
		"NUL in legacy issuer":  extension(legacyIssuerExtension("a\x00b")),
		"legacy not UTF-8":      extension(legacyIssuerExtension("\xff")),
		"long issuer":           extension(issuerExtension(t, strings.Repeat("x", attestor.MaxTextLength+1))),
		"large": extension(pkix.Extension{
			Id: asn1.ObjectIdentifier{1, 2, 3}, Value: make([]byte, attestor.MaxCertificateSize),
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseWithCertificate(der)
			requireInvalid(t, err, "verificationMaterial.certificate.rawBytes")
		})
	}
}
