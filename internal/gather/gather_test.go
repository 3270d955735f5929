package gather_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/gather"
)

// The tests run in bubbles of synctest: the test goes on when nobody else can,
// time passes at once, and a goroutine that is left behind fails the test.

var errRefused = errors.New("refused")

// stage is a Group whose runs end when and how the test says.
type stage struct {
	t *testing.T
	*gather.Group[string, item, string]
	runs chan *run // those that began and that the test has not looked at
}

type item struct {
	name   string
	weight int
}

type run struct {
	ctx   context.Context //nolint:containedctx // what the test asks about
	key   string
	items []string
	ended chan error
}

type call struct {
	t            *testing.T
	want, answer string
	err          error
	returned     bool
}

func newStage(t *testing.T, limits gather.Limits) *stage {
	s := &stage{t: t, runs: make(chan *run, 100)}
	s.Group = gather.New(limits, func(i item) int { return i.weight }, s.run)
	return s
}

func (s *stage) run(ctx context.Context, key string, items []item) ([]string, error) {
	r := &run{ctx: ctx, key: key, ended: make(chan error)}
	answers := make([]string, len(items))
	for i, it := range items {
		r.items = append(r.items, it.name)
		answers[i] = key + "/" + it.name
	}
	s.runs <- r
	select {
	case err := <-r.ended:
		return answers, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// call calls Do from a goroutine of its own and lets it come as far as it can.
func (s *stage) call(ctx context.Context, key, name string, weight ...int) *call {
	c := &call{t: s.t, want: key + "/" + name}
	it := item{name: name, weight: 1}
	if len(weight) > 0 {
		it.weight = weight[0]
	}
	go func() {
		c.answer, c.err = s.Do(ctx, key, it)
		c.returned = true
	}()
	synctest.Wait()
	return c
}

// began requires that a run of these items, in this order, has begun, and that
// the test has seen all that began earlier.
func (s *stage) began(key string, items ...string) *run {
	s.t.Helper()
	require.NotEmpty(s.t, s.runs, "a run of %v has begun", items)
	r := <-s.runs
	require.Equal(s.t, key, r.key)
	require.Equal(s.t, items, r.items)
	return r
}

func (s *stage) nothingBegan() {
	s.t.Helper()
	require.Empty(s.t, s.runs)
}

func (r *run) end(err error) {
	r.ended <- err
	synctest.Wait()
}

func (c *call) gotItsOwn() {
	c.t.Helper()
	require.True(c.t, c.returned)
	require.NoError(c.t, c.err)
	require.Equal(c.t, c.want, c.answer)
}

func (c *call) failed(want error) {
	c.t.Helper()
	require.True(c.t, c.returned)
	require.ErrorIs(c.t, c.err, want)
	require.Empty(c.t, c.answer)
}

func (c *call) waits() {
	c.t.Helper()
	require.False(c.t, c.returned)
}

func TestIdleKeyRunsAtOnceForItsCallerAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, gather.Limits{Runs: 1, Items: 9, Weight: 9})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for range 2 {
			c := s.call(ctx, "k", "a")
			r := s.began("k", "a")
			require.Same(t, ctx, r.ctx, "with its own context")
			c.waits()
			r.end(nil)
			c.gotItsOwn()
			c = s.call(ctx, "k", "b")
			s.began("k", "b").end(errRefused)
			c.failed(errRefused)
		}
		s.nothingBegan()
	})
}

// Nor does a panic cross to another goroutine, or keep the place.
func TestPanicOfALoneRunIsItsCallers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := gather.New(gather.Limits{Runs: 1, Items: 9, Weight: 9}, func(string) int { return 1 },
			func(_ context.Context, _ string, items []string) ([]string, error) {
				if items[0] == "bad" {
					time.Sleep(time.Minute)
					panic("boom")
				}
				return items, nil
			})
		var waited string
		time.AfterFunc(time.Second, func() { waited, _ = g.Do(t.Context(), "k", "waits") })
		require.PanicsWithValue(t, "boom", func() { _, _ = g.Do(t.Context(), "k", "bad") })
		synctest.Wait()
		require.Equal(t, "waits", waited)
	})
}

func TestNoMoreRunsOfAKeyAtOnceThanAllowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, gather.Limits{Runs: 2, Items: 2, Weight: 9})
		ctx := t.Context()
		var calls []*call
		for _, name := range []string{"1", "2", "3", "4", "5"} {
			calls = append(calls, s.call(ctx, "k", name))
		}
		first, second := s.began("k", "1"), s.began("k", "2")
		s.nothingBegan()

		// Another key does not wait.
		other := s.call(ctx, "other", "1")
		s.began("other", "1").end(nil)
		other.gotItsOwn()

		// Who came first goes first, and nobody overtakes.
		second.end(nil)
		third := s.began("k", "3", "4")
		calls = append(calls, s.call(ctx, "k", "6"))
		s.nothingBegan()
		first.end(nil)
		fourth := s.began("k", "5", "6")
		s.nothingBegan()

		// A place that nobody waits for is free for who comes next.
		third.end(nil)
		calls = append(calls, s.call(ctx, "k", "7"))
		fifth := s.began("k", "7")
		calls = append(calls, s.call(ctx, "k", "8"))
		s.nothingBegan()
		fourth.end(nil)
		sixth := s.began("k", "8")
		fifth.end(nil)
		sixth.end(nil)
		for _, c := range calls {
			c.gotItsOwn()
		}
	})
}

func TestRunsKeepTheirBounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		weights []int
		runs    [][]string
	}{
		{"few go together", []int{1, 1}, [][]string{{"0", "1"}}},
		{"as many as allowed", []int{1, 1, 1, 1, 1, 1, 1}, [][]string{{"0", "1", "2"}, {"3", "4", "5"}, {"6"}}},
		{"as heavy as allowed", []int{6, 4, 6, 5}, [][]string{{"0", "1"}, {"2"}, {"3"}}},
		{"what weighs nothing counts", []int{10, 0, 0, 0}, [][]string{{"0", "1", "2"}, {"3"}}},
		{"too heavy alone", []int{1, 11, 1, 1}, [][]string{{"0"}, {"1"}, {"2", "3"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, gather.Limits{Runs: 1, Items: 3, Weight: 10})
				busy := s.call(t.Context(), "k", "busy")
				r := s.began("k", "busy")
				var calls []*call
				for i, weight := range c.weights {
					calls = append(calls, s.call(t.Context(), "k", fmt.Sprint(i), weight))
				}
				for _, items := range c.runs {
					r.end(nil)
					r = s.began("k", items...)
					s.nothingBegan()
				}
				r.end(nil)
				s.nothingBegan()
				for _, c := range append(calls, busy) {
					c.gotItsOwn()
				}
			})
		})
	}
}

type contextKey struct{}

// What fails together says nothing about the parts of it.
func TestAfterACommonFailureEachGoesAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, gather.Limits{Runs: 1, Items: 9, Weight: 9})
		busy := s.call(t.Context(), "k", "busy")
		r := s.began("k", "busy")
		calls := map[string]*call{}
		for _, name := range []string{"a", "b", "c"} {
			calls[name] = s.call(context.WithValue(t.Context(), contextKey{}, name), "k", name)
		}
		r.end(nil)
		busy.gotItsOwn()
		s.began("k", "a", "b", "c").end(errors.New("all of you"))
		require.Len(t, s.runs, 3)
		for range 3 {
			r := <-s.runs
			require.Len(t, r.items, 1)
			name := r.items[0]
			require.Equal(t, name, r.ctx.Value(contextKey{}), "each with its own context")
			if name == "b" {
				r.end(errRefused)
				calls[name].failed(errRefused)
			} else {
				r.end(nil)
				calls[name].gotItsOwn()
			}
		}
		s.nothingBegan()
	})
}

func TestCallThatLeavesWhileItWaitsIsNotRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, gather.Limits{Runs: 1, Items: 9, Weight: 9})
		busy := s.call(t.Context(), "k", "busy")
		r := s.began("k", "busy")
		var cancels []context.CancelCauseFunc
		var calls []*call
		for i := range 5 {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			cancels, calls = append(cancels, cancel), append(calls, s.call(ctx, "k", fmt.Sprint(i)))
		}
		for _, i := range []int{0, 2, 4} { // the first, one in the middle, the last
			cancels[i](errRefused)
			synctest.Wait()
			calls[i].failed(errRefused)
		}
		r.end(nil)
		s.began("k", "1", "3").end(nil)
		s.nothingBegan()
		for _, c := range []*call{busy, calls[1], calls[3]} {
			c.gotItsOwn()
		}

		// When all have left, the next finds the key idle.
		busy = s.call(t.Context(), "k", "busy")
		r = s.began("k", "busy")
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // one that has left before it came
		s.call(ctx, "k", "left").failed(context.Canceled)
		r.end(nil)
		busy.gotItsOwn()
		s.nothingBegan()
		next := s.call(t.Context(), "k", "next")
		s.began("k", "next").end(nil)
		next.gotItsOwn()
	})
}

func TestCommonRunOutlivesWhoLeavesIt(t *testing.T) {
	t.Parallel()
	for _, last := range []bool{false, true} {
		t.Run(fmt.Sprintf("all leave %t", last), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, gather.Limits{Runs: 1, Items: 9, Weight: 9})
				busy := s.call(t.Context(), "k", "busy")
				r := s.began("k", "busy")
				// The first one's deadline is its own: the others share its values alone.
				first, cancel := context.WithTimeout(context.WithValue(t.Context(), contextKey{}, "first"), time.Second)
				defer cancel()
				second, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "second"))
				defer cancel()
				a, b, c := s.call(first, "k", "a"), s.call(second, "k", "b"), s.call(second, "k", "c")
				r.end(nil)
				busy.gotItsOwn()
				r = s.began("k", "a", "b", "c")
				require.Equal(t, "first", r.ctx.Value(contextKey{}))
				_, limited := r.ctx.Deadline()
				require.False(t, limited)

				time.Sleep(time.Second)
				synctest.Wait()
				a.failed(context.DeadlineExceeded)
				b.waits()
				require.NoError(t, r.ctx.Err())
				if !last {
					r.end(nil)
					b.gotItsOwn()
					c.gotItsOwn()
					return
				}
				cancel()
				synctest.Wait()
				b.failed(context.Canceled)
				c.failed(context.Canceled)
				require.Error(t, r.ctx.Err(), "nobody is left who wants to know")
				s.nothingBegan()
				next := s.call(t.Context(), "k", "next")
				s.began("k", "next").end(nil)
				next.gotItsOwn()
			})
		})
	}
}

// Whoever waits for a lock, say, must not keep those waiting who do not.
func TestRunThatTakesTooLongGivesItsPlaceToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, gather.Limits{Runs: 1, Items: 2, Weight: 9, Patience: time.Second})
		var calls []*call
		for _, name := range []string{"0", "1", "2", "3"} {
			calls = append(calls, s.call(t.Context(), "k", name))
		}
		alone := s.began("k", "0")
		time.Sleep(time.Second - time.Nanosecond)
		synctest.Wait()
		s.nothingBegan()
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		common := s.began("k", "1", "2")
		s.nothingBegan()
		time.Sleep(time.Second)
		synctest.Wait()
		quick := s.began("k", "3")
		calls = append(calls, s.call(t.Context(), "k", "4"))

		// What ends late has no place to give any more.
		alone.end(nil)
		common.end(nil)
		s.nothingBegan()
		quick.end(nil)
		s.began("k", "4").end(nil)
		for _, c := range calls {
			c.gotItsOwn()
		}
	})
}
