package logentry

import (
	"encoding/base64"
	"fmt"

	"stella-ops.org/attestdb/domain/fault"
)

// readers has every kind of entry that can be about an envelope.
//
// https://github.com/sigstore/rekor/tree/main/pkg/types
// https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2
var readers = map[[2]string]func(spec object) (*body, string){
	{kindDSSE, "0.0.1"}:         readDSSE1,
	{kindInToto, "0.0.1"}:       readInToto1,
	{kindInToto, "0.0.2"}:       readInToto2,
	{kindHashedRekord, "0.0.1"}: readHashedRekord1,
	{kindHashedRekord, "0.0.2"}: readHashedRekord2,
	{kindDSSE, "0.0.2"}:         readDSSE2,
}

// readBody reads the body as the kind that the entry says it is. The error is a
// *[fault.Invalid] for path, or for the kind beside it.
func (e *Entry) readBody(path string) (*body, error) {
	read := readers[[2]string{e.Kind, e.Version}]
	if read == nil {
		return nil, &fault.Invalid{Field: path, Allowed: allowedKinds, Problem: fmt.Sprintf("it is of kind %.64q %.64q", e.Kind, e.Version)}
	}
	invalid := func(problem string) error {
		return &fault.Invalid{Field: path, Allowed: "the body of an entry of kind " + e.Kind + " " + e.Version, Problem: problem}
	}
	top, err := readJSON(e.CanonicalizedBody)
	if err != nil {
		return nil, invalid(err.Error())
	}
	if top.text("kind") != e.Kind || top.text("apiVersion") != e.Version {
		return nil, invalid(fmt.Sprintf("it is of kind %.64q %.64q", top.text("kind"), top.text("apiVersion")))
	}
	b, problem := read(top.at("spec"))
	if problem != "" {
		return nil, invalid(problem)
	}
	return b, nil
}

const (
	noPayloadHash = "it has no payload hash that can be read"
	noDataHash    = "it has no data hash that can be read"
	noSignature   = "it has no signature that can be read"
	noKey         = "it has no certificate or public key that can be read"
)

func readDSSE1(spec object) (*body, string) {
	hash := spec.at("payloadHash")
	digest := decodeHash(hash.text("algorithm"), hash.text("value"))
	if digest == nil {
		return nil, noPayloadHash
	}
	b := &body{digests: []bodyDigest{*digest}}
	for _, s := range spec.list("signatures") {
		sig, err := base64.StdEncoding.DecodeString(s.text("signature"))
		if problem := b.add(sig, err, s.text("verifier")); problem != "" {
			return nil, problem
		}
	}
	return b.withSignatures()
}

func readInToto1(spec object) (*body, string) {
	content := spec.at("content")
	envelope, payload := content.at("hash"), content.at("payloadHash")
	digest := decodeHash(payload.text("algorithm"), payload.text("value"))
	b := &body{envelope: decodeHash(envelope.text("algorithm"), envelope.text("value"))}
	key, ok := decodePEM(spec.text("publicKey"))
	switch {
	case digest == nil:
		return nil, noPayloadHash
	case b.envelope == nil:
		return nil, "it has no envelope hash that can be read"
	case !ok:
		return nil, noKey
	}
	b.digests, b.key = []bodyDigest{*digest}, &key
	return b, ""
}

// readInToto2 reads a signature that is base64 twice over.
func readInToto2(spec object) (*body, string) {
	content := spec.at("content")
	hash := content.at("payloadHash")
	digest := decodeHash(hash.text("algorithm"), hash.text("value"))
	if digest == nil {
		return nil, noPayloadHash
	}
	b := &body{digests: []bodyDigest{*digest}}
	for _, s := range content.at("envelope").list("signatures") {
		once, err := base64.StdEncoding.DecodeString(s.text("sig"))
		if err != nil {
			return nil, noSignature
		}
		sig, err := base64.StdEncoding.DecodeString(string(once))
		if problem := b.add(sig, err, s.text("publicKey")); problem != "" {
			return nil, problem
		}
	}
	return b.withSignatures()
}

func readHashedRekord1(spec object) (*body, string) {
	hash, signature := spec.at("data", "hash"), spec.at("signature")
	digest := decodeHash(hash.text("algorithm"), hash.text("value"))
	if digest == nil {
		return nil, noDataHash
	}
	digest.encoded = true
	b := &body{digests: []bodyDigest{*digest}}
	sig, err := base64.StdEncoding.DecodeString(signature.text("content"))
	if problem := b.add(sig, err, signature.at("publicKey").text("content")); problem != "" {
		return nil, problem
	}
	return b.withSignatures()
}

func readHashedRekord2(spec object) (*body, string) {
	spec = spec.at("hashedRekordV002")
	digest := decodeOutput(spec.at("data"))
	if digest == nil {
		return nil, noDataHash
	}
	digest.encoded = true
	b := &body{digests: []bodyDigest{*digest}}
	if problem := b.addProto(spec.at("signature")); problem != "" {
		return nil, problem
	}
	return b.withSignatures()
}

func readDSSE2(spec object) (*body, string) {
	spec = spec.at("dsseV002")
	digest := decodeOutput(spec.at("payloadHash"))
	if digest == nil {
		return nil, noPayloadHash
	}
	b := &body{digests: []bodyDigest{*digest}}
	for _, s := range spec.list("signatures") {
		if problem := b.addProto(s); problem != "" {
			return nil, problem
		}
	}
	return b.withSignatures()
}

// add takes a signature of Rekor v1, whose key is PEM in base64.
func (b *body) add(sig []byte, err error, key string) string {
	k, ok := decodePEM(key)
	return b.addDecoded(sig, err, k, ok)
}

// addProto takes a signature of Rekor v2.
func (b *body) addProto(s object) string {
	sig, err := base64.StdEncoding.DecodeString(s.text("content"))
	verifier := s.at("verifier")
	certificate := verifier.at("x509Certificate").text("rawBytes")
	key := verifier.at("publicKey").text("rawBytes")
	der, keyErr := base64.StdEncoding.DecodeString(certificate + key)
	one := (certificate == "") != (key == "")
	return b.addDecoded(sig, err, bodyKey{certificate: certificate != "", der: der}, one && keyErr == nil)
}

func (b *body) addDecoded(sig []byte, err error, key bodyKey, ok bool) string {
	switch {
	case err != nil || len(sig) == 0:
		return noSignature
	case !ok:
		return noKey
	}
	b.signatures = append(b.signatures, bodySignature{sig: sig, key: key})
	return ""
}

func (b *body) withSignatures() (*body, string) {
	if b.signatures == nil {
		return nil, noSignature
	}
	return b, ""
}

func decodeOutput(o object) *bodyDigest {
	raw, err := base64.StdEncoding.DecodeString(o.text("digest"))
	return newDigest(o.text("algorithm"), raw, err)
}
