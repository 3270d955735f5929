package sbom_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/sbom"
)

func TestLicencesWithin(t *testing.T) {
	t.Parallel()
	for licence, want := range map[string][]string{
		"MIT":                     nil, // it is found as it is
		"(MIT)":                   {"MIT"},
		"( MIT )":                 {"MIT"},
		"(MIT OR ISC)":            {"MIT", "ISC"},
		"MIT\nOR\tISC":            {"MIT", "ISC"},
		"MIT\u00a0OR ISC":         {"MIT", "ISC"},
		"GPL-2.0+ AND (0BSD)":     {"GPL-2.0+", "0BSD"},
		"MIT OR":                  nil,
		"(OR)":                    nil,
		"Expat License (MIT)":     nil,
		"Apache License, Version": nil,
	} {
		c := sbom.Component{Licences: []string{licence}}
		require.Equal(t, want, c.LicencesWithin(), licence)
	}
}
