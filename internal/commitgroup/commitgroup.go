// Package commitgroup lets calls that need the same lock share one transaction. Of
// each key one run at a time gets the lock, and only then takes the calls that wait for
// it, so that the longer the lock is held, the more calls go together; and a call whose
// caller leaves before that was certainly not run.
package commitgroup

import (
	"context"
	"sync"
	"time"
)

// Limits bound what goes together and how long it waits.
type Limits struct {
	// Items is the most items of a run.
	Items int
	// Weight is the most that the items of a run weigh together; an item that
	// is heavier goes by itself.
	Weight int
	// Patience is how long a call without a deadline waits to be taken while runs
	// fail with what Policy.Wait says.
	Patience time.Duration
}

// Run gets what key's items need, calls take for the items, once, and returns one result
// for each, in order, or an error for all.
type Run[K comparable, T, R any] func(ctx context.Context, key K, take func() []T) ([]R, error)

// Group gathers calls by key. It is safe for concurrent use.
type Group[K comparable, T, R any] struct {
	limits Limits
	weigh  func(T) int
	run    Run[K, T, R]
	policy Policy

	mu      sync.Mutex
	waiting map[K]*[]*call[T, R] // has a key as long as a goroutine leads it
	leaders sync.WaitGroup
}

type call[T, R any] struct {
	ctx   context.Context //nolint:containedctx // the values of its caller, for the run that it leads
	item  T
	since time.Time
	taken bool
	done  chan struct{}
	// result and err are set before done is closed.
	result R
	err    error
}

// Policy says what an error of a run means.
type Policy struct {
	// Wait says after which error of a run that took nothing the calls go on waiting.
	Wait func(error) bool
	// Split says after which error of a run of several items each is run again alone.
	Split func(error) bool
}

// New returns a Group.
func New[K comparable, T, R any](limits Limits, policy Policy, weigh func(T) int, run Run[K, T, R]) *Group[K, T, R] {
	return &Group[K, T, R]{limits: limits, policy: policy, weigh: weigh, run: run, waiting: map[K]*[]*call[T, R]{}}
}

// Do runs item under key, alone or with others, and returns its result. If ctx ends
// first, it returns the context's error; taken says whether the item may have been run.
func (g *Group[K, T, R]) Do(ctx context.Context, key K, item T) (result R, taken bool, err error) {
	c := &call[T, R]{ctx: ctx, item: item, since: time.Now(), done: make(chan struct{})}
	g.mu.Lock()
	queue, led := g.waiting[key]
	if !led {
		queue = &[]*call[T, R]{}
		g.waiting[key] = queue
		g.leaders.Add(1)
	}
	*queue = append(*queue, c)
	g.mu.Unlock()
	if !led {
		go g.lead(key, queue)
	}
	select {
	case <-c.done:
		return c.result, true, c.err
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !c.taken {
		remove(queue, c)
	}
	return result, c.taken, context.Cause(ctx)
}

// Wait returns when nobody waits and no run is under way. Calls must have ceased.
func (g *Group[K, T, R]) Wait() { g.leaders.Wait() }

// lead runs what waits for key until nothing does.
func (g *Group[K, T, R]) lead(key K, queue *[]*call[T, R]) {
	defer g.leaders.Done()
	for {
		ctx, ok := g.first(key, queue)
		if !ok {
			return
		}
		g.once(ctx, key, queue)
	}
}

// first returns the context for the next run, or forgets the key.
func (g *Group[K, T, R]) first(key K, queue *[]*call[T, R]) (context.Context, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(*queue) == 0 {
		delete(g.waiting, key)
		return nil, false
	}
	return context.WithoutCancel((*queue)[0].ctx), true
}

func (g *Group[K, T, R]) once(ctx context.Context, key K, queue *[]*call[T, R]) {
	var calls []*call[T, R]
	results, err := g.run(ctx, key, func() []T {
		calls = g.take(queue)
		items := make([]T, len(calls))
		for i, c := range calls {
			items[i] = c.item
		}
		return items
	})
	switch {
	case err == nil:
		for i, c := range calls {
			c.finish(results[i], nil)
		}
	case len(calls) == 0:
		g.refuse(queue, err)
	case len(calls) == 1, !g.policy.Split(err):
		var none R
		for _, c := range calls {
			c.finish(none, err)
		}
	default:
		for _, c := range calls {
			g.alone(key, c)
		}
	}
}

func (g *Group[K, T, R]) alone(key K, c *call[T, R]) {
	results, err := g.run(context.WithoutCancel(c.ctx), key, func() []T { return []T{c.item} })
	var result R
	if err == nil {
		result = results[0]
	}
	c.finish(result, err)
}

// take takes what may go together from the front of the queue.
func (g *Group[K, T, R]) take(queue *[]*call[T, R]) []*call[T, R] {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, weight := 0, 0
	for ; n < len(*queue) && n < g.limits.Items; n++ {
		weight += g.weigh((*queue)[n].item)
		if n > 0 && weight > g.limits.Weight {
			break
		}
		(*queue)[n].taken = true
	}
	calls := (*queue)[:n:n]
	*queue = (*queue)[n:]
	return calls
}

// refuse ends the calls that do not go on waiting after err.
func (g *Group[K, T, R]) refuse(queue *[]*call[T, R], err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var stay []*call[T, R]
	for _, c := range *queue {
		_, bounded := c.ctx.Deadline()
		if g.policy.Wait(err) && (bounded || time.Since(c.since) < g.limits.Patience) {
			stay = append(stay, c)
			continue
		}
		c.err = err
		close(c.done)
	}
	*queue = stay
}

func (c *call[T, R]) finish(result R, err error) {
	c.result, c.err = result, err
	close(c.done)
}

func remove[T, R any](queue *[]*call[T, R], c *call[T, R]) {
	for i, w := range *queue {
		if w == c {
			*queue = append((*queue)[:i:i], (*queue)[i+1:]...)
			return
		}
	}
}
