package vex_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
	"stella-ops.org/attestdb/domain/vex"
)

func FuzzOpenVEX(f *testing.F) {
	fuzz(f, vex.OpenVEX, openVEX, "vexctl/*/*/*.json", "vexctl/*/*/*/*.json", "vexctl/*/*/*/*/*.json", guac+"open-vex*.json", chainloop+"openvex*.json")
}

func FuzzCSAF(f *testing.F) {
	fuzz(f, vex.CSAF, csaf, vexctl+"examples/csaf/csaf.json", guac+"*csaf*.json", chainloop+"csaf*.json")
}

func FuzzCycloneDX(f *testing.F) {
	fuzz(f, vex.CycloneDX, cycloneDX, guac+"*vex*.json", guac+"small-deps-cyclonedx.json")
}

// fuzz starts from the real documents where they are at hand.
func fuzz(f *testing.F, format vex.Format, own string, patterns ...string) {
	f.Helper()
	f.Add([]byte(own))
	for _, p := range patterns {
		names, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", filepath.FromSlash(p)))
		require.NoError(f, err)
		for _, name := range names {
			raw, err := os.ReadFile(name)
			require.NoError(f, err)
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := vex.Parse(raw)
		if err != nil {
			var invalid *fault.Invalid
			if !errors.As(err, &invalid) || invalid.Field == "" || invalid.Allowed == "" || d != nil {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if d.Format != format {
			return
		}
		again, err := vex.Parse(raw)
		require.NoError(t, err)
		require.Equal(t, d, again)
		require.NotEmpty(t, d.Statements)
		for _, s := range d.Statements {
			require.Contains(t, []vex.Status{vex.NotAffected, vex.Affected, vex.Fixed, vex.UnderInvestigation}, s.Status)
			require.NotEmpty(t, s.StatedStatus)
			require.NotEmpty(t, s.Vulnerability.ID)
			require.NotEmpty(t, s.Path)
			require.True(t, s.Justification == "" || s.Status == vex.NotAffected)
			for _, p := range s.Product.Packages {
				same, err := sbom.ParsePackage(p.PURL)
				require.NoError(t, err)
				require.Equal(t, p.Key, same.Key)
			}
		}
	})
}
