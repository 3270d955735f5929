package attestor

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

var rawBytes = regexp.MustCompile(`"rawBytes":\s*"([^"]+)"`)

// For every input: a refusal is a *fault.Invalid with the path; what is read
// names the bytes, is read alike again, and holds nothing that PostgreSQL would
// refuse.
func FuzzIdentity(f *testing.F) {
	files, err := filepath.Glob("testdata/bundle*.json")
	if err != nil {
		f.Fatal(err)
	}
	seeds := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, match := range rawBytes.FindAllSubmatch(raw, -1) {
			der, err := base64.StdEncoding.DecodeString(string(match[1]))
			if err != nil {
				f.Fatal(err)
			}
			if _, err := parseIdentity("p", der); err == nil {
				f.Add(der)
				seeds++
			}
		}
	}
	if seeds < 3 {
		f.Fatalf("%d certificates in testdata", seeds)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		before := bytes.Clone(der)
		id, err := parseIdentity("p", der)
		if !bytes.Equal(der, before) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if invalid := (*fault.Invalid)(nil); !errors.As(err, &invalid) || invalid.Field != "p" {
				t.Fatalf("not a *fault.Invalid for its path: %v", err)
			}
			return
		}
		if again, err := parseIdentity("p", der); err != nil || !reflect.DeepEqual(id, again) {
			t.Fatalf("read again: %v", err)
		}
		if id.CertificateSHA256 != digest.Sum(der) {
			t.Fatal("the digest is of other bytes")
		}
		for _, s := range []string{id.Issuer, id.SubjectAlternativeName} {
			if len(s) > MaxTextLength || !utf8.ValidString(s) || strings.Contains(s, "\x00") {
				t.Fatalf("text %q", s)
			}
		}
		for _, at := range []time.Time{id.NotBefore, id.NotAfter} {
			if at.Location() != time.UTC || at.Year() < 0 || at.Year() > 9999 {
				t.Fatalf("time %v", at)
			}
		}
	})
}
