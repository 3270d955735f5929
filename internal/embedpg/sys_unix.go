//go:build unix

package embedpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

func supported() error { return nil }

var fastShutdown, immediateShutdown os.Signal = syscall.SIGINT, syscall.SIGQUIT

// openLock opens the lock file at path. It neither follows a link nor opens
// another user's file, so that root can look at folders that anyone may fill.
func openLock(path string, create bool) (*dirLock, error) {
	flags := os.O_RDWR | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	if create {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && (!st.Mode().IsRegular() || ownerOf(st) != os.Geteuid()) {
		err = fmt.Errorf("%s is not a lock file of this user", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &dirLock{f: f}, nil
}

// try takes the lock if it is free.
func (l *dirLock) try() (bool, error) {
	for {
		err := syscall.Flock(int(l.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		default:
			return false, &os.PathError{Op: "flock", Path: l.f.Name(), Err: err}
		}
	}
}

func ownerOf(st fs.FileInfo) int { return int(st.Sys().(*syscall.Stat_t).Uid) }

func groupOf(st fs.FileInfo) int { return int(st.Sys().(*syscall.Stat_t).Gid) }

// prepare makes cmd run as the account, in a process group of its own so that
// a terminal's Ctrl-C does not reach it, and in a folder that it may enter.
func (a *account) prepare(cmd *exec.Cmd) {
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	endWithParent(cmd.SysProcAttr)
}

func syncDisks() { syscall.Sync() }

func (p *process) signal(sig os.Signal) { _ = p.cmd.Process.Signal(sig) }

func (p *process) pause() { p.signal(syscall.SIGSTOP) }

func killPID(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// watchdog interrupts a server when this process ends, where the kernel does
// not. It waits at the end of a pipe that only this process holds open.
type watchdog struct {
	cmd  *exec.Cmd
	pipe *os.File
}

func startWatchdog(a *account, pid int) (*watchdog, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd := exec.Command("/bin/sh", "-c", `read -r _ || kill -INT "$0"`, strconv.Itoa(pid))
	cmd.Stdin = r
	a.prepare(cmd)
	endApart(cmd.SysProcAttr)
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, err
	}
	return &watchdog{cmd: cmd, pipe: w}, nil
}

// dismiss ends the watchdog without a signal to the server.
func (w *watchdog) dismiss() {
	_, _ = w.pipe.WriteString("\n")
	_ = w.cmd.Wait()
	_ = w.pipe.Close()
}
