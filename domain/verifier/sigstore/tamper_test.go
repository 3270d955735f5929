package sigstore_test

import (
	"os"
	"strings"
	"testing"

	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	commonpb "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// Published npm provenance, logged by Rekor v1, with one bit or one field changed:
// refused when it is parsed, or failed; never verified.
func TestTamperedProvenanceNeverVerifies(t *testing.T) {
	t.Parallel()
	trustedRoot, err := os.ReadFile("testdata/trusted_root.json")
	require.NoError(t, err)
	raw, err := os.ReadFile("testdata/npm-provenance.sigstore.json")
	require.NoError(t, err)
	v := newVerifier(t, trustedRoot, sigstore.WithIdentity(githubIssuer, sigstoreJS))
	genuine := func() *bundlepb.Bundle {
		var b bundlepb.Bundle
		require.NoError(t, protojson.Unmarshal(raw, &b))
		return &b
	}
	ev, err := parse(t, genuine())
	require.NoError(t, err)
	require.Equal(t, attestor.Verified, verify(t, v, ev).Outcome)

	entry := func(b *bundlepb.Bundle) *rekorpb.TransparencyLogEntry { return b.VerificationMaterial.TlogEntries[0] }
	bytesOf := map[string]func(b *bundlepb.Bundle) []byte{
		"payload":   func(b *bundlepb.Bundle) []byte { return b.GetDsseEnvelope().Payload },
		"signature": func(b *bundlepb.Bundle) []byte { return b.GetDsseEnvelope().Signatures[0].Sig },
		"certificate": func(b *bundlepb.Bundle) []byte {
			return b.VerificationMaterial.GetX509CertificateChain().Certificates[0].RawBytes
		},
		"entry body":   func(b *bundlepb.Bundle) []byte { return entry(b).CanonicalizedBody },
		"promise":      func(b *bundlepb.Bundle) []byte { return entry(b).InclusionPromise.SignedEntryTimestamp },
		"log id":       func(b *bundlepb.Bundle) []byte { return entry(b).LogId.KeyId },
		"root hash":    func(b *bundlepb.Bundle) []byte { return entry(b).InclusionProof.RootHash },
		"first hash":   func(b *bundlepb.Bundle) []byte { return entry(b).InclusionProof.Hashes[0] },
		"hash in line": func(b *bundlepb.Bundle) []byte { return entry(b).InclusionProof.Hashes[5] },
	}
	tampered := map[string]*bundlepb.Bundle{}
	for name, of := range bytesOf {
		for _, at := range []float64{0, 0.3, 0.6, 0.99} {
			b := genuine()
			field := of(b)
			field[int(at*float64(len(field)))] ^= 1
			tampered[name] = b
			requireNeverVerified(t, v, name, b)
		}
	}
	require.Len(t, tampered, len(bytesOf))
	for name, tamper := range map[string]func(b *bundlepb.Bundle){
		"log index":         func(b *bundlepb.Bundle) { entry(b).LogIndex++ },
		"proof's log index": func(b *bundlepb.Bundle) { entry(b).InclusionProof.LogIndex-- },
		"integrated time":   func(b *bundlepb.Bundle) { entry(b).IntegratedTime++ },
		"tree size":         func(b *bundlepb.Bundle) { entry(b).InclusionProof.TreeSize++ },
		"tree size, in step with the checkpoint": func(b *bundlepb.Bundle) {
			p := entry(b).InclusionProof
			p.TreeSize++
			p.Checkpoint.Envelope = strings.Replace(p.Checkpoint.Envelope, "\n27657875\n", "\n27657876\n", 1)
		},
		"checkpoint's timestamp": func(b *bundlepb.Bundle) {
			c := entry(b).InclusionProof.Checkpoint
			c.Envelope = strings.Replace(c.Envelope, "Timestamp: 1", "Timestamp: 2", 1)
		},
		"checkpoint's tree id": func(b *bundlepb.Bundle) {
			c := entry(b).InclusionProof.Checkpoint
			c.Envelope = strings.Replace(c.Envelope, " - 26", " - 27", 1)
		},
		"checkpoint's signature": func(b *bundlepb.Bundle) {
			c := entry(b).InclusionProof.Checkpoint
			signed := []byte(c.Envelope)
			flip(signed, len(signed)-9)
			c.Envelope = string(signed)
		},
		"entry twice": func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TlogEntries = append(b.VerificationMaterial.TlogEntries, entry(genuine()))
		},
		"kind": func(b *bundlepb.Bundle) { entry(b).KindVersion.Kind = "dsse" },
	} {
		b := genuine()
		tamper(b)
		requireNeverVerified(t, v, name, b)
	}
}

func requireNeverVerified(t *testing.T, v *sigstore.Verifier, name string, b *bundlepb.Bundle) {
	t.Helper()
	ev, err := parse(t, b)
	if err != nil {
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, name)
		return
	}
	require.Equal(t, attestor.Failed, verify(t, v, ev).Outcome, name)
}

func TestVerifyRefusesWhatIsNotGenuine(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	v := newVerifier(t, trust(t, virtual), sigstore.WithIdentity(issuer, san), sigstore.WithSCTs(0))
	require.Equal(t, attestor.Verified, verify(t, v, encode(t, bundle03(t, virtual))).Outcome)

	other := bundle03(t, newVirtual(t))
	const body, proof = ".canonicalizedBody", ".inclusionProof"
	for name, c := range map[string]struct {
		field  string
		tamper func(b *bundlepb.Bundle)
	}{
		"payload": {body, func(b *bundlepb.Bundle) {
			env := b.GetDsseEnvelope()
			env.Payload = []byte(strings.Replace(string(env.Payload), "app", "apq", 1))
		}},
		"payloadType": {body, func(b *bundlepb.Bundle) { b.GetDsseEnvelope().PayloadType = "text/plain" }},
		"signature":   {body, func(b *bundlepb.Bundle) { b.GetDsseEnvelope().Signatures[0].Sig[20] ^= 1 }},
		"certificate": {body, func(b *bundlepb.Bundle) { b.VerificationMaterial.Content = other.VerificationMaterial.Content }},
		"log entry of another": {body, func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TlogEntries = other.VerificationMaterial.TlogEntries
		}},
		"no log entry": {"", func(b *bundlepb.Bundle) { b.VerificationMaterial.TlogEntries = nil }},
		"no timestamp": {"", func(b *bundlepb.Bundle) { b.VerificationMaterial.TimestampVerificationData = nil }},
		"timestamp of another": {"", func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TimestampVerificationData = other.VerificationMaterial.TimestampVerificationData
		}},
		"root hash": {proof + ".checkpoint", func(b *bundlepb.Bundle) { b.VerificationMaterial.TlogEntries[0].InclusionProof.RootHash[0] ^= 1 }},
		"tree size": {proof + ".checkpoint", func(b *bundlepb.Bundle) { b.VerificationMaterial.TlogEntries[0].InclusionProof.TreeSize = 7 }},
		"no tree":   {proof + ".treeSize", func(b *bundlepb.Bundle) { b.VerificationMaterial.TlogEntries[0].InclusionProof.TreeSize = 0 }},
		"proof's log index": {proof + ".logIndex", func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TlogEntries[0].InclusionProof.LogIndex = 7
		}},
		"proof's hashes": {proof, func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TlogEntries[0].InclusionProof.Hashes = [][]byte{make([]byte, 32)}
		}},
		"log index": {proof + ".logIndex", func(b *bundlepb.Bundle) { b.VerificationMaterial.TlogEntries[0].LogIndex = 7 }},
		"log id":    {"", func(b *bundlepb.Bundle) { b.VerificationMaterial.TlogEntries[0].LogId.KeyId[3] ^= 1 }},
		"kind": {body, func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TlogEntries[0].KindVersion.Kind = "dsse"
		}},
		"log entry's body of another": {body, func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TlogEntries[0].CanonicalizedBody = other.VerificationMaterial.TlogEntries[0].CanonicalizedBody
		}},
		"log entry's body, a space": {proof, func(b *bundlepb.Bundle) {
			entry := b.VerificationMaterial.TlogEntries[0]
			entry.CanonicalizedBody = append(entry.CanonicalizedBody, ' ')
		}},
		"checkpoint of another": {proof + ".checkpoint", func(b *bundlepb.Bundle) {
			b.VerificationMaterial.TlogEntries[0].InclusionProof.Checkpoint = other.VerificationMaterial.TlogEntries[0].InclusionProof.Checkpoint
		}},
		"checkpoint's signature": {"", func(b *bundlepb.Bundle) {
			checkpoint := b.VerificationMaterial.TlogEntries[0].InclusionProof.Checkpoint
			signed := []byte(checkpoint.Envelope)
			flip(signed, len(signed)-20)
			checkpoint.Envelope = string(signed)
		}},
		"checkpoint's origin": {"", func(b *bundlepb.Bundle) {
			checkpoint := b.VerificationMaterial.TlogEntries[0].InclusionProof.Checkpoint
			checkpoint.Envelope = "x" + checkpoint.Envelope
		}},
		"key instead of certificate": {"", func(b *bundlepb.Bundle) {
			b.VerificationMaterial.Content = &bundlepb.VerificationMaterial_PublicKey{PublicKey: &commonpb.PublicKeyIdentifier{Hint: "k"}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bundle03(t, virtual)
			c.tamper(b)
			requireUnverified(t, v, b, c.field)
		})
	}

	t.Run("wrong root", func(t *testing.T) {
		t.Parallel()
		wrong := newVerifier(t, trust(t, newVirtual(t)), sigstore.WithIdentity(issuer, san), sigstore.WithSCTs(0))
		requireFailed(t, wrong, encode(t, bundle03(t, virtual)), "")
	})
	t.Run("SCT required", func(t *testing.T) {
		t.Parallel()
		strict := newVerifier(t, trust(t, virtual), sigstore.WithIdentity(issuer, san))
		requireFailed(t, strict, encode(t, bundle03(t, virtual)), "certificate timestamp")
	})
}

// requireUnverified is for evidence that was tampered with: it is refused at once,
// with the path of what contradicts the rest, or, if field is empty, fails.
func requireUnverified(t *testing.T, v *sigstore.Verifier, b *bundlepb.Bundle, field string) {
	t.Helper()
	ev, err := parse(t, b)
	if field == "" {
		require.NoError(t, err)
		requireFailed(t, v, ev, "")
		return
	}
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "verificationMaterial.tlogEntries[0]"+field, invalid.Field)
}
