package gather_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/gather"
)

// job is an item of the crowd's: each is given to Do once.
type job struct {
	id, key, weight int
	refused         bool
}

// crowd runs jobs and takes down whatever goes wrong.
type crowd struct {
	limits   gather.Limits
	trouble  bool // runs fail, and look at their contexts
	underWay [3]atomic.Int64
	shared   atomic.Int64

	mu     sync.Mutex
	done   map[int]int // how often each job was
	wrongs []string
}

func (c *crowd) wrong(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrongs = append(c.wrongs, fmt.Sprintf(format, args...))
}

func (c *crowd) run(ctx context.Context, key int, jobs []job) ([]int, error) {
	// Jobs whose common run failed are past the limit: each is its caller's own.
	if n := c.underWay[key].Add(1); n > int64(c.limits.Runs) && !c.trouble {
		c.wrong("%d runs of key %d at once", n, key)
	}
	defer c.underWay[key].Add(-1)
	if rand.IntN(4) == 0 {
		time.Sleep(rand.N(200 * time.Microsecond))
	}
	weight, refused, answers := 0, false, make([]int, len(jobs))
	for i, j := range jobs {
		weight, refused, answers[i] = weight+j.weight, refused || j.refused, j.id
		if j.key != key {
			c.wrong("job %d of key %d runs under key %d", j.id, j.key, key)
		}
	}
	if len(jobs) > 1 {
		c.shared.Add(1)
		if len(jobs) > c.limits.Items || weight > c.limits.Weight {
			c.wrong("%d jobs that weigh %d together", len(jobs), weight)
		}
	}
	switch {
	case !c.trouble:
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case refused, len(jobs) > 1 && rand.IntN(8) == 0:
		return nil, errRefused
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range answers {
		c.done[id]++
	}
	return answers, nil
}

func (c *crowd) do(t *testing.T, g *gather.Group[int, job, int], j job) {
	ctx, cancel := t.Context(), context.CancelFunc(func() {})
	switch rand.IntN(8) {
	case 0:
		ctx, cancel = context.WithTimeout(ctx, rand.N(500*time.Microsecond))
	case 1:
		ctx, cancel = context.WithCancel(ctx)
		if rand.IntN(2) == 0 {
			cancel()
		} else {
			go cancel()
		}
	}
	defer cancel()
	id, err := g.Do(ctx, j.key, j)
	switch {
	case err == nil && (id != j.id || j.refused && c.trouble):
		c.wrong("job %d was answered %d", j.id, id)
	case errors.Is(err, errRefused) && (!j.refused || !c.trouble):
		c.wrong("job %d was told of another one's error", j.id)
	case err != nil && !errors.Is(err, errRefused) && ctx.Err() == nil:
		c.wrong("job %d was told %v, and its context goes on", j.id, err)
	}
	c.mu.Lock()
	n := c.done[j.id]
	c.mu.Unlock()
	if n > 1 || err == nil && n == 0 {
		c.wrong("job %d returned %v, and was done %d times", j.id, err, n)
	}
}

func TestEveryCallGetsItsOwnAnswer(t *testing.T) {
	t.Parallel()
	for _, trouble := range []bool{false, true} {
		t.Run(fmt.Sprintf("trouble %t", trouble), func(t *testing.T) {
			t.Parallel()
			c := &crowd{limits: gather.Limits{Runs: 2, Items: 6, Weight: 20}, trouble: trouble, done: map[int]int{}}
			if trouble {
				c.limits.Patience = 50 * time.Microsecond
			}
			g := gather.New(c.limits, func(j job) int { return j.weight }, c.run)
			const callers, calls = 48, 150
			var wg sync.WaitGroup
			for caller := range callers {
				wg.Go(func() {
					for n := range calls {
						c.do(t, g, job{
							id: 1 + caller*calls + n, key: rand.IntN(len(c.underWay)),
							weight: rand.IntN(22), refused: rand.IntN(50) == 0,
						})
					}
				})
			}
			wg.Wait()
			// Runs that all callers have left may still be ending.
			require.Eventually(t, func() bool {
				return c.underWay[0].Load()+c.underWay[1].Load()+c.underWay[2].Load() == 0
			}, 10*time.Second, time.Millisecond)
			require.Empty(t, c.wrongs)
			require.Greater(t, c.shared.Load(), int64(100), "jobs went together")
		})
	}
}

// traffic has calls of many keys meet, and some of them leave.
func traffic(t *testing.T, g *gather.Group[*job, *job, *job]) (used []weak.Pointer[job]) {
	var wg sync.WaitGroup
	for i := range 50 {
		key := &job{key: i}
		used = append(used, weak.Make(key))
		for j := range 4 {
			it := &job{id: j}
			used = append(used, weak.Make(it))
			ctx, cancel := context.WithCancel(t.Context())
			if j == 3 {
				cancel()
			}
			wg.Go(func() {
				defer cancel()
				_, _ = g.Do(ctx, key, it)
			})
		}
	}
	wg.Wait()
	return used
}

func TestIdleGroupKeepsNothing(t *testing.T) {
	t.Parallel()
	for _, patience := range []time.Duration{0, 100 * time.Microsecond, time.Hour} {
		g := gather.New(gather.Limits{Runs: 1, Items: 2, Weight: 9, Patience: patience}, func(*job) int { return 1 },
			func(_ context.Context, _ *job, items []*job) ([]*job, error) {
				time.Sleep(time.Millisecond)
				return items, nil
			})
		used := traffic(t, g)
		require.Eventually(t, func() bool {
			runtime.GC()
			for _, p := range used {
				if p.Value() != nil {
					return false
				}
			}
			return true
		}, 10*time.Second, 10*time.Millisecond, "keys and items of idle keys are let go")
		runtime.KeepAlive(g)
	}
}
