package embedpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const lockName = "lock"

const defaultLockWait = 30 * time.Second

// dirLock is the lock of a directory. The server inherits its descriptor, so
// the kernel frees it only when this process, the server and all its backends
// have ended: who holds it knows that nobody writes there.
type dirLock struct {
	f *os.File
}

// lockDir makes dir if needed and locks it.
func lockDir(ctx context.Context, dir string, acct *account, wait time.Duration, report func(string)) (*dirLock, error) {
	if wait == 0 {
		wait = defaultLockWait
	}
	deadline := time.Now().Add(wait)
	told := false
	for {
		l, err := tryDir(dir, acct)
		if err != nil || l != nil {
			return l, err
		}
		holder := lockHolder(filepath.Join(dir, lockName))
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%s: %w by %s: end that process, or choose another directory", dir, ErrInUse, holder)
		}
		if !told {
			told = true
			report(fmt.Sprintf("waiting for %s, which uses %s", holder, dir))
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w by %s: %w", dir, ErrInUse, holder, context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// tryDir returns nil without an error if another process holds the lock.
func tryDir(dir string, acct *account) (*dirLock, error) {
	if err := makeDir(dir, acct); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, lockName)
	l, err := openLock(path, true)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // removed by another process meanwhile
	}
	if err != nil {
		return nil, err
	}
	ok, err := l.try()
	if err != nil || !ok {
		l.close()
		return nil, err
	}
	// A lock on a file that Remove has unlinked meanwhile guards nothing.
	if mine, err := l.f.Stat(); err == nil {
		if there, err := os.Lstat(path); err == nil && os.SameFile(mine, there) {
			return l, l.sign()
		}
	}
	l.close()
	return nil, nil
}

// sign notes who holds the lock, for the messages of those who wait.
func (l *dirLock) sign() error {
	if err := l.f.Truncate(0); err != nil {
		return err
	}
	_, err := l.f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// wait takes the lock, however long another process holds it.
func (l *dirLock) wait(ctx context.Context) error {
	for {
		if ok, err := l.try(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrInUse, context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (l *dirLock) close() { _ = l.f.Close() }

func lockHolder(path string) string {
	b, err := os.ReadFile(path)
	if pid := strings.TrimSpace(string(b)); err == nil && pid != "" {
		return "process " + pid
	}
	return "another process"
}

// makeDir creates dir, or checks that it is ours to use.
func makeDir(dir string, acct *account) error {
	// The account needs the way to dir, not just dir itself.
	if err := acct.makeParents(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := acct.mustReach(filepath.Dir(dir)); err != nil {
		return err
	}
	err := os.Mkdir(dir, 0o700)
	if err == nil || !errors.Is(err, os.ErrExist) {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == lockName {
			return nil
		}
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s holds other files: choose an empty or a new directory", dir)
	}
	return nil
}
