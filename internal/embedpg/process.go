package embedpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// process is a child process that ends when this one does.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed after err is set
	err    error
}

// spawn starts cmd as the server's account, holding the directory's lock.
func (s *Server) spawn(cmd *exec.Cmd) (*process, error) {
	// Nothing of the caller's environment reaches the server: a PGDATA or a
	// locale there would change what it does.
	cmd.Env = []string{"PATH=" + s.bin.dir + ":/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	cmd.ExtraFiles = []*os.File{s.lock.f}
	s.acct.prepare(cmd)
	p := &process{cmd: cmd, exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel ties the parent's death to the thread that started the
		// child, so this goroutine keeps that thread until the child ends.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run as user %s: %w", s.acct.name, err)
	}
	return p, nil
}

func (p *process) kill() { _ = p.cmd.Process.Kill() }

func (p *process) ended() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// launch starts the server program.
func (s *Server) launch(cfg Config) error {
	log, err := s.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(s.bin.path("postgres"), s.args(cfg)...)
	cmd.Stdout, cmd.Stderr = log, log
	if s.proc, err = s.spawn(cmd); err != nil {
		return err
	}
	if kernelEndsChildren {
		return nil
	}
	if s.watch, err = startWatchdog(s.acct, cmd.Process.Pid); err != nil {
		s.proc.kill()
		<-s.proc.exited
	}
	return err
}

// openLog opens the log to append to. A long one is set aside first, in place
// of the one set aside before.
func (s *Server) openLog() (*os.File, error) {
	const long = 4 << 20
	path := s.LogFile()
	if st, err := os.Stat(path); err == nil && st.Size() > long {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// waitReady returns when the server has taken a connection. A server that says
// that it is starting up has as long as ctx; one that can't be reached has not.
func (s *Server) waitReady(ctx context.Context) error {
	for deadline := time.Now().Add(answerLimit); ; {
		err := s.ping(ctx)
		if err == nil {
			return nil
		}
		if startingUp(err) {
			deadline = time.Now().Add(answerLimit)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it runs, but took no connection in %s: %w", answerLimit, err)
		}
		select {
		case <-s.proc.exited:
			return fmt.Errorf("it ended: %w", s.endCause())
		case <-ctx.Done():
			return fmt.Errorf("%w; last answer: %w", context.Cause(ctx), err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// startingUp tells whether the server itself asked for patience.
func startingUp(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "57P03"
}

func (s *Server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres", "postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// stopLimit is how long a fast shutdown may take before Stop insists.
const stopLimit = 60 * time.Second

// Stop shuts the server down: it ends its sessions, rolls back what they had
// open, and writes everything out. If that takes until ctx ends, or a minute,
// Stop ends the server by force and says so in its error; nothing that was
// committed is lost then. Stop also returns an error if the server had ended
// by itself. Stopping a stopped or killed server does nothing.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	defer s.release()
	if s.proc.ended() {
		return fmt.Errorf("PostgreSQL in %s had ended: %w%s", s.dir, s.endCause(), s.logHint())
	}
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	s.proc.signal(fastShutdown)
	select {
	case <-s.proc.exited:
		if s.proc.err != nil {
			return fmt.Errorf("stop PostgreSQL in %s: %w%s", s.dir, s.proc.err, s.logHint())
		}
		return nil
	case <-ctx.Done():
	}
	s.proc.signal(immediateShutdown)
	select {
	case <-s.proc.exited:
	case <-time.After(5 * time.Second):
		s.killAll()
	}
	return fmt.Errorf("stop PostgreSQL in %s: ended by force, so the next start replays its log: %w", s.dir, context.Cause(ctx))
}

// Kill ends the server and all its processes as a power cut would: nothing is
// written out. The directory can be started again at once.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	s.stopped = true
	s.killAll()
	s.release()
	return s.waitUnlocked()
}

func (s *Server) killAll() {
	// Paused, it makes no backend that the list would miss. It pauses when it comes
	// out of the kernel, where it may be making one.
	s.proc.pause()
	pid := s.proc.cmd.Process.Pid
	for deadline := time.Now().Add(time.Second); !paused(pid) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	backends := children(pid)
	s.proc.kill()
	for _, pid := range backends {
		killPID(pid)
	}
	<-s.proc.exited
}

// waitUnlocked waits until the last process of the server has ended.
func (s *Server) waitUnlocked() error {
	path := filepath.Join(s.dir, lockName)
	for deadline := time.Now().Add(10 * time.Second); ; {
		l, err := openLock(path, false)
		if err != nil {
			return err
		}
		ok, err := l.try()
		l.close()
		if ok || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: %w: a process of the killed server still runs", s.dir, ErrInUse)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *Server) endCause() error {
	if s.proc.err != nil {
		return s.proc.err
	}
	return errors.New("exit status 0")
}
