// Command attestdb keeps and finds the evidence of software supply chains in
// PostgreSQL. See docs/cli.md.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"charm.land/fang/v2"
)

func main() { os.Exit(execute()) }

// execute runs the command line and returns the exit code.
func execute() int {
	ctx, stop := interruptible(context.Background())
	defer stop()
	a := newApp()
	root := a.root()
	root.SetArgs(os.Args[1:])
	// The commands keep their errors in a.err: fang's handler would query the
	// terminal for its colours first.
	err := fang.Execute(ctx, root,
		fang.WithVersion(version().Version),
		fang.WithoutManpage(),
		fang.WithErrorHandler(ignoreError))
	if err != nil {
		a.err = usage(nil, err)
	}
	if err := a.close(); a.err == nil {
		a.err = err
	}
	return a.report(ctx, a.err)
}

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal syscall.Signal }

func (i interrupted) Error() string { return i.signal.String() }

// interruptible returns a context that the first SIGINT or SIGTERM ends. The
// second one ends the process, as ever.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			if s, ok := s.(syscall.Signal); ok {
				cancel(interrupted{s})
			}
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(errors.New("done"))
	}
}
