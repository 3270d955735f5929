package pghealth

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What PostgreSQL's own grammar takes as synchronous_standby_names.
func TestWantedStandbys(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]struct {
		n     int
		names []string
	}{
		"one":                        {1, []string{"one"}},
		"one, two":                   {1, []string{"one", "two"}},
		"*":                          {1, []string{"*"}},
		`2 (a, b,c)`:                 {2, []string{"a", "b", "c"}},
		"FIRST 2 (a, *)":             {2, []string{"a", "*"}},
		"any 3(a,b,c , d)":           {3, []string{"a", "b", "c", "d"}},
		` ANY 1 ("my, ""one""", 42)`: {1, []string{`my, "one"`, "42"}},
		"\nfirst\n1\n(\na\n)\n":      {1, []string{"a"}},
		`"any", first`:               {1, []string{"any", "first"}},
	} {
		n, names := wanted(setting)
		require.Equal(t, want.n, n, setting)
		require.Equal(t, want.names, names, setting)
	}
	require.True(t, listed([]string{"One"}, "oNE"))
	require.True(t, listed([]string{"a", "*"}, "anybody"))
	require.False(t, listed([]string{"a", "b"}, ""))
}
