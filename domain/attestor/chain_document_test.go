package attestor

import (
	"testing"

	"github.com/gowebpki/jcs"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/proofchain"
)

func TestDocumentsAreKeptInTheFormOfRFC8785(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		// RFC 8785, section 3.2.2.
		`{
		  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
		  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
		  "literals": [null, true, false]
		}`: `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		// Section 3.2.3: names in the order of UTF-16 code units.
		`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`: "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		" { } ": `{}`,
		`{"a":-0,"b":9007199254740991,"c":"\b\t\n\f\r\u000b\u001f\u007f"}`: "{\"a\":0,\"b\":9007199254740991,\"c\":\"\\b\\t\\n\\f\\r\\u000b\\u001f\u007f\"}",
	} {
		got, err := canonicalDocument("segments[0]", ChainSegment{Kind: proofchain.VEX, Content: []byte(in)})
		require.NoError(t, err)
		require.Equal(t, want, string(got))
		again, err := canonicalDocument("segments[0]", ChainSegment{Kind: proofchain.VEX, Content: got, Digest: digest.Sum(got)})
		require.NoError(t, err)
		require.Equal(t, want, string(again))
	}
}

func TestDocumentsThatCannotBeKeptAsTheyAreAreRefused(t *testing.T) {
	t.Parallel()
	for in, field := range map[string]string{
		`{"a":9007199254740993}`:      "segments[3].content.a",
		`{"a":[1,-9007199254740992]}`: "segments[3].content.a[1]",
		`{"a":1e999}`:                 "segments[3].content.a",
		`{"a":1,"a":2}`:               "segments[3].content.a",
		`{"a":"\ud800"}`:              "segments[3].content.a",
		`[]`:                          "segments[3].content",
		`"text"`:                      "segments[3].content",
		``:                            "segments[3].content",
		`{} {}`:                       "segments[3].content",
	} {
		_, err := canonicalDocument("segments[3]", ChainSegment{Kind: proofchain.VEX, Content: []byte(in)})
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, in)
		require.Equal(t, field, invalid.Field, in)
	}
	for _, kind := range []proofchain.Kind{proofchain.SBOM, proofchain.Evidence} {
		_, err := canonicalDocument("segments[3]", ChainSegment{Kind: kind, Content: []byte(`{}`)})
		require.ErrorIs(t, err, fault.ErrInvalid)
	}
	_, err := canonicalDocument("segments[3]", ChainSegment{Kind: proofchain.VEX, Content: []byte(`{}`), Digest: digest.Sum([]byte("other"))})
	require.ErrorContains(t, err, "segments[3].digest")
}

// What we make of a document is what the reference implementation makes of it.
func FuzzCanonicalDocument(f *testing.F) {
	for _, seed := range []string{`{"b":[1e21,1E-7,0.1,-0,true,null],"a":{"\ud83d\ude00":"\u000b","\ufb33":"é\\"}}`, `{}`, `{"a":{"b":{"c":[[]]}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := canonicalDocument("segments[0]", ChainSegment{Kind: proofchain.Verdict, Content: raw})
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		want, err := jcs.Transform(raw)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}
