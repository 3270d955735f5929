package attestor

import (
	"fmt"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

// Envelope is a DSSE envelope, version 1.0.
//
// https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
type Envelope struct {
	// PayloadType says how to interpret Payload; it is signed with it.
	PayloadType string
	// Payload is the signed bytes, decoded.
	Payload []byte
	// PayloadSHA256 is the digest of Payload.
	PayloadSHA256 digest.SHA256
	// Signatures has at least one element, in the order of the envelope.
	Signatures []Signature
}

// Signature is one signature of an Envelope.
type Signature struct {
	// KeyID is the signer's hint which key it used, "" for none. It is not
	// signed: it decides which key to try, never whom to trust.
	KeyID string
	// Sig is the signature's bytes, never empty.
	Sig []byte
	// Certificate is the signer's certificate in DER as a bundle carries it, nil
	// without.
	Certificate []byte
	// Identity is what Certificate claims, nil without.
	Identity *Identity
}

// ParseEnvelope reads a DSSE envelope in its JSON form, at most MaxContentSize
// bytes, and its Statement if the payloadType is in-toto's. The error is a
// *[fault.Invalid] whose Field is the path of the value at fault, as in
// "signatures[0].sig", or "payload.subject[2].digest" inside the Statement.
//
// Fields that the specifications do not name are kept in the Content and
// otherwise ignored, in envelopes and Statements alike: DSSE and in-toto demand
// it, so that producers may extend both. Refused is whatever lets two readers
// see two things, at every level, predicates included: a name twice in one
// object, a name that differs from a known one only in case, a lone surrogate,
// bytes that are not UTF-8, something behind the JSON value, a second spelling
// of the same base64. Refused as well is an envelope that nobody can verify or
// find: without a signature, a payloadType, a subject or a digest.
func ParseEnvelope(raw []byte) (*Evidence, error) {
	ev, err := newEvidence(raw)
	if err != nil {
		return nil, err
	}
	if err := ev.readEnvelope(); err != nil {
		return nil, err
	}
	return ev, nil
}

func (ev *Evidence) readEnvelope() (err error) {
	ev.MediaType = MediaTypeDSSE
	ev.Envelope, ev.Statement, err = readEnvelope("", ev.document())
	return err
}

func readEnvelope(path string, value []byte) (Envelope, *Statement, error) {
	var env Envelope
	fields, err := readObject(path, value, "payload", "payloadType", "signatures")
	if err != nil {
		return env, nil, err
	}
	env.PayloadType, err = readRequiredText(memberPath(path, "payloadType"), fields["payloadType"], MaxPayloadTypeLength)
	if err != nil {
		return env, nil, err
	}
	payloadPath := memberPath(path, "payload")
	if env.Payload, err = readBase64(payloadPath, fields["payload"]); err != nil {
		return env, nil, err
	}
	env.PayloadSHA256 = digest.Sum(env.Payload)
	if env.Signatures, err = readSignatures(memberPath(path, "signatures"), fields["signatures"]); err != nil {
		return env, nil, err
	}
	if env.PayloadType != PayloadTypeInToto {
		return env, nil, nil
	}
	statement, err := readStatement(payloadPath, env.Payload)
	return env, statement, err
}

func readSignatures(path string, value []byte) ([]Signature, error) {
	if value == nil {
		return nil, missing(path, "at least one signature")
	}
	var signatures []Signature
	err := eachElement(path, value, func(i int, v []byte) error {
		if i == MaxSignatures {
			return &fault.Invalid{Field: path, Allowed: fmt.Sprintf("at most %d signatures", MaxSignatures), Problem: "there are more"}
		}
		sig, err := readSignature(elementPath(path, i), v)
		signatures = append(signatures, sig)
		return err
	})
	if err == nil && len(signatures) == 0 {
		err = &fault.Invalid{Field: path, Allowed: "at least one signature", Problem: "there is none"}
	}
	return signatures, err
}

func readSignature(path string, value []byte) (Signature, error) {
	var s Signature
	fields, err := readObject(path, value, "keyid", "sig")
	if err != nil {
		return s, err
	}
	if keyid, ok := fields["keyid"]; ok {
		if s.KeyID, err = readText(memberPath(path, "keyid"), keyid, MaxTextLength); err != nil {
			return s, err
		}
	}
	sigPath := memberPath(path, "sig")
	if s.Sig, err = readBase64(sigPath, fields["sig"]); err != nil {
		return s, err
	}
	if n := len(s.Sig); n == 0 || n > MaxSignatureSize {
		err = &fault.Invalid{Field: sigPath, Allowed: fmt.Sprintf("base64 of 1 to %d bytes", MaxSignatureSize), Problem: fmt.Sprintf("there are %d", n)}
	}
	return s, err
}
