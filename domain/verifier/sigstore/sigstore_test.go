package sigstore_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	bundlepb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	commonpb "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	dssepb "github.com/sigstore/protobuf-specs/gen/pb-go/dsse"
	rekorpb "github.com/sigstore/protobuf-specs/gen/pb-go/rekor/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/testing/ca"
	"github.com/sigstore/sigstore-go/pkg/testing/data"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
	"google.golang.org/protobuf/encoding/protojson"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

const (
	mediaType01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
	mediaType03 = "application/vnd.dev.sigstore.bundle.v0.3+json"

	issuer = "https://issuer.example.com"
	san    = "ci@example.com"

	statement = `{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://example.com/p/v1",` +
		`"subject":[{"name":"app","digest":{"sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}}]}`

	githubIssuer = "https://token.actions.githubusercontent.com"
	sigstoreJS   = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"
)

func newVirtual(t *testing.T) *ca.VirtualSigstore {
	t.Helper()
	virtual, err := ca.NewVirtualSigstore()
	require.NoError(t, err)
	return virtual
}

// trust returns the virtual instance's trusted root as JSON.
func trust(t *testing.T, virtual *ca.VirtualSigstore) []byte {
	t.Helper()
	logs := virtual.RekorLogs()
	for id, log := range logs {
		// The virtual instance has the id in hexadecimal there, which its JSON
		// would encode once more.
		var err error
		log.ID, err = hex.DecodeString(id)
		require.NoError(t, err)
	}
	tr, err := root.NewTrustedRoot(root.TrustedRootMediaType01, virtual.FulcioCertificateAuthorities(), map[string]*root.TransparencyLog{},
		virtual.TimestampingAuthorities(), logs)
	require.NoError(t, err)
	raw, err := tr.MarshalJSON()
	require.NoError(t, err)
	return raw
}

func encode(t *testing.T, b *bundlepb.Bundle) *attestor.Evidence {
	t.Helper()
	ev, err := parse(t, b)
	require.NoError(t, err)
	return ev
}

func parse(t *testing.T, b *bundlepb.Bundle) (*attestor.Evidence, error) {
	t.Helper()
	raw, err := protojson.Marshal(b)
	require.NoError(t, err)
	return attestor.ParseBundle(raw)
}

// parts returns what a bundle of the entity has, but its log entries.
func parts(t *testing.T, entity *ca.TestEntity, mediaType string) *bundlepb.Bundle {
	t.Helper()
	content, err := entity.SignatureContent()
	require.NoError(t, err)
	env := content.EnvelopeContent().RawEnvelope()
	payload, err := env.DecodeB64Payload()
	require.NoError(t, err)
	verification, err := entity.VerificationContent()
	require.NoError(t, err)
	timestamps, err := entity.Timestamps()
	require.NoError(t, err)
	b := &bundlepb.Bundle{
		MediaType: mediaType,
		VerificationMaterial: &bundlepb.VerificationMaterial{
			Content: &bundlepb.VerificationMaterial_Certificate{
				Certificate: &commonpb.X509Certificate{RawBytes: verification.Certificate().Raw},
			},
			TimestampVerificationData: &bundlepb.TimestampVerificationData{},
		},
		Content: &bundlepb.Bundle_DsseEnvelope{DsseEnvelope: &dssepb.Envelope{
			PayloadType: env.PayloadType,
			Payload:     payload,
			Signatures:  []*dssepb.Signature{{Sig: content.Signature()}},
		}},
	}
	for _, ts := range timestamps {
		data := b.VerificationMaterial.TimestampVerificationData
		data.Rfc3161Timestamps = append(data.Rfc3161Timestamps, &commonpb.RFC3161SignedTimestamp{SignedTimestamp: ts})
	}
	return b
}

// bundle03 signs a statement and logs it as Rekor v2 does.
func bundle03(t *testing.T, virtual *ca.VirtualSigstore) *bundlepb.Bundle {
	t.Helper()
	entity, err := virtual.AttestHashedRekordV2(san, issuer, []byte(statement))
	require.NoError(t, err)
	b := parts(t, entity, mediaType03)
	entries, err := entity.TlogEntries()
	require.NoError(t, err)
	for _, entry := range entries {
		pb := entry.TransparencyLogEntry()
		pb.IntegratedTime = 0 // the virtual log says one, unlike Rekor v2
		b.VerificationMaterial.TlogEntries = append(b.VerificationMaterial.TlogEntries, pb)
	}
	return b
}

// bundle01 signs a statement and logs it as Rekor v1 does, at the given time.
func bundle01(t *testing.T, virtual *ca.VirtualSigstore, at time.Time) *bundlepb.Bundle {
	t.Helper()
	entity, err := virtual.AttestAtTime(san, issuer, []byte(statement), at, false)
	require.NoError(t, err)
	b := parts(t, entity, mediaType01)
	entries, err := entity.TlogEntries()
	require.NoError(t, err)
	for _, entry := range entries {
		pb := entry.TransparencyLogEntry()
		pb.KindVersion = &rekorpb.KindVersion{Kind: "dsse", Version: "0.0.1"}
		set, err := virtual.RekorSignPayload(tlog.RekorPayload{
			Body:           base64.StdEncoding.EncodeToString(pb.CanonicalizedBody),
			IntegratedTime: pb.IntegratedTime,
			LogIndex:       pb.LogIndex,
			LogID:          hex.EncodeToString(pb.LogId.KeyId),
		})
		require.NoError(t, err)
		pb.InclusionPromise = &rekorpb.InclusionPromise{SignedEntryTimestamp: set}
		b.VerificationMaterial.TlogEntries = append(b.VerificationMaterial.TlogEntries, pb)
	}
	return b
}

// flip changes one letter of base64 into another.
func flip(text []byte, at int) {
	if text[at] == 'A' {
		text[at] = 'B'
	} else {
		text[at] = 'A'
	}
}

func newVerifier(t *testing.T, trustedRoot []byte, options ...sigstore.Option) *sigstore.Verifier {
	t.Helper()
	v, err := sigstore.New(trustedRoot, options...)
	require.NoError(t, err)
	return v
}

func verify(t *testing.T, v *sigstore.Verifier, ev *attestor.Evidence) attestor.Verification {
	t.Helper()
	got, err := v.Verify(t.Context(), ev)
	require.NoError(t, err)
	require.Equal(t, "sigstore-go v1.3.0", got.Verifier)
	require.NoError(t, got.Validate(len(ev.Envelope.Signatures)), "it can be stored")
	require.WithinDuration(t, time.Now(), got.TimeVerified, time.Minute)
	require.Equal(t, got.Outcome == attestor.Verified, got.Reason == "")
	require.Equal(t, got.Outcome == attestor.Verified, !got.SignedAt.IsZero())
	return got
}

func requireFailed(t *testing.T, v *sigstore.Verifier, ev *attestor.Evidence, reason string) {
	t.Helper()
	got := verify(t, v, ev)
	require.Equal(t, attestor.Failed, got.Outcome)
	require.Contains(t, got.Reason, reason)
	require.Empty(t, got.Signatures)
}

// The defaults hold for what the public instance signed, years ago and offline.
func TestVerifyPublicGood(t *testing.T) {
	t.Parallel()
	trustedRoot, err := data.TrustedRoot(t, "public-good.json").MarshalJSON()
	require.NoError(t, err)
	raw, err := data.Bundle(t, "sigstore.js@2.0.0-provenance.sigstore.json").MarshalJSON()
	require.NoError(t, err)
	ev, err := attestor.Parse(raw)
	require.NoError(t, err)

	got := verify(t, newVerifier(t, trustedRoot, sigstore.WithIdentity(githubIssuer, sigstoreJS)), ev)
	require.Equal(t, attestor.Verified, got.Outcome)
	require.Equal(t, []int{0}, got.Signatures)
	require.Equal(t, time.UTC, got.SignedAt.Location())
	identity := ev.Envelope.Signatures[0].Identity
	require.False(t, got.SignedAt.Before(identity.NotBefore) || got.SignedAt.After(identity.NotAfter))
	require.Equal(t, githubIssuer, identity.Issuer)
	require.Equal(t, sigstoreJS, identity.SubjectAlternativeName)
	require.Equal(t, `certificate for the name "`+sigstoreJS+`" from issuer "`+githubIssuer+`"; at least 1 log entries, `+
		`1 observer timestamps, 1 SCTs; trusted root sha256:`+digest.Sum(trustedRoot).String(), got.Policy)

	requireFailed(t, newVerifier(t, trustedRoot, sigstore.WithAnyIdentity(), sigstore.WithLogEntries(2)), ev, "log")
	requireFailed(t, newVerifier(t, trustedRoot, sigstore.WithAnyIdentity(), sigstore.WithSCTs(2)), ev, "SCT")
	requireFailed(t, newVerifier(t, trustedRoot, sigstore.WithAnyIdentity(), sigstore.WithObserverTimestamps(2)), ev, "timestamps")
	requireFailed(t, newVerifier(t, trust(t, newVirtual(t)), sigstore.WithAnyIdentity()), ev, "")
}

func TestVerifyIdentity(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	trustedRoot, ev := trust(t, virtual), encode(t, bundle03(t, virtual))
	for name, c := range map[string]struct {
		options []sigstore.Option
		want    attestor.Outcome
	}{
		"exact":              {[]sigstore.Option{sigstore.WithIdentity(issuer, san)}, attestor.Verified},
		"one of two":         {[]sigstore.Option{sigstore.WithIdentity(issuer, "x"), sigstore.WithIdentity(issuer, san)}, attestor.Verified},
		"pattern":            {[]sigstore.Option{sigstore.WithIdentityPattern(issuer, `ci@.*\.com`)}, attestor.Verified},
		"any":                {[]sigstore.Option{sigstore.WithAnyIdentity()}, attestor.Verified},
		"other name":         {[]sigstore.Option{sigstore.WithIdentity(issuer, "cd@example.com")}, attestor.Failed},
		"other issuer":       {[]sigstore.Option{sigstore.WithIdentity("https://evil.example.com", san)}, attestor.Failed},
		"pattern in part":    {[]sigstore.Option{sigstore.WithIdentityPattern(issuer, `example`)}, attestor.Failed},
		"pattern as prefix":  {[]sigstore.Option{sigstore.WithIdentityPattern(issuer, `ci@example`)}, attestor.Failed},
		"pattern's branches": {[]sigstore.Option{sigstore.WithIdentityPattern(issuer, `ci|com`)}, attestor.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := verify(t, newVerifier(t, trustedRoot, append(c.options, sigstore.WithSCTs(0))...), ev)
			require.Equal(t, c.want, got.Outcome, got.Reason)
		})
	}
}

// A certificate counts only if it was valid when the log says it was used.
func TestVerifyCertificateValidity(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	v := newVerifier(t, trust(t, virtual), sigstore.WithIdentity(issuer, san), sigstore.WithSCTs(0))
	for name, c := range map[string]struct {
		at   time.Time
		want attestor.Outcome
	}{
		"valid":         {time.Now().Add(5 * time.Minute), attestor.Verified},
		"expired":       {time.Now().Add(20 * time.Minute), attestor.Failed},
		"not yet valid": {time.Now().Add(-time.Minute), attestor.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := verify(t, v, encode(t, bundle01(t, virtual, c.at)))
			require.Equal(t, c.want, got.Outcome, got.Reason)
		})
	}
}

// SignedAt is the earliest proven time: here the timestamp authority's, which
// is now, while the log's is five minutes ahead.
func TestSignedAtIsTheEarliest(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	v := newVerifier(t, trust(t, virtual), sigstore.WithAnyIdentity(), sigstore.WithSCTs(0), sigstore.WithObserverTimestamps(2))
	got := verify(t, v, encode(t, bundle01(t, virtual, time.Now().Add(5*time.Minute))))
	require.Equal(t, attestor.Verified, got.Outcome, got.Reason)
	require.WithinDuration(t, time.Now(), got.SignedAt, time.Minute)
}

func TestVerifyWithoutVerificationMaterial(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	b := bundle03(t, virtual)
	raw, err := protojson.Marshal(b.GetDsseEnvelope())
	require.NoError(t, err)
	ev, err := attestor.ParseEnvelope(raw)
	require.NoError(t, err)
	v := newVerifier(t, trust(t, virtual), sigstore.WithAnyIdentity(), sigstore.WithSCTs(0))
	requireFailed(t, v, ev, "no verification material")

	b.GetDsseEnvelope().PayloadType = "text/plain"
	b.VerificationMaterial.TlogEntries = nil // it is about the other type
	requireFailed(t, v, encode(t, b), "not an in-toto Statement")
}

// Evidence whose Envelope is not the one in its Content must not verify.
func TestVerifyComparesWhatIsStored(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	ev := encode(t, bundle03(t, virtual))
	forged := *ev
	forged.Envelope.Payload = []byte(strings.Replace(statement, "app", "apq", 1))
	v := newVerifier(t, trust(t, virtual), sigstore.WithAnyIdentity(), sigstore.WithSCTs(0))
	requireFailed(t, v, &forged, "read differently")
}

func TestVerifyConcurrently(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	v := newVerifier(t, trust(t, virtual), sigstore.WithIdentityPattern(issuer, ".*"), sigstore.WithSCTs(0))
	good, bad := encode(t, bundle03(t, virtual)), encode(t, bundle03(t, newVirtual(t)))
	var wg sync.WaitGroup
	for range 8 {
		for ev, want := range map[*attestor.Evidence]attestor.Outcome{good: attestor.Verified, bad: attestor.Failed} {
			wg.Go(func() {
				got, err := v.Verify(t.Context(), ev)
				if err != nil || got.Outcome != want {
					t.Errorf("got %v, %v; want %v", got, err, want)
				}
			})
		}
	}
	wg.Wait()
}

func TestVerifyCancelled(t *testing.T) {
	t.Parallel()
	virtual := newVirtual(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := newVerifier(t, trust(t, virtual), sigstore.WithAnyIdentity()).Verify(ctx, encode(t, bundle03(t, virtual)))
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, got)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	trustedRoot := trust(t, newVirtual(t))
	anyone := sigstore.WithAnyIdentity()
	for name, c := range map[string]struct {
		root    []byte
		options []sigstore.Option
		field   string
	}{
		"no root":              {nil, []sigstore.Option{anyone}, "trusted root"},
		"root that is none":    {[]byte(`{"mediaType":"x"}`), []sigstore.Option{anyone}, "trusted root"},
		"no identity":          {trustedRoot, nil, "identity"},
		"any and one":          {trustedRoot, []sigstore.Option{anyone, sigstore.WithIdentity(issuer, san)}, "identity"},
		"no issuer":            {trustedRoot, []sigstore.Option{sigstore.WithIdentity("", san)}, "identity[0]"},
		"no name":              {trustedRoot, []sigstore.Option{sigstore.WithIdentity(issuer, "")}, "identity[0]"},
		"no pattern":           {trustedRoot, []sigstore.Option{sigstore.WithIdentityPattern(issuer, "")}, "identity[0]"},
		"bad pattern":          {trustedRoot, []sigstore.Option{sigstore.WithIdentityPattern(issuer, "(")}, "identity[0]"},
		"pattern that escapes": {trustedRoot, []sigstore.Option{sigstore.WithIdentityPattern(issuer, "a)|(?:b")}, "identity[0]"},
		"pattern that quotes":  {trustedRoot, []sigstore.Option{sigstore.WithIdentityPattern(issuer, `\Qa`)}, "identity[0]"},
		"no timestamp":         {trustedRoot, []sigstore.Option{anyone, sigstore.WithObserverTimestamps(0)}, "observer timestamps"},
		"negative log entries": {trustedRoot, []sigstore.Option{anyone, sigstore.WithLogEntries(-1)}, "log entries"},
		"negative SCTs":        {trustedRoot, []sigstore.Option{anyone, sigstore.WithSCTs(-1)}, "SCTs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sigstore.New(c.root, c.options...)
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, c.field, invalid.Field)
		})
	}
}

// The version that a Verification names is the one that go.mod has.
func TestVersion(t *testing.T) {
	t.Parallel()
	const path = "../../../go.mod"
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	mod, err := modfile.Parse(path, text, nil)
	require.NoError(t, err)
	virtual := newVirtual(t)
	got := verify(t, newVerifier(t, trust(t, virtual), sigstore.WithAnyIdentity()), encode(t, bundle03(t, virtual)))
	for _, requirement := range mod.Require {
		if requirement.Mod.Path == "github.com/sigstore/sigstore-go" {
			require.Equal(t, "sigstore-go "+requirement.Mod.Version, got.Verifier)
			return
		}
	}
	t.Fatal("go.mod does not require sigstore-go")
}
