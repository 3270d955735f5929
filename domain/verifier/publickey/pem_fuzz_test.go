package publickey_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"reflect"
	"regexp"
	"testing"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/verifier/publickey"
)

var keyBlock = regexp.MustCompile(`-----BEGIN (RSA )?PUBLIC KEY-----[^-]*-----END (RSA )?PUBLIC KEY-----`)

// For every input: a refusal is a *fault.Invalid without keys; of what is read,
// every byte belongs to a block, every block gives a key, and New takes or
// refuses the keys without a panic.
func FuzzParsePEM(f *testing.F) {
	f.Add([]byte(specificationKey))
	f.Add([]byte(specificationKey + "\n" + specificationKey))
	f.Add([]byte(specificationKey + "\nnot a key\n-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----"))
	raw, err := os.ReadFile("testdata/intoto_multi_pub2.pem")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	keys, err := publickey.ParsePEM("", raw)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encodeKeys(f, keys))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := publickey.ParsePEM("k", data)
		if err != nil {
			if invalid := (*fault.Invalid)(nil); !errors.As(err, &invalid) || keys != nil {
				t.Fatalf("got %v and %v", keys, err)
			}
			return
		}
		if n := len(keyBlock.FindAll(data, -1)); n != len(keys) {
			t.Fatalf("%d blocks, %d keys", n, len(keys))
		}
		if left := bytes.TrimSpace(keyBlock.ReplaceAll(data, nil)); len(left) > 0 {
			t.Fatalf("ignored %q", left)
		}
		if _, err := publickey.New(keys); err != nil {
			if !errors.Is(err, fault.ErrInvalid) {
				t.Fatalf("not a *fault.Invalid: %v", err)
			}
			return
		}
		again, err := publickey.ParsePEM("k", encodeKeys(t, keys))
		if err != nil || !reflect.DeepEqual(keys, again) {
			t.Fatalf("written and read again: %v", err)
		}
	})
}

func encodeKeys(t testing.TB, keys []publickey.Key) []byte {
	var text []byte
	for _, key := range keys {
		der, err := x509.MarshalPKIXPublicKey(key.Public)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...)
	}
	return text
}
