package attestor

import (
	"bytes"
	"encoding/json"
	"fmt"

	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	commonpb "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	dssepb "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	"google.golang.org/protobuf/encoding/protojson"

	"stella-ops.org/attestdb/domain/fault"
)

// MediaTypeBundleV03 is the mediaType of a Sigstore bundle of version 0.3.
const MediaTypeBundleV03 = "application/vnd.dev.sigstore.bundle.v0.3+json"

// BundleV03 returns the evidence as a Sigstore bundle of version 0.3, in JSON:
// the envelope with its signature, the signer's certificate alone or the key's
// hint, the log entries with their proofs, the timestamps. A bare envelope, of
// which nobody knows the certificate, becomes a bundle with its keyid as the
// hint. The same evidence gives the same bytes.
//
// What the version has no room for is a *[fault.Invalid] with the path of what
// stands in the way: several signatures, or a log entry without an inclusion
// proof or checkpoint, as bundles of version 0.1 may have it.
//
// https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
func (ev *Evidence) BundleV03() ([]byte, error) {
	if n := len(ev.Envelope.Signatures); n != 1 {
		return nil, &fault.Invalid{Field: "signatures", Allowed: "exactly one signature in a bundle", Problem: fmt.Sprintf("there are %d", n)}
	}
	material, err := ev.material()
	if err != nil {
		return nil, err
	}
	sig := ev.Envelope.Signatures[0]
	signed := &dssepb.Signature{Sig: sig.Sig}
	if sig.Certificate == nil {
		signed.Keyid = sig.KeyID
	}
	loose, err := protojson.Marshal(&bundlepb.Bundle{
		MediaType:            MediaTypeBundleV03,
		VerificationMaterial: material,
		Content: &bundlepb.Bundle_DsseEnvelope{DsseEnvelope: &dssepb.Envelope{
			PayloadType: ev.Envelope.PayloadType, Payload: ev.Envelope.Payload, Signatures: []*dssepb.Signature{signed},
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	// protojson puts spaces at random.
	var tight bytes.Buffer
	if err := json.Compact(&tight, loose); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return tight.Bytes(), nil
}

func (ev *Evidence) material() (*bundlepb.VerificationMaterial, error) {
	material := &bundlepb.VerificationMaterial{}
	if ev.MediaType != MediaTypeDSSE {
		var pb bundlepb.Bundle
		if err := protojson.Unmarshal(ev.document(), &pb); err != nil {
			return nil, protoFault("", pb.ProtoReflect().Type(), ev.document(), err)
		}
		material.TimestampVerificationData = pb.GetVerificationMaterial().GetTimestampVerificationData()
	}
	sig := ev.Envelope.Signatures[0]
	if sig.Certificate != nil {
		material.Content = &bundlepb.VerificationMaterial_Certificate{
			Certificate: &commonpb.X509Certificate{RawBytes: sig.Certificate},
		}
	} else {
		material.Content = &bundlepb.VerificationMaterial_PublicKey{
			PublicKey: &commonpb.PublicKeyIdentifier{Hint: sig.KeyID},
		}
	}
	for i := range ev.LogEntries {
		entry := &ev.LogEntries[i]
		path := elementPath("verificationMaterial.tlogEntries", i) + ".inclusionProof"
		switch {
		case entry.InclusionProof == nil:
			return nil, missing(path, "an inclusion proof in bundle version 0.3")
		case entry.InclusionProof.Checkpoint == nil:
			return nil, missing(path+".checkpoint", "a checkpoint in bundle version 0.3")
		}
		material.TlogEntries = append(material.TlogEntries, entry.Proto())
	}
	return material, nil
}
