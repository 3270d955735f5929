package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Standard input, a FIFO or a file of another machine can be idle for ever, and to open
// one can take as long. Whatever a command reads is read here, so that --timeout and
// signals end the command all the same.

// timedOut is the cause of a context that --timeout ended.
type timedOut struct{ after time.Duration }

func (t timedOut) Error() string { return fmt.Sprintf("the --timeout of %s is over", t.after) }
func (timedOut) Unwrap() error   { return context.DeadlineExceeded }

// limited returns a context that ends with --timeout, if there is one.
func (a *app) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, a.timeout, timedOut{a.timeout})
}

// cutShort reports whether err is that --timeout or a signal ended the command.
func cutShort(err error) bool {
	_, bySignal := errors.AsType[interrupted](err)
	return bySignal || errors.Is(err, context.DeadlineExceeded)
}

// await runs f, which may wait for somebody, and returns no later than ctx ends. What
// still waits then is left to wait: the process ends soon.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, context.Cause(ctx)
	}
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := f()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// input reads until ctx ends, and then fails with the cause.
type input struct {
	ctx context.Context //nolint:containedctx // io.Reader has no place for it
	r   io.Reader
	buf []byte
}

func newInput(ctx context.Context, r io.Reader) *input {
	return &input{ctx: ctx, r: r}
}

func (in *input) Read(p []byte) (int, error) {
	if in.buf == nil {
		in.buf = make([]byte, 1<<16)
	}
	// Whoever is left to wait writes to a buffer that nobody reads any more.
	buf := in.buf[:min(len(p), len(in.buf))]
	n, err := await(in.ctx, func() (int, error) { return in.r.Read(buf) })
	return copy(p, buf[:n]), err
}

// inputFile is a file that is read like [input].
type inputFile struct {
	fs.File

	in *input
}

func (f inputFile) Read(p []byte) (int, error) { return f.in.Read(p) }

func openWith(ctx context.Context, name string, open func() (fs.File, error)) (inputFile, error) {
	f, err := await(ctx, open)
	if err != nil {
		return inputFile{}, named("open", name, err)
	}
	return inputFile{f, newInput(ctx, f)}, nil
}

func named(op, name string, err error) error {
	if cutShort(err) {
		return &fs.PathError{Op: op, Path: name, Err: err}
	}
	return err
}

// openFile opens a file to read, no longer than ctx lasts.
func openFile(ctx context.Context, name string) (inputFile, error) {
	return openWith(ctx, name, func() (fs.File, error) { return os.Open(name) })
}

// readFile reads a whole file.
func readFile(ctx context.Context, name string) ([]byte, error) {
	f, err := openFile(ctx, name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	raw, err := io.ReadAll(f)
	return raw, named("read", name, err)
}

// readAtMost reads a file of at most limit bytes, or the standard input.
func readAtMost(ctx context.Context, name string, limit int64) ([]byte, error) {
	var r io.Reader = newInput(ctx, os.Stdin)
	if name != "-" {
		f, err := openFile(ctx, name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // nothing was written
		r = f
	}
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("%s: allowed are at most %d bytes", name, limit)
	}
	return raw, named("read", name, err)
}

// inputFS is a directory whose files are read like [input].
type inputFS struct {
	ctx context.Context //nolint:containedctx // fs.FS has no place for it
	dir fs.FS
}

func newInputFS(ctx context.Context, dir string) inputFS { return inputFS{ctx, os.DirFS(dir)} }

func (f inputFS) Open(name string) (fs.File, error) {
	return openWith(f.ctx, name, func() (fs.File, error) { return f.dir.Open(name) })
}

func (f inputFS) Stat(name string) (fs.FileInfo, error)      { return fs.Stat(f.dir, name) }
func (f inputFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.dir, name) }
