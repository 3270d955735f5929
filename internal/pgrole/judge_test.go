package pgrole

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
)

// No server that is too old is at hand, so the facts about one are given.
func TestOldServerIsRefusedByVersion(t *testing.T) {
	t.Parallel()
	f := facts{version: 149999, versionText: "14.19", exists: true, inherit: true, member: []string{string(App)}}
	err := judge(App, f)
	require.ErrorIs(t, err, fault.ErrServer)
	require.ErrorContains(t, err, "14.19")
	f.version = minServerVersion
	require.NoError(t, judge(App, f))
}

func TestMissingRoleNamesTheBootstrap(t *testing.T) {
	t.Parallel()
	err := judge(App, facts{version: minServerVersion, login: "x"})
	require.ErrorIs(t, err, fault.ErrRole)
	require.ErrorContains(t, err, "attestdb_app does not exist")
	require.ErrorContains(t, err, "attestdb migrate bootstrap")
}
