package migrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/domain/fault"
)

// errTimeout is the cause of a run that ended because of [Config.Timeout].
var errTimeout = fmt.Errorf("the migration's timeout is over: %w", context.DeadlineExceeded)

// File is a migration that was applied.
type File struct {
	Module  string `json:"module"`
	Version string `json:"version"`
	// Name is the file's name, such as 20260101000000_tenants.sql.
	Name string `json:"name"`
	// Duration is how long the file took with all attempts.
	Duration time.Duration `json:"duration_ns"`
}

// Report says what a run of [Apply] did.
type Report struct {
	// Applied are the files that this run applied, in their order.
	Applied []File `json:"applied"`
	// UpToDate: there was nothing to apply.
	UpToDate bool `json:"up_to_date"`
	// Heads is the newest applied version of every module after the run.
	Heads map[string]string `json:"heads"`
}

// Apply brings the database to the newest version of every module. Several runs
// at once are safe: one applies, the others wait and find nothing to do.
//
// If it fails in the middle, the files in the report, which is then returned
// together with the error, are applied, later ones are not, and another run
// continues. It returns a *[fault.Schema] if the database does not allow the
// migration, a *[fault.Role] if the login does not, and a *[LockError] if a
// lock was not to be had in time; the first two change nothing.
func Apply(ctx context.Context, cfg Config) (*Report, error) {
	cfg, dirs, err := cfg.prepare()
	if err != nil {
		return nil, err
	}
	cc, err := cfg.connConfig()
	if err != nil {
		return nil, err
	}
	deadline := time.Now().Add(cfg.Timeout)
	ctx, cancel := context.WithDeadlineCause(ctx, deadline, errTimeout)
	defer cancel()
	s, err := open(ctx, cc, "owner", cfg.Logger)
	if err != nil {
		return nil, cancelled(ctx, err)
	}
	defer s.close(ctx)
	m := &migration{cfg: cfg, dirs: dirs, s: s, deadline: deadline, report: &Report{Applied: []File{}, Heads: map[string]string{}}}
	if err := m.begin(ctx); err != nil {
		return nil, cancelled(ctx, err)
	}
	for i, f := range m.pending {
		if cfg.OnFile != nil {
			cfg.OnFile(f.dir.module, f.name, i+1, len(m.pending))
		}
		if err := m.measured(ctx, f); err != nil {
			return m.report, err
		}
		m.cfg.notePending(ctx, m.pending[i+1:])
	}
	m.report.UpToDate = len(m.pending) == 0
	return m.report, nil
}

// cancelled puts the reason why ctx ended in the place of what followed from it.
func cancelled(ctx context.Context, err error) error {
	var le *LockError
	if ctx.Err() == nil || errors.As(err, &le) {
		return err
	}
	return context.Cause(ctx)
}

type migration struct {
	cfg      Config
	dirs     []*directory
	s        *session
	deadline time.Time
	report   *Report

	state   map[string]*found
	pending []*file
}

// begin makes every check, and then what all files need.
func (m *migration) begin(ctx context.Context) error {
	s := m.s
	if s.readOnly {
		return fmt.Errorf("%w: migrate on the primary, with default_transaction_read_only off", fault.ErrReadOnly)
	}
	if err := s.checkPooler(ctx); err != nil {
		return err
	}
	if err := s.probeClientCheck(ctx); err != nil {
		return err
	}
	if err := s.assumeOwner(ctx); err != nil {
		return err
	}
	if err := s.lock(ctx); err != nil {
		return err
	}
	if err := s.reset(ctx, m.cfg.LockTimeout); err != nil {
		return serverError(err)
	}
	statuses, state, pending, err := survey(ctx, s, m.cfg, m.dirs)
	if err != nil {
		return err
	}
	if err := refusal(statuses); err != nil {
		return err
	}
	m.state, m.pending = state, pending
	for _, st := range statuses {
		if st.Have != "" {
			m.report.Heads[st.Module] = st.Have
		}
	}
	return m.makeRevisionTables(ctx)
}

func (m *migration) makeRevisionTables(ctx context.Context) error {
	var b strings.Builder
	for _, d := range m.dirs {
		if !m.state[d.module].ready {
			b.WriteString(revisionTableSQL(d.module))
		}
	}
	if b.Len() == 0 {
		return nil
	}
	// One simple query is one transaction.
	if _, err := m.s.conn.Exec(ctx, b.String()); err != nil {
		return fmt.Errorf("revision tables: %w", serverError(err))
	}
	return nil
}

// measured applies a file in a span of its own.
func (m *migration) measured(ctx context.Context, f *file) (err error) {
	start := time.Now()
	ctx, call := m.cfg.Observer.Start(ctx, "migrate_file", uuid.Nil)
	defer call.End(&err)
	call.Name("module", f.dir.module)
	call.Name("migration", f.name)
	err = m.apply(ctx, f)
	m.cfg.Observer.Migrated(ctx, f.dir.module, time.Since(start), err)
	return err
}

// notePending has the number of files measured that each module lacks.
func (c *Config) notePending(ctx context.Context, pending []*file) {
	lacks := make(map[string]int, len(c.Modules))
	for _, f := range pending {
		lacks[f.dir.module]++
	}
	for _, module := range c.Modules {
		c.Observer.Pending(ctx, module, lacks[module])
	}
}

// apply applies one file, again and again while a lock is in the way.
func (m *migration) apply(ctx context.Context, f *file) error {
	var (
		start = time.Now()
		watch = &observer{s: m.s, every: max(m.cfg.LockTimeout/3, 10*time.Millisecond)}
		r     = &run{
			s: m.s, f: f, deadline: m.deadline, lockTimeout: m.cfg.LockTimeout,
			found: m.state[f.dir.module].revision(f.version),
		}
	)
	defer watch.close(ctx)
	for attempt := 1; ; attempt++ {
		err := watch.during(ctx, func() error { return r.attempt(ctx) })
		if err == nil {
			break
		}
		waiting := retryable(err)
		if waiting && ctx.Err() == nil {
			pause := jitter(min(m.cfg.LockTimeout, time.Second))
			m.cfg.Logger.WarnContext(ctx, "a lock is not free; trying again", "module", f.dir.module, "file", f.name,
				"attempt", attempt, "pause", pause, "holders", watch.seen)
			if sleep(ctx, pause) == nil {
				continue
			}
		}
		switch {
		case ctx.Err() == nil:
			return r.describe(err)
		case errors.Is(context.Cause(ctx), errTimeout) && (waiting || len(watch.seen) > 0):
			return &LockError{Module: f.dir.module, File: f.name, Waited: time.Since(start), Holders: watch.seen, Err: err}
		default:
			return fmt.Errorf("%s: %w", f, context.Cause(ctx))
		}
	}
	took := time.Since(start)
	m.cfg.Logger.InfoContext(ctx, "applied", "module", f.dir.module, "file", f.name, "duration", took)
	m.report.Applied = append(m.report.Applied, File{Module: f.dir.module, Version: f.version, Name: f.name, Duration: took})
	m.report.Heads[f.dir.module] = f.version
	return nil
}

// sortFiles puts files in the order in which they apply.
func sortFiles(files []*file) {
	slices.SortStableFunc(files, func(a, b *file) int {
		return compareOrder(a.version, a.rank, b.version, b.rank)
	})
}
