package tests

import (
	"io/fs"
	"testing/fstest"
)

// changedFS is a file system with one file changed.
type changedFS struct {
	fs.FS
	name   string
	change func([]byte) []byte
}

func (c changedFS) Open(name string) (fs.File, error) {
	if name != c.name {
		return c.FS.Open(name)
	}
	b, err := fs.ReadFile(c.FS, name)
	if err != nil {
		return nil, err
	}
	return fstest.MapFS{name: {Data: c.change(b)}}.Open(name)
}
