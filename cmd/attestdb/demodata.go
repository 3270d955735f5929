package main

import (
	"bytes"
	"encoding/json"

	"github.com/sigstore/sigstore-go/pkg/testing/data"

	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

// demoBundle is a published bundle that sigstore-go carries.
type demoBundle struct {
	file   string // its name in the demo's directory
	source string // its name in sigstore-go
	who    string // its signer, as the demo says it
	signer sigstore.Option
}

const (
	githubActions  = "https://token.actions.githubusercontent.com"
	sigstoreJSName = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"
)

// demoBundles are ingested for the first tenant; the first is looked up.
var demoBundles = []demoBundle{
	{
		file:   "sigstore-js-2.0.0.sigstore.json",
		source: "sigstore.js@2.0.0-provenance.sigstore.json",
		who:    sigstoreJSName,
		signer: sigstore.WithIdentity(githubActions, sigstoreJSName),
	},
	{
		file:   "slsa-provenance-0.0.7.sigstore.json",
		source: "dsse.sigstore.json",
		who:    "a person with a GitHub account",
		signer: sigstore.WithIdentityPattern("https://github.com/login/oauth", `[^@]+@[^@]+`),
	},
}

// content returns the bundle as JSON without white space, of which protobuf's
// JSON has more or less at random.
func (b demoBundle) content() ([]byte, error) {
	// It reports through its *testing.T, which no call needs that succeeds; the
	// files are in the binary.
	return compactJSON(data.Bundle(nil, b.source))
}

// demoTrustedRoot returns the trusted root of Sigstore's public instance.
func demoTrustedRoot() ([]byte, error) {
	return compactJSON(data.TrustedRoot(nil, "public-good.json"))
}

func compactJSON(m json.Marshaler) ([]byte, error) {
	raw, err := m.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Compact(&b, raw)
	return b.Bytes(), err
}
