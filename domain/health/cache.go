package health

import (
	"context"
	"sync"
	"time"
)

// cache holds a report for a while, and has one caller at a time find out the next. It is
// no singleflight.Group, of which a caller either waits without regard to its own
// deadline, or has the work go on in a goroutine that outlives it.
type cache struct {
	hold time.Duration

	mu    sync.Mutex
	last  Report
	until time.Time
	under *flight // nil if nobody is at it
}

type flight struct {
	done   chan struct{}
	report Report
	ok     bool // the report is what the checks say, and not that the caller left
}

func (c *cache) get(ctx context.Context, run func() Report) Report {
	for {
		c.mu.Lock()
		if time.Now().Before(c.until) {
			defer c.mu.Unlock()
			return c.last
		}
		f := c.under
		if f == nil {
			f = &flight{done: make(chan struct{})}
			c.under = f
			c.mu.Unlock()
			return c.lead(ctx, f, run)
		}
		c.mu.Unlock()
		select {
		case <-f.done:
			// It counts for all who waited, even if it holds no longer than that.
			if f.ok {
				return f.report
			}
		case <-ctx.Done():
			return Report{Status: Unknown, At: time.Now().UTC(), Checks: []Result{}}
		}
	}
}

func (c *cache) lead(ctx context.Context, f *flight, run func() Report) Report {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if f.ok {
			c.last, c.until = f.report, time.Now().Add(c.hold)
		}
		c.under = nil
		close(f.done)
	}()
	f.report = run()
	f.ok = ctx.Err() == nil
	return f.report
}
