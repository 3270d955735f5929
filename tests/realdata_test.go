package tests

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// realData holds documents that other projects publish, where they are at hand.
func realData(t testing.TB) fs.FS {
	t.Helper()
	const dir = "../../shared/data"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the real documents are not here: ", err)
	}
	return os.DirFS(dir)
}

// realEvidence has what becomes of every real document that is an envelope or a bundle,
// when it is verified against the root of Sigstore's public instance: "verified", a part
// of the reason why it does not verify, or, with a field, why it is refused.
var realEvidence = map[string]struct{ field, outcome string }{
	"archivista/test/build.attestation.json":   {"", "bare DSSE envelope"},
	"archivista/test/fail.attestation.json":    {"", "bare DSSE envelope"},
	"archivista/test/package.attestation.json": {"", "bare DSSE envelope"},
	"archivista/test/policy-signed.json":       {"", "bare DSSE envelope"},
	// Broken on purpose: a payload of {}.
	"archivista/test/invalid_payload.attestation.json": {"payload._type", "it is missing"},

	chainloopBiz + "dependent-attestation.json":            {"", "bare DSSE envelope"},
	chainloopBiz + "full-with-policy-evaluations-ref.json": {"", "bare DSSE envelope"},
	chainloopBiz + "full.json":                             {"", "bare DSSE envelope"},
	chainloopBiz + "with-dependent-attestation.json":       {"", "bare DSSE envelope"},
	chainloopBiz + "with-duplicated-sha.json":              {"", "bare DSSE envelope"},
	chainloopBiz + "with-string.json":                      {"", "bare DSSE envelope"},
	// No Statement: its type is in "type", where in-toto has "_type".
	chainloopBiz + "with-git-subject.json": {"payload._type", "it is missing"},
	// A certificate chain, which version 0.3 of bundles has no more.
	chainloopBiz + "bundle.json": {"verificationMaterial.x509CertificateChain", "it is a chain"},

	chainloopMaterials + "attestation-dsse.json":               {"", "bare DSSE envelope"},
	chainloopMaterials + "attestation-dsse-invalidtype.json":   {"", "bare DSSE envelope"},
	chainloopMaterials + "attestation-bundle.json":             {"", "not enough verified log entries"},
	chainloopMaterials + "chainloop_attestation.sigstore.json": {"", "not enough verified log entries"},
	chainloopMaterials + "slsa_provenance.sigstore.json":       {"", "not enough verified log entries"},
	// Broken on purpose.
	chainloopMaterials + "attestation-invalid-intoto.json":  {"payload", `byte 0 is "T"`},
	chainloopMaterials + "attestation-invalid-payload.json": {"payload", "illegal base64"},

	"guac/internal/testing/testdata/exampledata/oci-dsse-att.json": {"", "bare DSSE envelope"},
	"rekor/cmd/rekor-cli/app/tests/intoto_multi_dsse.json":         {"", "bare DSSE envelope"},
	"rekor/tests/intoto_dsse.json":                                 {"", "bare DSSE envelope"},

	"sigstore-go/examples/bundle-provenance.json": {"", "verified"},
	// Signed with a key of npm's, which the root does not vouch for.
	"sigstore-go/examples/bundle-publish.json":                     {"", "transparency log certificate does not match"},
	sigstoreBundles + "sigstore.js@2.0.0-provenance.sigstore.json": {"", "verified"},
	sigstoreBundles + "dsse.sigstore.json":                         {"", "verified"},
	sigstoreBundles + "dsse-2sigs.sigstore.json":                   {"dsseEnvelope.signatures", "there are 2"},
	sigstoreBundles + "othername.sigstore.json":                    {"messageSignature", "signs a message"},
	sigstoreBundles + "public-key-validity.sigstore.json":          {"messageSignature", "signs a message"},
}

const (
	chainloopBiz       = "chainloop/app/controlplane/pkg/biz/testdata/attestations/"
	chainloopMaterials = "chainloop/pkg/attestation/crafter/materials/testdata/"
	sigstoreBundles    = "sigstore-go/pkg/testing/data/bundles/"
)

// Every real document goes in and comes out as it was, or is refused for what is wrong
// with it.
func TestRealEvidenceGoesInAndComesOut(t *testing.T) {
	t.Parallel()
	data := realData(t)
	root, err := fs.ReadFile(data, "sigstore-go/examples/trusted-root-public-good.json")
	require.NoError(t, err)
	verifier, err := sigstore.New(root, sigstore.WithAnyIdentity())
	require.NoError(t, err)
	acme := domaintest.Tenant(t, domaintest.New(t), "acme")
	for _, name := range slices.Sorted(maps.Keys(realEvidence)) {
		want := realEvidence[name]
		raw, err := fs.ReadFile(data, name)
		require.NoError(t, err)
		ev, err := attestor.Parse(raw)
		if want.field != "" {
			var invalid *attestdb.InvalidError
			require.ErrorAs(t, err, &invalid, name)
			require.Equal(t, want.field, invalid.Field, name)
			require.Contains(t, invalid.Problem, want.outcome, name)
			continue
		}
		require.NoError(t, err, name)
		rec, err := acme.Record(t.Context(), ev, attestdb.Verify(verifier), attestdb.KeepFailed())
		require.NoError(t, err, name)
		if want.outcome == "verified" {
			require.Equal(t, attestor.Verified, rec.Verification.Outcome, "%s: %s", name, rec.Verification.Reason)
		} else {
			require.Equal(t, attestor.Failed, rec.Verification.Outcome, name)
			require.Contains(t, rec.Verification.Reason, want.outcome, name)
		}
		content, err := acme.Attestor().Content(t.Context(), rec.ID)
		require.NoError(t, err)
		require.Equal(t, raw, content, name)
		if ev.Statement == nil {
			continue
		}
		for _, subject := range ev.Statement.Subject {
			for _, d := range subject.Digest {
				found := false
				for m, err := range acme.Attestor().All(t.Context(), attestor.Query{Subject: d}) {
					require.NoError(t, err)
					found = found || m.ID == rec.ID
				}
				require.True(t, found, "%s by %s", name, d)
			}
		}
	}

	// The list is whole: what else looks like one is a document of another kind.
	require.NoError(t, fs.WalkDir(data, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		raw, err := fs.ReadFile(data, name)
		if err != nil {
			return err
		}
		_, listed := realEvidence[name]
		text := string(raw)
		looks := strings.Contains(text, `"payloadType"`) && strings.Contains(text, `"signatures"`) || strings.Contains(text, `"verificationMaterial"`)
		if looks && !strings.Contains(name, "pkg/generated/models") {
			require.True(t, listed, name)
		}
		return nil
	}))
}
