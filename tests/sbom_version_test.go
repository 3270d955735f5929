package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/internal/testdb"
)

// A component may state its version beside a package URL that has none.
func TestComponentsAreFoundByTheirOwnVersion(t *testing.T) {
	t.Parallel()
	acme := domaintest.Tenant(t, openOn(t, testdb.New(t)), "acme")
	long := strings.Repeat("9", sbom.MaxVersionLength+1)
	var components []component
	for _, c := range [][2]string{
		{"pkg:npm/nover", "1.2.3"}, {"pkg:npm/nover", ""}, {"pkg:npm/nover@2.0.0", "9.9.9"}, {"pkg:npm/nover?arch=x", "1.2.3"}, {"pkg:npm/nover?arch=x", ""},
		{"pkg:rpm/nover?epoch=1", "4.2-3"}, {"pkg:npm/long", long},
	} {
		components = append(components, component{Type: "library", Name: c[0] + " " + c[1], PURL: c[0], Version: c[1]})
	}
	_, err := acme.ImportSBOM(t.Context(), cycloneDX(t, "app", components...))
	require.NoError(t, err)
	_, err = acme.ImportSBOM(t.Context(), []byte(`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"doc","documentNamespace":"https://example.com/1",
		"creationInfo":{"created":"2026-01-31T12:00:00Z"},"documentDescribes":["SPDXRef-a"],"packages":[{"SPDXID":"SPDXRef-a","name":"pkg:npm/spdx","versionInfo":"1.2.3",
		"externalRefs":[{"referenceCategory":"PACKAGE_MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/spdx"}]}]}`))
	require.NoError(t, err)
	for _, c := range []struct {
		purl, vers string
		want       []string
	}{
		{"pkg:npm/nover@1.2.3", "", []string{"pkg:npm/nover 1.2.3", "pkg:npm/nover?arch=x 1.2.3"}},
		{"pkg:npm/nover@9.9.9", "", nil},
		{"pkg:npm/nover", "vers:npm/<2.0.0", []string{"pkg:npm/nover 1.2.3", "pkg:npm/nover?arch=x 1.2.3"}},
		{"pkg:npm/nover@1.2.3?arch=x", "", []string{"pkg:npm/nover?arch=x 1.2.3"}},
		{"pkg:npm/nover?arch=x", "", []string{"pkg:npm/nover?arch=x ", "pkg:npm/nover?arch=x 1.2.3"}},
		{"pkg:rpm/nover@4.2-3?epoch=1", "", []string{"pkg:rpm/nover?epoch=1 4.2-3"}},
		{"pkg:rpm/nover@1:4.2-3", "", []string{"pkg:rpm/nover?epoch=1 4.2-3"}},
		{"pkg:npm/long", "", []string{"pkg:npm/long " + long}},
		{"pkg:npm/spdx@1.2.3", "", []string{"pkg:npm/spdx"}},
	} {
		q := attestor.ComponentQuery{PURL: c.purl}
		if c.vers != "" {
			q.Range = versRange(t, c.vers)
		}
		var found []string
		for _, in := range containing(t, acme, q, 2) {
			found = append(found, in.Component.Name)
			if in.Component.Version == "1.2.3" {
				require.Equal(t, "1.2.3", in.Component.Package.Version, c.purl)
			}
		}
		slices.Sort(found)
		require.Equal(t, c.want, found, c.purl)
	}
}
