package attestor_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
)

func TestParseStatementRefuses(t *testing.T) {
	t.Parallel()
	in := func(old, new string) string { return replace(t, statement, old, new) }
	subject := func(s string) string { return in(`{"name":"app","digest":{"sha256":"`+hello+`"}}`, s) }
	digests := func(s string) string { return subject(`{"digest":` + s + `}`) }
	one := `{"digest":{"sha256":"` + hello + `"}}`
	for _, c := range []struct{ name, payload, field string }{
		{"empty", "", "payload"},
		{"garbage", "garbage", "payload"},
		{"array", "[]", "payload"},
		{"not UTF-8", in("app", "\xff"), "payload"},
		{"trailing value", statement + statement, "payload"},
		{"too deep", in("null", strings.Repeat("[", 126)+strings.Repeat("]", 126)), "payload.predicate.a[1].b" + strings.Repeat("[0]", 124)},
		{"subject twice", in(`{`, `{"subject":[],`), "payload.subject"},
		{"Subject too", in(`{`, `{"Subject":[],`), "payload.Subject"},
		{"name twice in the predicate", in(`"b":null`, `"b":1,"b":2`), "payload.predicate.a[1].b"},
		{"no _type", in(`"_type"`, `"type"`), "payload._type"},
		{"other _type", in(`Statement/v1`, `Statement/v2`), "payload._type"},
		{"no predicateType", in(`"predicateType":"https://example.com/p/v1",`, ``), "payload.predicateType"},
		{"empty predicateType", in(`https://example.com/p/v1`, ``), "payload.predicateType"},
		{"NUL in predicateType", in(`https://example.com/p/v1`, `\u0000`), "payload.predicateType"},
		{"long predicateType", in(`example.com`, strings.Repeat("x", attestor.MaxTextLength)), "payload.predicateType"},
		{"predicate of another kind", in(`{"a":[1,{"b":null}]}`, `"x"`), "payload.predicate"},
		{"no subject", in(`"subject"`, `"subjects"`), "payload.subject"},
		{"subject of another kind", in(`"subject":[`, `"subject":{},"x":[`), "payload.subject"},
		{"empty subject", subject(``), "payload.subject"},
		{"too many subjects", subject(strings.Repeat(one+",", attestor.MaxSubjects) + one), "payload.subject"},
		{"null subject", subject(`null`), "payload.subject[0]"},
		{"name of another kind", subject(`{"name":1,"digest":{}}`), "payload.subject[0].name"},
		{"NUL in name", in(`"app"`, `"a\u0000"`), "payload.subject[0].name"},
		{"long name", in(`"app"`, `"`+strings.Repeat("n", attestor.MaxTextLength+1)+`"`), "payload.subject[0].name"},
		{"Digest", subject(`{"Digest":{"sha256":"` + hello + `"}}`), "payload.subject[0].Digest"},
		{"no digest", subject(`{"name":"app"}`), "payload.subject[0].digest"},
		{"digest of another kind", digests(`"sha256:` + hello + `"`), "payload.subject[0].digest"},
		{"empty digest", digests(`{}`), "payload.subject[0].digest"},
		{"no digest in the second", subject(one + `,{"digest":{}}`), "payload.subject[1].digest"},
		{"digest twice", digests(`{"sha256":"` + hello + `","sha256":"` + hello + `"}`), "payload.subject[0].digest.sha256"},
		{"short digest", digests(`{"sha256":"2cf2"}`), "payload.subject[0].digest.sha256"},
		{"digest not in hexadecimal", digests(`{"sha1":"` + strings.Repeat("g", 40) + `"}`), "payload.subject[0].digest.sha1"},
		{"digest that is a number", digests(`{"sha1":1}`), "payload.subject[0].digest.sha1"},
		{"nameless algorithm", digests(`{"":"1"}`), `payload.subject[0].digest[""]`},
		{"NUL in a digest", digests(`{"dirHash":"\u0000"}`), "payload.subject[0].digest.dirHash"},
		{"too many digests", digests("{" + strings.TrimSuffix(manyDigests(33), ",") + "}"), "payload.subject[0].digest"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := attestor.Parse([]byte(envelope(c.payload)))
			requireInvalid(t, err, c.field)
		})
	}
}

func manyDigests(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"a%d":"x",`, i)
	}
	return b.String()
}

// A name that differs from a known one only in case is refused at the levels
// that are read, not in what is kept as it is.
func TestParseStatementIgnoresCaseInPredicate(t *testing.T) {
	t.Parallel()
	ev, err := attestor.Parse([]byte(envelope(replace(t, statement, `"b":null`, `"Subject":1,"subject":2`))))
	require.NoError(t, err)
	require.JSONEq(t, `{"a":[1,{"Subject":1,"subject":2}]}`, string(ev.Statement.Predicate))
}
