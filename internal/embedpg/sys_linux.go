package embedpg

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// kernelEndsChildren: endWithParent needs no watchdog.
const kernelEndsChildren = true

// endWithParent asks the kernel for a fast shutdown when the thread that
// started the process ends; [process] keeps that thread.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }

// endApart undoes endWithParent.
func endApart(attr *syscall.SysProcAttr) { attr.Pdeathsig = 0 }

// children lists the processes whose parent is pid.
func children(pid int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var found []int
	for _, path := range stats {
		if fields := statFields(path); len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			if child, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// statFields are the fields of a /proc/PID/stat from the state on, nil if the process
// is gone.
func statFields(path string) []string {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	// The name, in parentheses, may hold anything.
	return strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
}

// paused reports whether the process stands still, or is gone.
func paused(pid int) bool {
	fields := statFields(fmt.Sprintf("/proc/%d/stat", pid))
	return len(fields) == 0 || strings.ContainsAny(fields[0], "TtZX")
}

// runsIn reports whether pid is a live server on the data directory, which a
// server makes its working directory.
func runsIn(pid int, data string) bool {
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false // gone, or another user's: the server would be ours
	}
	real, err := filepath.EvalSymlinks(data)
	return err == nil && cwd == real
}
