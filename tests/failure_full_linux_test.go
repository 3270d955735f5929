package tests

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
)

// smallDisk mounts a file system of so many megabytes, and returns where and
// how to make it larger.
func smallDisk(t *testing.T, megabytes int) (dir string, grow func(megabytes int)) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a small disk is mounted, which only root may")
	}
	dir, err := os.MkdirTemp("", "attestdb-disk-")
	require.NoError(t, err)
	size := func(m int) string { return fmt.Sprintf("size=%dm", m) }
	if err := syscall.Mount("attestdb-test", dir, "tmpfs", 0, size(megabytes)); err != nil {
		require.NoError(t, os.Remove(dir))
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH))
		require.NoError(t, os.Remove(dir))
	})
	return dir, func(m int) {
		require.NoError(t, syscall.Mount("attestdb-test", dir, "tmpfs", syscall.MS_REMOUNT, size(m)))
	}
}

func TestFullDiskIsSaidAndLeavesNothingInPart(t *testing.T) {
	t.Parallel()
	disk, grow := smallDisk(t, 24)
	s := startServer(t, true, nil)
	st, err := os.Stat(filepath.Join(s.cfg.Dir, "data"))
	require.NoError(t, err)
	owner, ok := st.Sys().(*syscall.Stat_t)
	require.True(t, ok)
	require.NoError(t, os.Chown(disk, int(owner.Uid), int(owner.Gid)))
	// The log stays on the large disk: a server that cannot write its log
	// stops, which another test is about.
	s.exec(t, "postgres", fmt.Sprintf("CREATE TABLESPACE small LOCATION '%s'", disk))
	s.exec(t, "postgres", "ALTER DATABASE "+ownDatabase+" SET TABLESPACE small")

	db := s.open(t, 2)
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	var stored []attestor.Recorded
	var refused *attestor.Evidence
	for n := 0; refused == nil && n < 100; n++ {
		// Incompressible, so that it takes the room that it has.
		payload := []byte(fmt.Sprintf(`{"n":%d,"pad":"%s"}`, n, noise(t, 300<<10)))
		ev, err := attestor.Parse(signer.Envelope("application/json", payload))
		require.NoError(t, err)
		rec, err := acme.Record(t.Context(), ev)
		if errors.Is(err, attestdb.ErrStorageFull) {
			refused = ev
			continue
		}
		require.NoError(t, err)
		stored = append(stored, rec)
	}
	require.NotNil(t, refused, "24 MB are full before 100 envelopes of 400 kB")
	require.NotEmpty(t, stored)
	_, err = acme.Attestor().IDBySHA256(t.Context(), refused.SHA256)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	for _, rec := range stored {
		content, err := acme.Attestor().Content(t.Context(), rec.ID)
		require.NoError(t, err, "what is stored can be read")
		require.True(t, bytes.Contains(content, []byte("payload")))
	}
	super := s.pool(t, 1)
	requireWhole(t, super)

	grow(64)
	rec, err := acme.Record(t.Context(), refused)
	require.NoError(t, err, "there is room again")
	require.False(t, rec.Existed)
	requireWhole(t, super)
}

// noise returns n random hexadecimal digits.
func noise(t *testing.T, n int) string {
	t.Helper()
	b := make([]byte, n/2)
	_, err := rand.Read(b)
	require.NoError(t, err)
	return hex.EncodeToString(b)
}
