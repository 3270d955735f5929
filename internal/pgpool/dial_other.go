//go:build !linux

package pgpool

import "syscall"

func limitUnanswered(_, _ string, _ syscall.RawConn) error { return nil }
