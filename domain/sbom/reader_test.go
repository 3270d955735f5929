package sbom_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/spdx/tools-golang/spdx/v2/common"
	spdx "github.com/spdx/tools-golang/spdx/v2/v2_3"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
)

// seen is what both a format's library and this package know of a component.
type seen struct {
	ref, kind, name, version string
	licences                 []string
	digests                  int
}

func asSeen(all []sbom.Component) []seen {
	list := []seen{}
	for _, c := range all {
		if c.Type == "container" || c.Package.Type == "oci" {
			c.Digests = nil
		}
		list = append(list, seen{c.Ref, c.Type, c.Name, c.Version, c.Licences, len(c.Digests)})
	}
	return list
}

func distinct(licences ...string) (list []string) {
	known := map[string]bool{"": true, "NONE": true, "NOASSERTION": true}
	for _, l := range licences {
		if l = strings.TrimSpace(l); !known[l] {
			known[l] = true
			list = append(list, l)
		}
	}
	return list
}

func cycloneDXSeen(c *cdx.Component) []seen {
	s := seen{ref: c.BOMRef, kind: string(c.Type), name: c.Name, version: c.Version}
	if c.Licenses != nil {
		for _, l := range *c.Licenses {
			s.licences = append(s.licences, l.Expression)
			if l.License != nil {
				s.licences = append(s.licences, l.License.ID, l.License.Name)
			}
		}
	}
	s.licences = distinct(s.licences...)
	if c.Hashes != nil && s.kind != "container" && !strings.HasPrefix(c.PackageURL, "pkg:oci/") {
		s.digests = len(*c.Hashes)
	}
	list := []seen{s}
	if c.Components != nil {
		for i := range *c.Components {
			list = append(list, cycloneDXSeen(&(*c.Components)[i])...)
		}
	}
	return list
}

// What is read element by element is what the formats' libraries read at once.
func TestDocumentsAreReadAsTheFormatsLibrariesDo(t *testing.T) {
	t.Parallel()
	for _, document := range []string{everyCycloneDX, everySPDX} {
		requireAsTheLibrary(t, []byte(document))
	}
	realDocuments(t, func(t *testing.T, _ string, raw []byte) { requireAsTheLibrary(t, raw) })
}

func requireAsTheLibrary(t *testing.T, raw []byte) {
	t.Helper()
	d, err := sbom.Parse(raw)
	require.NoError(t, err)
	want := []seen{}
	if d.Format == sbom.SPDX {
		var doc struct {
			DocumentNamespace string
			Packages          []spdx.Package
		}
		require.NoError(t, json.Unmarshal(raw, &doc))
		require.Equal(t, doc.DocumentNamespace, d.SerialNumber)
		for i := range doc.Packages {
			want = append(want, spdxSeen(&doc.Packages[i]))
		}
		require.Equal(t, want, asSeen(d.Components))
		return
	}
	var bom cdx.BOM
	require.NoError(t, json.Unmarshal(raw, &bom))
	require.Equal(t, bom.SerialNumber, d.SerialNumber)
	if bom.Metadata != nil && bom.Metadata.Component != nil {
		want = cycloneDXSeen(bom.Metadata.Component)
		require.Equal(t, want[:1], asSeen(d.Subject))
		if d.Subject[0].Package.IsZero() {
			want = want[1:]
		}
	}
	if bom.Components != nil {
		for i := range *bom.Components {
			want = append(want, cycloneDXSeen(&(*bom.Components)[i])...)
		}
	}
	require.Equal(t, want, asSeen(d.Components))
}

func spdxSeen(p *spdx.Package) seen {
	s := seen{
		ref: common.RenderElementID(p.PackageSPDXIdentifier), kind: strings.ToLower(p.PrimaryPackagePurpose), name: p.PackageName, version: p.PackageVersion,
		licences: distinct(p.PackageLicenseDeclared, p.PackageLicenseConcluded),
	}
	if s.kind != "container" && !strings.Contains(fmt.Sprint(p.PackageExternalReferences), "pkg:oci/") {
		s.digests = len(p.PackageChecksums)
	}
	return s
}

const everyCycloneDX = `{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"s","metadata":{"timestamp":"2026-01-31T12:00:00Z",
 "component":{"name":"app","components":[]}},"components":[{"bom-ref":"a","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1",
 "hashes":[{"alg":"MD5","content":"00000000000000000000000000000000"}],"licenses":[{"license":{"id":"MIT"}},{"license":{"name":"Own"}},{"expression":"MIT OR ISC"}],
 "components":[{"type":"file","name":"b","components":[{"type":"file","name":"c"}]},{"type":"file","name":"d"}]},{"type":"file","name":"e"}]}`

const everySPDX = `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","documentNamespace":"https://example.com/n",
 "creationInfo":{"created":"2026-01-31T12:00:00Z"},"documentDescribes":["SPDXRef-f"],
 "packages":[{"SPDXID":"SPDXRef-a","primaryPackagePurpose":"LIBRARY","name":"a","versionInfo":"1","licenseDeclared":"MIT","licenseConcluded":"MIT",
 "checksums":[{"algorithm":"MD5","checksumValue":"00000000000000000000000000000000"}],
 "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]}],
 "files":[{"SPDXID":"SPDXRef-f","fileName":"f","checksums":[]}],
 "relationships":[{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-a"}]}`

// A name in another case is one to encoding/json, and none to others: whatever is read
// is refused then, at every place where it is read.
func TestNamesInAnotherCaseAreRefused(t *testing.T) {
	t.Parallel()
	for _, document := range []string{everyCycloneDX, everySPDX} {
		_, err := sbom.Parse([]byte(document))
		require.NoError(t, err)
		places := 0
		for at := range document {
			name, rest, found := strings.Cut(document[at:], `"`)
			if name != "" || !found {
				continue
			}
			name, rest, found = strings.Cut(rest, `":`)
			if !found || name == "" || strings.ContainsAny(name, `{}[],"`) {
				continue // no name begins here
			}
			places++
			other := document[:at] + `"` + strings.ToUpper(name) + `":` + rest
			if strings.ToUpper(name) == name {
				other = document[:at] + `"` + strings.ToLower(name) + `":` + rest
			}
			_, err := sbom.Parse([]byte(other))
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid, other)
			require.Equal(t, "names are case-sensitive", invalid.Problem, other)
		}
		require.Greater(t, places, 20)
	}
}

// What is not read is JSON, and whatever its schema says of it.
func TestWhatIsNotReadIsNotJudged(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		// From valid-attestation-1.6.json of CycloneDX, whose library has an object there.
		"attestation": `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a"}],
		 "declarations":{"evidence":[{"bom-ref":"e","propertyName":"p","data":[{"name":"n","classification":"PII","contents":{"attachment":{"content":"x"}}}]}]}}`,
		"in a component": `{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a","evidence":7,"data":"x","properties":{},"modified":"no"}]}`,
		"in another case": `{"bomFormat":"CycloneDX","specVersion":"1.6","services":[{"Name":"s","Components":[]}],
		 "components":[{"type":"library","name":"a","pedigree":{"SPDXID":1,"spdxId":2,"Version":3}}]}`,
		"in SPDX": `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","annotations":7,"packages":[{"name":"a","hasFiles":["f"],"supplier":7,"filesAnalyzed":"no"}],
		 "files":[{"SPDXID":"SPDXRef-f","checksums":7,"fileTypes":7}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := sbom.Parse([]byte(raw))
			require.NoError(t, err)
			require.Len(t, d.Components, 1)
			require.Equal(t, "a", d.Components[0].Name)
			require.Empty(t, d.Problems)
			_, err = sbom.Parse([]byte(strings.Replace(raw, `:7`, `:07`, 1)))
			require.Equal(t, strings.Contains(raw, `:7`), err != nil, "it is JSON all the same")
		})
	}
}

// Of many problems the first are named, and the others are not passed over in silence.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	parse := func(n int) []*fault.Invalid {
		list := strings.TrimSuffix(strings.Repeat(`{"type":"library","name":"a","purl":"x","hashes":[{"alg":"SHA-256","content":"00"}]},`, n/2), ",")
		d, err := sbom.Parse([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[` + list + `]}`))
		require.NoError(t, err)
		require.Len(t, d.Components, n/2)
		return d.Problems
	}
	require.Len(t, parse(sbom.MaxProblems), sbom.MaxProblems)
	problems := parse(sbom.MaxProblems + 24)
	require.Len(t, problems, sbom.MaxProblems+1)
	require.Equal(t, "components[0].hashes[0]", problems[0].Field)
	require.Equal(t, "content: it has 24 more parts that cannot, not named here; allowed is what can be looked up", problems[sbom.MaxProblems].Error())
}

func TestParseBoundsWhatAComponentHas(t *testing.T) {
	t.Parallel()
	parse := func(member, format string, n int) (*sbom.Document, error) {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(format, i))
		}
		return sbom.Parse([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"a","` +
			member + `":[` + strings.Join(list, ",") + `]}]}`))
	}
	for _, c := range []struct {
		member, format string
		most           int
		field          string
	}{
		{"hashes", `{"alg":"MD5","content":"%032d"}`, sbom.MaxPerComponent, "components[0].hashes[256]"},
		{"licenses", `{"license":{"name":"L%d"}}`, sbom.MaxPerComponent, "components[0].licenses[256].license.name"},
		{"licenses", `{"expression":"(L%d)"}`, sbom.MaxPerComponent / 2, "components[0].licenses[128].expression"},
		{"licenses", `{"expression":"%[1]d OR MIT OR MIT OR MIT OR %[1]d"}`, 127, "components[0].licenses[127].expression"},
	} {
		d, err := parse(c.member, c.format, c.most)
		require.NoError(t, err, c.format)
		require.Len(t, d.Components, 1)
		_, err = parse(c.member, c.format, c.most+1)
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, c.format)
		require.Equal(t, c.field, invalid.Field)
		require.Equal(t, "there are more", invalid.Problem)
	}
}

func TestParseSPDXRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, with, field string }{
		{`"SPDXID":"SPDXRef-a"`, `"SPDXID":"a"`, "packages[0].SPDXID"},
		{`"SPDXID":"SPDXRef-a"`, `"SPDXID":null`, "packages[0].SPDXID"},
		{`"SPDXID":"SPDXRef-f"`, `"SPDXID":["x"]`, "files[0].SPDXID"},
		{`"packages":[`, `"packages":[{},`, "packages[0]"},
		{`"packages":[`, `"packages":[null,`, "packages[0]"},
		{`"files":[`, `"files":[7,`, "files[0]"},
		{`"relationships":[`, `"relationships":[{"spdxElementId":"x"},`, "relationships[0].spdxElementId"},
		{`["SPDXRef-f"]`, `["SPDXRef-f",{}]`, "documentDescribes[1]"},
		{`"fileName":"f"`, `"fileName":"` + strings.Repeat("f", 2049) + `"`, "files[0].fileName"},
		{`"licenseConcluded":"MIT"`, `"licenseConcluded":{}`, "packages[0].licenseConcluded"},
		{`"created":"2026-01-31T12:00:00Z"`, `"created":1`, "creationInfo.created"},
	} {
		require.Contains(t, everySPDX, c.old)
		_, err := sbom.Parse([]byte(strings.Replace(everySPDX, c.old, c.with, 1)))
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, c.with)
		require.Equal(t, c.field, invalid.Field)
	}
}
