package sbom_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
)

func TestRangeContains(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct{ in, out []string }{
		"vers:npm/>=1.2.0|<2.0.0":                 {[]string{"1.2.0", "1.10.0", "2.0.0-rc.1"}, []string{"1.1.9", "2.0.0", "1.2.0-rc.1"}},
		"vers:npm/<2.0.0|>=1.2.0":                 {[]string{"1.2.0"}, []string{"1.1.9", "2.0.0"}},
		"vers:npm/1.0.0|>=1.2.0|!=1.3.0|<=2.0.0":  {[]string{"1.0.0", "1.2.0", "2.0.0"}, []string{"1.1.0", "1.3.0", "2.0.1"}},
		"vers:npm/<1.0.0|>=2.0.0|<3.0.0|>4.0.0":   {[]string{"0.1.0", "2.5.0", "4.0.1"}, []string{"1.0.0", "1.5.0", "3.0.0", "4.0.0"}},
		"vers:npm/>1.0.0":                         {[]string{"1.0.1"}, []string{"1.0.0", "0.9.0"}},
		"vers:npm/<=1.0.0":                        {[]string{"1.0.0", "0.9.0"}, []string{"1.0.1"}},
		"vers:npm/!=1.0.0":                        {[]string{"1.0.1"}, []string{"1.0.0"}},
		"vers:npm/=1.0.0|2.0.0":                   {[]string{"1.0.0", "2.0.0"}, []string{"1.5.0"}},
		"vers:golang/>=v1.9.0|<v1.10.0":           {[]string{"v1.9.7"}, []string{"v1.10.0", "1.8.0"}},
		"vers:semver/*":                           {[]string{"0.0.1"}, nil},
		"vers:deb/>=1:2.0-1|<1:2.10-0":            {[]string{"1:2.9-3", "1:2.0-1+b1"}, []string{"2.9-3", "1:2.10-0", "1:2.0-1~rc1"}},
		"vers:rpm/>=1:4.2-3|<1:4.10-1":            {[]string{"1:4.9-1.el9"}, []string{"4.9-1", "1:4.10-1"}},
		"vers:pypi/>=1.0|<2.0":                    {[]string{"1.0.post1", "2.0rc1", "1.0.0"}, []string{"2.0.0", "1.0rc1"}},
		"vers:maven/>=1.0|<2.0":                   {[]string{"1.0", "1.10", "2.0-alpha-1"}, []string{"2.0", "1.0-SNAPSHOT"}},
		"vers:apk/>=1.2.3-r0|<1.2.10-r0":          {[]string{"1.2.9-r5"}, []string{"1.2.10-r0", "1.2.3_rc1-r0"}},
		"vers:deb/1%3A2.0":                        {[]string{"1:2.0"}, []string{"2.0"}},
		"vers:deb/<1:4.0":                         {[]string{"4.8", "0:9"}, []string{"1:4.8"}},
		"vers:nuget/<1.0.0-alpha":                 {[]string{"0.9", "1.0.0-Aaa"}, []string{"1.0.0-ALPHA.0x", "1.0.0-Beta", "1.0.0-Alpha", "1.0"}},
		"vers:nuget/>=4.3.0.1|<4.3.1":             {[]string{"4.3.0.1", "4.3.0.2-rc.2", "4.3.0.10", "4.3.0.1+x", "4.3.1-rc.1"}, []string{"4.3.0", "4.3.0.1-rc.1", "4.3.1.0"}},
		"vers:npm/ >=0.5 | <2\t| 3.0 ":            {[]string{"0.5.0", "1.0.0", "3.0.0"}, []string{"2.0.0", "0.4.0"}},
		" vers:semver/ *":                         {[]string{"0.0.1"}, nil},
		"vers:cargo/>=0.1.0|<0.2.0|>=0.3.0|<=1.0": {[]string{"0.1.5", "1.0.0"}, []string{"0.2.0", "0.2.9"}},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			r, err := sbom.ParseRange(text)
			require.NoError(t, err)
			again, err := sbom.ParseRange(r.String())
			require.NoError(t, err)
			require.Equal(t, r.String(), again.String())
			for _, v := range c.in {
				in, err := again.Contains(v)
				require.NoError(t, err, v)
				require.True(t, in, v)
			}
			for _, v := range c.out {
				in, err := again.Contains(v)
				require.NoError(t, err, v)
				require.False(t, in, v)
			}
		})
	}
}

// A version that its scheme does not know is never inside, nor silently outside.
func TestRangeRefusesOtherVersions(t *testing.T) {
	t.Parallel()
	for text, v := range map[string]string{
		"vers:npm/*": "", "vers:npm/>1.0.0": "latest", "vers:nuget/>=1.0.0": "1.2.3.4.5", "vers:deb/>1": "a:1",
		"vers:pypi/>=1": "1..2", "vers:rpm/<1.0.1-1": "1.0^1-1", "vers:rpm/>1.0": "1.0^", "vers:rpm/<9": "99999999999999999999:1",
		"vers:nuget/<1": "1.0..0", "vers:rpm/>1": "x:1", "vers:apk/>1": "x.y",
	} {
		r, err := sbom.ParseRange(text)
		require.NoError(t, err)
		in, err := r.Contains(v)
		require.False(t, in)
		if text != "vers:npm/*" {
			require.ErrorIs(t, err, fault.ErrInvalid, "%s %s", text, v)
		}
	}
}

func TestParseRangeRefuses(t *testing.T) {
	t.Parallel()
	for text, problem := range map[string]string{
		"": "it is", "npm/>1": "it is", "vers:npm": "it is", "vers:npm/": "it is",
		"vers:gem/>=1":      `"gem" cannot be compared`,
		"vers:npm/>=1|>2":   "two bounds of one side",
		"vers:npm/>=1|<1.0": "twice",
		"vers:npm/>=x":      "version",
		"vers:npm/>=1||<2":  "no version",
		"vers:npm/%zz":      "invalid URL escape",
		"vers:npm/>1%20.0":  "no version",
		"vers:rpm/>=1.0^1":  "caret",
	} {
		_, err := sbom.ParseRange(text)
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, text)
		require.Contains(t, invalid.Problem, problem, text)
	}
}

func FuzzRange(f *testing.F) {
	for _, scheme := range []string{"npm", "deb", "rpm", "pypi", "maven", "apk"} {
		f.Add("vers:"+scheme+"/>=1.2|!=1.3|<2.0", "1.2.3-1")
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		r, err := sbom.ParseRange(text)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		in, err := r.Contains(version)
		again, err2 := sbom.ParseRange(r.String())
		require.NoError(t, err2, r.String())
		in2, err3 := again.Contains(version)
		require.Equal(t, in, in2)
		require.Equal(t, err == nil, err3 == nil)
	})
}
