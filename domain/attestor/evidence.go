package attestor

import (
	"bytes"
	"fmt"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

// MediaTypeDSSE is the MediaType of Evidence that is a bare DSSE envelope. The
// DSSE specification registers none; this is the one that cosign gives to
// envelopes in OCI registries. The MediaType of a Sigstore bundle is the one
// that the bundle states.
const MediaTypeDSSE = "application/vnd.dsse.envelope.v1+json"

// PayloadTypeInToto is the payloadType of an in-toto Statement.
const PayloadTypeInToto = "application/vnd.in-toto+json"

// Limits on what is accepted; lengths are in bytes. A payload is bounded by
// MaxContentSize: 12 MiB at most once its base64 is decoded.
const (
	// MaxContentSize is the largest evidence, as it is received.
	MaxContentSize = 16 << 20
	// MaxNesting is the deepest nesting of JSON objects and arrays.
	MaxNesting = 128
	// MaxSignatures is the most signatures of an envelope.
	MaxSignatures = 64
	// MaxSignatureSize is the largest signature; SLH-DSA's have 49,856 bytes.
	MaxSignatureSize = 64 << 10
	// MaxPayloadTypeLength is the longest payloadType.
	MaxPayloadTypeLength = 255
	// MaxTextLength is the longest keyid, predicateType, subject name, issuer
	// and subject alternative name: what is looked up has to fit an entry of a
	// B-tree, 2704 bytes at most.
	MaxTextLength = 2048
	// MaxSubjects is the most subjects of a Statement.
	MaxSubjects = 10_000
	// MaxSubjectDigests is the most digests of one subject.
	MaxSubjectDigests = 32
	// MaxCertificateSize is the largest certificate of a bundle, in DER.
	MaxCertificateSize = 64 << 10
	// MaxCertificates is the most certificates of a bundle's chain.
	MaxCertificates = 16
	// MaxLogEntries is the most transparency log entries of a bundle.
	MaxLogEntries = 32
	// MaxTimestamps is the most RFC 3161 timestamps of a bundle.
	MaxTimestamps = 32
	// MaxTimestampSize is the largest one.
	MaxTimestampSize = 64 << 10
)

// Evidence is a DSSE envelope or a Sigstore bundle that has been parsed and
// found well-formed. That says nothing about its signatures: a [Verifier] does.
// Evidence comes from [Parse], [ParseEnvelope] or [ParseBundle] only, shares no
// memory with their argument, and is never changed afterwards.
type Evidence struct {
	// MediaType is MediaTypeDSSE, or a bundle's mediaType as it states it.
	MediaType string
	// Content is exactly the bytes that were received.
	Content []byte
	// SHA256 is the digest of Content.
	SHA256 digest.SHA256
	// Envelope is the DSSE envelope, which a bundle holds in dsseEnvelope.
	Envelope Envelope
	// Statement is the payload, nil when the payloadType is not in-toto's.
	Statement *Statement
	// LogEntries is a bundle's transparency log entries, in its order; nil without.
	// Each is about this very signature, and contradicts itself in nothing.
	LogEntries []logentry.Entry
}

// Parse reads a Sigstore bundle or a DSSE envelope, whichever raw is by the
// names of its fields, as [ParseBundle] and [ParseEnvelope] do. What has fields
// of both is refused, since two readers could take it for two things.
func Parse(raw []byte) (*Evidence, error) {
	ev, err := newEvidence(raw)
	if err != nil {
		return nil, err
	}
	fields, err := readObject("", ev.document(),
		"payload", "payloadType", "signatures",
		"mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature")
	if err != nil {
		return nil, err
	}
	isEnvelope := fields["payload"] != nil || fields["payloadType"] != nil || fields["signatures"] != nil
	isBundle := fields["mediaType"] != nil || fields["verificationMaterial"] != nil ||
		fields["dsseEnvelope"] != nil || fields["messageSignature"] != nil
	if isEnvelope == isBundle {
		return nil, &fault.Invalid{
			Field:   documentField,
			Allowed: "a DSSE envelope (payload, payloadType, signatures) or a Sigstore bundle (mediaType, verificationMaterial, dsseEnvelope)",
			Problem: map[bool]string{true: "it has fields of both", false: "it has fields of neither"}[isBundle],
		}
	}
	if isBundle {
		err = ev.readBundle()
	} else {
		err = ev.readEnvelope()
	}
	if err != nil {
		return nil, err
	}
	return ev, nil
}

// newEvidence returns Evidence with the Content and its digest, known to be
// strict JSON.
func newEvidence(raw []byte) (*Evidence, error) {
	if len(raw) > MaxContentSize {
		// How many more is not known: who reads a file stops here.
		return nil, &fault.Invalid{Field: documentField, Allowed: fmt.Sprintf("at most %d bytes", MaxContentSize), Problem: "it has more"}
	}
	ev := &Evidence{Content: bytes.Clone(raw), SHA256: digest.Sum(raw)}
	return ev, checkJSON("", ev.Content)
}

// document returns the JSON value of the Content.
func (ev *Evidence) document() []byte { return skipSpace(ev.Content) }
