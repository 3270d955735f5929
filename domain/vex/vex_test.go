package vex_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/vex"
)

// replaced returns the document with another text in one place.
func replaced(t testing.TB, document, old, with string) string {
	t.Helper()
	require.Contains(t, document, old)
	return strings.Replace(document, old, with, 1)
}

func requireRefused(t *testing.T, raw, field, problem string) {
	t.Helper()
	d, err := vex.Parse([]byte(raw))
	require.Nil(t, d)
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, field, invalid.Field, invalid)
	require.Contains(t, invalid.Problem, problem)
	require.NotEmpty(t, invalid.Allowed)
}

func TestParseRefusesWhatIsNoVEX(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, field, problem string }{
		"nothing":   {"", "content", "ends where a value belongs"},
		"spaces":    {"  ", "content", "ends where a value belongs"},
		"an array":  {"[]", "content", "it is an array"},
		"a text":    {`"x"`, "content", "it is a string"},
		"XML":       {"\n<bom/>", "content", "it is XML"},
		"something": {`{"a":1}`, "content", "none of @context, document and bomFormat"},
		"null":      {`{"@context":null}`, "content", "none of @context, document and bomFormat"},
		"envelope":  {`{"payloadType":"x","payload":""}`, "content", "a DSSE envelope"},
		"statement": {`{"predicateType":"x","predicate":{}}`, "content", "an in-toto Statement"},
		"SPDX":      {`{"spdxVersion":"SPDX-2.3"}`, "content", "SPDX"},
		"nesting":   {strings.Repeat(`[`, vex.MaxNesting+1), strings.Repeat("[0]", vex.MaxNesting), "nested deeper"},
		"UTF-8":     {"{\"@context\":\"\xff\"}", "content", "is not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRefused(t, c.raw, c.field, c.problem)
		})
	}
	_, err := vex.Parse(make([]byte, vex.MaxSize+1))
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, fault.Invalid{Field: "content", Allowed: "at most 67108864 bytes", Problem: "it has more"}, *invalid)
}

func TestParsePredicate(t *testing.T) {
	t.Parallel()
	old := `{"@context":"https://openvex.dev/ns","@id":"a","author":"b","timestamp":"2026-01-31T12:00:00Z","version":"1","statements":[{"vulnerability":"CVE-1","status":"fixed"}]}`
	for _, c := range []struct{ predicateType, raw, field, problem string }{
		{"https://openvex.dev/ns", openVEX, "", ""},
		{"https://openvex.dev/ns/v0.2.0", openVEX, "", ""},
		{"https://openvex.dev/ns", old, "", ""},
		{"https://openvex.dev/ns/v0.0.1", old, "", ""},
		{"https://cyclonedx.org/bom", cycloneDX, "", ""},
		{"https://cyclonedx.org/bom/v1.6", cycloneDX, "", ""},
		{"https://cyclonedx.org/vex", cycloneDX, "", ""},
		{"https://openvex.dev/ns/v0.2.0", old, "content", "it is openvex 0.0.1"},
		{"https://openvex.dev/ns", cycloneDX, "content", "it is cyclonedx 1.6"},
		{"https://cyclonedx.org/bom/v1.5", cycloneDX, "content", "it is cyclonedx 1.6"},
		{"https://cyclonedx.org/bom", csaf, "content", "it is csaf 2.0"},
		{"https://cyclonedx.org/bombast", cycloneDX, "predicateType", "bombast"},
		{"https://openvex.dev/ns@v0.2.0", openVEX, "predicateType", "ns@v0.2.0"},
		{"https://slsa.dev/provenance/v1", openVEX, "predicateType", "slsa.dev"},
		{"", openVEX, "predicateType", `it is ""`},
		{"https://openvex.dev/ns", "{}", "content", "it has none of"},
	} {
		d, err := vex.ParsePredicate(c.predicateType, []byte(c.raw))
		if c.field == "" {
			require.NoError(t, err, c.predicateType)
			alone, err := vex.Parse([]byte(c.raw))
			require.NoError(t, err)
			require.Equal(t, alone, d)
			continue
		}
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, c.predicateType)
		require.Equal(t, c.field, invalid.Field)
		require.Contains(t, invalid.Problem, c.problem)
	}
}

// many returns an OpenVEX document with n statements of one product each.
func many(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"@context":"https://openvex.dev/ns/v0.2.0","@id":"a","author":"b","timestamp":"2026-01-31T12:00:00Z","version":1,"statements":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"vulnerability":{"name":"CVE-2026-%d"},"products":[{"@id":"pkg:apk/wolfi/package-%d@1.2.3-r%d?arch=x86_64","subcomponents":[{"@id":"pkg:golang/example.com/m%d@v1.2.3"}]}],"status":"not_affected","justification":"vulnerable_code_not_present"}`, i, i%100, i, i)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

func BenchmarkParse(b *testing.B) {
	raw := many(10_000)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := vex.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func TestParseBoundsStatements(t *testing.T) {
	t.Parallel()
	products := strings.Repeat(`{"@id":"x"},`, vex.MaxStatements)
	document := func(products string) string {
		return `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"a","author":"b","timestamp":"2026-01-31T12:00:00Z","version":1,"statements":[
			{"vulnerability":{"name":"CVE-1"},"status":"fixed","products":[` + products + `]}]}`
	}
	d, err := vex.Parse([]byte(document(strings.TrimSuffix(products, ","))))
	require.NoError(t, err)
	require.Len(t, d.Statements, vex.MaxStatements)
	requireRefused(t, document(products+`{"@id":"x"}`), "statements[0].products[100000]", "there are more")
}

func TestParseBoundsProblems(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range vex.MaxProblems + 1 {
		fmt.Fprintf(&b, `"x%d":1,`, i)
	}
	requireRefused(t, replaced(t, openVEX, `"@id":"https://example.com/vex/1",`, b.String()), "x10000", "there are more")
}

// What the document says does not hang on white space, on the order of members, or on
// who reads it again.
func TestParseIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z]{1,8}`)
		var want []said
		statements := []any{}
		for i := range rapid.IntRange(1, 5).Draw(t, "statements") {
			status := rapid.SampledFrom([]vex.Status{vex.NotAffected, vex.Affected, vex.Fixed, vex.UnderInvestigation}).Draw(t, "status")
			s := map[string]any{"vulnerability": map[string]any{"name": "CVE-" + word.Draw(t, "cve")}, "status": status}
			justification := vex.Justification("")
			switch status {
			case vex.NotAffected:
				justification = vex.InlineMitigationsAlreadyExist
				s["justification"] = justification
			case vex.Affected:
				s["action_statement"] = word.Draw(t, "action")
			}
			products := []any{}
			for j := range rapid.IntRange(1, 5).Draw(t, "products") {
				purl := "pkg:npm/" + word.Draw(t, "name") + "@1." + fmt.Sprint(j)
				products = append(products, map[string]any{"@id": purl})
				want = append(want, said{fmt.Sprintf("statements[%d].products[%d]", i, j), s["vulnerability"].(map[string]any)["name"].(string), purl, status, justification})
			}
			s["products"] = products
			statements = append(statements, s)
		}
		document := map[string]any{
			"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "y", "version": 1, "timestamp": "2026-01-31T12:00:00Z", "statements": statements,
		}
		sorted, err := json.Marshal(document)
		require.NoError(t, err)
		first, err := vex.Parse(sorted)
		require.NoError(t, err)
		require.Equal(t, want, saidBy(first))
		require.Empty(t, first.Problems)
		again, err := vex.Parse(sorted)
		require.NoError(t, err)
		require.Equal(t, first, again)
		// Statements first, and white space.
		rest := bytes.TrimSuffix(bytes.TrimPrefix(sorted, []byte("{")), []byte("}"))
		at := bytes.Index(rest, []byte(`,"statements":`))
		end := bytes.LastIndex(rest, []byte(`,"timestamp"`))
		other := fmt.Sprintf("{ %s , %s%s }", rest[at+1:end], rest[:at], rest[end:])
		moved, err := vex.Parse([]byte(strings.ReplaceAll(other, `","`, "\" ,\n\t\"")))
		require.NoError(t, err)
		require.NotEqual(t, first.SHA256, moved.SHA256)
		require.Equal(t, first.Statements, moved.Statements)
	})
}

// One assessment in three formats is one statement.
func TestFormatsAgree(t *testing.T) {
	t.Parallel()
	documents := []string{
		`{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Acme","version":1,"timestamp":"2026-01-31T12:00:00Z","statements":[
			{"vulnerability":{"name":"CVE-2026-1"},"products":[{"@id":"pkg:NPM/a@1"}],"status":"not_affected","justification":"vulnerable_code_not_present","impact_statement":"Removed."}]}`,
		csafWith(`{"cve":"CVE-2026-1","product_status":{"known_not_affected":["A"]},"flags":[{"label":"vulnerable_code_not_present","product_ids":["A"]}],
			"threats":[{"category":"impact","details":"Removed.","product_ids":["A"]}]}`),
		`{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"metadata":{"timestamp":"2026-01-31T12:00:00Z","authors":[{"name":"Acme"}]},
			"components":[{"bom-ref":"a","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1"}],
			"vulnerabilities":[{"id":"CVE-2026-1","analysis":{"state":"not_affected","justification":"code_not_present","detail":"Removed."},"affects":[{"ref":"a"}]}]}`,
	}
	for _, raw := range documents {
		d, err := vex.Parse([]byte(raw))
		require.NoError(t, err)
		require.Empty(t, d.Problems)
		require.Len(t, d.Statements, 1)
		s := d.Statements[0]
		require.Equal(t, "Acme", d.Author)
		require.Equal(t, "1", d.Revision)
		require.Equal(t, said{s.Path, "CVE-2026-1", "pkg:npm/a@1", vex.NotAffected, vex.VulnerableCodeNotPresent}, saidBy(d)[0])
		require.Equal(t, "Removed.", s.ImpactStatement)
		require.Equal(t, "2026-01-31 12:00:00 +0000 UTC", s.Issued.String())
	}
}

// The bytes can be handed on to somebody who changes them.
func TestDocumentSharesNoMemoryWithItsBytes(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{openVEX, csaf, cycloneDX} {
		b := []byte(raw)
		d, err := vex.Parse(b)
		require.NoError(t, err)
		for i := range b {
			b[i] = 'x'
		}
		want, err := vex.Parse([]byte(raw))
		require.NoError(t, err)
		require.Equal(t, want, d)
	}
}
