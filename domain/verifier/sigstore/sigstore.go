// Package sigstore verifies Sigstore bundles offline with sigstore-go, against
// a trusted root that the caller holds.
//
// # What is required
//
// By default: a certificate that chains to a trusted certificate authority and
// was valid when the signature was made, one signed certificate timestamp in
// it, one entry of a trusted transparency log, one time from a log or a
// timestamp authority, and a signature of the DSSE envelope by the certificate's
// key. Whom the certificate must name has no default: [New] wants WithIdentity,
// WithIdentityPattern or WithAnyIdentity.
package sigstore

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"google.golang.org/protobuf/proto"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

// Verifier verifies bundles. It is an [attestor.Verifier].
type Verifier struct {
	name     string
	policy   string
	verifier *verify.Verifier
	material root.TrustedMaterial
	// logs is nil if no log entry is asked for.
	logs    *LogVerifier
	builder verify.PolicyBuilder
}

var _ attestor.Verifier = (*Verifier)(nil)

// New returns a Verifier that trusts trustedRoot, a Sigstore trusted root in
// its JSON form (trusted_root.json); its Policy names it by its SHA-256. The
// error is a *[fault.Invalid] that names the trusted root or the option that is
// missing or wrong.
func New(trustedRoot []byte, options ...Option) (*Verifier, error) {
	material, err := root.NewTrustedRootFromJSON(trustedRoot)
	if err != nil {
		return nil, &fault.Invalid{Field: "trusted root", Allowed: "a Sigstore trusted root in JSON (trusted_root.json)", Problem: err.Error()}
	}
	return NewFromMaterial("sha256:"+digest.Sum(trustedRoot).String(), material, options...)
}

// NewFromMaterial is New for trust that does not come from one JSON document:
// several roots, or a root that renews itself. The name stands for it in the
// Policy, so it should change with what is trusted.
func NewFromMaterial(name string, material root.TrustedMaterial, options ...Option) (*Verifier, error) {
	if name == "" {
		return nil, &fault.Invalid{Field: "name", Allowed: "a name for the trusted root that is not empty"}
	}
	if material == nil {
		return nil, &fault.Invalid{Field: "trusted root", Allowed: "trusted material", Problem: "it is nil"}
	}
	r := requirements{logEntries: 1, timestamps: 1, scts: 1}
	for _, option := range options {
		option(&r)
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	verifier, err := verify.NewVerifier(material, r.verifierOptions()...)
	if err != nil {
		return nil, fmt.Errorf("configure sigstore-go: %w", err)
	}
	var logs *LogVerifier
	if r.logEntries > 0 {
		logs = &LogVerifier{material: material}
	}
	return &Verifier{
		logs:     logs,
		name:     nameAndVersion(),
		policy:   attestor.PolicyText(r.describe(name)),
		verifier: verifier,
		material: material,
		// What is verified here is the evidence itself: that this envelope was
		// signed, by whom and when. Which artifact it speaks of is in the signed
		// Statement, and whoever asks about an artifact asks by a digest of its
		// subjects; no artifact is at hand when evidence is stored.
		builder: verify.NewPolicy(verify.WithoutArtifactUnsafe(), r.identityOptions()...),
	}, nil
}

// Verify implements [attestor.Verifier]. Evidence that is a bare envelope is
// Failed: it has nothing that ties its signatures to a trusted root. So is a
// bundle whose payload is not an in-toto Statement, which sigstore-go does not
// verify. So is one with a certificate behind the signer's, or a time-stamp, that the
// trusted root does not vouch for, though sigstore-go needs neither; but if the trusted
// root has no time-stamp authority, no time-stamp beside a sufficient log entry is
// looked at. SignedAt is the earliest of the times that were verified.
func (v *Verifier) Verify(ctx context.Context, ev *attestor.Evidence) (attestor.Verification, error) {
	if err := ctx.Err(); err != nil {
		return attestor.Verification{}, err
	}
	failed := func(reason string) (attestor.Verification, error) {
		return attestor.FailedVerification(v.name, v.policy, reason), nil
	}
	if ev.MediaType == attestor.MediaTypeDSSE {
		return failed("no verification material: the evidence is a bare DSSE envelope, not a Sigstore bundle")
	}
	if ev.Envelope.PayloadType != attestor.PayloadTypeInToto {
		return failed("the payload is not an in-toto Statement, and sigstore-go verifies no other in an envelope")
	}
	var b bundle.Bundle
	if err := b.UnmarshalJSON(ev.Content); err != nil {
		return failed("read bundle: " + err.Error())
	}
	if !sameEnvelope(&b, &ev.Envelope) {
		return failed("the envelope in the bundle is read differently by sigstore-go")
	}
	result, err := v.verifier.Verify(&b, v.builder)
	if err != nil {
		return failed(err.Error())
	}
	if err := verifyCertificates(&b, v.material); err != nil {
		return failed(err.Error())
	}
	if err := verifyTimestamps(&b, v.material); err != nil {
		return failed(err.Error())
	}
	var entries []int
	if v.logs != nil {
		if !sameLogEntries(&b, ev) {
			return failed("the log entries in the bundle are read differently by sigstore-go")
		}
		if entries, err = verifyLogEntries(ctx, v.logs, ev); ctx.Err() != nil {
			return attestor.Verification{}, ctx.Err()
		} else if err != nil {
			return failed(err.Error())
		}
	}
	return attestor.Verification{
		Outcome:      attestor.Verified,
		Verifier:     v.name,
		Policy:       v.policy,
		Signatures:   []int{0}, // a bundle has exactly one
		LogEntries:   entries,
		TimeVerified: time.Now().UTC(),
		SignedAt:     earliest(result.VerifiedTimestamps),
	}, nil
}

// sameEnvelope reports whether the envelope that sigstore-go verifies is the one
// that is stored: they were read by two parsers.
func sameEnvelope(b *bundle.Bundle, env *attestor.Envelope) bool {
	signed := b.GetDsseEnvelope()
	signatures := signed.GetSignatures()
	return len(signatures) == 1 && len(env.Signatures) == 1 &&
		bytes.Equal(signatures[0].GetSig(), env.Signatures[0].Sig) &&
		signed.GetPayloadType() == env.PayloadType &&
		bytes.Equal(signed.GetPayload(), env.Payload)
}

// sameLogEntries is sameEnvelope for the log entries.
func sameLogEntries(b *bundle.Bundle, ev *attestor.Evidence) bool {
	pbs := b.GetVerificationMaterial().GetTlogEntries()
	return slices.EqualFunc(pbs, ev.LogEntries, func(pb *rekorpb.TransparencyLogEntry, e logentry.Entry) bool {
		read, err := logentry.FromProto("", pb)
		return err == nil && proto.Equal(read.Proto(), e.Proto())
	})
}

func earliest(timestamps []verify.TimestampVerificationResult) time.Time {
	var first time.Time
	for _, ts := range timestamps {
		if first.IsZero() || ts.Timestamp.Before(first) {
			first = ts.Timestamp.UTC()
		}
	}
	return first
}

// builtWith is the version of sigstore-go in go.mod, for binaries without build
// information.
const builtWith = "v1.3.0"

func nameAndVersion() string {
	const module = "github.com/sigstore/sigstore-go"
	version := builtWith
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path != module {
				continue
			}
			if dep.Replace != nil {
				dep = dep.Replace
			}
			version = dep.Version
		}
	}
	return strings.TrimSpace("sigstore-go " + version)
}
