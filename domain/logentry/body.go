package logentry

import (
	"bytes"
	"crypto"
	_ "crypto/sha256" // the hashes that bodies name
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	kindDSSE         = "dsse"
	kindInToto       = "intoto"
	kindHashedRekord = "hashedrekord"
)

const allowedKinds = "dsse 0.0.1 or 0.0.2, intoto 0.0.1 or 0.0.2, hashedrekord 0.0.1 or 0.0.2"

// Signed is the part of a DSSE envelope that a log entry must be about.
type Signed struct {
	// PayloadType and Payload are the envelope's.
	PayloadType string
	Payload     []byte
	// KeyID, Sig and Certificate are one signature's; Certificate is DER, nil
	// without.
	KeyID       string
	Sig         []byte
	Certificate []byte
}

// body is what a body says that it is about.
type body struct {
	// digests must all be of what was signed, the payload or its encoding.
	digests []bodyDigest
	// signatures are those that the log has seen; nil if the kind keeps none.
	signatures []bodySignature
	// envelope is the digest of the envelope as it was handed in, where no
	// signature is kept.
	envelope *bodyDigest
	// key is whose signature it was, where no signature is kept.
	key *bodyKey
}

type bodyDigest struct {
	algorithm crypto.Hash
	value     []byte
	// encoded: of the payload as DSSE signs it, not of the payload alone.
	encoded bool
}

type bodySignature struct {
	sig []byte
	key bodyKey
}

// bodyKey is DER: a certificate, or a public key alone.
type bodyKey struct {
	certificate bool
	der         []byte
}

// CheckSigned returns a *[fault.Invalid], with the path of the value at fault
// under path, unless the body is about s: about this very payload, this very
// signature, and, if both name one, this certificate. That the log has another
// signature of the same payload, or another payload, is no proof of this one.
//
// Of kind intoto 0.0.1, which keeps no signature, it must name the certificate or
// the digest of the envelope as Go programs write it.
func (e *Entry) CheckSigned(path string, s Signed) error {
	path += ".canonicalizedBody"
	invalid := func(allowed, problem string) error {
		return &fault.Invalid{Field: path, Allowed: allowed, Problem: problem}
	}
	b, err := e.readBody(path)
	if err != nil {
		return err
	}
	for _, d := range b.digests {
		data := s.Payload
		if d.encoded {
			data = preAuthEncoding(s.PayloadType, s.Payload)
		}
		if !d.is(data) {
			return invalid("an entry about the envelope's payload", "it is about another payload")
		}
	}
	if b.signatures == nil {
		if b.key.certificate && s.Certificate != nil && bytes.Equal(b.key.der, s.Certificate) || b.envelope.isEnvelope(s) {
			return nil
		}
		return invalid("an entry about the envelope's signature", "it is about another certificate and envelope")
	}
	for _, sig := range b.signatures {
		if !bytes.Equal(sig.sig, s.Sig) {
			continue
		}
		if !sig.key.matches(s.Certificate) {
			return invalid("an entry about the signature's certificate", "it is about another certificate")
		}
		return nil
	}
	return invalid("an entry about the envelope's signature", "it is about another signature")
}

// matches reports whether the key can be a certificate's: it is the same
// certificate, or the public key in it. Without a certificate there is nothing
// to compare with.
func (k bodyKey) matches(certificate []byte) bool {
	switch {
	case certificate == nil:
		return true
	case k.certificate:
		return bytes.Equal(k.der, certificate)
	}
	cert, err := x509.ParseCertificate(certificate)
	return err == nil && bytes.Equal(k.der, cert.RawSubjectPublicKeyInfo)
}

func (d *bodyDigest) is(data []byte) bool {
	h := d.algorithm.New()
	h.Write(data)
	return bytes.Equal(h.Sum(nil), d.value)
}

// isEnvelope reports whether the digest is of the JSON that Go programs write for
// an envelope with this one signature.
func (d *bodyDigest) isEnvelope(s Signed) bool {
	quote := func(text string) string { return `"` + text + `"` }
	if strings.ContainsAny(s.PayloadType+s.KeyID, "\"\\<>&\u2028\u2029") {
		return false
	}
	std := base64.StdEncoding
	start := `{"payloadType":` + quote(s.PayloadType) + `,"payload":` + quote(std.EncodeToString(s.Payload)) + `,"signatures":[{`
	end := `"sig":` + quote(std.EncodeToString(s.Sig)) + `}]}`
	// A bundle's key hint stands for a keyid that the envelope lacks.
	for _, keyid := range []string{`"keyid":` + quote(s.KeyID) + `,`, `"keyid":"",`, ``} {
		if d.is([]byte(start + keyid + end)) {
			return true
		}
	}
	return false
}

// preAuthEncoding is what DSSE signs.
//
// https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
func preAuthEncoding(payloadType string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}

func decodeHash(algorithm, value string) *bodyDigest {
	raw, err := hex.DecodeString(value)
	return newDigest(algorithm, raw, err)
}

func newDigest(algorithm string, raw []byte, err error) *bodyDigest {
	hash, known := map[string]crypto.Hash{
		"sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512,
		"SHA2_256": crypto.SHA256, "SHA2_384": crypto.SHA384, "SHA2_512": crypto.SHA512,
	}[algorithm]
	if err != nil || !known || len(raw) != hash.Size() {
		return nil
	}
	return &bodyDigest{algorithm: hash, value: raw}
}

// decodePEM reads the PEM block in base64 that Rekor v1 has for a key.
func decodePEM(text string) (bodyKey, bool) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return bodyKey{}, false
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "CERTIFICATE" && block.Type != "PUBLIC KEY" {
		return bodyKey{}, false
	}
	return bodyKey{certificate: block.Type == "CERTIFICATE", der: block.Bytes}, true
}
