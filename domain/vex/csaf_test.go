package vex_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/vex"
)

const csafTree = `"product_tree":{
 "branches":[{"category":"vendor","name":"Acme","branches":[
   {"category":"product_name","name":"A","branches":[
     {"category":"product_version","name":"1","product":{"product_id":"A","name":"Acme A 1","product_identification_helper":{
       "purl":"pkg:NPM/a@1","cpe":"cpe:/a:acme:a:1","hashes":[{"filename":"a","file_hashes":[{"algorithm":"sha256","value":"` + zeros + `"}]}]}}},
     {"category":"product_version_range","name":"vers:npm/<1","product":{"product_id":"A-old","name":"Acme A before 1"}}]}]}],
 "full_product_names":[{"product_id":"P","name":"Platform","product_identification_helper":{"cpe":"cpe:/o:acme:p"}},{"product_id":"X","name":"X"}],
 "relationships":[
   {"category":"default_component_of","product_reference":"A","relates_to_product_reference":"P","full_product_name":{"product_id":"P:A","name":"A in Platform"}},
   {"category":"installed_on","product_reference":"P:A","relates_to_product_reference":"X","full_product_name":{"product_id":"X:P:A","name":"A in Platform on X",
     "product_identification_helper":{"purl":"pkg:npm/own@1"}}}],
 "product_groups":[{"group_id":"G","product_ids":["A","P:A"]}]}`

// csafWith returns a document with these vulnerabilities.
func csafWith(vulnerabilities string) string {
	return `{"document":{"category":"csaf_vex","csaf_version":"2.0","title":"T","publisher":{"category":"vendor","name":"Acme","namespace":"https://acme.example"},
 "tracking":{"id":"ACME-1","version":"1","status":"final","initial_release_date":"2026-01-31T12:00:00Z","current_release_date":"2026-02-01T12:00:00Z",
  "generator":{"engine":{"name":"Tool","version":"2"}}}},` + csafTree + `,"vulnerabilities":[` + vulnerabilities + `]}`
}

var csaf = csafWith(`{"cve":"CVE-2026-1","ids":[{"system_name":"Bugs","text":"17"}],
 "product_status":{"fixed":["X:P:A"],"first_affected":["A-old"],"known_affected":["A-old"],"recommended":["X"],"known_not_affected":["A","P:A"],"under_investigation":["P"]},
 "flags":[{"label":"component_not_present","product_ids":["A"]},{"label":"vulnerable_code_not_present","group_ids":["G"]}],
 "threats":[{"category":"impact","details":"Moderate"},{"category":"impact","details":"First.","group_ids":["G"]},{"category":"impact","details":"Second.","product_ids":["A"]},
  {"category":"exploit_status","details":"None.","product_ids":["A"]}],
 "remediations":[{"category":"vendor_fix","details":"Update.","url":"https://acme.example/1","product_ids":["A-old"]},{"category":"workaround","details":"Wait.","product_ids":["A-old"]}]},
 {"ids":[{"system_name":"Bugs","text":"18"},{"system_name":"Other","text":"o"}],"product_status":{"fixed":["A"]}},
 {"cve":"CVE-2026-3"}`)

func TestParseCSAF(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse([]byte(csaf))
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Equal(t, []string{"ACME-1", "Acme", "https://acme.example", "vendor", "csaf_vex", "1", "final", "Tool 2"},
		[]string{d.ID, d.Author, d.Namespace, d.Role, d.Category, d.Revision, d.Stage, d.Tooling})
	const status = "vulnerabilities[0].product_status."
	require.Equal(t, []said{
		{status + "known_not_affected[0]", "CVE-2026-1", "pkg:npm/a@1", vex.NotAffected, vex.ComponentNotPresent},
		{status + "known_not_affected[1]", "CVE-2026-1", "pkg:npm/a@1", vex.NotAffected, vex.VulnerableCodeNotPresent},
		{status + "known_affected[0]", "CVE-2026-1", "A-old", vex.Affected, ""},
		{status + "fixed[0]", "CVE-2026-1", "pkg:npm/own@1", vex.Fixed, ""},
		{status + "under_investigation[0]", "CVE-2026-1", "P", vex.UnderInvestigation, ""},
		{"vulnerabilities[1].product_status.fixed[0]", "18", "pkg:npm/a@1", vex.Fixed, ""},
	}, saidBy(d))
	require.Equal(t, []string{status + "recommended", "vulnerabilities[2]"}, d.WithoutStatement)

	a, inPlatform, old, onX := d.Statements[0], d.Statements[1], d.Statements[2], d.Statements[3]
	require.Equal(t, []vex.Alias{{ID: "17", Source: "Bugs"}}, a.Vulnerability.Aliases)
	require.Equal(t, vex.Vulnerability{ID: "18", Source: "Bugs", Aliases: []vex.Alias{{ID: "o", Source: "Other"}}}, d.Statements[5].Vulnerability)
	require.Equal(t, []string{"component_not_present", "vulnerable_code_not_present"}, a.StatedJustification)
	require.Equal(t, "First.\n\nSecond.", a.ImpactStatement)
	require.Equal(t, "First.", inPlatform.ImpactStatement)
	require.Equal(t, "Update.\nhttps://acme.example/1\n\nWait.", old.ActionStatement)
	require.Equal(t, []string{"vendor_fix", "workaround"}, old.Responses)
	require.Equal(t, []string{"known_affected", "first_affected"}, old.StatedStatus)
	require.Equal(t, d.Issued, a.Issued)
	require.Equal(t, "2026-02-01 12:00:00 +0000 UTC", a.LastUpdated.String())

	require.Equal(t, "Acme A 1", a.Product.Name)
	require.Equal(t, "1", a.Product.Version)
	require.Equal(t, []string{"cpe:/a:acme:a:1"}, a.Product.CPEs)
	require.Equal(t, "sha256:"+zeros, a.Product.Digests[0].String())
	require.Empty(t, a.Product.Within)
	require.Equal(t, "vers:npm/<1", old.Product.VersionRange)
	require.Empty(t, old.Product.Version)

	require.Equal(t, "P:A", inPlatform.Product.ID)
	require.Equal(t, "A in Platform", inPlatform.Product.Name)
	require.Equal(t, a.Product.Packages, inPlatform.Product.Packages)
	require.Equal(t, a.Product.Digests, inPlatform.Product.Digests)
	require.Len(t, inPlatform.Product.Within, 1)
	require.Equal(t, "default_component_of", inPlatform.Product.Within[0].Relation)
	require.Equal(t, "cpe:/o:acme:p", inPlatform.Product.Within[0].Product.CPEs[0])
	require.Len(t, onX.Product.Within, 2)
	require.Equal(t, []string{"P", "X"}, []string{onX.Product.Within[0].Product.ID, onX.Product.Within[1].Product.ID})
	require.Equal(t, "installed_on", onX.Product.Within[1].Relation)
}

func TestCSAFStatuses(t *testing.T) {
	t.Parallel()
	for stated, want := range map[string]vex.Status{
		"known_not_affected": vex.NotAffected, "known_affected": vex.Affected, "first_affected": vex.Affected,
		"last_affected": vex.Affected, "fixed": vex.Fixed, "first_fixed": vex.Fixed, "under_investigation": vex.UnderInvestigation,
	} {
		d, err := vex.Parse([]byte(csafWith(`{"cve":"CVE-1","product_status":{"` + stated + `":["A"]}}`)))
		require.NoError(t, err, stated)
		require.Len(t, d.Statements, 1)
		require.Equal(t, want, d.Statements[0].Status)
		require.Equal(t, []string{stated}, d.Statements[0].StatedStatus)
	}
	for _, stated := range []string{"recommended", "unknown"} {
		d, err := vex.Parse([]byte(csafWith(`{"cve":"CVE-1","product_status":{"` + stated + `":["A"],"fixed":["P"]}}`)))
		require.NoError(t, err, stated)
		require.Len(t, d.Statements, 1)
		require.Equal(t, []string{"vulnerabilities[0].product_status." + stated}, d.WithoutStatement)
	}
}

func TestCSAFFlags(t *testing.T) {
	t.Parallel()
	for _, label := range []vex.Justification{
		vex.ComponentNotPresent, vex.VulnerableCodeNotPresent, vex.VulnerableCodeNotInExecutePath,
		vex.VulnerableCodeCannotBeControlledByAdversary, vex.InlineMitigationsAlreadyExist,
	} {
		flags := `,"flags":[{"label":"` + string(label) + `","product_ids":["A"]}]}`
		d, err := vex.Parse([]byte(csafWith(`{"cve":"CVE-1","product_status":{"known_not_affected":["A"]}` + flags)))
		require.NoError(t, err)
		require.Empty(t, d.Problems)
		require.Equal(t, label, d.Statements[0].Justification)
		d, err = vex.Parse([]byte(csafWith(`{"cve":"CVE-1","product_status":{"fixed":["A"]}` + flags)))
		require.NoError(t, err)
		require.Empty(t, d.Statements[0].Justification, "a reason for not_affected alone")
		require.Equal(t, []string{string(label)}, d.Statements[0].StatedJustification)
	}
}

// The VEX profile demands a reason. Large issuers leave it out, so its lack is told.
func TestCSAFWithoutReasonsIsAProblem(t *testing.T) {
	t.Parallel()
	raw := csafWith(`{"cve":"CVE-1","product_status":{"known_not_affected":["A","P"],"known_affected":["X"]},
		"flags":[{"label":"component_not_present","product_ids":["A"]}],"threats":[{"category":"impact","details":"Important"}]}`)
	d, err := vex.Parse([]byte(raw))
	require.NoError(t, err)
	require.Len(t, d.Statements, 3)
	require.Len(t, d.Problems, 2)
	require.EqualError(t, d.Problems[0], "vulnerabilities[0].product_status: 1 of them have none, the first is vulnerabilities[0].product_status.known_not_affected[1]; allowed is a flag or a threat of category impact for each product that is not affected")
	require.Contains(t, d.Problems[1].Problem, "known_affected[0]")
	d, err = vex.Parse([]byte(strings.Replace(raw, `"csaf_vex"`, `"csaf_security_advisory"`, 1)))
	require.NoError(t, err)
	require.Empty(t, d.Problems, "the profile of advisories does not")
}

func TestParseCSAF21(t *testing.T) {
	t.Parallel()
	raw := strings.Replace(csaf, `"csaf_version":"2.0"`, `"csaf_version":"2.1"`, 1)
	d, err := vex.Parse([]byte(strings.Replace(raw, `"purl":"pkg:NPM/a@1"`, `"purls":["pkg:NPM/a@1","pkg:npm/a@1","pkg:generic/a@1"]`, 1)))
	require.NoError(t, err)
	require.Equal(t, "2.1", d.SpecVersion)
	require.Len(t, d.Statements[0].Product.Packages, 2)
	require.Equal(t, "pkg:generic/a@1", d.Statements[0].Product.Packages[1].PURL)
}

func TestParseRefusesCSAF(t *testing.T) {
	t.Parallel()
	const tree, first = "product_tree.", "vulnerabilities[0]."
	for name, c := range map[string]struct{ old, with, field, problem string }{
		"version":                   {`"csaf_version":"2.0"`, `"csaf_version":"3.0"`, "document.csaf_version", `it is "3.0"`},
		"no version":                {`"csaf_version":"2.0",`, ``, "document.csaf_version", "it is missing"},
		"category":                  {`"csaf_vex"`, `"csaf_base"`, "document.category", `it is "csaf_base"`},
		"document no object":        {`{"document":{`, `{"document":7,"x":{`, "document", "it is a number"},
		"no publisher":              {`"name":"Acme","namespace"`, `"namespace"`, "document.publisher.name", "it is missing"},
		"no id":                     {`"id":"ACME-1",`, ``, "document.tracking.id", "it is missing"},
		"stage":                     {`"final"`, `"done"`, "document.tracking.status", `it is "done"`},
		"no date":                   {`"initial_release_date":"2026-01-31T12:00:00Z",`, ``, "document.tracking.initial_release_date", "it is missing"},
		"date":                      {`2026-02-01T12:00:00Z`, `2026-02-01`, "document.tracking.current_release_date", `it is "2026-02-01"`},
		"unknown status":            {`"recommended":["X"]`, `"sound":["X"]`, first + "product_status.sound", `it is "sound"`},
		"contradiction":             {`"recommended":["X"]`, `"first_fixed":["A"]`, first + "product_status.first_fixed[0]", `product "A" is in vulnerabilities[0].product_status.known_not_affected[0] too`},
		"undefined product":         {`"fixed":["X:P:A"]`, `"fixed":["Y"]`, first + "product_status.fixed[0]", `it is "Y"`},
		"undefined, recommended":    {`"recommended":["X"]`, `"recommended":["Y"]`, first + "product_status.recommended[0]", `it is "Y"`},
		"undefined in flag":         {`"component_not_present","product_ids":["A"]`, `"component_not_present","product_ids":["Y"]`, first + "flags[0].product_ids[0]", `it is "Y"`},
		"undefined group":           {`"First.","group_ids":["G"]`, `"First.","group_ids":["H"]`, first + "threats[1].group_ids[0]", `it is "H"`},
		"undefined in group":        {`"product_ids":["A","P:A"]`, `"product_ids":["A","Y"]`, tree + "product_groups[0].product_ids[1]", `it is "Y"`},
		"undefined in relationship": {`"product_reference":"A"`, `"product_reference":"Y"`, tree + "relationships[0].product_reference", `it is "Y"`},
		"undefined platform":        {`"relates_to_product_reference":"P"`, `"relates_to_product_reference":"Y"`, tree + "relationships[0].relates_to_product_reference", `it is "Y"`},
		"circle":                    {`"product_reference":"A"`, `"product_reference":"X:P:A"`, tree + "relationships[1].product_reference", `"P:A" is`},
		"defined twice":             {`{"product_id":"X","name":"X"}`, `{"product_id":"A","name":"X"}`, tree + "full_product_names[1].product_id", `"A" is defined at product_tree.branches[0].branches[0].branches[0].product too`},
		"group twice":               {`"product_groups":[`, `"product_groups":[{"group_id":"G","product_ids":["A"]},`, tree + "product_groups[1].group_id", "there before"},
		"relation":                  {`"installed_on"`, `"near"`, tree + "relationships[1].category", `it is "near"`},
		"relationship no product":   {`,"full_product_name":{"product_id":"P:A","name":"A in Platform"}`, ``, tree + "relationships[0].full_product_name", "it is missing"},
		"product without id":        {`{"product_id":"X","name":"X"}`, `{"name":"X"}`, tree + "full_product_names[1].product_id", "it is missing"},
		"label":                     {`"component_not_present"`, `"because"`, first + "flags[0].label", `it is "because"`},
		"flag for nothing":          {`"component_not_present","product_ids":["A"]`, `"component_not_present"`, first + "flags[0]", "neither"},
		"remediation for nothing":   {`"details":"Wait.","product_ids":["A-old"]`, `"details":"Wait."`, first + "remediations[1]", "neither"},
		"remediation category":      {`"workaround"`, `"prayer"`, first + "remediations[1].category", `it is "prayer"`},
		"no name":                   {`"ids":[{"system_name":"Bugs","text":"18"},{"system_name":"Other","text":"o"}]`, `"x":1`, "vulnerabilities[1].cve", "neither"},
		"id without system":         {`{"system_name":"Bugs","text":"18"}`, `{"text":"18"}`, "vulnerabilities[1].ids[0].system_name", "it is missing"},
		"status no array":           {`"recommended":["X"]`, `"recommended":"X"`, first + "product_status.recommended", "it is a string"},
		"id no text":                {`"recommended":["X"]`, `"recommended":[7]`, first + "product_status.recommended[0]", "it is a number"},
		"nothing said":              {`"vulnerabilities":[`, `"vulnerabilities":[],"x":[`, "content", "it has none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireRefused(t, replaced(t, csaf, c.old, c.with), c.field, c.problem)
		})
	}
}

func TestCSAFLimits(t *testing.T) {
	t.Parallel()
	branches := func(n int) string {
		return strings.Repeat(`{"category":"product_family","name":"x","branches":[`, n-1) + `{"category":"product_name","name":"x"}` + strings.Repeat("]}", n-1)
	}
	deep := func(n int) string {
		return replaced(t, csaf, `"branches":[{"category":"vendor"`, `"branches":[`+branches(n)+`,{"category":"vendor"`)
	}
	_, err := vex.Parse([]byte(deep(vex.MaxBranchDepth)))
	require.NoError(t, err)
	requireRefused(t, deep(vex.MaxBranchDepth+1), "product_tree.branches[0]"+strings.Repeat(".branches[0]", vex.MaxBranchDepth), "nested deeper")

	// A chain is too long in whatever order its links stand.
	chain := func(n int, backwards bool) string {
		links := make([]string, n)
		for i := range n {
			base := fmt.Sprintf("R%d", i-1)
			if i == 0 {
				base = "A"
			}
			at := i
			if backwards {
				at = n - 1 - i
			}
			links[at] = fmt.Sprintf(`{"category":"installed_on","product_reference":"%s","relates_to_product_reference":"P","full_product_name":{"product_id":"R%d","name":"R"}},`, base, i)
		}
		return replaced(t, csaf, `"relationships":[`, `"relationships":[`+strings.Join(links, ""))
	}
	for _, backwards := range []bool{false, true} {
		_, err := vex.Parse([]byte(chain(vex.MaxRelationDepth, backwards)))
		require.NoError(t, err)
		_, err = vex.Parse([]byte(chain(vex.MaxRelationDepth+1, backwards)))
		require.ErrorContains(t, err, "at most 16 relationships in a chain")
	}

	flags := strings.Repeat(`{"label":"component_not_present","group_ids":["G"]},`, vex.MaxNotes)
	_, err = vex.Parse([]byte(csafWith(`{"cve":"CVE-1","product_status":{"known_not_affected":["A"]},"flags":[` + strings.TrimSuffix(flags, ",") + `]}`)))
	require.NoError(t, err)
	requireRefused(t, csafWith(`{"cve":"CVE-1","product_status":{"known_not_affected":["A"]},"flags":[`+flags+`{"label":"component_not_present","product_ids":["A"]}]}`),
		"vulnerabilities[0].product_status.known_not_affected[0]", "there are more")

	long := strings.Repeat("x", vex.MaxTextLength/2)
	requireRefused(t, csafWith(`{"cve":"CVE-1","product_status":{"known_not_affected":["A"]},"threats":[
		{"category":"impact","details":"1`+long+`","product_ids":["A"]},{"category":"impact","details":"2`+long+`","product_ids":["A"]}]}`),
		"vulnerabilities[0].product_status.known_not_affected[0]", "it has 65540")
}

// Many products with few notes share their texts: a document of 20,000 is not large.
func TestParseLargeCSAFIsQuick(t *testing.T) {
	t.Parallel()
	const n = 20_000
	var names, ids strings.Builder
	for i := range n {
		fmt.Fprintf(&names, `{"product_id":"N%d","name":"x","product_identification_helper":{"purl":"pkg:rpm/acme/x@%d"}},`, i, i)
		fmt.Fprintf(&ids, `,"N%d"`, i)
	}
	raw := csafWith(`{"cve":"CVE-1","product_status":{"known_affected":["A"` + ids.String() + `]},"remediations":[
		{"category":"vendor_fix","details":"One.","product_ids":["A"` + ids.String() + `]},{"category":"workaround","details":"Two.","product_ids":["A"` + ids.String() + `]}]}`)
	raw = replaced(t, raw, `"full_product_names":[`, `"full_product_names":[`+names.String())
	d, err := vex.Parse([]byte(raw))
	require.NoError(t, err)
	require.Len(t, d.Statements, n+1)
	require.Equal(t, "pkg:rpm/acme/x@19999", d.Statements[n].Product.Identity())
	require.Equal(t, "One.\n\nTwo.", d.Statements[n].ActionStatement)
}
