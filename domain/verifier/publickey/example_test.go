package publickey_test

import (
	"context"
	"fmt"
	"log"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/verifier/publickey"
)

// specificationKey is the key of the test vector in the DSSE specification.
const specificationKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZ805D3eqNZywjCI19lInBJOp7YMr
CrzAH3CVTAOQ0jgMeCvVTiaRJaRPRDOv8UMs6U4SvKc6pnrIDOoSYI3fdA==
-----END PUBLIC KEY-----`

func Example() {
	keys, err := publickey.ParsePEM("", []byte(specificationKey))
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := publickey.New(keys)
	if err != nil {
		log.Fatal(err)
	}
	ev, err := attestor.ParseEnvelope([]byte(`{
		"payload": "aGVsbG8gd29ybGQ=",
		"payloadType": "http://example.com/HelloWorld",
		"signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]
	}`))
	if err != nil {
		log.Fatal(err)
	}
	v, err := verifier.Verify(context.Background(), ev)
	if err != nil {
		log.Fatal(err) // the verifier could not tell
	}
	fmt.Println(v.Outcome, v.Signatures, v.Reason)
	// Output: verified [0]
}
