//go:build !unix

package embedpg

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// supported says why Start can't run here; nothing below is reached.
func supported() error {
	return fmt.Errorf("the embedded PostgreSQL is not supported on %s: use --database-url", runtime.GOOS)
}

func openLock(string, bool) (*dirLock, error)        { return nil, supported() }
func (l *dirLock) try() (bool, error)                { return false, supported() }
func ownerOf(fs.FileInfo) int                        { return -1 }
func groupOf(fs.FileInfo) int                        { return -1 }
func (a *account) prepare(*exec.Cmd)                 {}
func syncDisks()                                     {}
func (p *process) signal(os.Signal)                  {}
func (p *process) pause()                            {}
func children(int) []int                             { return nil }
func paused(int) bool                                { return true }
func alive(int) bool                                 { return false }
func endApart(*syscall.SysProcAttr)                  {}
func killPID(int)                                    {}
func runsIn(int, string) bool                        { return false }
func startWatchdog(*account, int) (*watchdog, error) { return nil, supported() }

const kernelEndsChildren = true

type watchdog struct{}

func (w *watchdog) dismiss() {}

var fastShutdown, immediateShutdown os.Signal = os.Interrupt, os.Kill
