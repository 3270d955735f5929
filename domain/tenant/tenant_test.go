package tenant_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/tenant"
)

func TestActorIsPrintableAndBounded(t *testing.T) {
	t.Parallel()
	for _, a := range []tenant.Actor{"ci@acme", "Zoë", tenant.Actor(strings.Repeat("a", 256))} {
		require.NoError(t, a.Validate())
	}
	for _, a := range []tenant.Actor{"", "a\nb", "a\x00", "\xff", tenant.Actor(strings.Repeat("a", 257))} {
		require.ErrorIs(t, a.Validate(), fault.ErrInvalid, "%q", string(a))
	}
}

// An id is a UUID in its one spelling, so that no text of the caller's ever
// reaches the setting that row-level security compares with.
func FuzzParseID(f *testing.F) {
	f.Add("01890000-0000-7000-8000-000000000000")
	f.Add("00000000-0000-0000-0000-000000000000")
	f.Add("x'; SET ROLE attestdb_owner; --")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := tenant.ParseID(s)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrInvalid)
			require.True(t, id.IsZero())
			return
		}
		require.False(t, id.IsZero())
		require.Equal(t, strings.ToLower(s), id.String())
	})
}
