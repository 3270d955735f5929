//go:build unix && !linux

package embedpg

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

const kernelEndsChildren = false

func endWithParent(*syscall.SysProcAttr) {}

func endApart(*syscall.SysProcAttr) {}

// children lists the processes whose parent is pid.
func children(pid int) []int {
	out, err := exec.Command("ps", "-axo", "pid=,ppid=").Output()
	if err != nil {
		return nil
	}
	var found []int
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[1] == strconv.Itoa(pid) {
			if child, err := strconv.Atoi(fields[0]); err == nil {
				found = append(found, child)
			}
		}
	}
	return found
}

// paused reports whether the process stands still, or is gone.
func paused(pid int) bool {
	out, err := exec.Command("ps", "-p", strconv.Itoa(pid), "-o", "state=").Output()
	return err != nil || strings.HasPrefix(strings.TrimSpace(string(out)), "T")
}

// runsIn reports whether pid is a live server, of whatever data directory:
// which one can't be seen here.
func runsIn(pid int, _ string) bool {
	if !alive(pid) {
		return false
	}
	out, err := exec.Command("ps", "-p", strconv.Itoa(pid), "-o", "comm=").Output()
	return err == nil && strings.Contains(string(out), "postgres")
}
