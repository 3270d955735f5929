package attestor_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

const (
	hello     = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
	statement = `{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://example.com/p/v1",` +
		`"subject":[{"name":"app","digest":{"sha256":"` + hello + `"}}],"predicate":{"a":[1,{"b":null}]}}`
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// envelope returns a DSSE envelope around an in-toto payload.
func envelope(payload string) string {
	return `{"payloadType":"application/vnd.in-toto+json","payload":"` + b64(payload) + `","signatures":[{"keyid":"k","sig":"AQID"}]}`
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return string(raw)
}

// compact returns the JSON of a file without white space.
func compact(t testing.TB, name string) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, []byte(testdata(t, name))))
	return b.String()
}

// replace is strings.Replace that fails when there is nothing to replace.
func replace(t testing.TB, s, old, new string) string {
	t.Helper()
	if !strings.Contains(s, old) {
		t.Fatalf("there is no %s to replace", old)
	}
	return strings.Replace(s, old, new, 1)
}

func requireInvalid(t *testing.T, err error, field string) {
	t.Helper()
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, field, invalid.Field, err)
	require.NotEmpty(t, invalid.Allowed)
	require.Less(t, len(err.Error()), 1000)
}

func TestParseEnvelope(t *testing.T) {
	t.Parallel()
	raw := []byte("\n " + envelope(statement) + "\n")
	ev, err := attestor.Parse(raw)
	require.NoError(t, err)
	want := string(raw)
	raw[len(raw)/2] = 'X'
	require.Equal(t, []byte(want), ev.Content, "evidence shares no memory with what it was parsed from")
	require.Equal(t, digest.Sum([]byte(want)), ev.SHA256)
	require.Equal(t, attestor.MediaTypeDSSE, ev.MediaType)
	require.Equal(t, attestor.PayloadTypeInToto, ev.Envelope.PayloadType)
	require.Equal(t, []byte(statement), ev.Envelope.Payload)
	require.Equal(t, digest.Sum([]byte(statement)), ev.Envelope.PayloadSHA256)
	require.Equal(t, []attestor.Signature{{KeyID: "k", Sig: []byte{1, 2, 3}}}, ev.Envelope.Signatures)

	sha256, err := digest.New("sha256", hello)
	require.NoError(t, err)
	require.Equal(t, &attestor.Statement{
		Type:          attestor.StatementTypeV1,
		PredicateType: "https://example.com/p/v1",
		Subject:       []attestor.Subject{{Name: "app", Digest: []digest.Digest{sha256}}},
		Predicate:     []byte(`{"a":[1,{"b":null}]}`),
	}, ev.Statement)
}

func TestParseEnvelopeAccepts(t *testing.T) {
	t.Parallel()
	const sha1 = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
	for name, raw := range map[string]string{
		"no keyid":               replace(t, envelope(statement), `"keyid":"k",`, ``),
		"Statement v0.1":         envelope(replace(t, statement, "Statement/v1", "Statement/v0.1")),
		"no predicate":           envelope(replace(t, statement, `,"predicate":{"a":[1,{"b":null}]}`, ``)),
		"null predicate":         envelope(replace(t, statement, `{"a":[1,{"b":null}]}`, `null`)),
		"subject without name":   envelope(replace(t, statement, `"name":"app",`, ``)),
		"unknown digest":         envelope(replace(t, statement, `"sha256":"`+hello, `"dirHash":"h1:x`)),
		"NUL in the predicate":   envelope(replace(t, statement, `null`, `"\u0000"`)),
		"escaped names":          replace(t, envelope(statement), `"payload"`, `"p\u0061yload"`),
		"unknown fields":         replace(t, envelope(replace(t, statement, `{`, `{"x":1,`)), `{`, `{"x":{"payload":1},`),
		"escaped slashes":        strings.ReplaceAll(envelope(statement), "/", `\/`),
		"URL-safe base64":        replace(t, envelope(statement), `"AQID"`, `"-_-_"`),
		"pairs of surrogates":    envelope(replace(t, statement, `"app"`, `"\ud83d\ude00"`)),
		"several digests":        envelope(replace(t, statement, `{"sha256"`, `{"zzz":"1","sha1":"`+sha1+`","sha256"`)),
		"as deep as is accepted": envelope(replace(t, statement, `null`, strings.Repeat("[", 124)+strings.Repeat("]", 124))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ev, err := attestor.Parse([]byte(raw))
			require.NoError(t, err)
			require.NotNil(t, ev.Statement)
			for _, subject := range ev.Statement.Subject {
				for i, d := range subject.Digest[1:] {
					require.Less(t, subject.Digest[i].Algorithm(), d.Algorithm())
				}
			}
		})
	}
}

// Payloads of other types are kept as they are.
func TestParseEnvelopeOtherPayload(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{"", "x", "\x00\xff"} {
		ev, err := attestor.Parse([]byte(`{"payloadType":"text/plain","payload":"` + b64(payload) + `","signatures":[{"sig":"AQ=="}]}`))
		require.NoError(t, err)
		require.Equal(t, payload, string(ev.Envelope.Payload))
		require.Nil(t, ev.Statement)
	}
}

func TestParseEnvelopeRefuses(t *testing.T) {
	t.Parallel()
	good := envelope(statement)
	in := func(old, new string) string { return replace(t, good, old, new) }
	sig := func(s string) string { return in(`"AQID"`, s) }
	for _, c := range []struct{ name, raw, field string }{
		{"nothing", "", "content"},
		{"garbage", "\x1f\x8b\x08", "content"},
		{"text", "hello", "content"},
		{"array", "[" + good + "]", "content"},
		{"null", "null", "content"},
		{"cut off", good[:len(good)-1], "content"},
		{"cut off in a string", good[:len(good)-5], "signatures[0].sig"},
		{"too large", good + strings.Repeat(" ", attestor.MaxContentSize), "content"},
		{"trailing value", good + "{}", "content"},
		{"trailing NUL", good + "\x00", "content"},
		{"byte order mark", "\ufeff" + good, "content"},
		{"UTF-16", "\xff\xfe{\x00", "content"},
		{"not UTF-8", in(`"k"`, "\"\xff\""), "content"},
		{"too deep", in(`{`, `{"x":`+strings.Repeat("[", attestor.MaxNesting)+strings.Repeat("]", attestor.MaxNesting)+`,`),
			"x" + strings.Repeat("[0]", attestor.MaxNesting-1)},
		{"leading zero", in(`{`, `{"x":01,`), "content"},
		{"lone fraction", in(`{`, `{"x":1.,`), "x"},
		{"NaN", in(`{`, `{"x":NaN,`), "x"},
		{"comma at the end", in(`}]}`, `}],}`), "content"},
		{"bad escape", in(`"k"`, `"\x"`), "signatures[0].keyid"},
		{"control character", in(`"k"`, "\"\n\""), "signatures[0].keyid"},
		{"lone surrogate", in(`"k"`, `"\ud800"`), "signatures[0].keyid"},
		{"lone low surrogate", in(`"k"`, `"\udc00x"`), "signatures[0].keyid"},

		{"payload twice", in(`{`, `{"payload":"",`), "payload"},
		{"payload twice, once escaped", in(`{`, `{"payloa\u0064":"",`), "payload"},
		{"unknown field twice", in(`{`, `{"x":1,"x":1,`), "x"},
		{"name twice, deep", in(`{`, `{"x":[{"y":1,"y":2}],`), "x[0].y"},
		{"name twice among many", in(`{`, `{`+manyMembers(40)+`"m7":0,`), "m7"},
		{"payload in another case", in(`{`, `{"Payload":"",`), "Payload"},
		{"signatures with a long s", in(`{`, `{"ſignatures":[],`), `["\u017fignatures"]`},
		{"sig in another case", in(`"sig"`, `"SIG"`), "signatures[0].SIG"},
		{"keyid in another case", in(`"keyid"`, `"keyID"`), "signatures[0].keyID"},

		{"no payloadType", in(`"payloadType":"application/vnd.in-toto+json",`, ``), "payloadType"},
		{"empty payloadType", in(`application/vnd.in-toto+json`, ``), "payloadType"},
		{"long payloadType", in(`application`, strings.Repeat("a", 256)), "payloadType"},
		{"NUL in payloadType", in(`application`, `a\u0000`), "payloadType"},
		{"payloadType of another kind", in(`"application/vnd.in-toto+json"`, `7`), "payloadType"},
		{"no payload", `{"payloadType":"x","signatures":[{"sig":"AQ=="}]}`, "payload"},
		{"null payload", `{"payloadType":"x","payload":null,"signatures":[{"sig":"AQ=="}]}`, "payload"},
		{"payload of another kind", `{"payloadType":"x","payload":{},"signatures":[{"sig":"AQ=="}]}`, "payload"},
		{"no signatures", `{"payloadType":"x","payload":""}`, "signatures"},
		{"null signatures", `{"payloadType":"x","payload":"","signatures":null}`, "signatures"},
		{"empty signatures", `{"payloadType":"x","payload":"","signatures":[]}`, "signatures"},
		{"too many signatures", in(`[{`, `[`+strings.Repeat(`{"sig":"AQ=="},`, attestor.MaxSignatures)+`{`), "signatures"},
		{"signature of another kind", in(`[{`, `["AQ==",{`), "signatures[0]"},
		{"no sig", in(`,"sig":"AQID"`, ``), "signatures[0].sig"},
		{"empty sig", sig(`""`), "signatures[0].sig"},
		{"empty second sig", in(`}]`, `},{"sig":""}]`), "signatures[1].sig"},
		{"large sig", sig(`"` + strings.Repeat("AAAA", attestor.MaxSignatureSize/3+1) + `"`), "signatures[0].sig"},
		{"null keyid", in(`"k"`, `null`), "signatures[0].keyid"},
		{"NUL in keyid", in(`"k"`, `"\u0000"`), "signatures[0].keyid"},
		{"long keyid", in(`"k"`, `"`+strings.Repeat("k", attestor.MaxTextLength+1)+`"`), "signatures[0].keyid"},

		{"base64 without padding", sig(`"AQ"`), "signatures[0].sig"},
		{"base64 with a line end", sig(`"AQ\nID"`), "signatures[0].sig"},
		{"base64 with a space", sig(`"AQID "`), "signatures[0].sig"},
		{"base64 with trailing bits", sig(`"AR=="`), "signatures[0].sig"},
		{"base64 in two alphabets", sig(`"+_+_"`), "signatures[0].sig"},
		{"base64 behind padding", sig(`"AQ==AQ=="`), "signatures[0].sig"},
		{"not base64", sig(`"?"`), "signatures[0].sig"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ev, err := attestor.ParseEnvelope([]byte(c.raw))
			requireInvalid(t, err, c.field)
			require.Nil(t, ev)
		})
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"m%d":0,`, i)
	}
	return b.String()
}

// What is an envelope to one reader and a bundle to another is neither.
func TestParseRefusesBothAndNeither(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{}`,
		`{"bomFormat":"CycloneDX"}`,
		replace(t, envelope(statement), `{`, `{"dsseEnvelope":{},`),
		replace(t, testdata(t, "bundle-v0.3.json"), `{`, `{"payload":"",`),
	} {
		_, err := attestor.Parse([]byte(raw))
		requireInvalid(t, err, "content")
	}
	_, err := attestor.Parse([]byte(replace(t, envelope(statement), `"payload"`, `"Payload"`)))
	requireInvalid(t, err, "Payload")
}

func TestParseRealEnvelopes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		signatures int
		predicate  string
		subject    string
	}{
		"envelope.json":              {1, "https://slsa.dev/provenance/v0.2", "sha256:9e183c89765d92a440f44ac7059385c778cbadad0ee8fe3208360efb07c0ba09"},
		"envelope-2-signatures.json": {2, "https://slsa.dev/provenance/v0.2", "foo:bar"},
	} {
		raw := testdata(t, name)
		ev, err := attestor.Parse([]byte(raw))
		require.NoError(t, err, name)
		require.Equal(t, raw, string(ev.Content))
		require.Len(t, ev.Envelope.Signatures, want.signatures)
		require.Equal(t, want.predicate, ev.Statement.PredicateType)
		require.Equal(t, want.subject, ev.Statement.Subject[0].Digest[0].String())
	}
}

// Every refusal is a *fault.Invalid, whatever the input.
func invalidOrNil(err error) bool {
	var invalid *fault.Invalid
	return err == nil || errors.As(err, &invalid) && invalid.Field != "" && invalid.Allowed != ""
}
