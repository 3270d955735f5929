package commitgroup_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/internal/commitgroup"
)

// The tests run in bubbles of synctest: the test goes on when nobody else can, time passes
// at once, and a goroutine that is left behind fails the test.

var (
	errBusy    = errors.New("busy")
	errRefused = errors.New("refused")
	errUnknown = errors.New("unknown")
)

// stage is a Group whose runs get the lock, and end, when and how the test says.
type stage struct {
	t *testing.T
	*commitgroup.Group[string, int, int]
	locked chan error // nil gives the lock, an error fails the run before it takes
	ended  chan error
	runs   [][]int
}

func newStage(t *testing.T, items, weight int) *stage {
	s := &stage{t: t, locked: make(chan error), ended: make(chan error)}
	s.Group = commitgroup.New(
		commitgroup.Limits{Items: items, Weight: weight, Patience: 5 * time.Second},
		commitgroup.Policy{
			Wait:  func(err error) bool { return errors.Is(err, errBusy) },
			Split: func(err error) bool { return !errors.Is(err, errUnknown) },
		},
		func(item int) int { return item / 100 },
		func(ctx context.Context, _ string, take func() []int) ([]int, error) {
			require.NoError(t, ctx.Err(), "no caller ends a run")
			if err := <-s.locked; err != nil {
				return nil, err
			}
			items := take()
			s.runs = append(s.runs, items)
			if err := <-s.ended; err != nil {
				return nil, err
			}
			results := make([]int, len(items))
			for i, item := range items {
				results[i] = -item
			}
			return results, nil
		})
	return s
}

type call struct {
	item     int
	result   int
	taken    bool
	err      error
	returned bool
}

func (s *stage) call(ctx context.Context, item int) *call {
	c := &call{item: item}
	go func() {
		c.result, c.taken, c.err = s.Do(ctx, "key", item)
		c.returned = true
	}()
	synctest.Wait()
	return c
}

func (s *stage) lock(err error) { s.locked <- err; synctest.Wait() }
func (s *stage) end(err error)  { s.ended <- err; synctest.Wait() }

func (s *stage) served(calls ...*call) {
	s.t.Helper()
	for _, c := range calls {
		require.True(s.t, c.returned)
		require.NoError(s.t, c.err)
		require.True(s.t, c.taken)
		require.Equal(s.t, -c.item, c.result)
	}
}

func TestCallsThatWaitForTheLockGoTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 3, 1000)
		ctx := t.Context()
		first := s.call(ctx, 1)
		second, third, fourth := s.call(ctx, 2), s.call(ctx, 3), s.call(ctx, 4)
		s.lock(nil)
		late := s.call(ctx, 5)
		s.end(nil)
		s.served(first, second, third)
		s.lock(nil)
		s.end(nil)
		s.served(fourth, late)
		require.Equal(t, [][]int{{1, 2, 3}, {4, 5}}, s.runs)
		s.Wait()
	})
}

func TestWeightBoundsARun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10, 5)
		a, b, c := s.call(t.Context(), 900), s.call(t.Context(), 300), s.call(t.Context(), 301)
		d := s.call(t.Context(), 200)
		for range 3 {
			s.lock(nil)
			s.end(nil)
		}
		s.served(a, b, c, d)
		require.Equal(t, [][]int{{900}, {300}, {301, 200}}, s.runs)
	})
}

// Who leaves before its item is taken has certainly not been run; who leaves afterwards
// does not know. The others are served either way.
func TestWhoLeavesIsToldWhetherItWasTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10, 1000)
		early, leaveEarly := context.WithCancel(t.Context())
		lately, leaveLate := context.WithCancel(t.Context())
		a, b, c := s.call(early, 1), s.call(lately, 2), s.call(t.Context(), 3)
		leaveEarly()
		synctest.Wait()
		require.True(t, a.returned)
		require.False(t, a.taken)
		require.ErrorIs(t, a.err, context.Canceled)
		s.lock(nil)
		leaveLate()
		synctest.Wait()
		require.True(t, b.returned)
		require.True(t, b.taken)
		require.ErrorIs(t, b.err, context.Canceled)
		s.end(nil)
		s.served(c)
		require.Equal(t, [][]int{{2, 3}}, s.runs)
	})
}

func TestEverybodyLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10, 1000)
		ctx, leave := context.WithCancel(t.Context())
		s.call(ctx, 1)
		leave()
		synctest.Wait()
		s.lock(nil) // the run takes nobody
		s.end(nil)
		require.Equal(t, [][]int{{}}, s.runs)
		s.Wait()
	})
}

func TestOneThatIsRefusedDoesNotFailItsNeighbours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10, 1000)
		a, b, c := s.call(t.Context(), 1), s.call(t.Context(), 2), s.call(t.Context(), 3)
		s.lock(nil)
		s.end(errRefused)
		for _, err := range []error{nil, errRefused, nil} {
			s.lock(nil)
			s.end(err)
		}
		s.served(a, c)
		require.ErrorIs(t, b.err, errRefused)
		require.True(t, b.taken)
	})
}

// What may have been done is not done again.
func TestUnknownOutcomeIsEverybodys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10, 1000)
		calls := []*call{s.call(t.Context(), 1), s.call(t.Context(), 2)}
		s.lock(nil)
		s.end(errUnknown)
		for _, c := range calls {
			require.True(t, c.returned)
			require.ErrorIs(t, c.err, errUnknown)
		}
		require.Len(t, s.runs, 1)
	})
}

// While others hold the lock, who has a deadline waits for it, and who has none for as
// long as the group is patient.
func TestWaitingForTheLock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 10, 1000)
		soon, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		far, cancelFar := context.WithTimeout(t.Context(), time.Minute)
		defer cancelFar()
		a, b, c := s.call(soon, 1), s.call(t.Context(), 2), s.call(far, 3)
		for range 3 {
			time.Sleep(time.Second)
			s.lock(errBusy)
		}
		require.ErrorIs(t, a.err, context.DeadlineExceeded)
		require.False(t, a.taken)
		require.False(t, b.returned)
		time.Sleep(3 * time.Second)
		s.lock(errBusy)
		require.ErrorIs(t, b.err, errBusy)
		require.False(t, c.returned)
		s.lock(nil)
		s.end(nil)
		s.served(c)
		d := s.call(t.Context(), 4)
		s.lock(errRefused) // what is no waiting is everybody's
		require.ErrorIs(t, d.err, errRefused)
		require.True(t, slices.Equal(s.runs[0], []int{3}))
	})
}
