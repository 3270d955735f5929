package attestor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/attestor"
)

// Whatever hostile evidence makes a Verifier say, it can be stored.
func TestFailedVerification(t *testing.T) {
	t.Parallel()
	got := attestor.FailedVerification("v", "p", "a\x00b\u00a0c\xff\n"+strings.Repeat("é", 2000))
	require.Equal(t, attestor.Failed, got.Outcome)
	require.True(t, strings.HasPrefix(got.Reason, "a b c\ufffd é"), got.Reason[:20])
	require.WithinDuration(t, time.Now(), got.TimeVerified, time.Minute)
	require.NoError(t, got.Validate(1))
	require.NoError(t, attestor.FailedVerification("v", "p", "").Validate(1))
}

// A long policy stays storable and tells different requirements apart.
func TestPolicyText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 4096)
	one, other := attestor.PolicyText(long+"1"), attestor.PolicyText(long+"2")
	require.NotEqual(t, one, other)
	require.Equal(t, one, attestor.PolicyText(long+"1"))
	require.NoError(t, attestor.FailedVerification("v", one, "r").Validate(1))
	require.Equal(t, "short", attestor.PolicyText("short"))
}
