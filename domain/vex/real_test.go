package vex_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/vex"
)

// said is what a test asserts of a statement.
type said struct {
	path, vulnerability, product string
	status                       vex.Status
	justification                vex.Justification
}

func saidBy(d *vex.Document) []said {
	var all []said
	for _, s := range d.Statements {
		all = append(all, said{s.Path, s.Vulnerability.ID, s.Product.Identity(), s.Status, s.Justification})
	}
	return all
}

// realDocument returns one of the documents that other projects test with.
func realDocument(t testing.TB, name string) []byte {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("real documents are not at hand: %v", err)
	}
	raw, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	require.NoError(t, err)
	return raw
}

const (
	vexctl    = "vexctl/"
	guac      = "guac/internal/testing/testdata/exampledata/"
	chainloop = "chainloop/internal/schemavalidators/testdata/"
	materials = "chainloop/pkg/attestation/crafter/materials/testdata/"
	nginx     = "pkg:oci/nginx@sha256:13d22ec63300e16014d4a42aed735207a8b33c223cff19627dd3042e5a10a3a0"
	alpine    = "pkg:oci/alpine@sha256:124c7d2707904eea7431fffe91522a01e5a861a624ee31d03372cc1d138a3126"
)

func TestRealOpenVEX(t *testing.T) {
	t.Parallel()
	missing := []string{"timestamp", "version"}
	chainloopWants := []said{
		{"statements[0].products[0]", "CVE-2023-1255", alpine, vex.Fixed, ""},
		{"statements[1].products[0]", "CVE-2023-2650", alpine, vex.Fixed, ""},
		{"statements[2].products[0]", "CVE-2023-2975", alpine, vex.Fixed, ""},
		{"statements[3].products[0]", "CVE-2023-3446", alpine, vex.NotAffected, vex.VulnerableCodeNotPresent},
		{"statements[4].products[0]", "CVE-2023-3817", alpine, vex.NotAffected, vex.VulnerableCodeNotPresent},
	}
	for _, c := range []struct {
		name, version string
		want          []said
		problems      []string
	}{
		{vexctl + "examples/csaf/openvex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-2014-123456", "pkg:generic/component2@2.39.0-r1", vex.Fixed, ""},
		}, nil},
		{vexctl + "examples/openvex/demo.vex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-2014-123456", "pkg:apk/distro/git@2.39.0-r1?arch=armv7", vex.Fixed, ""},
			{"statements[0].products[1]", "CVE-2014-123456", "pkg:apk/distro/git@2.39.0-r1?arch=x86_64", vex.Fixed, ""},
		}, nil},
		{vexctl + "examples/openvex/document1.vex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-1234-5678", "pkg:apk/wolfi/bash@1.0.0", vex.UnderInvestigation, ""},
		}, nil},
		{vexctl + "examples/openvex/document2.vex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-1234-5678", "pkg:apk/wolfi/bash@1.0.0", vex.Fixed, ""},
		}, nil},
		{vexctl + "pkg/ctl/testdata/images.vex.json", "0.0.1", []said{
			{"statements[0].products[0]", "CVE-1234-5678", "pkg:oci/alpine@sha256:f271e74b17ced29b915d351685fd4644785c6d1559dd1f2d4189a5e851ef753a", vex.UnderInvestigation, ""},
			{"statements[1].products[0]", "CVE-1234-5678", "nginx", vex.UnderInvestigation, ""},
			{"statements[2].products[0]", "CVE-1234-5678", "registry.k8s.io/kube-apiserver:v1.26.0", vex.UnderInvestigation, ""},
			{"statements[3].products[0]", "CVE-1234-5678", "pkg:oci/kube-apiserver?repository_url=registry.k8s.io&tag=v1.26.0", vex.UnderInvestigation, ""},
		}, missing},
		// No products: they are those of a document around it.
		{vexctl + "pkg/ctl/testdata/test.vex.json", "0.0.1", []said{
			{"statements[0]", "CVE-2009-4487", "", vex.NotAffected, vex.VulnerableCodeNotInExecutePath},
			{"statements[1]", "CVE-2021-44228", "", vex.Affected, ""},
		}, []string{"version"}},
		{vexctl + "pkg/ctl/testdata/v001-1.vex.json", "0.0.1", []said{
			{"statements[0].products[0]", "CVE-1234-5678", "pkg:apk/wolfi/bash@1.0.0", vex.UnderInvestigation, ""},
		}, append([]string{"format"}, missing...)},
		{vexctl + "pkg/ctl/testdata/v001-2.vex.json", "0.0.1", []said{
			{"statements[0].products[0]", "CVE-1234-5678", "pkg:apk/wolfi/bash@1.0.0", vex.Fixed, ""},
		}, append([]string{"format"}, missing...)},
		{vexctl + "pkg/ctl/testdata/v020-1.vex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-9876-54321", "pkg:apk/wolfi/bash@1.0.0", vex.UnderInvestigation, ""},
		}, missing},
		{vexctl + "pkg/ctl/testdata/v020-2.vex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-1234-5678", "pkg:apk/wolfi/git@2.41.0-1", vex.UnderInvestigation, ""},
		}, missing},
		{vexctl + "pkg/ctl/testdata/sarif/sample.openvex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-2023-27103", nginx, vex.NotAffected, vex.ComponentNotPresent},
		}, []string{"statements[0].statement"}},
		{vexctl + "pkg/ctl/testdata/sarif/sample-2vulns.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-2023-27103", nginx, vex.NotAffected, vex.ComponentNotPresent},
			{"statements[1].products[0]", "CVE-2007-5686", nginx, vex.Fixed, ""},
		}, []string{"statements[0].statement", "statements[1].statement"}},
		{vexctl + "pkg/ctl/testdata/sarif/sample-history.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-2023-27103", nginx, vex.NotAffected, vex.ComponentNotPresent},
			{"statements[1].products[0]", "CVE-2023-27103", nginx, vex.NotAffected, vex.ComponentNotPresent},
		}, []string{"statements[0].statement", "statements[1].statement"}},
		{vexctl + "pkg/ctl/testdata/templates/oci-vexctl.openvex.json", "0.2.0", []said{
			{"statements[0].products[0]", "CVE-2014-12345678", "pkg:oci/vexctl", vex.NotAffected, vex.VulnerableCodeNotPresent},
		}, nil},
		// Its context has no version, its statements are those of 0.2.0.
		{guac + "open-vex-not-affected.json", "0.0.1", []said{
			{"statements[0].products[0]", "CVE-2023-12345", "pkg:oci/git@sha256:23a264e6e429852221a963e9f17338ba3f5796dc7086e46439a6f4482cf6e0cb", vex.NotAffected, vex.InlineMitigationsAlreadyExist},
		}, nil},
		{chainloop + "openvex_v0.2.0.json", "0.2.0", chainloopWants, nil},
		{materials + "openvex_v0.2.0.json", "0.2.0", chainloopWants, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := vex.Parse(realDocument(t, c.name))
			require.NoError(t, err)
			require.Equal(t, vex.OpenVEX, d.Format)
			require.Equal(t, c.version, d.SpecVersion)
			require.Equal(t, c.want, saidBy(d))
			var fields []string
			for _, p := range d.Problems {
				fields = append(fields, p.Field)
			}
			require.Equal(t, c.problems, fields)
			for _, s := range d.Statements {
				require.False(t, s.Issued.IsZero(), s.Path)
			}
		})
	}
}

func TestRealOpenVEXIsReadWhole(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse(realDocument(t, chainloop+"openvex_v0.2.0.json"))
	require.NoError(t, err)
	require.Equal(t, "The OpenVEX Project <openvex@openssf.org>", d.Author)
	require.Equal(t, "Demo Writer", d.Role)
	require.Equal(t, "1", d.Revision)
	s := d.Statements[3]
	require.Len(t, s.Subcomponents, 2)
	require.Equal(t, "pkg:apk/alpine/libssl3@3.0.8-r3", s.Subcomponents[0].Identity())
	require.Equal(t, "affected functions were removed before packaging", s.ImpactStatement)
	require.Equal(t, "sha256:124c7d2707904eea7431fffe91522a01e5a861a624ee31d03372cc1d138a3126", s.Product.Digests[0].String(), "an image's version is its digest")

	d, err = vex.Parse(realDocument(t, vexctl+"pkg/ctl/testdata/sarif/sample-2vulns.json"))
	require.NoError(t, err)
	require.Equal(t, []vex.Alias{{ID: "SNYK-DEBIAN12-LIBDE265-3361563"}}, d.Statements[0].Vulnerability.Aliases)
	require.Equal(t, "2023-08-16 01:55:22.076684 +0000 UTC", d.Statements[0].Issued.String(), "its own")
	require.Equal(t, d.Issued, d.Statements[1].Issued, "the document's")
	require.Equal(t, "2023-08-17 01:55:22.076684 +0000 UTC", d.Issued.String())
}

// GUAC reads a merged document that does not say that it is OpenVEX. We do not: nothing
// in it says by which version its statements are to be read.
func TestRealOpenVEXWithoutContextIsRefused(t *testing.T) {
	t.Parallel()
	_, err := vex.Parse(realDocument(t, guac+"open-vex-affected.json"))
	require.EqualError(t, err, `@context: it is "", which is not OpenVEX; allowed is OpenVEX 0.0.1 or 0.2.0, CSAF 2.0 or 2.1, or CycloneDX 1.4 to 1.6, in JSON`)
	raw := bytes.Replace(realDocument(t, guac+"open-vex-affected.json"), []byte(`"@context": ""`), []byte(`"@context": "https://openvex.dev/ns/v0.2.0"`), 1)
	d, err := vex.Parse(raw)
	require.NoError(t, err)
	require.Equal(t, []said{{"statements[0].products[0]", "CVE-1234-5678", "pkg:apk/wolfi/bash@1.0.0", vex.Affected, ""}}, saidBy(d))
	require.Equal(t, "This is a test action statement", d.Statements[0].ActionStatement)
}

func TestRealCSAF(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse(realDocument(t, vexctl+"examples/csaf/csaf.json"))
	require.NoError(t, err)
	require.Equal(t, []said{{"vulnerabilities[0].product_status.known_not_affected[0]", "CVE-2009-4487", "pkg:generic/component1@1.3.4", vex.NotAffected, ""}}, saidBy(d))
	require.Equal(t, "Class with vulnerable code was removed before shipping.", d.Statements[0].ImpactStatement)
	require.Equal(t, "CSAFPID-0001", d.Statements[0].Product.ID)
	require.Equal(t, "Example Company ABC 4.2", d.Statements[0].Product.Name)
	require.Equal(t, "2022-EVD-UC-01-NA-001", d.ID)
	require.Equal(t, []string{"Example Company", "https://psirt.example.com", "vendor", "csaf_vex", "1", "final", "Secvisogram 1.11.0"},
		[]string{d.Author, d.Namespace, d.Role, d.Category, d.Revision, d.Stage, d.Tooling})
	require.Empty(t, d.Problems)

	for _, dir := range []string{chainloop, materials} {
		d, err = vex.Parse(realDocument(t, dir+"csaf_vex_v0.2.0.json"))
		require.NoError(t, err)
		require.Equal(t, []said{{"vulnerabilities[0].product_status.known_affected[0]", "CVE-2021-44228", "CSAFPID-0001", vex.Affected, ""}}, saidBy(d))
		require.Equal(t, "1.0", d.Statements[0].Product.Version)
		require.Equal(t, []string{"vendor_fix"}, d.Statements[0].Responses)
		require.Equal(t, "Customers should update to version 1.1 of product DEF which fixes the issue.", d.Statements[0].ActionStatement)
		require.Empty(t, d.Problems)

		d, err = vex.Parse(realDocument(t, dir+"csaf_security_advisory.json"))
		require.NoError(t, err)
		require.Len(t, d.Statements, 6)
		require.Equal(t, "csaf_security_advisory", d.Category)
		s := d.Statements[0]
		require.Equal(t, vex.NotAffected, s.Status)
		require.Empty(t, s.ImpactStatement, "a severity without products is no impact statement")
		require.Equal(t, []vex.Alias{{ID: "https://bugzilla.redhat.com/show_bug.cgi?id=2031667", Source: "Red Hat Bugzilla"}}, s.Vulnerability.Aliases)
		require.Equal(t, "default_component_of", s.Product.Within[0].Relation)
		require.Equal(t, []string{"cpe:/a:redhat:openshift:4.6::el8"}, s.Product.Within[0].Product.CPEs)
	}

	d, err = vex.Parse(realDocument(t, chainloop+"csaf_vex_v0.2.1.json"))
	require.NoError(t, err)
	require.Equal(t, "2.1", d.SpecVersion)
	n := map[vex.Status]int{}
	for _, s := range d.Statements {
		n[s.Status]++
	}
	require.Equal(t, map[vex.Status]int{vex.UnderInvestigation: 5, vex.NotAffected: 6, vex.Affected: 5, vex.Fixed: 3}, n)
	require.Empty(t, d.Problems)
}

func TestRealCSAFOfRedHat(t *testing.T) {
	t.Parallel()
	raw := realDocument(t, guac+"rhsa-csaf.json")
	d, err := vex.Parse(raw)
	require.NoError(t, err)
	var in struct {
		Vulnerabilities []struct {
			ProductStatus map[string][]string `json:"product_status"`
		}
	}
	require.NoError(t, json.Unmarshal(raw, &in))
	stated := in.Vulnerabilities[0].ProductStatus
	require.Len(t, d.Statements, len(stated["known_affected"])+len(stated["fixed"]))
	require.Len(t, d.Statements, 36)
	require.Equal(t, said{
		"vulnerabilities[0].product_status.known_affected[0]", "CVE-2023-0286",
		"pkg:rpm/redhat/openssl@1.1.1k-7.el8_6?arch=x86_64&epoch=1", vex.Affected, "",
	}, saidBy(d)[0])
	purls := 0
	for i, s := range d.Statements[1:] {
		require.Equal(t, vex.Fixed, s.Status)
		require.Equal(t, stated["fixed"][i], s.Product.ID)
		require.Len(t, s.Product.Within, 1)
		require.Equal(t, "BaseOS-8.6.0.Z.EUS", s.Product.Within[0].Product.ID)
		purls += len(s.Product.Packages)
	}
	require.Equal(t, 2, purls, "openssl for aarch64 and nginx")
	require.Equal(t, "1:1.1.1k-8.el8_6", d.Statements[1].Product.Packages[0].Version, "an RPM's epoch belongs to its version")
	require.Contains(t, d.Statements[0].ActionStatement, "\nhttps://access.redhat.com/errata/RHSA-2023:1441")
	require.Equal(t, time.Date(2023, 3, 23, 11, 14, 0, 0, time.UTC), d.Issued)
}

func TestRealCSAFOfOtherCategoriesIsRefused(t *testing.T) {
	t.Parallel()
	for name, category := range map[string]string{
		chainloop + "csaf_informational_advisory.json":                    "csaf_informational_advisory",
		chainloop + "csaf_security_incident_response.json":                "csaf_incident_response",
		materials + "csaf_informational_advisory.json":                    "csaf_informational_advisory",
		materials + "csaf_security_incident_response.json":                "csaf_security_incident_response",
		materials + "csaf_security_incident_response_wrong_category.json": "random",
	} {
		_, err := vex.Parse(realDocument(t, name))
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, name)
		require.Equal(t, fault.Invalid{Field: "document.category", Allowed: "one of csaf_vex, csaf_security_advisory", Problem: `it is "` + category + `"`}, *invalid)
	}
}

func TestRealCycloneDX(t *testing.T) {
	t.Parallel()
	d, err := vex.Parse(realDocument(t, guac+"cyclonedx-unaffected-vex.json"))
	require.NoError(t, err)
	// The BOM-Link names another document; its bom-ref is a package URL.
	require.Equal(t, []said{{
		"vulnerabilities[0].affects[0]", "CVE-2020-25649", "pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.10.0?type=jar",
		vex.NotAffected, vex.VulnerableCodeNotInExecutePath,
	}}, saidBy(d))
	s := d.Statements[0]
	require.Equal(t, "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:maven/com.fasterxml.jackson.core/jackson-databind@2.10.0?type=jar", s.Product.ID)
	require.Equal(t, []string{"code_not_reachable"}, s.StatedJustification)
	require.Equal(t, []string{"will_not_fix", "update"}, s.Responses)
	require.Contains(t, s.ImpactStatement, "Automated dataflow analysis")
	require.Contains(t, s.ActionStatement, "Upgrade com.fasterxml.jackson.core:jackson-databind")
	require.Equal(t, "NVD", s.Vulnerability.Source)
	require.Equal(t, []vex.Alias{{ID: "SNYK-JAVA-COMFASTERXMLJACKSONCORE-1048302", Source: "SNYK"}}, s.Vulnerability.Aliases)
	require.Empty(t, d.Problems)

	d, err = vex.Parse(realDocument(t, guac+"cyclonedx-vex-affected.json"))
	require.NoError(t, err)
	require.Equal(t, []said{{"vulnerabilities[0].affects[0]", "CVE-2021-44228", "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#product-ABC", vex.Affected, ""}}, saidBy(d))
	require.Equal(t, []vex.VersionStatus{{Version: "2.4", Status: "affected"}, {Version: "2.6", Status: "affected"}}, d.Statements[0].Versions)
	require.Contains(t, d.Statements[0].StatusNotes, "Versions of Product ABC are affected")
	require.Equal(t, time.Date(2022, 3, 3, 0, 0, 0, 0, time.UTC), d.Statements[0].Issued)

	// Its links begin with urn:uuid:, and the second leads nowhere.
	d, err = vex.Parse(realDocument(t, guac+"cyclonedx-vex-false-positive.json"))
	require.NoError(t, err)
	require.Len(t, d.Statements, 2)
	for _, s := range d.Statements {
		require.Equal(t, vex.NotAffected, s.Status)
		require.Equal(t, []string{"false_positive"}, s.StatedStatus)
		require.Equal(t, []vex.VersionStatus{{Version: "1.0.0", Status: "unaffected"}}, s.Versions)
	}
	require.Equal(t, "test-app-2", d.Statements[0].Product.Name)
	require.Equal(t, "1.0.0", d.Statements[0].Product.Version)
	require.Empty(t, d.Statements[1].Product.Name)
	require.Len(t, d.Problems, 3)
	require.Equal(t, "vulnerabilities[1].affects[0].ref", d.Problems[2].Field)
	require.Contains(t, d.Problems[2].Problem, "test-component-2-no-detail")

	for _, name := range []string{"alpine-cyclonedx.json", "small-deps-cyclonedx.json", "quarkus-deps-cyclonedx.json"} {
		_, err = vex.Parse(realDocument(t, guac+name))
		require.ErrorContains(t, err, "vulnerabilities: it is missing", name)
	}
}
