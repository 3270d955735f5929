package attestor_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
)

// chainFile is the export of a chain of two pieces of evidence about the first
// one's first subject.
func chainFile(t testing.TB) []byte {
	t.Helper()
	f := &proofchain.File{CreatedAt: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}
	f.PolicyVersion = "1"
	for _, name := range []string{"envelope.json", "bundle-v0.3.json"} {
		ev, err := attestor.Parse([]byte(testdata(t, name)))
		if err != nil {
			t.Fatal(err)
		}
		if f.Subject.IsZero() {
			f.Subject = ev.Statement.Subject[0].Digest[0]
		}
		f.Segments = append(f.Segments, proofchain.Segment{Kind: proofchain.Evidence, Digest: ev.SHA256})
		f.Contents = append(f.Contents, ev.Content)
	}
	if f.Segments[0].Compare(f.Segments[1]) > 0 {
		f.Segments[0], f.Segments[1] = f.Segments[1], f.Segments[0]
		f.Contents[0], f.Contents[1] = f.Contents[1], f.Contents[0]
	}
	var err error
	if f.Root, err = f.Chain.Root(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := proofchain.NewWriter(&b, f)
	for i, s := range f.Segments {
		if err := w.Add(s, f.Contents[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A file either is none, as a *fault.Invalid says, or has findings, or proves
// what it says: then every content has its digest and the root is the chain's.
func FuzzVerifyChainFile(f *testing.F) {
	raw := chainFile(f)
	if v, err := attestor.VerifyChainFile(raw); err != nil || v.About != 1 || len(v.Findings) != 1 || v.Findings[0].Problem != proofchain.NotAbout {
		f.Fatalf("the seed has %v, %v", v, err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := attestor.VerifyChainFile(raw)
		if err != nil {
			if !errors.Is(err, fault.ErrInvalid) {
				t.Fatalf("not a *fault.Invalid: %v", err)
			}
			return
		}
		if len(v.Findings) > 0 {
			return
		}
		for i, s := range v.File.Segments {
			if digest.Sum(v.File.Contents[i]) != s.Digest {
				t.Fatalf("segment %d", i)
			}
		}
		if root, err := v.File.Chain.Root(); err != nil || root != v.File.Root {
			t.Fatalf("root %s, %v", root, err)
		}
	})
}
