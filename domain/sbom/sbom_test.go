package sbom_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
)

// realDocuments calls f with every real SBOM that is at hand.
func realDocuments(t *testing.T, f func(t *testing.T, name string, raw []byte)) {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("real documents are not at hand: %v", err)
	}
	n := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		var top struct{ BOMFormat, SPDXVersion *string }
		if err == nil && json.Unmarshal(raw, &top) == nil && (top.BOMFormat != nil || top.SPDXVersion != nil) {
			n++
			t.Run(d.Name(), func(t *testing.T) { f(t, d.Name(), raw) })
		}
		return err
	}))
	require.GreaterOrEqual(t, n, 13)
}

// counted is what a reader that knows nothing of the formats' libraries counts.
type counted struct{ components, purls, digests int }

func count(raw []byte) counted {
	type component struct {
		Type, PURL   string
		Hashes       []any
		Checksums    []any
		Components   []json.RawMessage
		ExternalRefs []struct{ ReferenceType, ReferenceLocator string }
	}
	var top struct {
		Components, Packages []json.RawMessage
		Metadata             struct{ Component json.RawMessage }
	}
	if err := json.Unmarshal(raw, &top); err != nil {
		panic(err)
	}
	if subject := top.Metadata.Component; bytes.Contains(subject, []byte(`"purl"`)) {
		top.Components = append(top.Components, subject)
	}
	var n counted
	for queue := slices.Concat(top.Components, top.Packages); len(queue) > 0; queue = queue[1:] {
		var c component
		if err := json.Unmarshal(queue[0], &c); err != nil {
			panic(err)
		}
		n.components++
		image := c.Type == "container" // whose version is a digest too
		if c.PURL != "" {
			n.purls++
		}
		for _, ref := range c.ExternalRefs {
			if ref.ReferenceType == "purl" {
				n.purls++
				image = image || strings.HasPrefix(ref.ReferenceLocator, "pkg:oci/")
				break
			}
		}
		if !image {
			n.digests += len(c.Hashes) + len(c.Checksums)
		}
		queue = append(queue, c.Components...)
	}
	return n
}

func TestRealDocumentsAreReadWhole(t *testing.T) {
	t.Parallel()
	total := 0
	realDocuments(t, func(t *testing.T, _ string, raw []byte) {
		d, err := sbom.Parse(raw)
		require.NoError(t, err)
		want, got := count(raw), counted{components: len(d.Components)}
		for _, c := range d.Components {
			if c.PURL != "" {
				got.purls++
				require.False(t, c.Package.IsZero(), c.PURL)
			}
			if c.Package.Type != "oci" && c.Type != "container" {
				got.digests += len(c.Digests)
			}
		}
		for _, p := range d.Problems {
			t.Log(p)
		}
		require.Equal(t, want, got)
		require.Empty(t, d.Problems)
		require.EqualValues(t, len(raw), d.Size)
		total += len(d.Components)
	})
	require.Positive(t, total)
}

const cycloneDX = `{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:1","metadata":{"timestamp":"2026-01-31T12:00:00+01:00",
 "component":{"type":"container","name":"app","version":"sha256:` + zeros + `"}},"components":[
 {"bom-ref":"a","type":"library","name":"left-pad","version":"1.3.0","purl":"pkg:pypi/Left_Pad@1.3.0?b=2&a=1",
  "hashes":[{"alg":"SHA-256","content":"` + zeros + `"},{"alg":"SHA3-512","content":"zz"}],
  "licenses":[{"license":{"id":"MIT"}},{"license":{"name":"Our own"}},{"license":{"id":"MIT"}}],
  "components":[{"type":"library","name":"inner","purl":"no purl","licenses":[{"expression":"MIT OR (Apache-2.0 WITH LLVM-exception)"}]}]},
 {"type":"file","name":"last"}]}`

// spdx3 is as SPDX 3 has it, whose spdxId is SPDX 2's SPDXID to who ignores case.
const spdx3 = `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
 {"@id":"_:creationInfo","type":"CreationInfo","specVersion":"3.0.1","created":"2024-03-06T00:00:00Z","createdBy":["https://example.com/a"]},
 {"type":"Person","spdxId":"https://example.com/a","name":"A","creationInfo":"_:creationInfo"},
 {"type":"SpdxDocument","spdxId":"https://example.com/d","creationInfo":"_:creationInfo","rootElement":["https://example.com/s"]},
 {"type":"software_Package","spdxId":"https://example.com/p","creationInfo":"_:creationInfo","name":"p","software_packageUrl":"pkg:npm/p@1"}]}`

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func TestParseCycloneDX(t *testing.T) {
	t.Parallel()
	d, err := sbom.Parse([]byte(cycloneDX))
	require.NoError(t, err)
	require.Equal(t, sbom.CycloneDX, d.Format)
	require.Equal(t, "1.6", d.SpecVersion)
	require.Equal(t, "2026-01-31 11:00:00 +0000 UTC", d.StatedAt.String())
	require.Equal(t, "sha256:"+zeros, d.Subject[0].Digests[0].String(), "a container's version is its digest")
	require.Len(t, d.Components, 3)
	a := d.Components[0]
	require.Equal(t, "pkg:pypi/left-pad@1.3.0?a=1&b=2", a.PURL)
	require.Equal(t, sbom.Package{PURL: a.PURL, Type: "pypi", Key: "pkg:pypi/left-pad", Version: "1.3.0", Qualified: true}, a.Package)
	require.Len(t, a.Digests, 1)
	require.Equal(t, []string{"MIT", "Our own"}, a.Licences)
	require.Equal(t, "inner", d.Components[1].Name, "nested components follow theirs")
	require.Equal(t, "no purl", d.Components[1].PURL)
	require.Equal(t, []string{"MIT", "Apache-2.0", "LLVM-exception"}, d.Components[1].LicencesWithin())
	require.Empty(t, a.LicencesWithin(), "names are no expressions")
	require.Equal(t, "last", d.Components[2].Name)
	require.Len(t, d.Problems, 2)
	require.Equal(t, "components[0].hashes[1]", d.Problems[0].Field)
	require.Equal(t, "components[0].components[0].purl", d.Problems[1].Field)
}

func TestParseSPDX(t *testing.T) {
	t.Parallel()
	d, err := sbom.Parse([]byte(`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"doc","documentNamespace":"https://example.com/1",
	 "creationInfo":{"created":"2026-01-31T12:00:00Z"},"documentDescribes":["SPDXRef-a"],
	 "packages":[{"SPDXID":"SPDXRef-a","name":"a","versionInfo":"1","primaryPackagePurpose":"OPERATING-SYSTEM",
	  "licenseDeclared":"MIT","licenseConcluded":"NOASSERTION","checksums":[{"algorithm":"SHA256","checksumValue":"` + zeros + `"}],
	  "externalRefs":[{"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl","referenceLocator":"pkg:rpm/redhat/a@4.2-3?epoch=1"}]}],
	 "files":[{"SPDXID":"SPDXRef-f","fileName":"./f","checksums":[{"algorithm":"SHA1","checksumValue":"` + zeros[:40] + `"}]}],
	 "relationships":[{"spdxElementId":"SPDXRef-f","relationshipType":"DESCRIBED_BY","relatedSpdxElement":"SPDXRef-DOCUMENT"}]}`))
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Equal(t, sbom.SPDX, d.Format)
	require.Equal(t, "doc", d.Name)
	require.Len(t, d.Components, 1, "files are no components")
	require.Len(t, d.Subject, 2)
	require.Equal(t, d.Components[0], d.Subject[0])
	require.Equal(t, "./f", d.Subject[1].Name)
	require.Equal(t, "1:4.2-3", d.Components[0].Package.Version, "an RPM's epoch belongs to its version")
	require.Equal(t, "operating-system", d.Components[0].Type)
	require.Equal(t, []string{"MIT"}, d.Components[0].Licences)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	replace := func(old, with string) string {
		require.Contains(t, cycloneDX, old)
		return strings.Replace(cycloneDX, old, with, 1)
	}
	for name, c := range map[string]struct{ raw, field, problem string }{
		"nothing":          {"", "content", "ends where a value belongs"},
		"CycloneDX XML":    {`<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>`, "content", "CycloneDX in XML"},
		"tag-value":        {"SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0", "content", "SPDX as tag-value"},
		"SPDX 3":           {`{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}`, "@context", "SPDX 3"},
		"real SPDX 3":      {spdx3, "@context", "it is SPDX 3"},
		"SPDX 3's graph":   {strings.ReplaceAll(spdx3[strings.Index(spdx3, `"@graph"`)-1:], `,"@graph"`, `{"@graph"`), "@graph", "it is SPDX 3"},
		"SPDX 3's element": {`{"type":"software_Sbom","spdxId":"https://example.com/s","@context":"https:\/\/spdx.org\/rdf\/3.0.0\/spdx-context.jsonld"}`, "@context", "it is SPDX 3"},
		"OpenVEX":          {`{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x"}`, "@context", "OpenVEX"},
		"SPDX 3 by name":   {`{"spdxVersion":"SPDX-3.0"}`, "spdxVersion", "SPDX 3"},
		"SPDX 2.1":         {`{"spdxVersion":"SPDX-2.1"}`, "spdxVersion", "SPDX-2.1"},
		"CycloneDX 1.3":    {replace(`"1.6"`, `"1.3"`), "specVersion", "CycloneDX \"1.3\""},
		"CycloneDX 1.7":    {replace(`"1.6"`, `"1.7"`), "specVersion", "1.7"},
		"both":             {replace(`{"bomFormat"`, `{"spdxVersion":"SPDX-2.3","bomFormat"`), "content", "both"},
		"envelope":         {`{"payloadType":"x","payload":""}`, "content", "a DSSE envelope"},
		"something else":   {`{"a":1}`, "content", "neither"},
		"twice":            {replace(`"name":"last"`, `"name":"last","name":"last"`), "components[1].name", "twice"},
		"another case":     {replace(`"name":"last"`, `"Name":"last"`), "components[1].Name", "case-sensitive"},
		"long s":           {replace(`"version":"1.3.0"`, `"verſion":"1.3.0"`), `components[0]["ver\u017fion"]`, "case-sensitive"},
		"NUL":              {replace(`"name":"last"`, `"name":"a\u0000"`), "components[1].name", ""},
		"long name":        {replace(`"name":"last"`, `"name":"`+strings.Repeat("x", 2049)+`"`), "components[1].name", "it has 2049"},
		"wrong type":       {replace(`"name":"last"`, `"name":7`), "components[1].name", "number"},
		"no component":     {replace(`"components":[`, `"components":[null,`), "components[0]", "neither type nor name"},
		"nesting":          {strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200), "a", "deeper"},
		"something behind": {cycloneDX + "{}", "content", "follows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sbom.Parse([]byte(c.raw))
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			require.True(t, strings.HasPrefix(invalid.Field, c.field), invalid.Field)
			require.Contains(t, invalid.Problem, c.problem)
		})
	}
}

func TestParseBoundsComponents(t *testing.T) {
	t.Parallel()
	components := strings.Repeat(`{"type":"file","name":"x"},`, sbom.MaxComponents)
	wrap := func(s string) []byte {
		return []byte(`{"bomFormat":"CycloneDX","specVersion":"1.4","components":[` + strings.TrimSuffix(s, ",") + `]}`)
	}
	d, err := sbom.Parse(wrap(components))
	require.NoError(t, err)
	require.Len(t, d.Components, sbom.MaxComponents)
	_, err = sbom.Parse(wrap(components + `{"type":"file","name":"y"}`))
	require.ErrorIs(t, err, fault.ErrInvalid)

	files := func(n int) []byte {
		return []byte(`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","documentDescribes":["SPDXRef-f"],"files":[` +
			strings.TrimSuffix(strings.Repeat(`{"SPDXID":"SPDXRef-f"},{"SPDXID":"SPDXRef-g"},`, n), ",") + `]}`)
	}
	d, err = sbom.Parse(files(sbom.MaxComponents))
	require.NoError(t, err)
	require.Len(t, d.Subject, sbom.MaxComponents)
	_, err = sbom.Parse(files(sbom.MaxComponents + 1))
	require.ErrorContains(t, err, "files[200000].SPDXID: there are more")
}

func TestParseOfADocumentWithoutComponents(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`{"bomFormat":"CycloneDX","specVersion":"1.4","components":[]}`, `{"spdxVersion":"SPDX-2.2","packages":[]}`} {
		d, err := sbom.Parse([]byte(raw))
		require.NoError(t, err)
		require.Nil(t, d.Components)
		require.Nil(t, d.Subject)
	}
}

// Whoever reads a file stops behind the largest document, so nobody says how large it is.
func TestParseGivesATooLargeDocumentNoSize(t *testing.T) {
	t.Parallel()
	_, err := sbom.Parse(make([]byte, sbom.MaxSize+1))
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "it has more", invalid.Problem)
	require.Equal(t, "at most 67108864 bytes", invalid.Allowed)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(cycloneDX))
	f.Add([]byte(`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[null,{"name":"a","externalRefs":[null,{"referenceType":"purl","referenceLocator":"pkg:npm/a@1"}]}],"relationships":[null]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := sbom.Parse(raw)
		if err != nil {
			var invalid *fault.Invalid
			if !errors.As(err, &invalid) || invalid.Field == "" {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		for _, c := range d.Components {
			if !c.Package.IsZero() {
				again, err := sbom.ParsePackage(c.PURL)
				require.NoError(t, err)
				require.Equal(t, c.Package, again, "the canonical form is one")
			}
		}
	})
}

// What a document has somewhere else than usual is looked up all the same.
func TestNestedComponentsAndFurtherPackageURLsAreComponents(t *testing.T) {
	t.Parallel()
	d, err := sbom.Parse([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"timestamp":"2024-05-04T21:26:16",
		"component":{"type":"application","name":"app","components":[{"type":"library","name":"inner","purl":"pkg:npm/inner@1"}]}},
		"components":[{"type":"library","name":"outer","purl":"pkg:npm/outer@1"}]}`))
	require.NoError(t, err)
	require.Len(t, d.Components, 2)
	require.Equal(t, "pkg:npm/inner@1", d.Components[0].PURL)
	require.Equal(t, "pkg:npm/outer@1", d.Components[1].PURL)
	require.Equal(t, "app", d.Subject[0].Name)
	require.True(t, d.StatedAt.IsZero())
	require.Len(t, d.Problems, 1, "a time without a zone")
	require.Equal(t, "metadata.timestamp", d.Problems[0].Field)

	// The subject is looked up as SPDX' described package is.
	d, err = sbom.Parse([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.5",
		"metadata":{"component":{"type":"application","name":"app","purl":"pkg:npm/app@1"}},
		"components":[{"type":"library","name":"outer","purl":"pkg:npm/outer@1"}]}`))
	require.NoError(t, err)
	require.Len(t, d.Components, 2)
	require.Equal(t, d.Subject[0], d.Components[0])
	require.Equal(t, "pkg:npm/app@1", d.Components[0].PURL)

	reference := func(purl string) string {
		return `{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"` + purl + `"}`
	}
	d, err = sbom.Parse([]byte(`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","documentNamespace":"https://example.com/n",
		"packages":[{"SPDXID":"SPDXRef-a","name":"a","versionInfo":"1","externalRefs":[` +
		reference("pkg:npm/a@1") + `,` + reference("pkg:github/acme/a@1") + `,` + reference("pkg:npm/a@1") + `]}]}`))
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Len(t, d.Components, 2)
	require.Equal(t, "pkg:npm/a@1", d.Components[0].PURL)
	require.Equal(t, "pkg:github/acme/a@1", d.Components[1].PURL)
	require.Equal(t, d.Components[0].Name, d.Components[1].Name)
}

// Some writers give the type of a reference as the URI that its name stands for.
func TestPackageURLsAreReadWhateverTheirReferenceIsCalled(t *testing.T) {
	t.Parallel()
	parse := func(references ...string) *sbom.Document {
		d, err := sbom.Parse([]byte(`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"n","documentNamespace":"https://example.com/n",
			"packages":[{"SPDXID":"SPDXRef-a","name":"a","externalRefs":[` + strings.Join(references, ",") + `]}]}`))
		require.NoError(t, err)
		return d
	}
	reference := func(category, kind, locator string) string {
		return `{"referenceCategory":"` + category + `","referenceType":"` + kind + `","referenceLocator":"` + locator + `"}`
	}
	for _, r := range []string{
		reference("PACKAGE-MANAGER", "http://spdx.org/rdf/references/purl", "pkg:npm/a@1"),
		reference("PACKAGE_MANAGER", "http://spdx.org/rdf/references/purl", "pkg:npm/a@1"),
		reference("PACKAGE-MANAGER", "https://spdx.org/rdf/references/purl", "pkg:npm/a@1"),
		reference("OTHER", "http://spdx.org/rdf/references/purl", "pkg:npm/a@1"),
		reference("PACKAGE_MANAGER", "npm", "pkg:npm/a@1"),
		reference("PACKAGE-MANAGER", "PURL", "PKG:npm/a@1"),
	} {
		d := parse(r)
		require.Empty(t, d.Problems, r)
		require.Len(t, d.Components, 1, r)
		require.Equal(t, "pkg:npm/a", d.Components[0].Package.Key, r)
	}
	for _, r := range []string{
		reference("PACKAGE-MANAGER", "npm", "a@1"),
		reference("SECURITY", "cpe23Type", "cpe:2.3:a:a:a:1:*:*:*:*:*:*:*"),
	} {
		d := parse(r)
		require.Empty(t, d.Problems, r)
		require.Empty(t, d.Components[0].PURL, r)
	}

	d := parse(reference("PACKAGE-MANAGER", "http://spdx.org/rdf/references/purl", "a@1"))
	require.Len(t, d.Problems, 1)
	require.Equal(t, "packages[0].externalRefs[0].referenceLocator", d.Problems[0].Field)

	d = parse(reference("OTHER", "upstream", "pkg:generic/a@1"), reference("PACKAGE-MANAGER", "purl", "pkg:npm/a@1"))
	require.Len(t, d.Components, 1)
	require.Equal(t, "pkg:npm/a@1", d.Components[0].PURL)
	require.Len(t, d.Problems, 1)
	require.Equal(t, "packages[0].externalRefs[0].referenceLocator", d.Problems[0].Field)
	require.Contains(t, d.Problems[0].Problem, `"OTHER" and referenceType "upstream"`)

	// A package URL that is also given as something else is the package's all the same.
	for _, references := range [][]string{
		{reference("OTHER", "upstream", "pkg:npm/a@1"), reference("PACKAGE-MANAGER", "purl", "pkg:npm/a@1")},
		{reference("PACKAGE-MANAGER", "purl", "pkg:npm/a@1"), reference("OTHER", "upstream", "pkg:npm/a@1")},
		{reference("PACKAGE-MANAGER", "purl", "pkg:npm/a@1"), reference("PACKAGE-MANAGER", "purl", "pkg:NPM/a@1")},
	} {
		d = parse(references...)
		require.Len(t, d.Components, 1, references)
		require.Equal(t, "pkg:npm/a", d.Components[0].Package.Key, references)
		require.Empty(t, d.Problems, references)
	}
}
