package attestor_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
)

type parseFunc func([]byte) (*attestor.Evidence, error)

// addEvidence makes seeds of the files of testdata that match pattern.
func addEvidence(f *testing.F, pattern string) {
	files, err := filepath.Glob("testdata/" + pattern)
	if err != nil || len(files) == 0 {
		f.Fatalf("seeds %s: %d files, %v", pattern, len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
}

// checkParse holds for every input: a refusal is a *fault.Invalid; what parses
// keeps the bytes, has a signature, parses to the same again, holds no text that
// PostgreSQL would refuse, and is read alike by encoding/json.
func checkParse(t *testing.T, parse parseFunc, raw []byte) {
	before := string(raw)
	ev, err := parse(raw)
	if string(raw) != before {
		t.Fatal("the input was changed")
	}
	if !invalidOrNil(err) {
		t.Fatalf("not a *fault.Invalid: %v", err)
	}
	if (ev == nil) == (err == nil) {
		t.Fatalf("got %v and %v", ev, err)
	}
	if err != nil {
		return
	}
	if string(ev.Content) != before || ev.SHA256 != digest.Sum(raw) || ev.Envelope.PayloadSHA256 != digest.Sum(ev.Envelope.Payload) {
		t.Fatal("the content is not what was given")
	}
	if again, err := parse(ev.Content); err != nil || !reflect.DeepEqual(ev, again) {
		t.Fatalf("parsed again: %v", err)
	}
	if whole, err := attestor.Parse(raw); err == nil && !reflect.DeepEqual(ev, whole) {
		t.Fatal("Parse reads it differently")
	}
	checkEvidence(t, ev)
	checkPlainReader(t, ev)
}

func checkEvidence(t *testing.T, ev *attestor.Evidence) {
	text := []string{ev.MediaType, ev.Envelope.PayloadType}
	if ev.Envelope.PayloadType == "" || len(ev.Envelope.Signatures) == 0 {
		t.Fatal("no payloadType or no signature")
	}
	for _, sig := range ev.Envelope.Signatures {
		if len(sig.Sig) == 0 || (sig.Certificate == nil) != (sig.Identity == nil) {
			t.Fatalf("signature %+v", sig)
		}
		text = append(text, sig.KeyID)
		if sig.Identity != nil {
			text = append(text, sig.Identity.Issuer, sig.Identity.SubjectAlternativeName)
		}
	}
	if (ev.Statement != nil) != (ev.Envelope.PayloadType == attestor.PayloadTypeInToto) {
		t.Fatal("a Statement without its payloadType, or the reverse")
	}
	if ev.Statement != nil {
		text = append(text, ev.Statement.PredicateType)
		if len(ev.Statement.Subject) == 0 || ev.Statement.PredicateType == "" {
			t.Fatalf("statement %+v", ev.Statement)
		}
		for _, subject := range ev.Statement.Subject {
			text = append(text, subject.Name)
			if len(subject.Digest) == 0 {
				t.Fatal("a subject without a digest")
			}
		}
	}
	for _, s := range text {
		if len(s) > attestor.MaxTextLength || !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			t.Fatalf("text %q", s)
		}
	}
}

// checkPlainReader reads the evidence as an ordinary Go program does, which
// ignores case and takes the last of two, and expects to see the same.
func checkPlainReader(t *testing.T, ev *attestor.Evidence) {
	type envelope struct {
		PayloadType string `json:"payloadType"`
		Payload     string `json:"payload"`
		Signatures  []struct {
			KeyID string `json:"keyid"`
			Sig   string `json:"sig"`
		} `json:"signatures"`
	}
	var plain envelope
	target := any(&plain)
	if ev.MediaType != attestor.MediaTypeDSSE {
		target = &struct {
			DSSEEnvelope *envelope `json:"dsseEnvelope"`
		}{&plain}
	}
	if err := json.Unmarshal(ev.Content, target); err != nil {
		t.Fatal(err)
	}
	encoding := base64.StdEncoding
	if strings.ContainsAny(plain.Payload, "-_") {
		encoding = base64.URLEncoding
	}
	payload, err := encoding.DecodeString(plain.Payload)
	if err != nil || string(payload) != string(ev.Envelope.Payload) || plain.PayloadType != ev.Envelope.PayloadType ||
		len(plain.Signatures) != len(ev.Envelope.Signatures) {
		t.Fatalf("a plain reader sees %+v, %v", plain, err)
	}
	if ev.Statement == nil {
		return
	}
	var statement struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
		Subject       []struct {
			Name   string            `json:"name"`
			Digest map[string]string `json:"digest"`
		} `json:"subject"`
	}
	if err := json.Unmarshal(payload, &statement); err != nil {
		t.Fatal(err)
	}
	if statement.Type != ev.Statement.Type || statement.PredicateType != ev.Statement.PredicateType ||
		len(statement.Subject) != len(ev.Statement.Subject) {
		t.Fatalf("a plain reader sees %+v", statement)
	}
	for i, subject := range statement.Subject {
		if subject.Name != ev.Statement.Subject[i].Name || len(subject.Digest) != len(ev.Statement.Subject[i].Digest) {
			t.Fatalf("a plain reader sees subject %+v", subject)
		}
		for _, d := range ev.Statement.Subject[i].Digest {
			if !strings.EqualFold(subject.Digest[d.Algorithm()], d.Encoded()) {
				t.Fatalf("a plain reader sees subject %+v", subject)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	addEvidence(f, "*.json")
	f.Add([]byte(envelope(statement)))
	f.Fuzz(func(t *testing.T, raw []byte) { checkParse(t, attestor.Parse, raw) })
}

func FuzzParseEnvelope(f *testing.F) {
	addEvidence(f, "envelope*.json")
	f.Add([]byte(envelope(statement)))
	f.Add([]byte(`{"payloadType":"t","payload":"-_-_","signatures":[{"sig":"AQ=="}],"x":[1e5,-0.1,"\ud83d\ude00",true,null]}`))
	f.Fuzz(func(t *testing.T, raw []byte) { checkParse(t, attestor.ParseEnvelope, raw) })
}

func FuzzParseBundle(f *testing.F) {
	addEvidence(f, "bundle*.json")
	f.Add([]byte(`{"mediaType":"` + bundle03 + `","verificationMaterial":{"publicKey":{"hint":"k"}},"dsseEnvelope":` + envelope(statement) + `}`))
	f.Fuzz(func(t *testing.T, raw []byte) { checkParse(t, attestor.ParseBundle, raw) })
}

func FuzzStatement(f *testing.F) {
	f.Add([]byte(statement))
	for _, name := range []string{"envelope.json", "envelope-2-signatures.json", "bundle-v0.1.json", "bundle-v0.3.json"} {
		ev, err := attestor.Parse([]byte(testdata(f, name)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ev.Envelope.Payload)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		checkParse(t, attestor.ParseEnvelope, []byte(envelope(string(payload))))
	})
}
