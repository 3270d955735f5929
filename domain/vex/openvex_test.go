package vex_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/domain/vex"
)

const openVEX = `{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/vex/1","author":"Acme","role":"vendor",
 "timestamp":"2026-01-31T12:00:00+01:00","last_updated":"2026-02-01T00:00:00Z","version":3,"tooling":"vexctl","statements":[
 {"@id":"https://example.com/vex/1#a","vulnerability":{"@id":"https://example.com/v","name":"CVE-2026-1","aliases":["GHSA-1","SNYK-1"]},
  "products":[{"@id":"pkg:pypi/Left_Pad@1.3.0","hashes":{"sha-256":"` + zeros + `","blake2b-512":"zz"},
    "identifiers":{"purl":"pkg:pypi/left-pad@1.3.0?b=2&a=1","cpe23":"cpe:2.3:a:acme:left:1.3.0:*:*:*:*:*:*:*"},
    "subcomponents":[{"@id":"pkg:npm/inner@1"},{"identifiers":{"cpe22":"cpe:/a:acme:inner:1"}}]},
   {"identifiers":{"cpe22":"cpe:/a:acme:other:1"}},{"hashes":{"sha-256":"` + zeros + `"}},{"@id":"nginx"}],
  "status":"not_affected","justification":"component_not_present","impact_statement":"Removed.","status_notes":"Looked.",
  "timestamp":"2026-01-30T00:00:00.123456789Z","last_updated":"2026-01-30T01:00:00Z"},
 {"vulnerability":{"name":"CVE-2026-2"},"products":[{"@id":"pkg:npm/a@1"}],"status":"affected","action_statement":"Update.",
  "action_statement_timestamp":"2026-01-29T00:00:00Z"}]}`

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func TestParseOpenVEX(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse([]byte(openVEX))
	require.NoError(t, err)
	require.Equal(t, []string{"0.2.0", "https://example.com/vex/1", "Acme", "vendor", "3", "vexctl"},
		[]string{d.SpecVersion, d.ID, d.Author, d.Role, d.Revision, d.Tooling})
	require.Equal(t, "2026-01-31 11:00:00 +0000 UTC", d.Issued.String())
	require.Equal(t, "2026-02-01 00:00:00 +0000 UTC", d.LastUpdated.String())
	require.Equal(t, []said{
		{"statements[0].products[0]", "CVE-2026-1", "pkg:pypi/left-pad@1.3.0", vex.NotAffected, vex.ComponentNotPresent},
		{"statements[0].products[1]", "CVE-2026-1", "cpe:/a:acme:other:1", vex.NotAffected, vex.ComponentNotPresent},
		{"statements[0].products[2]", "CVE-2026-1", "sha256:" + zeros, vex.NotAffected, vex.ComponentNotPresent},
		{"statements[0].products[3]", "CVE-2026-1", "nginx", vex.NotAffected, vex.ComponentNotPresent},
		{"statements[1].products[0]", "CVE-2026-2", "pkg:npm/a@1", vex.Affected, ""},
	}, saidBy(d))
	s := d.Statements[0]
	require.Equal(t, "https://example.com/vex/1#a", s.ID)
	require.Equal(t, vex.Vulnerability{ID: "CVE-2026-1", IRI: "https://example.com/v", Aliases: []vex.Alias{{ID: "GHSA-1"}, {ID: "SNYK-1"}}}, s.Vulnerability)
	require.Equal(t, "pkg:pypi/Left_Pad@1.3.0", s.Product.ID, "as the document has it")
	require.Equal(t, []sbom.Package{
		{PURL: "pkg:pypi/left-pad@1.3.0", Type: "pypi", Key: "pkg:pypi/left-pad", Version: "1.3.0"},
		{PURL: "pkg:pypi/left-pad@1.3.0?a=1&b=2", Type: "pypi", Key: "pkg:pypi/left-pad", Version: "1.3.0", Qualified: true},
	}, s.Product.Packages)
	require.Equal(t, []string{"cpe:2.3:a:acme:left:1.3.0:*:*:*:*:*:*:*"}, s.Product.CPEs)
	require.Len(t, s.Product.Digests, 1)
	require.Len(t, s.Subcomponents, 2)
	require.Equal(t, "cpe:/a:acme:inner:1", s.Subcomponents[1].Identity())
	require.Empty(t, d.Statements[1].Subcomponents, "they are the first product's")
	require.Equal(t, []string{"Removed.", "", "Looked."}, []string{s.ImpactStatement, s.ActionStatement, s.StatusNotes})
	require.Equal(t, "2026-01-30 00:00:00.123456 +0000 UTC", s.Issued.String())
	require.Equal(t, "2026-01-30 01:00:00 +0000 UTC", s.LastUpdated.String())
	last := d.Statements[4]
	require.Equal(t, d.Issued, last.Issued)
	require.Equal(t, d.LastUpdated, last.LastUpdated)
	require.Equal(t, "2026-01-29 00:00:00 +0000 UTC", last.ActionIssued.String())
	require.Len(t, d.Problems, 1)
	require.Equal(t, "statements[0].products[0].hashes.blake2b-512", d.Problems[0].Field)
}

func TestParseOldOpenVEX(t *testing.T) {
	t.Parallel()
	for _, context := range []string{"https://openvex.dev/ns", "https://openvex.dev/ns/v0.0.1"} {
		d, err := vex.Parse([]byte(`{"@context":"` + context + `","@id":"a","author":"b","timestamp":"2026-01-31T12:00:00Z","version":"1","statements":[
			{"vulnerability":"CVE-2026-1","vuln_description":"x","products":["pkg:npm/a@1","pkg:npm/b@1"],"subcomponents":["pkg:npm/c@1"],
			 "status":"not_affected","justification":"vulnerable_code_not_present"},
			{"vulnerability":"CVE-2026-1","subcomponents":["pkg:npm/c@1"],"status":"fixed"}]}`))
		require.NoError(t, err)
		require.Equal(t, "0.0.1", d.SpecVersion)
		require.Equal(t, "1", d.Revision)
		require.Empty(t, d.Problems)
		require.Equal(t, []said{
			{"statements[0].products[0]", "CVE-2026-1", "pkg:npm/a@1", vex.NotAffected, vex.VulnerableCodeNotPresent},
			{"statements[0].products[1]", "CVE-2026-1", "pkg:npm/b@1", vex.NotAffected, vex.VulnerableCodeNotPresent},
			{"statements[1]", "CVE-2026-1", "", vex.Fixed, ""},
		}, saidBy(d))
		for _, s := range d.Statements {
			require.Len(t, s.Subcomponents, 1)
			require.Equal(t, "pkg:npm/c@1", s.Subcomponents[0].Identity())
		}
	}
}

func TestParseRefusesOpenVEX(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, with, field, problem string }{
		"unknown version":         {"ns/v0.2.0", "ns/v0.3.0", "@context", `it is "https://openvex.dev/ns/v0.3.0"`},
		"other JSON-LD":           {"https://openvex.dev/ns/v0.2.0", "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@context", "spdx.org"},
		"unknown status":          {`"affected"`, `"vulnerable"`, "statements[1].status", `it is "vulnerable"`},
		"status of another case":  {`"affected"`, `"Affected"`, "statements[1].status", `it is "Affected"`},
		"no status":               {`"status":"affected",`, ``, "statements[1].status", "it is missing"},
		"unknown justification":   {`"component_not_present"`, `"because"`, "statements[0].justification", `it is "because"`},
		"no reason":               {`"justification":"component_not_present","impact_statement":"Removed.",`, ``, "statements[0].justification", "neither"},
		"reason for affected":     {`"action_statement":"Update."`, `"action_statement":"Update.","justification":"component_not_present"`, "statements[1].justification", "the status is affected"},
		"no action":               {`"action_statement":"Update.",`, ``, "statements[1].action_statement", "it is missing"},
		"no vulnerability":        {`"vulnerability":{"name":"CVE-2026-2"},`, ``, "statements[1].vulnerability", "it is missing"},
		"vulnerability no name":   {`{"name":"CVE-2026-2"}`, `{"@id":"x"}`, "statements[1].vulnerability.name", "it is missing"},
		"empty name":              {`{"name":"CVE-2026-2"}`, `{"name":""}`, "statements[1].vulnerability.name", "it is empty"},
		"text as vulnerability":   {`{"name":"CVE-2026-2"}`, `"CVE-2026-2"`, "statements[1].vulnerability", "it is a string"},
		"text as product":         {`[{"@id":"pkg:npm/a@1"}]`, `["pkg:npm/a@1"]`, "statements[1].products[0]", "it is a string"},
		"product of nothing":      {`[{"@id":"pkg:npm/a@1"}]`, `[{"supplier":"x"}]`, "statements[1].products[0]", "none that can be read"},
		"products no array":       {`[{"@id":"pkg:npm/a@1"}]`, `{"@id":"pkg:npm/a@1"}`, "statements[1].products", "it is an object"},
		"old subcomponents":       {`"status":"affected"`, `"subcomponents":["pkg:npm/x@1"],"status":"affected"`, "statements[1].subcomponents", "they are in the statement"},
		"time without zone":       {"2026-01-30T01:00:00Z", "2026-01-30T01:00:00", "statements[0].last_updated", `it is "2026-01-30T01:00:00"`},
		"number as time":          {`"2026-01-31T12:00:00+01:00"`, `7`, "timestamp", "it is a number"},
		"fraction as version":     {`"version":3`, `"version":3.5`, "version", `it is "3.5"`},
		"number as author":        {`"Acme"`, `7`, "author", "it is a number"},
		"NUL":                     {`"Acme"`, `"A\u0000"`, "author", ""},
		"twice":                   {`"status":"affected"`, `"status":"affected","status":"fixed"`, "statements[1].status", "twice"},
		"another case":            {`"status":"affected"`, `"status":"affected","Status":"fixed"`, "statements[1].Status", "case-sensitive"},
		"long name":               {"CVE-2026-2", strings.Repeat("x", vex.MaxIDLength+1), "statements[1].vulnerability.name", "it has 2049"},
		"long text":               {"Update.", strings.Repeat("x", vex.MaxTextLength+1), "statements[1].action_statement", "it has 65537"},
		"statement no object":     {`{"vulnerability":{"name":"CVE-2026-2"}`, `7,{"vulnerability":{"name":"CVE-2026-2"}`, "statements[1]", "it is a number"},
		"something behind":        {`"action_statement_timestamp":"2026-01-29T00:00:00Z"}]}`, `"x":1}]}{}`, "content", "follows"},
		"statements no array":     {`"statements":[`, `"statements":{},"x":[`, "statements", "it is an object"},
		"no statements":           {`"statements":[`, `"x":[`, "statements", "it is missing"},
		"alias no text":           {`"SNYK-1"`, `7`, "statements[0].vulnerability.aliases[1]", "it is a number"},
		"digest no text":          {`"zz"`, `7`, "statements[0].products[0].hashes.blake2b-512", "it is a number"},
		"many subcomponents":      {`[{"@id":"pkg:npm/inner@1"}`, `[` + strings.Repeat(`{"@id":"x"},`, vex.MaxPerStatement) + `{"@id":"x"}`, "statements[0].products[0].subcomponents[1000]", "there are more"},
		"fields of two formats":   {`"role":"vendor"`, `"bomFormat":"CycloneDX"`, "content", "several formats"},
		"empty statements":        {`"statements":[`, `"statements":[],"x":[`, "content", "it has none"},
		"status null":             {`"status":"affected"`, `"status":null`, "statements[1].status", "it is missing"},
		"subcomponent of nothing": {`{"@id":"pkg:npm/inner@1"}`, `{}`, "statements[0].products[0].subcomponents[0]", "none that can be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRefused(t, replaced(t, openVEX, c.old, c.with), c.field, c.problem)
		})
	}
}

// Whoever misspells a member that narrows a statement says more than he means to.
func TestUnknownMembersOfOpenVEXAreProblems(t *testing.T) {
	t.Parallel()
	raw := replaced(t, openVEX, `{"@id":"nginx"}`, `{"@id":"nginx","subcomponent":[{"@id":"pkg:npm/x@1"}]}`)
	raw = strings.Replace(raw, `"role":"vendor"`, `"rôle":"vendor"`, 1)
	d, err := vex.Parse([]byte(raw))
	require.NoError(t, err)
	require.Len(t, d.Problems, 3)
	require.Equal(t, `["r\u00f4le"]`, d.Problems[0].Field)
	require.Equal(t, "statements[0].products[3].subcomponent", d.Problems[2].Field)
}

// A package URL that is none stays what the product is called.
func TestWrongPackageURLIsAProblem(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse([]byte(replaced(t, openVEX, "pkg:npm/a@1", "pkg:npm")))
	require.NoError(t, err)
	require.Equal(t, "pkg:npm", d.Statements[4].Product.Identity())
	require.Empty(t, d.Statements[4].Product.Packages)
	require.Len(t, d.Problems, 2)
	require.Equal(t, "statements[1].products[0].@id", strings.NewReplacer(`["`, ".", `"]`, "").Replace(d.Problems[1].Field))
}

// The subcomponents of an old statement are those of each of its products, besides its own.
func TestProductsDoNotShareTheirOwnSubcomponents(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse([]byte(`{"@context":"https://openvex.dev/ns","@id":"a","author":"b","timestamp":"2026-01-31T12:00:00Z","version":"1","statements":[
		{"vulnerability":"CVE-2026-1","status":"fixed","subcomponents":["1","2","3"],
		 "products":[{"@id":"a","subcomponents":[{"@id":"of a"}]},{"@id":"b","subcomponents":[{"@id":"of b"}]},"c"]}]}`))
	require.NoError(t, err)
	var all [][]string
	for _, s := range d.Statements {
		var ids []string
		for _, p := range s.Subcomponents {
			ids = append(ids, p.ID)
		}
		all = append(all, ids)
	}
	require.Equal(t, [][]string{{"1", "2", "3", "of a"}, {"1", "2", "3", "of b"}, {"1", "2", "3"}}, all)
}
