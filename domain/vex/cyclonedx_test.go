package vex_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/vex"
)

const cycloneDX = `{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":2,
 "metadata":{"timestamp":"2026-01-31T12:00:00Z","authors":[{"name":"Ann"}],"tools":{"components":[{"type":"application","group":"acme","name":"tool","version":"1"}]},
  "component":{"bom-ref":"app","type":"application","name":"app","version":"9"}},
 "components":[{"bom-ref":"a","type":"library","name":"a","version":"1","purl":"pkg:NPM/a@1","hashes":[{"alg":"SHA-256","content":"` + zeros + `"}],
   "components":[{"bom-ref":"in ner","type":"library","name":"inner","purl":"pkg:npm/inner@2"}]}],
 "services":[{"bom-ref":"s","name":"outer","services":[{"bom-ref":"api","name":"api","version":"3"}]}],
 "vulnerabilities":[
  {"id":"CVE-2026-1","source":{"name":"NVD"},"references":[{"id":"GHSA-1","source":{"name":"GitHub"}}],"recommendation":"Update.","workaround":"Wait.",
   "analysis":{"state":"exploitable","response":["update","workaround_available"],"detail":"Seen.","firstIssued":"2026-01-01T00:00:00Z","lastUpdated":"2026-01-02T00:00:00Z"},
   "affects":[{"ref":"a","versions":[{"version":"1"},{"range":"vers:npm/>=2","status":"unaffected"}]},{"ref":"in ner"},{"ref":"app"},{"ref":"api"},
    {"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#in%20ner"},{"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a"},
    {"ref":"urn:cdx:00000000-395b-41f5-a30f-a58921a69b79/1#pkg%3Anpm%2Fb%401"},{"ref":"pkg:npm/c@1"}]},
  {"id":"CVE-2026-2","analysis":{"state":"in_triage"}},
  {"id":"CVE-2026-3","affects":[{"ref":"a"}]},
  {"id":"CVE-2026-4","analysis":{"detail":"x"}}]}`

func TestParseCycloneDX(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse([]byte(cycloneDX))
	require.NoError(t, err)
	require.Equal(t, []string{"1.6", "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "Ann", "2", "acme tool 1"},
		[]string{d.SpecVersion, d.ID, d.Author, d.Revision, d.Tooling})
	const first = "vulnerabilities[0].affects"
	require.Equal(t, []said{
		{first + "[0]", "CVE-2026-1", "pkg:npm/a@1", vex.Affected, ""},
		{first + "[1]", "CVE-2026-1", "pkg:npm/inner@2", vex.Affected, ""},
		{first + "[2]", "CVE-2026-1", "app", vex.Affected, ""},
		{first + "[3]", "CVE-2026-1", "api", vex.Affected, ""},
		{first + "[4]", "CVE-2026-1", "pkg:npm/inner@2", vex.Affected, ""},
		{first + "[5]", "CVE-2026-1", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#a", vex.Affected, ""},
		{first + "[6]", "CVE-2026-1", "pkg:npm/b@1", vex.Affected, ""},
		{first + "[7]", "CVE-2026-1", "pkg:npm/c@1", vex.Affected, ""},
		{"vulnerabilities[1]", "CVE-2026-2", "", vex.UnderInvestigation, ""},
	}, saidBy(d))
	require.Empty(t, d.Problems)
	require.Equal(t, []string{"vulnerabilities[2]", "vulnerabilities[3]"}, d.WithoutStatement)
	s := d.Statements[0]
	require.Equal(t, vex.Vulnerability{ID: "CVE-2026-1", Source: "NVD", Aliases: []vex.Alias{{ID: "GHSA-1", Source: "GitHub"}}}, s.Vulnerability)
	require.Equal(t, []vex.VersionStatus{{Version: "1", Status: "affected"}, {Range: "vers:npm/>=2", Status: "unaffected"}}, s.Versions)
	require.Equal(t, []string{"update", "workaround_available"}, s.Responses)
	require.Equal(t, []string{"", "Update.\n\nWait.", "Seen."}, []string{s.ImpactStatement, s.ActionStatement, s.StatusNotes})
	require.Equal(t, "2026-01-01 00:00:00 +0000 UTC", s.Issued.String())
	require.Equal(t, "2026-01-02 00:00:00 +0000 UTC", s.LastUpdated.String())
	require.Equal(t, "sha256:"+zeros, s.Product.Digests[0].String())
	require.Equal(t, "a", s.Product.ID)
	require.Empty(t, d.Statements[1].Versions, "they are the first product's")
	require.Equal(t, "9", d.Statements[2].Product.Version, "the subject of the document")
	require.Equal(t, "3", d.Statements[3].Product.Version, "a service")
	require.Equal(t, "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#in%20ner", d.Statements[4].Product.ID)
	require.Equal(t, d.Issued, d.Statements[8].Issued)
}

func TestCycloneDXStates(t *testing.T) {
	t.Parallel()
	for stated, want := range map[string]vex.Status{
		"resolved": vex.Fixed, "resolved_with_pedigree": vex.Fixed, "exploitable": vex.Affected, "in_triage": vex.UnderInvestigation,
		"false_positive": vex.NotAffected, "not_affected": vex.NotAffected,
	} {
		d, err := vex.Parse([]byte(replaced(t, cycloneDX, `"in_triage"`, `"`+stated+`","detail":"Why."`)))
		require.NoError(t, err, stated)
		s := d.Statements[8]
		require.Equal(t, want, s.Status)
		require.Equal(t, []string{stated}, s.StatedStatus)
		if want == vex.NotAffected {
			require.Equal(t, []string{"Why.", ""}, []string{s.ImpactStatement, s.StatusNotes})
		} else {
			require.Equal(t, []string{"", "Why."}, []string{s.ImpactStatement, s.StatusNotes})
		}
	}
}

func TestCycloneDXJustifications(t *testing.T) {
	t.Parallel()
	for stated, want := range map[string]vex.Justification{
		"code_not_present": vex.VulnerableCodeNotPresent, "code_not_reachable": vex.VulnerableCodeNotInExecutePath,
		"protected_by_compiler": vex.InlineMitigationsAlreadyExist, "protected_at_runtime": vex.InlineMitigationsAlreadyExist,
		"protected_at_perimeter": "", "protected_by_mitigating_control": "",
		"requires_configuration": "", "requires_dependency": "", "requires_environment": "",
	} {
		d, err := vex.Parse([]byte(replaced(t, cycloneDX, `"in_triage"`, `"not_affected","justification":"`+stated+`"`)))
		require.NoError(t, err, stated)
		require.Equal(t, want, d.Statements[8].Justification, stated)
		require.Equal(t, []string{stated}, d.Statements[8].StatedJustification)
		d, err = vex.Parse([]byte(replaced(t, cycloneDX, `"in_triage"`, `"in_triage","justification":"`+stated+`"`)))
		require.NoError(t, err, stated)
		require.Empty(t, d.Statements[8].Justification)
		require.Equal(t, []string{stated}, d.Statements[8].StatedJustification)
	}
}

func TestCycloneDXAuthors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ metadata, author, tooling string }{
		{`"authors":[{"email":"a@example.com"}]`, "a@example.com", ""},
		{`"manufacturer":{"name":"M"},"supplier":{"name":"S"}`, "M", ""},
		{`"manufacture":{"name":"M"}`, "M", ""},
		{`"supplier":{"name":"S"},"tools":[{"vendor":"v","name":"n","version":"1"},{"name":"m"}]`, "S", "v n 1, m"},
		{`"tools":{"services":[{"name":"svc"}]}`, "", "svc"},
	} {
		d, err := vex.Parse([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{` + c.metadata + `},"vulnerabilities":[{"id":"x","analysis":{"state":"resolved"}}]}`))
		require.NoError(t, err, c.metadata)
		require.Equal(t, c.author, d.Author)
		require.Equal(t, c.tooling, d.Tooling)
		require.Empty(t, d.Revision)
	}
}

func TestCycloneDXLinksThatLeadNowhereAreProblems(t *testing.T) {
	t.Parallel()
	for ref, problem := range map[string]string{
		"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#nobody": `"nobody" is none`,
		"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2":        `"" is none`,
		"urn:uuid:00000000-395b-41f5-a30f-a58921a69b79/2#a":     "it is \"urn:uuid:",
		"pkg:npm": "pkg:npm",
	} {
		d, err := vex.Parse([]byte(replaced(t, cycloneDX, `{"ref":"pkg:npm/c@1"}`, `{"ref":"`+ref+`"}`)))
		require.NoError(t, err, ref)
		require.Equal(t, ref, d.Statements[7].Product.Identity())
		require.Len(t, d.Problems, 1)
		require.Equal(t, "vulnerabilities[0].affects[7].ref", d.Problems[0].Field)
		require.Contains(t, d.Problems[0].Problem, problem)
	}
}

func TestParseRefusesCycloneDX(t *testing.T) {
	t.Parallel()
	const first = "vulnerabilities[0]."
	for name, c := range map[string]struct{ old, with, field, problem string }{
		"1.3":                 {`"1.6"`, `"1.3"`, "specVersion", `it is "1.3"`},
		"1.7":                 {`"1.6"`, `"1.7"`, "specVersion", `it is "1.7"`},
		"format":              {`"CycloneDX"`, `"Cyclone"`, "bomFormat", `it is "Cyclone"`},
		"an SBOM":             {`"vulnerabilities":[`, `"x":[`, "vulnerabilities", "an SBOM without VEX"},
		"nothing analysed":    {`"vulnerabilities":[`, `"vulnerabilities":[{"id":"CVE-1"}],"x":[`, "content", "it has none"},
		"state":               {`"exploitable"`, `"affected"`, first + "analysis.state", `it is "affected"`},
		"justification":       {`"exploitable"`, `"exploitable","justification":"component_not_present"`, first + "analysis.justification", `it is "component_not_present"`},
		"response":            {`"update"`, `"pray"`, first + "analysis.response[0]", `it is "pray"`},
		"undefined ref":       {`{"ref":"a",`, `{"ref":"b",`, first + "affects[0].ref", `it is "b", which nothing in the document has`},
		"no ref":              {`{"ref":"a",`, `{`, first + "affects[0].ref", "it is missing"},
		"shared ref":          {`"bom-ref":"in ner"`, `"bom-ref":"a"`, first + "affects[0].ref", `several have "a"`},
		"shared with service": {`"bom-ref":"api"`, `"bom-ref":"a"`, first + "affects[0].ref", `several have "a"`},
		"version status":      {`"unaffected"`, `"fixed"`, first + "affects[0].versions[1].status", `it is "fixed"`},
		"version and range":   {`{"version":"1"}`, `{"version":"1","range":"vers:npm/1"}`, first + "affects[0].versions[0]", "it has version"},
		"no version":          {`{"version":"1"}`, `{}`, first + "affects[0].versions[0]", "it has version"},
		"no id":               {`"id":"CVE-2026-1",`, ``, first + "id", "it is missing"},
		"time":                {`2026-01-01T00:00:00Z`, `2026-01-01`, first + "analysis.firstIssued", `it is "2026-01-01"`},
		"wrong type":          {`"state":"in_triage"`, `"state":7`, "vulnerabilities.analysis.state", "number"},
		"wrong component":     {`"components":[{"bom-ref":"a"`, `"components":[null,{"bom-ref":"a"`, "components[0]", "neither type nor name"},
		"twice":               {`"state":"in_triage"`, `"state":"in_triage","state":"resolved"`, "vulnerabilities[1].analysis.state", "twice"},
		"another case":        {`"state":"in_triage"`, `"State":"in_triage"`, "vulnerabilities[1].analysis.State", "case-sensitive"},
		"long detail":         {"Seen.", strings.Repeat("x", vex.MaxTextLength+1), first + "analysis.detail", "it has 65537"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRefused(t, replaced(t, cycloneDX, c.old, c.with), c.field, c.problem)
		})
	}
}
