//go:build !linux

package testdb

import "os"

// baseDir is where the server's directory goes.
func baseDir() string { return os.TempDir() }
