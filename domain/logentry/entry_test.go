package logentry_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

const path = "verificationMaterial.tlogEntries[0]"

// realBundle is published npm provenance with an entry of Rekor v1.
func realBundle(t testing.TB) *bundlepb.Bundle {
	t.Helper()
	raw, err := os.ReadFile("../attestor/testdata/bundle-v0.1.json")
	require.NoError(t, err)
	var b bundlepb.Bundle
	require.NoError(t, protojson.Unmarshal(raw, &b))
	return &b
}

func realEntry(t testing.TB) (*logentry.Entry, logentry.Signed) {
	t.Helper()
	b := realBundle(t)
	e, err := logentry.FromProto(path, b.GetVerificationMaterial().GetTlogEntries()[0])
	require.NoError(t, err)
	env := b.GetDsseEnvelope()
	return e, logentry.Signed{
		PayloadType: env.GetPayloadType(), Payload: env.GetPayload(), Sig: env.GetSignatures()[0].GetSig(),
		Certificate: b.GetVerificationMaterial().GetX509CertificateChain().GetCertificates()[0].GetRawBytes(),
	}
}

func requireInvalid(t *testing.T, err error, field string) {
	t.Helper()
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, path+field, invalid.Field, invalid.Problem)
	require.NotEmpty(t, invalid.Allowed)
}

func TestRealEntry(t *testing.T) {
	t.Parallel()
	e, signed := realEntry(t)
	require.NoError(t, e.CheckSigned(path, signed))
	require.NoError(t, e.CheckInclusion(path))
	require.Equal(t, int64(31821305), e.LogIndex)
	require.Equal(t, int64(27657874), e.InclusionProof.LogIndex)
	require.Equal(t, time.Date(2023, 8, 18, 16, 5, 35, 0, time.UTC), e.IntegratedTime)
	require.Equal(t, "rekor.sigstore.dev - 2605736670972794746", e.InclusionProof.Checkpoint.Origin)
	// The tree id is the public instance's, as in its entries' uuids.
	require.Equal(t, "24296fb24b8ad77a"+e.LeafHash().String(), e.UUID())
	require.False(t, e.IsV2())
	require.True(t, proto.Equal(realBundle(t).GetVerificationMaterial().GetTlogEntries()[0], e.Proto()))

	e.InclusionProof = nil
	require.NoError(t, e.CheckInclusion(path))
	require.Equal(t, e.LeafHash().String(), e.UUID())
}

func TestCheckInclusionRefuses(t *testing.T) {
	t.Parallel()
	const proof = ".inclusionProof"
	for name, c := range map[string]struct {
		field  string
		change func(e *logentry.Entry, p *logentry.InclusionProof)
	}{
		"body":        {proof, func(e *logentry.Entry, _ *logentry.InclusionProof) { e.CanonicalizedBody[9] ^= 1 }},
		"hash":        {proof, func(_ *logentry.Entry, p *logentry.InclusionProof) { p.Hashes[3][0] ^= 1 }},
		"hash absent": {proof, func(_ *logentry.Entry, p *logentry.InclusionProof) { p.Hashes = p.Hashes[1:] }},
		"hash added":  {proof, func(_ *logentry.Entry, p *logentry.InclusionProof) { p.Hashes = append(p.Hashes, p.Hashes[0]) }},
		"index":       {proof, func(_ *logentry.Entry, p *logentry.InclusionProof) { p.LogIndex-- }},
		"no index":    {proof + ".logIndex", func(_ *logentry.Entry, p *logentry.InclusionProof) { p.LogIndex = -1 }},
		"no tree":     {proof + ".treeSize", func(_ *logentry.Entry, p *logentry.InclusionProof) { p.TreeSize = 0 }},
		"beyond":      {proof + ".logIndex", func(_ *logentry.Entry, p *logentry.InclusionProof) { p.TreeSize = p.LogIndex }},
		"size":        {proof + ".checkpoint", func(_ *logentry.Entry, p *logentry.InclusionProof) { p.TreeSize++ }},
		"root":        {proof + ".checkpoint", func(_ *logentry.Entry, p *logentry.InclusionProof) { p.RootHash[0] ^= 1 }},
		"another root, no checkpoint": {proof, func(_ *logentry.Entry, p *logentry.InclusionProof) {
			p.RootHash[0] ^= 1
			p.Checkpoint = nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := realEntry(t)
			c.change(e, e.InclusionProof)
			requireInvalid(t, e.CheckInclusion(path), c.field)
		})
	}
}

// Without a promise an entry says what its proof says, of a log that is one tree.
func TestCheckUnpromisedRefuses(t *testing.T) {
	t.Parallel()
	oneTree := &logentry.Checkpoint{Origin: "rekor.example.com"}
	shard := &logentry.Checkpoint{Origin: "rekor.example.com - 7"}
	for name, c := range map[string]struct {
		field string
		entry logentry.Entry
	}{
		"as the proof":        {"", logentry.Entry{LogIndex: 7, InclusionProof: &logentry.InclusionProof{LogIndex: 7, Checkpoint: oneTree}}},
		"no proof":            {"", logentry.Entry{LogIndex: 7, IntegratedTime: time.Unix(1, 0)}},
		"no checkpoint":       {"", logentry.Entry{LogIndex: 7, InclusionProof: &logentry.InclusionProof{LogIndex: 7}}},
		"promise":             {"", logentry.Entry{LogIndex: 8, IntegratedTime: time.Unix(1, 0), InclusionPromise: []byte{1}, InclusionProof: &logentry.InclusionProof{LogIndex: 7, Checkpoint: shard}}},
		"a time":              {".integratedTime", logentry.Entry{LogIndex: 7, IntegratedTime: time.Unix(1, 0), InclusionProof: &logentry.InclusionProof{LogIndex: 7, Checkpoint: oneTree}}},
		"another index":       {".logIndex", logentry.Entry{LogIndex: 8, InclusionProof: &logentry.InclusionProof{LogIndex: 7, Checkpoint: oneTree}}},
		"an index in a shard": {".logIndex", logentry.Entry{LogIndex: 7, InclusionProof: &logentry.InclusionProof{LogIndex: 7, Checkpoint: shard}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.entry.CheckUnpromised(path)
			if c.field == "" {
				require.NoError(t, err)
				return
			}
			requireInvalid(t, err, c.field)
		})
	}
}

func TestFromProtoRefuses(t *testing.T) {
	t.Parallel()
	for field, change := range map[string]func(b *bundlepb.Bundle){
		".logId.keyId":         func(b *bundlepb.Bundle) { tlog(b).LogId = nil },
		".logIndex":            func(b *bundlepb.Bundle) { tlog(b).LogIndex = -1 },
		".kindVersion.kind":    func(b *bundlepb.Bundle) { tlog(b).KindVersion.Kind = "" },
		".kindVersion.version": func(b *bundlepb.Bundle) { tlog(b).KindVersion.Version = strings.Repeat("1", 65) },
		".integratedTime":      func(b *bundlepb.Bundle) { tlog(b).IntegratedTime = 253402300800 },
		".canonicalizedBody":   func(b *bundlepb.Bundle) { tlog(b).CanonicalizedBody = nil },
		".inclusionPromise.signedEntryTimestamp": func(b *bundlepb.Bundle) {
			tlog(b).InclusionPromise.SignedEntryTimestamp = make([]byte, logentry.MaxPromiseSize+1)
		},
		".inclusionProof.rootHash":  func(b *bundlepb.Bundle) { tlog(b).InclusionProof.RootHash = nil },
		".inclusionProof.hashes":    func(b *bundlepb.Bundle) { tlog(b).InclusionProof.Hashes = make([][]byte, logentry.MaxProofHashes+1) },
		".inclusionProof.hashes[1]": func(b *bundlepb.Bundle) { tlog(b).InclusionProof.Hashes[1] = []byte{1} },
		".inclusionProof.checkpoint": func(b *bundlepb.Bundle) {
			tlog(b).InclusionProof.Checkpoint.Envelope = "no note"
		},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			b := realBundle(t)
			change(b)
			_, err := logentry.FromProto(path, tlog(b))
			requireInvalid(t, err, field)
		})
	}
}

func TestParseCheckpointRefuses(t *testing.T) {
	t.Parallel()
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	sig := "\n— rekor.example.com AAAAAAAA\n"
	c, err := logentry.ParseCheckpoint(path, "rekor.example.com\n7\n"+root+"\nmore\n"+sig)
	require.NoError(t, err)
	require.Equal(t, int64(7), c.TreeSize)
	require.Equal(t, []string{"rekor.example.com"}, c.Signers())
	require.Empty(t, (&logentry.Checkpoint{Note: "no note"}).Signers())
	for name, note := range map[string]string{
		"empty":             "",
		"no signature":      "rekor.example.com\n7\n" + root + "\n",
		"no origin":         "\n7\n" + root + "\n" + sig,
		"no size":           "rekor.example.com\n\n" + root + "\n" + sig,
		"size of two":       "rekor.example.com\n07\n" + root + "\n" + sig,
		"signed size":       "rekor.example.com\n+7\n" + root + "\n" + sig,
		"negative size":     "rekor.example.com\n-7\n" + root + "\n" + sig,
		"size too large":    "rekor.example.com\n9223372036854775808\n" + root + "\n" + sig,
		"short root":        "rekor.example.com\n7\nAAAA\n" + sig,
		"root written else": "rekor.example.com\n7\n" + strings.Replace(root, "A=", "B=", 1) + "\n" + sig,
		"carriage return":   "rekor.example.com\r\n7\n" + root + "\n" + sig,
		"NUL":               "rekor\x00\n7\n" + root + "\n" + sig,
		"long origin":       strings.Repeat("o", logentry.MaxOriginLength+1) + "\n7\n" + root + "\n" + sig,
		"signed else":       "rekor.example.com\n7\n" + root + "\n\n— rekor.example.com AAAAAAB=\n",
		"too large":         "rekor.example.com\n7\n" + root + "\n" + strings.Repeat("x", logentry.MaxCheckpointSize) + "\n" + sig,
	} {
		_, err := logentry.ParseCheckpoint(path, note)
		require.Error(t, err, name)
		requireInvalid(t, err, "")
	}
}

// signer is somebody with a certificate, and what every kind of body says of them.
type signer struct {
	signed              logentry.Signed
	pemCert, pemKey     string
	derCert, derKey     string
	sig, payload, coded string
}

func newSigner(t testing.TB) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	b64 := base64.StdEncoding.EncodeToString
	block := func(kind string, der []byte) string {
		return b64(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	s := signer{
		signed:  logentry.Signed{PayloadType: "text/plain", Payload: []byte("payload"), Sig: cert[len(cert)-20:], Certificate: cert},
		pemCert: block("CERTIFICATE", cert), pemKey: block("PUBLIC KEY", spki), derCert: b64(cert), derKey: b64(spki),
	}
	s.sig = b64(s.signed.Sig)
	s.payload = fmt.Sprintf("%x", sha256.Sum256(s.signed.Payload))
	s.coded = fmt.Sprintf("%x", sha256.Sum256([]byte("DSSEv1 10 text/plain 7 payload")))
	return s
}

// bodies is one of every kind about what s signed, key being the certificate or
// the key alone.
func (s signer) bodies(pemKey, v2 string) map[[2]string]string {
	b64 := func(hexadecimal string) string {
		var raw []byte
		if _, err := fmt.Sscanf(hexadecimal, "%x", &raw); err != nil {
			panic(err)
		}
		return base64.StdEncoding.EncodeToString(raw)
	}
	envelope := fmt.Sprintf(`{"payloadType":"text/plain","payload":"cGF5bG9hZA==","signatures":[{"keyid":"","sig":%q}]}`, s.sig)
	body := func(kind, version, spec string) string {
		return fmt.Sprintf(`{"apiVersion":%q,"kind":%q,"spec":{%s}}`, version, kind, spec)
	}
	hash := func(name, value string) string {
		return fmt.Sprintf(`%q:{"algorithm":"sha256","value":%q}`, name, value)
	}
	output := func(name, value string) string {
		return fmt.Sprintf(`%q:{"algorithm":"SHA2_256","digest":%q}`, name, b64(value))
	}
	signature := fmt.Sprintf(`{"content":%q,"verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256",%s}}`, s.sig, v2)
	twice := base64.StdEncoding.EncodeToString([]byte(s.sig))
	return map[[2]string]string{
		{"dsse", "0.0.1"}: body("dsse", "0.0.1", hash("payloadHash", s.payload)+
			fmt.Sprintf(`,"signatures":[{"signature":%q,"verifier":%q}]`, s.sig, pemKey)),
		{"intoto", "0.0.1"}: body("intoto", "0.0.1", `"content":{`+hash("hash", fmt.Sprintf("%x", sha256.Sum256([]byte(envelope))))+
			","+hash("payloadHash", s.payload)+fmt.Sprintf(`},"publicKey":%q`, pemKey)),
		{"intoto", "0.0.2"}: body("intoto", "0.0.2", `"content":{`+hash("payloadHash", s.payload)+
			fmt.Sprintf(`,"envelope":{"payloadType":"text/plain","signatures":[{"publicKey":%q,"sig":%q}]}}`, pemKey, twice)),
		{"hashedrekord", "0.0.1"}: body("hashedrekord", "0.0.1", `"data":{`+hash("hash", s.coded)+
			fmt.Sprintf(`},"signature":{"content":%q,"publicKey":{"content":%q}}`, s.sig, pemKey)),
		{"hashedrekord", "0.0.2"}: body("hashedrekord", "0.0.2", `"hashedRekordV002":{`+output("data", s.coded)+`,"signature":`+signature+`}`),
		{"dsse", "0.0.2"}:         body("dsse", "0.0.2", `"dsseV002":{`+output("payloadHash", s.payload)+`,"signatures":[`+signature+`]}`),
	}
}

func (s signer) kinds() map[[2]string][2]string {
	certs := s.bodies(s.pemCert, `"x509Certificate":{"rawBytes":"`+s.derCert+`"}`)
	keys := s.bodies(s.pemKey, `"publicKey":{"rawBytes":"`+s.derKey+`"}`)
	kinds := map[[2]string][2]string{}
	for kind := range certs {
		kinds[kind] = [2]string{certs[kind], keys[kind]}
	}
	return kinds
}

// Each kind is about what was signed and nothing else (GHSA-whqx-f9j3-ch6m).
func TestCheckSignedOfEveryKind(t *testing.T) {
	t.Parallel()
	s, other := newSigner(t), newSigner(t)
	for kind, bodies := range s.kinds() {
		for _, body := range bodies {
			e := &logentry.Entry{Kind: kind[0], Version: kind[1], CanonicalizedBody: []byte(body)}
			require.NoError(t, e.CheckSigned(path, s.signed), kind)
			keyAlone := s.signed
			keyAlone.Certificate = nil
			require.NoError(t, e.CheckSigned(path, keyAlone), kind)
			for name, change := range map[string]func(*logentry.Signed){
				"payload":       func(g *logentry.Signed) { g.Payload = []byte("payloae") },
				"all":           func(g *logentry.Signed) { *g = other.signed },
				"another's key": func(g *logentry.Signed) { g.Sig, g.Certificate = other.signed.Sig, other.signed.Certificate },
			} {
				signed := s.signed
				change(&signed)
				requireInvalid(t, e.CheckSigned(path, signed), ".canonicalizedBody")
				require.NotEmpty(t, name)
			}
			if kind != [2]string{"intoto", "0.0.1"} { // which keeps no signature
				signed := s.signed
				signed.Sig = other.signed.Sig
				requireInvalid(t, e.CheckSigned(path, signed), ".canonicalizedBody")
				signed = s.signed
				signed.Certificate = other.signed.Certificate
				requireInvalid(t, e.CheckSigned(path, signed), ".canonicalizedBody")
			}
			if kind[0] == "hashedrekord" {
				signed := s.signed
				signed.PayloadType = "text/html"
				requireInvalid(t, e.CheckSigned(path, signed), ".canonicalizedBody")
			}
			// Another kind's name on it.
			for wrong := range s.kinds() {
				if wrong != kind {
					e := &logentry.Entry{Kind: wrong[0], Version: wrong[1], CanonicalizedBody: []byte(body)}
					requireInvalid(t, e.CheckSigned(path, s.signed), ".canonicalizedBody")
				}
			}
		}
	}
}

func TestCheckSignedRefusesWhatTwoReadersMayReadDifferently(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	body := s.kinds()[[2]string{"dsse", "0.0.1"}][0]
	for name, raw := range map[string]string{
		"not JSON":       body[1:],
		"twice":          strings.Replace(body, `"kind"`, `"kind":"dsse","kind"`, 1),
		"another case":   strings.Replace(body, `"payloadHash"`, `"PayloadHash"`, 1),
		"something else": body + "{}",
		"array":          "[" + body + "]",
		"deep":           strings.Replace(body, `"spec":{`, `"spec":{"x":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`,`, 1),
		"not UTF-8":      strings.Replace(body, `"spec"`, "\"x\":\"\xff\",\"spec\"", 1),
		"no signatures":  strings.Replace(body, `"signatures"`, `"signature"`, 1),
		"empty":          "",
	} {
		require.NotEqual(t, body, raw)
		e := &logentry.Entry{Kind: "dsse", Version: "0.0.1", CanonicalizedBody: []byte(raw)}
		err := e.CheckSigned(path, s.signed)
		require.Error(t, err, name)
		requireInvalid(t, err, ".canonicalizedBody")
	}
	e := &logentry.Entry{Kind: "rekord", Version: "0.0.1", CanonicalizedBody: []byte(body)}
	err := e.CheckSigned(path, s.signed)
	requireInvalid(t, err, ".canonicalizedBody")
	require.ErrorContains(t, err, "hashedrekord 0.0.1")
}

func tlog(b *bundlepb.Bundle) *rekorpb.TransparencyLogEntry {
	return b.GetVerificationMaterial().GetTlogEntries()[0]
}
