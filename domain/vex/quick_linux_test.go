package vex_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/vex"
)

// processorTime is what the whole process has used: other processes do not count, so the
// test that asks for it runs alone in its own.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

//nolint:paralleltest // see processorTime
func TestParseIsQuick(t *testing.T) {
	raw := many(10_000)
	start := processorTime(t)
	d, err := vex.Parse(raw)
	took := processorTime(t) - start
	require.NoError(t, err)
	require.Len(t, d.Statements, 10_000)
	require.Equal(t, "CVE-2026-9999", d.Statements[9999].Vulnerability.ID)
	require.Less(t, took, time.Second)
	t.Log(took)
}
