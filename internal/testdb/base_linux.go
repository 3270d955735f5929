package testdb

import (
	"os"
	"syscall"
)

// enough is the room that a server and some dozens of databases need, in
// bytes.
const enough = 512 << 20

// baseDir is where the server's directory goes: in memory if there is room,
// since a busy disk makes a copy ten times slower.
func baseDir() string {
	const shm = "/dev/shm"
	var st syscall.Statfs_t
	if syscall.Statfs(shm, &st) != nil || st.Bavail*uint64(st.Bsize) < enough {
		return os.TempDir()
	}
	probe, err := os.MkdirTemp(shm, dirPrefix)
	if err != nil {
		return os.TempDir()
	}
	_ = os.Remove(probe)
	return shm
}
