package health

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"stella-ops.org/attestdb/domain/fault"
)

const (
	defaultReadyCache   = time.Second
	defaultCache        = 15 * time.Second
	defaultReadyTimeout = 2 * time.Second
	defaultTimeout      = 10 * time.Second
	defaultCheckTimeout = 2 * time.Second

	// parallel is how many checks run at once, and so how many connections of a pool
	// they ever take from its users.
	parallel = 2
	// grace is how long a check may take to notice that its time is over.
	grace = 250 * time.Millisecond
)

// Config says how often checks run, and for how long. The zero value is the defaults.
type Config struct {
	// ReadyCache is how long an answer to whether the program is ready holds; 0 is 1 s.
	ReadyCache time.Duration
	// Cache is how long a whole report holds; 0 is 15 s.
	Cache time.Duration
	// ReadyTimeout bounds finding out whether the program is ready; 0 is 2 s.
	ReadyTimeout time.Duration
	// Timeout bounds a whole report; 0 is 10 s. Checks for which no time is left are
	// unknown.
	Timeout time.Duration
}

func (c Config) withDefaults() (Config, error) {
	for _, d := range []struct {
		name  string
		value *time.Duration
		def   time.Duration
	}{
		{"ReadyCache", &c.ReadyCache, defaultReadyCache},
		{"Cache", &c.Cache, defaultCache},
		{"ReadyTimeout", &c.ReadyTimeout, defaultReadyTimeout},
		{"Timeout", &c.Timeout, defaultTimeout},
	} {
		if *d.value < 0 {
			return c, &fault.Invalid{Field: "health." + d.name, Allowed: fmt.Sprintf("a positive duration, or 0 for %s", d.def)}
		}
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	return c, nil
}

// Check is one thing to look at.
type Check struct {
	// Name is unique in a registry: lower case words with dots between them, such as
	// "server.replication". A module's begin with its name.
	Name string
	// Ready: while this is bad, the program gets no requests.
	Ready bool
	// Needs is the name of a check that was added before: while that one is bad, this
	// one is not run, and is skipped. "" is none.
	Needs string
	// Timeout bounds one run; 0 is 2 s.
	Timeout time.Duration
	// Every is the least time between two runs, for what costs more than a glance; in
	// between the last result holds. 0 is as often as somebody asks.
	Every time.Duration
	// Run looks. Its result needs no Name and no Since. It must return when ctx ends: one
	// that does not is unknown, and is not run again until it has returned. It may be
	// called several times at once. A panic is a failure of the check.
	Run func(ctx context.Context) Result
}

// Registry runs checks. It is safe for concurrent use.
type Registry struct {
	cfg         Config
	ready, full cache

	mu     sync.Mutex
	checks []*entry
	since  map[string]change
}

type change struct {
	status Status
	at     time.Time
}

// New returns a registry without checks. It returns a *[fault.Invalid] for a negative
// duration.
func New(cfg Config) (*Registry, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Registry{cfg: cfg, since: map[string]change{}, ready: cache{hold: cfg.ReadyCache}, full: cache{hold: cfg.Cache}}, nil
}

// Add adds checks, all or none. It returns a *[fault.Invalid] for one without a name or
// without Run, for a name that is there already, and for one that needs what is not.
func (r *Registry) Add(checks ...Check) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.checks)
	for _, c := range checks {
		has := func(name string) bool {
			return slices.ContainsFunc(all, func(e *entry) bool { return e.Name == name })
		}
		switch {
		case c.Name == "":
			return &fault.Invalid{Field: "health.Check.Name", Allowed: "a name"}
		case has(c.Name):
			return &fault.Invalid{Field: "health.Check.Name", Allowed: "a name that no other check has", Problem: fmt.Sprintf("there is a check %q", c.Name)}
		case c.Needs != "" && !has(c.Needs):
			return &fault.Invalid{Field: "health.Check.Needs", Allowed: "a check that was added before", Problem: fmt.Sprintf("there is no check %q", c.Needs)}
		case c.Run == nil:
			return &fault.Invalid{Field: "health.Check.Run", Allowed: "a function"}
		case c.Timeout < 0 || c.Every < 0:
			return &fault.Invalid{Field: "health.Check.Timeout", Allowed: "zero or more"}
		}
		if c.Timeout == 0 {
			c.Timeout = defaultCheckTimeout
		}
		all = append(all, &entry{Check: c})
	}
	r.checks = all
	return nil
}

// Report runs all checks, or returns the last report if it still holds. Whoever asks
// while they run gets the same report. If ctx ends first, the report is unknown, as far as
// nothing was found out, and is nobody else's.
func (r *Registry) Report(ctx context.Context) Report {
	return r.full.get(ctx, func() Report { return r.run(ctx, r.cfg.Timeout, func(*entry) bool { return true }) })
}

// Ready runs the checks by which the program is ready or not, as [Registry.Report] does
// with all.
func (r *Registry) Ready(ctx context.Context) Report {
	return r.ready.get(ctx, func() Report { return r.run(ctx, r.cfg.ReadyTimeout, func(e *entry) bool { return e.Ready }) })
}

// run runs the checks that are wanted and returns when all have ended, a little after
// timeout or the end of ctx at the latest.
func (r *Registry) run(caller context.Context, timeout time.Duration, wanted func(*entry) bool) Report {
	ctx, cancel := context.WithTimeout(caller, timeout)
	defer cancel()
	r.mu.Lock()
	checks := slices.DeleteFunc(slices.Clone(r.checks), func(e *entry) bool { return !wanted(e) })
	r.mu.Unlock()

	at := time.Now()
	results := make([]Result, len(checks))
	done := make(map[string]chan struct{}, len(checks))
	place, blocked := make(map[string]int, len(checks)), map[string]bool{}
	slots := make(chan struct{}, parallel)
	for i, c := range checks {
		ended := make(chan struct{})
		done[c.Name], place[c.Name] = ended, i
		if needed, ok := place[c.Needs]; ok && c.Needs != "" {
			<-done[c.Needs]
			if results[needed].Status.Bad() || blocked[c.Needs] {
				results[i] = Result{Status: Skipped, Error: "not asked, because " + c.Needs + " is not well"}
				blocked[c.Name] = true
				close(ended)
				continue
			}
		}
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			defer close(ended)
			results[i] = c.once(ctx)
		}()
	}
	for _, c := range checks {
		<-done[c.Name]
	}
	r.stamp(checks, results, caller.Err() == nil)
	return Report{Status: worst(results), At: at.UTC(), Checks: results}
}

// stamp fills in names, and since when each check has its status. What the checks said
// to a caller who left is not remembered.
func (r *Registry) stamp(checks []*entry, results []Result, remember bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now().UTC()
	for i, c := range checks {
		res := &results[i]
		res.Name = c.Name
		if res.Status.severity() < 0 {
			res.Status, res.Error = Unknown, fmt.Sprintf("the check returned the status %q", res.Status)
		}
		last, seen := r.since[c.Name]
		if !seen || last.status != res.Status {
			last = change{res.Status, now}
			if remember {
				r.since[c.Name] = last
			}
		}
		res.Since = last.at
	}
}

// entry is a check with what is known of its runs.
type entry struct {
	Check
	// late is the last run that did not return when its time was over.
	late atomic.Pointer[execution]

	mu   sync.Mutex
	last Result
	ran  time.Time
}

type execution struct{ ended atomic.Bool }

// once runs the check, and returns at its deadline even if the check does not.
func (e *entry) once(ctx context.Context) Result {
	if last, ok := e.recent(); ok {
		return last
	}
	if ctx.Err() != nil {
		return Result{Status: Unknown, Error: "there was no time left for it"}
	}
	if late := e.late.Load(); late != nil && !late.ended.Load() {
		return Result{Status: Unknown, Error: "an earlier run has not returned yet", Fix: "the check ignores its deadline: mend it"}
	}
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	out, ex := make(chan Result, 1), &execution{}
	go func() {
		defer ex.ended.Store(true)
		out <- e.safely(ctx)
	}()
	select {
	case res := <-out:
		return e.keep(res)
	case <-ctx.Done():
	}
	select {
	case res := <-out:
		return e.keep(res)
	case <-time.After(grace):
		e.late.Store(ex)
		return Result{Status: Unknown, Error: fmt.Sprintf("there was no answer within %s", time.Since(begun).Round(time.Millisecond))}
	}
}

func (e *entry) safely(ctx context.Context) (res Result) {
	defer func() {
		if p := recover(); p != nil {
			res = Result{Status: Fail, Error: fmt.Sprintf("the check panicked: %v", p), Fix: "this is a mistake in the check: report it"}
		}
	}()
	return e.Run(ctx)
}

// recent returns the last result while it holds.
func (e *entry) recent() (Result, bool) {
	if e.Every == 0 {
		return Result{}, false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last, !e.ran.IsZero() && time.Since(e.ran) < e.Every
}

// keep keeps a result for [entry.recent], unless it could not be told: then the next one
// who asks finds out.
func (e *entry) keep(res Result) Result {
	if e.Every > 0 && res.Status != Unknown {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.last, e.ran = res, time.Now()
	}
	return res
}
