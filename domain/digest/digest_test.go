package digest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/fault"
)

func TestNewKeepsWhatTheAlgorithmMeans(t *testing.T) {
	t.Parallel()
	hex64 := strings.Repeat("ab", 32)
	for _, c := range []struct{ algorithm, encoded, want string }{
		{"sha256", hex64, "sha256:" + hex64},
		{"sha256", strings.ToUpper(hex64), "sha256:" + hex64},
		{"gitCommit", strings.Repeat("0a", 20), "gitCommit:" + strings.Repeat("0a", 20)},
		{"dirHash", "h1:Zm9v", "dirHash:h1:Zm9v"},
		{"custom", "6869", "custom:6869"},
		{"gitoid:sha1", "gitoid:blob:sha1:" + strings.Repeat("0a", 20), "gitoid:sha1:gitoid:blob:sha1:" + strings.Repeat("0a", 20)},
	} {
		d, err := digest.New(c.algorithm, c.encoded)
		require.NoError(t, err)
		require.Equal(t, c.want, d.String())
		parsed, err := digest.Parse(d.String())
		require.NoError(t, err)
		require.Equal(t, d, parsed)
		stored, err := digest.FromBytes(d.Algorithm(), d.Bytes())
		require.NoError(t, err)
		require.Equal(t, d, stored)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ algorithm, encoded, field string }{
		{"", "00", "digest algorithm"},
		{"sha 256", "00", "digest algorithm"},
		{"gitoid:", "00", "digest algorithm"},
		{"other:sha1", "00", "digest algorithm"},
		{strings.Repeat("a", 33), "00", "digest algorithm"},
		{"sha256", "", "digest"},
		{"sha256", "abcd", "digest"},
		{"sha256", strings.Repeat("zz", 32), "digest"},
		{"shake256", strings.Repeat("00", 129), "digest"},
		{"dirHash", "", "digest"},
		{"dirHash", "a\x00b", "digest"},
		{"dirHash", "\xff", "digest"},
	} {
		_, err := digest.New(c.algorithm, c.encoded)
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid, "%q %q", c.algorithm, c.encoded)
		require.Equal(t, c.field, invalid.Field)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("0", 64))
	f.Add("dirHash:h1:Zm9v")
	f.Add("gitoid:sha1:gitoid:blob:sha1:00")
	f.Add("::")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := digest.Parse(s)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.True(t, d.IsZero())
			return
		}
		again, err := digest.Parse(d.String())
		require.NoError(t, err)
		require.Equal(t, d, again)
		require.NotEmpty(t, d.Bytes())
	})
}
