package sigstore_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/verifier/sigstore"
)

func Example() {
	trustedRoot, err := os.ReadFile("testdata/trusted_root.json")
	if err != nil {
		log.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/npm-provenance.sigstore.json")
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := sigstore.New(trustedRoot, sigstore.WithIdentityPattern(
		"https://token.actions.githubusercontent.com",
		`https://github\.com/sigstore/sigstore-js/\.github/workflows/release\.yml@refs/heads/.*`,
	))
	if err != nil {
		log.Fatal(err)
	}
	ev, err := attestor.ParseBundle(raw)
	if err != nil {
		log.Fatal(err)
	}
	v, err := verifier.Verify(context.Background(), ev)
	if err != nil {
		log.Fatal(err) // the verifier could not tell
	}
	fmt.Println(v.Outcome)
	fmt.Println(ev.Statement.Subject[0].Name, "signed", v.SignedAt)
	// Output:
	// verified
	// pkg:npm/sigstore@2.0.0 signed 2023-08-18 16:05:35 +0000 UTC
}

func ExampleLogVerifier() {
	trustedRoot, err := os.ReadFile("testdata/trusted_root.json")
	if err != nil {
		log.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/npm-provenance.sigstore.json")
	if err != nil {
		log.Fatal(err)
	}
	logs, err := sigstore.NewLogVerifier(trustedRoot)
	if err != nil {
		log.Fatal(err)
	}
	ev, err := attestor.ParseBundle(raw)
	if err != nil {
		log.Fatal(err)
	}
	for _, entry := range ev.LogEntries {
		fmt.Println(entry.LogIndex, logs.VerifyEntry(context.Background(), &entry))
	}
	// Output:
	// 31821305 <nil>
}
