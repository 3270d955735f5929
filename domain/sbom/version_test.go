package sbom_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/sbom"
)

// compare says how a range sees two versions: "<", "=" or ">".
func compare(t *testing.T, scheme, a, b string) string {
	t.Helper()
	in := func(comparator, bound, version string) bool {
		r, err := sbom.ParseRange("vers:" + scheme + "/" + comparator + strings.ReplaceAll(bound, "+", "%2B"))
		require.NoError(t, err)
		in, err := r.Contains(version)
		require.NoError(t, err, version)
		return in
	}
	switch less, more := in("<", b, a), in(">", b, a); {
	case less:
		require.False(t, more)
		require.True(t, in(">", a, b), "%s %s", a, b)
		return "<"
	case more:
		require.True(t, in("<", a, b), "%s %s", a, b)
		return ">"
	}
	require.True(t, in("", b, a), "%s %s", a, b)
	return "="
}

// Each line is in ascending order: every version of it with every later one, "=" before
// what is equal to the one before.
func TestVersionsAreOrderedAsTheirEcosystemsDo(t *testing.T) {
	t.Parallel()
	for scheme, lines := range map[string][]string{
		// https://pub.dev/documentation/pub_semver/latest/pub_semver/Version/compareTo.html
		"pub": {
			"1.0.0-a+2 1.0.0-b+1 1.0.0 1.0.0+1 =1.0.0+01 1.0.0+1.0 1.0.0+2 1.0.0+10 1.0.0+a 1.0.0+a.1 1.0.0+b 1.0.1-0 1.0.1",
			"0.8.4 0.8.4+2 0.8.4+3 0.8.4+10 0.8.5",
		},
		// https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd
		"apk": {
			"1.0_alpha 1.0_beta 1.0_pre 1.0_rc 1.0_rc1 1.0_rc2 1.0_rc10 1.0 1.0_cvs1 1.0_svn1 1.0_git1 1.0_hg1 1.0_p1 1.0_p2 1.0a 1.0a_p1 1.0b 1.0.1_rc1 1.0.1",
			"1.0_rc1-r0 1.0_rc1-r1 1.0-r0 1.0-r9 1.0-r10 1.0_p1-r0 1.0_p1-r1 1.0.0_rc1 1.0.0 1.0.1",
			"3.0.0_rc1-r0 3.0.0-r0 3.0.0-r1 3.0.1_rc1-r0 3.0.1-r0 3.0.10-r0",
			"6.0_pre1 6.0 6.1_pre1 6.1 6.10",
			"1_rc1 1 1-r1 1.0_rc1 1.0",
			"6.4_p20231125-r0 6.4_p20240330-r0 20230506-r0 20240226-r0",
			"1.1_alpha_pre2 1.1_alpha2 1.1_alpha2-r1 1.1",
		},
		// https://maven.apache.org/pom.html#version-order-specification
		"maven": {
			"1.0-alpha-1 1.0-alpha-2 1.0.beta1 =1.0-b1 1.0-m1 =1.0.milestone1 1.0-RC =1.0-cr 1.0.RC2 =1.0-RC2 1.0-RC3 1.0-SNAPSHOT 1.0 =1 =1.0.0 =1.0.Final =1-ga 1.0-sp 1.0-abc 1.0-1 1.0.1",
			"1.0.0.M1 1.0.0.M2 1.0.0.RC1 1.0.0.RELEASE 1.0.1.RELEASE",
			"1.0.0.M1 1.0.0.RC1 1.0.0.RELEASE =1.0.0 1.0.1.M1 1.0.1.RELEASE",
			"1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1 1-sp 1-sp2 1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123",
			"2.0 2.0.a 2-1 2.0.2 2.0.123 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11.a2 11.a11 11.b2 11.b11 11.m2 11.m11 11 11.a 11b 11c 11m",
			"1-0.alpha 1-0.beta 1", "6.1.0rc3 6.1.0 6.1H.5-beta",
			"2-x =2.0.x =2.0.0.x =2.0.0x", "1.0.0.x1 1.0.0-x2", "1.0.0.def1 1.0.0-def2", "2.9.10 2.9.10.1 2.9.10.8 2.10.0.pr1 2.10.0.pr2",
			"31.1-android 31.1-jre 32.0.0-android 32.0.0-jre", "20030203.000549 20030203.000550", "3.2.2 3.2.2-redhat-2 3.2.3",
			"4.1.100.Final 4.1.101.Final 4.1.101.Final-redhat-00001 4.1.102.Final",
		},
		"rpm": {"1.0~rc1~git1 1.0~rc1 1.0 1.0a 1.0.1 1.99999999999999999998 1.99999999999999999999"},
		"deb": {"1.0~rc1-1 1.0-1 1.0-1+deb11u1 1.0-1+deb11u13 1.0+dfsg-1 1.0.4~ 1.0.4 1:0.1"},
		"npm": {"1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.9 1.0.0-alpha.10 1.0.0-beta 1.0.0 =1.0.0+20230101120000000000000 1.0.1"},
	} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			for _, line := range lines {
				words := strings.Fields(line)
				for i := range words {
					want := "="
					for j := i + 1; j < len(words); j++ {
						if words[j][0] != '=' {
							want = "<"
						}
						a, b := strings.TrimPrefix(words[i], "="), strings.TrimPrefix(words[j], "=")
						if got := compare(t, scheme, a, b); got != want {
							t.Errorf("%s %s %s, want %s", a, got, b, want)
						}
					}
				}
			}
		})
	}
}

// Two of these are one to a library, or wrap round below zero.
func TestVersionsWithLargeNumbersAreNotCompared(t *testing.T) {
	t.Parallel()
	for scheme, versions := range map[string][]string{
		"deb":    {"0~99999999999999999998-1", "9223372036854775808", "1-9223372036854775808"},
		"maven":  {"1.9223372036854775808", "1-rc-9223372036854775808"},
		"apk":    {"1.9223372036854775808", "1.0_p9223372036854775808", "1.0-r9223372036854775808", "1.0-2", "1.0-rx"},
		"pypi":   {"1.99999999999999999999", "1.0+99999999999999999999"},
		"npm":    {"99999999999999999999.0.0", "1.0.0-99999999999999999999"},
		"golang": {"v1.99999999999999999999.0", "v1.0.0-99999999999999999999"},
		"cargo":  {"1.0.0-rc.99999999999999999999"},
		"nuget":  {"1.0.99999999999999999999", "1.0.0-99999999999999999999"},
		"pub":    {"1.0.0+99999999999999999999", "1.0.0-99999999999999999999"},
	} {
		r, err := sbom.ParseRange("vers:" + scheme + "/>0.1")
		require.NoError(t, err)
		for _, v := range versions {
			_, err := r.Contains(v)
			require.ErrorIs(t, err, fault.ErrInvalid, "%s %s", scheme, v)
			_, err = sbom.ParseRange("vers:" + scheme + "/<" + strings.ReplaceAll(v, "+", "%2B"))
			require.ErrorIs(t, err, fault.ErrInvalid, "%s %s", scheme, v)
		}
		_, err = r.Contains("0.123456789")
		require.NoError(t, err, scheme)
	}
}
