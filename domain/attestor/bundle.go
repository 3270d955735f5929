package attestor

import (
	"bytes"
	"fmt"

	"github.com/digitorus/timestamp"
	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	commonpb "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

// bundleVersions has the mediaType of every bundle version that is read.
var bundleVersions = map[string]int{
	"application/vnd.dev.sigstore.bundle+json;version=0.1": 1,
	"application/vnd.dev.sigstore.bundle+json;version=0.2": 2,
	"application/vnd.dev.sigstore.bundle+json;version=0.3": 3,
	"application/vnd.dev.sigstore.bundle.v0.3+json":        3,
}

const allowedBundles = "application/vnd.dev.sigstore.bundle.v0.3+json, or application/vnd.dev.sigstore.bundle+json;version= with 0.1, 0.2 or 0.3"

// ParseBundle reads a Sigstore bundle of version 0.1, 0.2 or 0.3 in its JSON
// form, at most MaxContentSize bytes, whose content is a DSSE envelope, and
// that envelope as [ParseEnvelope] does. The error is a *[fault.Invalid] whose
// Field is the path of the value at fault, as in
// "verificationMaterial.tlogEntries[0].inclusionProof".
//
// Of the bundle specification it holds: exactly one signature; verification
// material; a key hint that does not contradict the keyid; in every log entry
// an inclusion promise (0.1) or an inclusion proof with checkpoint (0.2 and
// later); a single certificate, no chain (0.3). Each log entry must be about
// this very payload, signature and certificate ([logentry.Entry.CheckSigned]),
// its proof must lead to the root of its checkpoint, and no entry stands there
// twice. Each timestamp is a response of RFC 3161 that grants one. Whether certificates, checkpoints, promises and timestamps are genuine
// is for the [Verifier].
//
// A bundle is a protobuf message, whose JSON readers refuse unknown fields by
// default: so does ParseBundle, in the envelope too, where a bare envelope may
// have more. A messageSignature is refused: it says nothing about an artifact
// that could be looked up.
//
// https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
func ParseBundle(raw []byte) (*Evidence, error) {
	ev, err := newEvidence(raw)
	if err != nil {
		return nil, err
	}
	if err := ev.readBundle(); err != nil {
		return nil, err
	}
	return ev, nil
}

func (ev *Evidence) readBundle() error {
	document := ev.document()
	fields, err := readObject("", document, "mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature")
	if err != nil {
		return err
	}
	if ev.MediaType, err = readText("mediaType", fields["mediaType"], MaxTextLength); err != nil {
		return err
	}
	version, known := bundleVersions[ev.MediaType]
	switch {
	case !known:
		return &fault.Invalid{Field: "mediaType", Allowed: allowedBundles, Problem: fmt.Sprintf("it is %.100q", ev.MediaType)}
	case fields["messageSignature"] != nil:
		return &fault.Invalid{Field: "messageSignature", Allowed: "dsseEnvelope", Problem: "the bundle signs a message, not a statement"}
	case fields["dsseEnvelope"] == nil:
		return missing("dsseEnvelope", "a DSSE envelope")
	case fields["verificationMaterial"] == nil:
		return missing("verificationMaterial", "verification material")
	}
	var pb bundlepb.Bundle
	if err := protojson.Unmarshal(document, &pb); err != nil {
		return protoFault("", pb.ProtoReflect().Type(), document, err)
	}
	if err := checkIntegers("", pb.ProtoReflect().Descriptor(), document); err != nil {
		return err
	}
	if ev.Envelope, ev.Statement, err = readEnvelope("dsseEnvelope", fields["dsseEnvelope"]); err != nil {
		return err
	}
	if n := len(ev.Envelope.Signatures); n != 1 {
		return &fault.Invalid{Field: "dsseEnvelope.signatures", Allowed: "exactly one signature in a bundle", Problem: fmt.Sprintf("there are %d", n)}
	}
	sig := &ev.Envelope.Signatures[0]
	if err := readMaterial(version, pb.GetVerificationMaterial(), sig); err != nil {
		return err
	}
	ev.LogEntries, err = readLogEntries(version, "verificationMaterial.tlogEntries", pb.GetVerificationMaterial().GetTlogEntries(), ev.Envelope.signed(sig))
	return err
}

// CheckLogEntry returns nil if the entry is about one of the evidence's signatures,
// and otherwise what [logentry.Entry.CheckSigned] says of the first. Those of the
// evidence's own LogEntries are.
func (ev *Evidence) CheckLogEntry(path string, entry *logentry.Entry) error {
	var first error
	for i := range ev.Envelope.Signatures {
		err := entry.CheckSigned(path, ev.Envelope.signed(&ev.Envelope.Signatures[i]))
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// signed is what a log entry must be about.
func (env *Envelope) signed(sig *Signature) logentry.Signed {
	return logentry.Signed{
		PayloadType: env.PayloadType, Payload: env.Payload,
		KeyID: sig.KeyID, Sig: sig.Sig, Certificate: sig.Certificate,
	}
}

// readMaterial checks a bundle's verification material, and gives its
// certificate or key hint to the signature that it is for.
func readMaterial(version int, material *bundlepb.VerificationMaterial, sig *Signature) error {
	const path = "verificationMaterial"
	switch content := material.GetContent().(type) {
	case *bundlepb.VerificationMaterial_PublicKey:
		if err := readKeyHint(path+".publicKey.hint", content.PublicKey.GetHint(), sig); err != nil {
			return err
		}
	case *bundlepb.VerificationMaterial_Certificate:
		if err := readCertificate(path+".certificate.rawBytes", content.Certificate.GetRawBytes(), sig); err != nil {
			return err
		}
	case *bundlepb.VerificationMaterial_X509CertificateChain:
		chain := content.X509CertificateChain.GetCertificates()
		if err := readCertificateChain(version, path+".x509CertificateChain", chain, sig); err != nil {
			return err
		}
	default:
		return missing(path, "certificate, x509CertificateChain or publicKey")
	}
	timestamps := material.GetTimestampVerificationData().GetRfc3161Timestamps()
	if n := len(timestamps); n > MaxTimestamps {
		return tooMany(path+".timestampVerificationData.rfc3161Timestamps", MaxTimestamps, n)
	}
	for i, stamp := range timestamps {
		stampPath := elementPath(path+".timestampVerificationData.rfc3161Timestamps", i) + ".signedTimestamp"
		if err := checkTimestamp(stampPath, stamp.GetSignedTimestamp()); err != nil {
			return err
		}
	}
	return nil
}

// checkTimestamp wants a response that grants a time-stamp and, if it brings its
// signer's certificate, is signed with it. Whose it is, is for the [Verifier].
func checkTimestamp(path string, der []byte) error {
	// The parser descends as deep as the bytes say.
	if n := len(der); n > MaxTimestampSize {
		return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d bytes", MaxTimestampSize), Problem: fmt.Sprintf("it has %d", n)}
	}
	if _, err := timestamp.ParseResponse(der); err != nil {
		return &fault.Invalid{Field: path, Allowed: "a time-stamp response (RFC 3161)", Problem: err.Error()}
	}
	return nil
}

func readKeyHint(path, hint string, sig *Signature) error {
	if err := checkText(path, hint, MaxTextLength); err != nil {
		return err
	}
	// The specification wants them equal; most signers leave the keyid empty.
	if sig.KeyID != "" && hint != "" && sig.KeyID != hint {
		return &fault.Invalid{Field: path, Allowed: "the keyid of the signature", Problem: "it names another key"}
	}
	if sig.KeyID == "" {
		sig.KeyID = hint
	}
	return nil
}

func readCertificate(path string, der []byte, sig *Signature) (err error) {
	sig.Certificate = der
	sig.Identity, err = parseIdentity(path, der)
	return err
}

func readCertificateChain(version int, path string, chain []*commonpb.X509Certificate, sig *Signature) error {
	if version >= 3 {
		return &fault.Invalid{Field: path, Allowed: "a single certificate (field certificate) in bundle version 0.3", Problem: "it is a chain"}
	}
	path += ".certificates"
	switch n := len(chain); {
	case n == 0:
		return missing(path, "at least one certificate")
	case n > MaxCertificates:
		return tooMany(path, MaxCertificates, n)
	}
	for i, cert := range chain {
		certPath := elementPath(path, i) + ".rawBytes"
		if i == 0 {
			if err := readCertificate(certPath, cert.GetRawBytes(), sig); err != nil {
				return err
			}
		} else if _, err := parseCertificate(certPath, cert.GetRawBytes()); err != nil {
			return err
		}
	}
	return nil
}

func readLogEntries(version int, path string, pbs []*rekorpb.TransparencyLogEntry, signed logentry.Signed) ([]logentry.Entry, error) {
	if n := len(pbs); n > MaxLogEntries {
		return nil, tooMany(path, MaxLogEntries, n)
	}
	var entries []logentry.Entry
	for i, pb := range pbs {
		entryPath := elementPath(path, i)
		switch {
		case version == 1 && len(pb.GetInclusionPromise().GetSignedEntryTimestamp()) == 0:
			return nil, missing(entryPath+".inclusionPromise", "an inclusion promise in bundle version 0.1")
		case version > 1 && pb.GetInclusionProof() == nil:
			return nil, missing(entryPath+".inclusionProof", "an inclusion proof in bundle version 0.2 and later")
		case version > 1 && pb.GetInclusionProof().GetCheckpoint().GetEnvelope() == "":
			return nil, missing(entryPath+".inclusionProof.checkpoint", "a checkpoint in bundle version 0.2 and later")
		}
		entry, err := logentry.FromProto(entryPath, pb)
		if err != nil {
			return nil, err
		}
		if err := entry.CheckSigned(entryPath, signed); err != nil {
			return nil, err
		}
		if err := entry.CheckInclusion(entryPath); err != nil {
			return nil, err
		}
		for _, other := range entries {
			if entry.LogIndex == other.LogIndex && bytes.Equal(entry.LogID, other.LogID) {
				return nil, &fault.Invalid{Field: entryPath, Allowed: "each log entry once", Problem: "it stands there twice"}
			}
		}
		entries = append(entries, *entry)
	}
	return entries, nil
}

func tooMany(path string, limit, n int) error {
	return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d", limit), Problem: fmt.Sprintf("there are %d", n)}
}
