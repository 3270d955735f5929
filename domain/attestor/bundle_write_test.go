package attestor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
)

// Of every version that has a proof, a bundle of version 0.3 that says the same.
func TestBundleV03(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"bundle-v0.1.json", "bundle-v0.3.json", "bundle-v0.3-private.json"} {
		ev, err := attestor.Parse([]byte(testdata(t, file)))
		require.NoError(t, err)
		raw, err := ev.BundleV03()
		require.NoError(t, err)
		again, err := attestor.ParseBundle(raw)
		require.NoError(t, err)
		require.Equal(t, attestor.MediaTypeBundleV03, again.MediaType)
		require.Equal(t, ev.Envelope, again.Envelope)
		require.Equal(t, ev.LogEntries, again.LogEntries)
		once, err := again.BundleV03()
		require.NoError(t, err)
		require.Equal(t, string(raw), string(once))
	}
}

func TestBundleV03OfABareEnvelope(t *testing.T) {
	t.Parallel()
	ev := domaintest.NewSigner(t).Evidence(t, "app", []byte("app"))
	raw, err := ev.BundleV03()
	require.NoError(t, err)
	bundle, err := attestor.ParseBundle(raw)
	require.NoError(t, err)
	require.Equal(t, ev.Envelope, bundle.Envelope)
	require.Contains(t, string(raw), `"publicKey":{"hint":"`+ev.Envelope.Signatures[0].KeyID+`"}`)
	require.Nil(t, bundle.LogEntries)
}

func TestBundleV03Refuses(t *testing.T) {
	t.Parallel()
	for file, field := range map[string]string{
		"envelope-2-signatures.json": "signatures",
		"bundle-v0.1-publickey.json": "verificationMaterial.tlogEntries[0].inclusionProof",
	} {
		ev, err := attestor.Parse([]byte(testdata(t, file)))
		require.NoError(t, err)
		raw, err := ev.BundleV03()
		requireInvalid(t, err, field)
		require.Nil(t, raw)
	}
}
