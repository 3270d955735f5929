// Package gather lets calls that would wait for each other go together. A call
// that finds its key idle runs at once and by itself; calls that come while as
// many runs of their key are under way as may be wait for one to end, and then
// share the next. So nobody waits for company, and the busier a key is, the
// more its calls share.
package gather

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// Limits bound what goes together.
type Limits struct {
	// Runs is how many runs of one key may be under way at once.
	Runs int
	// Items is the most items of a run.
	Items int
	// Weight is the most that the items of a run weigh together; an item that
	// is heavier goes by itself.
	Weight int
	// Patience is how long a run counts as under way. One that takes longer, say
	// because it waits for a lock, gives its place to others; 0 is never.
	Patience time.Duration
}

// Group gathers calls by key.
type Group[K comparable, T, R any] struct {
	limits Limits
	weigh  func(T) int
	run    func(ctx context.Context, key K, items []T) ([]R, error)

	mu   sync.Mutex
	busy map[K]*queue[T, R]
}

// New returns a Group whose items run does. run returns one result for each
// item, in order, or an error for all; it must be safe to repeat, since items
// whose common run failed are each run again alone.
func New[K comparable, T, R any](limits Limits, weigh func(T) int, run func(ctx context.Context, key K, items []T) ([]R, error)) *Group[K, T, R] {
	return &Group[K, T, R]{limits: limits, weigh: weigh, run: run, busy: make(map[K]*queue[T, R])}
}

// queue is what one key has under way and waiting. It exists while there is
// either.
type queue[T, R any] struct {
	runs    int
	waiting []*call[T, R]
}

type call[T, R any] struct {
	ctx  context.Context //nolint:containedctx // the values of its caller, for the run that it is part of
	item T
	// batch is the run that the call is part of, nil while it waits.
	batch *batch
	// done is closed when the common run has ended, after result or failed was set.
	done   chan struct{}
	result R
	failed bool
}

// batch ends early only if everybody who shares it has left.
type batch struct {
	members int
	cancel  context.CancelFunc
}

// Do runs item under key, alone or with others, and returns its result. If ctx
// ends first, so does Do: an item that was still waiting is then not run, one
// that was under way may be done or not.
func (g *Group[K, T, R]) Do(ctx context.Context, key K, item T) (R, error) {
	g.mu.Lock()
	q := g.busy[key]
	if q == nil {
		q = &queue[T, R]{}
		g.busy[key] = q
	}
	if q.runs < g.limits.Runs {
		q.runs++
		g.mu.Unlock()
		stillHeld := g.holdPlace(key, q)
		defer func() {
			if stillHeld() {
				g.handOver(key, q)
			}
		}()
		return g.alone(ctx, key, item)
	}
	c := &call[T, R]{ctx: ctx, item: item, done: make(chan struct{})}
	q.waiting = append(q.waiting, c)
	g.mu.Unlock()

	select {
	case <-c.done:
	case <-ctx.Done():
		g.leave(q, c)
		var none R
		return none, context.Cause(ctx)
	}
	if c.failed {
		return g.alone(ctx, key, item)
	}
	return c.result, nil
}

func (g *Group[K, T, R]) alone(ctx context.Context, key K, item T) (R, error) {
	results, err := g.run(ctx, key, []T{item})
	if err != nil {
		var none R
		return none, err
	}
	return results[0], nil
}

// holdPlace hands a run's place over when the run takes too long. What it
// returns is called when the run has ended, and says whether that is still to do.
func (g *Group[K, T, R]) holdPlace(key K, q *queue[T, R]) (stillHeld func() bool) {
	if g.limits.Patience == 0 {
		return func() bool { return true }
	}
	return time.AfterFunc(g.limits.Patience, func() { g.handOver(key, q) }).Stop
}

// handOver ends a run: its place goes to those who wait, or becomes free. The
// goroutine lives as long as there are any.
func (g *Group[K, T, R]) handOver(key K, q *queue[T, R]) {
	if b, calls := g.next(key, q); b != nil {
		go func() {
			for b != nil {
				stillHeld := g.holdPlace(key, q)
				g.together(key, b, calls)
				if !stillHeld() {
					return
				}
				// Those who were just answered may have more: let them say so,
				// else the first of them would go alone.
				runtime.Gosched()
				b, calls = g.next(key, q)
			}
		}()
	}
}

// next takes from the queue what may go together, or frees the place.
func (g *Group[K, T, R]) next(key K, q *queue[T, R]) (*batchOf[T], []*call[T, R]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, weight := 0, 0
	for ; n < len(q.waiting) && n < g.limits.Items; n++ {
		weight += g.weigh(q.waiting[n].item)
		if n > 0 && weight > g.limits.Weight {
			break
		}
	}
	if n == 0 {
		if q.runs--; q.runs == 0 {
			delete(g.busy, key)
		}
		return nil, nil
	}
	calls := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	ctx, cancel := context.WithCancel(context.WithoutCancel(calls[0].ctx))
	b := &batchOf[T]{ctx: ctx, batch: batch{members: n, cancel: cancel}, items: make([]T, n)}
	for i, c := range calls {
		c.batch, b.items[i] = &b.batch, c.item
	}
	return b, calls
}

type batchOf[T any] struct {
	batch
	ctx   context.Context //nolint:containedctx // the run's own
	items []T
}

func (g *Group[K, T, R]) together(key K, b *batchOf[T], calls []*call[T, R]) {
	defer b.cancel()
	results, err := g.run(b.ctx, key, b.items)
	for i, c := range calls {
		if err != nil {
			c.failed = true
		} else {
			c.result = results[i]
		}
		close(c.done)
	}
}

// leave takes a call whose caller has gone out of the queue, or out of its run,
// which ends when it was the last.
func (g *Group[K, T, R]) leave(q *queue[T, R], c *call[T, R]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.batch != nil {
		if c.batch.members--; c.batch.members == 0 {
			c.batch.cancel()
		}
		return
	}
	for i, w := range q.waiting {
		if w == c {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			return
		}
	}
}
