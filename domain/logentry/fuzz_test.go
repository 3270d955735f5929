package logentry_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/logentry"
)

func invalidOrNil(err error) bool {
	var invalid *fault.Invalid
	return err == nil || errors.As(err, &invalid)
}

// Whatever a log has as an entry's body: no panic, a refusal names its path, and
// no body is about two signatures by two certificates unless it lists both.
func FuzzCheckSigned(f *testing.F) {
	s, other := newSigner(f), newSigner(f)
	for kind, bodies := range s.kinds() {
		f.Add(kind[0], kind[1], []byte(bodies[0]))
		f.Add(kind[0], kind[1], []byte(bodies[1]))
	}
	e, _ := realEntry(f)
	f.Add(e.Kind, e.Version, e.CanonicalizedBody)
	f.Fuzz(func(t *testing.T, kind, version string, body []byte) {
		e := &logentry.Entry{Kind: kind, Version: version, CanonicalizedBody: body}
		for _, g := range []logentry.Signed{s.signed, other.signed, {PayloadType: "text/plain"}} {
			err := e.CheckSigned("entry", g)
			if !invalidOrNil(err) {
				t.Fatalf("not a *fault.Invalid: %v", err)
			}
			if err == nil && string(g.Payload) != string(s.signed.Payload) {
				t.Fatalf("%s is about an empty payload without a signature", body)
			}
		}
	})
}

// What reads as a checkpoint says in its fields what its note says, and its note
// is what was read.
func FuzzParseCheckpoint(f *testing.F) {
	e, _ := realEntry(f)
	f.Add(e.InclusionProof.Checkpoint.Note)
	f.Add("rekor.example.com\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— rekor.example.com AAAAAAAA\n")
	f.Fuzz(func(t *testing.T, note string) {
		c, err := logentry.ParseCheckpoint("checkpoint", note)
		if !invalidOrNil(err) || (c == nil) != (err != nil) {
			t.Fatalf("got %v, %v", c, err)
		}
		if err != nil {
			return
		}
		begin := fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.TreeSize, base64.StdEncoding.EncodeToString(c.RootHash))
		if c.Note != note || !strings.HasPrefix(note, begin) {
			t.Fatalf("%q reads as %+v", note, c)
		}
	})
}
