package sigstore_test

import (
	"context"
	"os"
	"testing"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// However a genuine bundle is changed: no panic, no error, and nothing verifies
// but what was signed.
func FuzzVerify(f *testing.F) {
	trustedRoot, err := os.ReadFile("testdata/trusted_root.json")
	if err != nil {
		f.Fatal(err)
	}
	v, err := sigstore.New(trustedRoot, sigstore.WithIdentity(githubIssuer, sigstoreJS))
	if err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/npm-provenance.sigstore.json")
	if err != nil {
		f.Fatal(err)
	}
	genuine, err := attestor.ParseBundle(raw)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		ev, err := attestor.ParseBundle(raw)
		if err != nil {
			t.Skip()
		}
		got, err := v.Verify(context.Background(), ev)
		if err != nil {
			t.Fatal(err)
		}
		if err := got.Validate(len(ev.Envelope.Signatures)); err != nil {
			t.Fatal(err)
		}
		if got.Outcome == attestor.Verified && ev.Envelope.PayloadSHA256 != genuine.Envelope.PayloadSHA256 {
			t.Fatalf("verified: %s", ev.Envelope.Payload)
		}
		for _, i := range got.LogEntries {
			if string(ev.LogEntries[i].CanonicalizedBody) != string(genuine.LogEntries[0].CanonicalizedBody) {
				t.Fatalf("verified: %s", ev.LogEntries[i].CanonicalizedBody)
			}
		}
	})
}
