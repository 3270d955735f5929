package attestor_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

const (
	bundle02     = "application/vnd.dev.sigstore.bundle+json;version=0.2"
	bundle03     = "application/vnd.dev.sigstore.bundle.v0.3+json"
	bundle03Long = "application/vnd.dev.sigstore.bundle+json;version=0.3"
	bundle01     = "application/vnd.dev.sigstore.bundle+json;version=0.1"
)

func TestParseRealBundles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, mediaType, subject, keyID, issuer, san string
		notAfter                                     time.Time
	}{
		{
			"bundle-v0.1.json", bundle01,
			"sha512:46d4e2f74c4877316640000a6fdf8a8b59f1e0847667973e9859f774dd31b8f1e0937813b777fb66a2ac67d50540fe34640966eee9fc2ccca387082b4c85cd3c",
			"", "https://token.actions.githubusercontent.com",
			"https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main",
			time.Date(2023, 8, 18, 16, 15, 35, 0, time.UTC),
		},
		{
			"bundle-v0.1-publickey.json", bundle01,
			"sha512:76176ffa33808b54602c7c35de5c6e9a4deb96066dba6533f50ac234f4f1f4c6b3527515dc17c06fbe2860030f410eee69ea20079bd3a2c6f3dcf3b329b10751",
			"SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA", "", "", time.Time{},
		},
		{
			"bundle-v0.3.json", bundle03,
			"sha256:023540d907a6abc3cc83ecf78d1c01529b0517c80a72a28f8ec00a6bc0418814",
			"", "https://token.actions.githubusercontent.com",
			"https://github.com/chainloop-dev/platform-website/.github/workflows/deploy.yml@refs/heads/main",
			time.Time{},
		},
		{
			"bundle-v0.3-private.json", bundle03Long,
			"sha256:b825e4cc79f70472dce1d4235893a987d7c07cfe79f7db3f1b7045a65070f3f9",
			"", "", "", time.Date(2025, 4, 30, 14, 14, 33, 0, time.UTC),
		},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			raw := testdata(t, c.file)
			ev, err := attestor.Parse([]byte(raw))
			require.NoError(t, err)
			require.Equal(t, raw, string(ev.Content))
			require.Equal(t, digest.Sum([]byte(raw)), ev.SHA256)
			require.Equal(t, c.mediaType, ev.MediaType)
			require.Equal(t, c.subject, ev.Statement.Subject[0].Digest[0].String())
			require.Len(t, ev.Envelope.Signatures, 1)
			sig := ev.Envelope.Signatures[0]
			require.Equal(t, c.keyID, sig.KeyID)
			if sig.Identity == nil {
				require.Nil(t, sig.Certificate)
				require.NotEmpty(t, c.keyID)
				return
			}
			require.Equal(t, c.issuer, sig.Identity.Issuer)
			require.Equal(t, c.san, sig.Identity.SubjectAlternativeName)
			require.Equal(t, digest.Sum(sig.Certificate), sig.Identity.CertificateSHA256)
			require.True(t, sig.Identity.NotBefore.Before(sig.Identity.NotAfter))
			if !c.notAfter.IsZero() {
				require.Equal(t, c.notAfter, sig.Identity.NotAfter)
			}
		})
	}
}

// Bundles of every version, from one that has what all of them ask for.
func TestParseBundleVersions(t *testing.T) {
	t.Parallel()
	v3 := testdata(t, "bundle-v0.3.json")
	for _, mediaType := range []string{bundle01, bundle02, bundle03, bundle03Long} {
		ev, err := attestor.ParseBundle([]byte(replace(t, v3, bundle03, mediaType)))
		require.NoError(t, err)
		require.Equal(t, mediaType, ev.MediaType)
	}
	for _, mediaType := range []string{
		"", "application/json", "application/vnd.dev.sigstore.bundle.v0.4+json", "application/vnd.dev.sigstore.bundle.v0.2+json",
		"application/vnd.dev.sigstore.bundle+json;version=0.4", "application/vnd.dev.sigstore.bundle+json; version=0.3",
		"application/vnd.dev.sigstore.bundle+json", strings.ToUpper(bundle03),
	} {
		_, err := attestor.ParseBundle([]byte(replace(t, v3, bundle03, mediaType)))
		requireInvalid(t, err, "mediaType")
		require.ErrorContains(t, err, bundle03)
	}
}

func TestParseBundleRefuses(t *testing.T) {
	t.Parallel()
	v1, v3 := compact(t, "bundle-v0.1.json"), compact(t, "bundle-v0.3.json")
	in := func(old, new string) string { return replace(t, v3, old, new) }
	const material = "verificationMaterial"
	bare := func(material, envelope string) string {
		return `{"mediaType":"` + bundle03 + `","verificationMaterial":` + material + `,"dsseEnvelope":` + envelope + `}`
	}
	hint := `{"publicKey":{"hint":"k"}}`
	for _, c := range []struct{ name, raw, field string }{
		{"message", testdata(t, "bundle-message.json"), "messageSignature"},
		{"message as well", in(`{`, `{"messageSignature":{},`), "messageSignature"},
		{"no mediaType", in(`"mediaType"`, `"mediatypes"`), "mediaType"},
		{"MediaType", in(`"mediaType"`, `"MediaType"`), "MediaType"},
		{"mediaType twice", in(`{`, `{"mediaType":"`+bundle03+`",`), "mediaType"},
		{"no envelope", `{"mediaType":"` + bundle03 + `","verificationMaterial":` + hint + `}`, "dsseEnvelope"},
		{"null envelope", bare(hint, "null"), "dsseEnvelope"},
		{"empty envelope", bare(hint, "{}"), "dsseEnvelope.payloadType"},
		{"no material", `{"mediaType":"` + bundle03 + `","dsseEnvelope":` + envelope(statement) + `}`, material},
		{"null material", bare("null", envelope(statement)), material},
		{"empty material", bare("{}", envelope(statement)), material},
		{"material of another kind", bare("[]", envelope(statement)), material},
		{"certificate and key", in(`"certificate"`, `"publicKey":{"hint":"k"},"certificate"`), material},
		{"names of protobuf", in(`"verificationMaterial"`, `"verification_material"`), material},
		{"unknown field", in(`{`, `{"x":1,`), "x"},
		{"unknown field in the envelope", bare(hint, replace(t, envelope(statement), `{`, `{"x":1,`)), "dsseEnvelope.x"},
		{"unknown field in the material", in(`"certificate"`, `"x":1,"certificate"`), material + ".x"},
		{"unknown field in a log entry", replace(t, v1, `"logIndex"`, `"x":1,"logIndex"`), material + ".tlogEntries[0].x"},
		{"log index of another kind", replace(t, v1, `"integratedTime":"`, `"integratedTime":"x`), material + ".tlogEntries[0].integratedTime"},
		{"text behind a time", regexp.MustCompile(`"integratedTime":"(\d+)"`).ReplaceAllString(v1, `"integratedTime":"$1,9"`), material + ".tlogEntries[0].integratedTime"},
		{"text behind a log index", regexp.MustCompile(`"logIndex":"(\d+)"`).ReplaceAllString(v1, `"logIndex":"$1 not a number"`), material + ".tlogEntries[0].logIndex"},
		{"zeros before a log index", regexp.MustCompile(`"logIndex":"(\d+)"`).ReplaceAllString(v1, `"logIndex":"0$1"`), material + ".tlogEntries[0].logIndex"},
		{"text behind a tree size", regexp.MustCompile(`"treeSize":"(\d+)"`).ReplaceAllString(v1, `"treeSize":"$1]}"`), material + ".tlogEntries[0].inclusionProof.treeSize"},
		{"no signature", bare(hint, `{"payloadType":"x","payload":"","signatures":[]}`), "dsseEnvelope.signatures"},
		{"two signatures", bare(hint, `{"payloadType":"x","payload":"","signatures":[{"sig":"AQ=="},{"sig":"AQ=="}]}`), "dsseEnvelope.signatures"},
		{"empty sig", bare(hint, `{"payloadType":"x","payload":"","signatures":[{"sig":""}]}`), "dsseEnvelope.signatures[0].sig"},
		{"base64 without padding", bare(hint, `{"payloadType":"x","payload":"eA","signatures":[{"sig":"AQ=="}]}`), "dsseEnvelope.payload"},
		{"statement", bare(hint, envelope(`{}`)), "dsseEnvelope.payload._type"},
		{"hint of another key", bare(`{"publicKey":{"hint":"other"}}`, envelope(statement)), material + ".publicKey.hint"},
		{"NUL in the hint", bare(`{"publicKey":{"hint":"\u0000"}}`, envelope(statement)), material + ".publicKey.hint"},
		{"no certificate", bare(`{"certificate":{}}`, envelope(statement)), material + ".certificate.rawBytes"},
		{"broken certificate", bare(`{"certificate":{"rawBytes":"MAA="}}`, envelope(statement)), material + ".certificate.rawBytes"},
		{"chain in 0.3", replace(t, v1, bundle01, bundle03), material + ".x509CertificateChain"},
		{"empty chain", replace(t, bare(`{"x509CertificateChain":{}}`, envelope(statement)), bundle03, bundle01), material + ".x509CertificateChain.certificates"},
		{"broken chain", replace(t, v1, `"certificates":[`, `"certificates":[{"rawBytes":"MAA="},`), material + ".x509CertificateChain.certificates[0].rawBytes"},
		{"broken intermediate", replace(t, v1, `}]}`, `},{"rawBytes":"MAA="}]}`), material + ".x509CertificateChain.certificates[1].rawBytes"},
		{"too many log entries", bare(`{"publicKey":{"hint":"k"},"tlogEntries":[{}`+strings.Repeat(`,{}`, attestor.MaxLogEntries)+`]}`, envelope(statement)), material + ".tlogEntries"},
		{"too many timestamps", bare(`{"publicKey":{"hint":"k"},"timestampVerificationData":{"rfc3161Timestamps":[{}`+
			strings.Repeat(`,{}`, attestor.MaxTimestamps)+`]}}`, envelope(statement)), material + ".timestampVerificationData.rfc3161Timestamps"},
		{"no proof", bare(`{"publicKey":{"hint":"k"},"tlogEntries":[{}]}`, envelope(statement)), material + ".tlogEntries[0].inclusionProof"},
		{"no checkpoint", bare(`{"publicKey":{"hint":"k"},"tlogEntries":[{"inclusionProof":{}}]}`, envelope(statement)), material + ".tlogEntries[0].inclusionProof.checkpoint"},
		{"no promise", replace(t, bare(`{"publicKey":{"hint":"k"},"tlogEntries":[{"inclusionProof":{}}]}`, envelope(statement)), bundle03, bundle01),
			material + ".tlogEntries[0].inclusionPromise"},
		{"an envelope", envelope(statement), "mediaType"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ev, err := attestor.ParseBundle([]byte(c.raw))
			requireInvalid(t, err, c.field)
			require.Nil(t, ev)
		})
	}
}

// The log's entry of one signature is no proof of another (GHSA-whqx-f9j3-ch6m).
func TestSwappedLogEntriesAreRefused(t *testing.T) {
	t.Parallel()
	entries := func(file string) (raw, list string) {
		raw = compact(t, file)
		var b struct {
			VerificationMaterial struct {
				TlogEntries json.RawMessage `json:"tlogEntries"`
			} `json:"verificationMaterial"`
		}
		require.NoError(t, json.Unmarshal([]byte(raw), &b))
		return raw, string(b.VerificationMaterial.TlogEntries)
	}
	one, ofOne := entries("bundle-v0.1.json")
	two, ofTwo := entries("bundle-v0.1-publickey.json")
	for _, c := range []struct{ raw, own, swapped, field string }{
		{one, ofOne, ofTwo, "tlogEntries[0].canonicalizedBody"},
		{two, ofTwo, ofOne, "tlogEntries[0].canonicalizedBody"},
		{one, ofOne, ofOne[:len(ofOne)-1] + "," + ofTwo[1:], "tlogEntries[1].canonicalizedBody"},
		{one, ofOne, ofOne[:len(ofOne)-1] + "," + ofOne[1:], "tlogEntries[1]"},
	} {
		_, err := attestor.ParseBundle([]byte(replace(t, c.raw, c.own, c.swapped)))
		requireInvalid(t, err, "verificationMaterial."+c.field)
	}
}
