package health_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/domain/health"
)

func registry(t *testing.T, cfg health.Config, checks ...health.Check) *health.Registry {
	t.Helper()
	r, err := health.New(cfg)
	require.NoError(t, err)
	require.NoError(t, r.Add(checks...))
	return r
}

func is(s health.Status) func(context.Context) health.Result {
	return func(context.Context) health.Result { return health.Result{Status: s} }
}

func statuses(r health.Report) map[string]health.Status {
	m := map[string]health.Status{}
	for _, c := range r.Checks {
		m[c.Name] = c.Status
	}
	return m
}

// A bubble of synctest ends only if no goroutine is left: so nothing outlives its call.
func TestOneCheckHidesNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := registry(t, health.Config{},
			health.Check{Name: "good", Run: is(health.OK)},
			health.Check{Name: "stuck", Timeout: time.Second, Run: func(ctx context.Context) health.Result {
				<-ctx.Done()
				return health.Result{Status: health.Unknown, Error: "it was told to stop"}
			}},
			health.Check{Name: "panics", Run: func(context.Context) health.Result { panic("oh") }},
			health.Check{Name: "nonsense", Run: is("fine")},
			health.Check{Name: "bad", Run: is(health.Fail)},
			health.Check{Name: "needs bad", Needs: "bad", Run: is(health.OK)},
			health.Check{Name: "needs that", Needs: "needs bad", Run: is(health.OK)},
			health.Check{Name: "needs good", Needs: "good", Run: is(health.Warn)},
			health.Check{Name: "skipped", Run: is(health.Skipped)},
		)
		begun := time.Now()
		report := r.Report(t.Context())
		require.Equal(t, time.Second, time.Since(begun))
		require.Equal(t, health.Fail, report.Status)
		require.Equal(t, map[string]health.Status{
			"good": health.OK, "stuck": health.Unknown, "panics": health.Fail, "nonsense": health.Unknown, "bad": health.Fail,
			"needs bad": health.Skipped, "needs that": health.Skipped, "needs good": health.Warn, "skipped": health.Skipped,
		}, statuses(report))
		panicked, _ := report.Get("panics")
		require.Contains(t, panicked.Error, "oh")
		var order []health.Status
		for _, c := range report.Worst() {
			order = append(order, c.Status)
		}
		require.Equal(t, []health.Status{
			health.Fail, health.Fail, health.Unknown, health.Unknown, health.Warn, health.Skipped, health.Skipped, health.Skipped, health.OK,
		}, order)
	})
}

// A check that ignores its deadline holds up nobody, and does not pile up.
func TestCheckThatNeverReturnsRunsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		let := make(chan struct{})
		var runs atomic.Int32
		r := registry(t, health.Config{}, health.Check{Name: "deaf", Ready: true, Timeout: time.Second, Run: func(context.Context) health.Result {
			runs.Add(1)
			<-let
			return health.Result{Status: health.OK}
		}}, health.Check{Name: "good", Ready: true, Run: is(health.OK)})
		for range 5 {
			begun := time.Now()
			report := r.Ready(t.Context())
			require.LessOrEqual(t, time.Since(begun), 1250*time.Millisecond)
			require.Equal(t, map[string]health.Status{"deaf": health.Unknown, "good": health.OK}, statuses(report))
			time.Sleep(2 * time.Second)
		}
		require.EqualValues(t, 1, runs.Load())
		close(let)
		synctest.Wait()
		require.Equal(t, health.OK, r.Ready(t.Context()).Status)
		require.EqualValues(t, 2, runs.Load())
	})
}

func TestManyWhoAskAtOnceShareOneRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var runs, together, most atomic.Int32
		slow := func(ctx context.Context) health.Result {
			runs.Add(1)
			most.Store(max(most.Load(), together.Add(1)))
			defer together.Add(-1)
			time.Sleep(100 * time.Millisecond)
			return health.Result{Status: health.OK}
		}
		var checks []health.Check
		for i := range 6 {
			checks = append(checks, health.Check{Name: fmt.Sprint(i), Run: slow})
		}
		r := registry(t, health.Config{Cache: time.Minute}, checks...)
		ask := func() {
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() { require.Equal(t, health.OK, r.Report(t.Context()).Status) })
			}
			wg.Wait()
		}
		ask()
		require.EqualValues(t, 6, runs.Load())
		require.LessOrEqual(t, most.Load(), int32(2), "connections that checks take at once")
		time.Sleep(59 * time.Second)
		ask()
		require.EqualValues(t, 6, runs.Load(), "the report holds")
		time.Sleep(time.Second)
		ask()
		require.EqualValues(t, 12, runs.Load())
	})
}

// Who leaves takes nobody with him: another one who waits finds out instead.
func TestCallerWhoLeavesIsNoReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := registry(t, health.Config{}, health.Check{Name: "slow", Run: func(ctx context.Context) health.Result {
			select {
			case <-time.After(time.Second):
				return health.Result{Status: health.OK}
			case <-ctx.Done():
				return health.Result{Status: health.Unknown}
			}
		}})
		leaver, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { require.Equal(t, health.Unknown, r.Report(leaver).Status) })
		synctest.Wait()
		wg.Go(func() { require.Equal(t, health.OK, r.Report(t.Context()).Status) })
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			begun := time.Now()
			require.Equal(t, health.Unknown, r.Report(ctx).Status)
			require.Equal(t, 300*time.Millisecond, time.Since(begun), "a waiter has a deadline of its own")
		})
		synctest.Wait()
		leave()
		wg.Wait()
	})
}

func TestSinceIsWhenTheStatusChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		status := health.OK
		r := registry(t, health.Config{}, health.Check{Name: "x", Ready: true, Run: func(context.Context) health.Result { return health.Result{Status: status} }})
		since := func() time.Time {
			res, ok := r.Ready(t.Context()).Get("x")
			require.True(t, ok)
			require.Equal(t, status, res.Status)
			time.Sleep(time.Minute)
			return res.Since
		}
		first := since()
		require.Equal(t, first, since())
		status = health.Warn
		require.Equal(t, first.Add(2*time.Minute), since())
		full, _ := r.Report(t.Context()).Get("x")
		require.Equal(t, first.Add(2*time.Minute), full.Since, "whoever asked")
	})
}

func TestCostlyCheckRunsEverySoOften(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		runs, status := 0, health.OK
		r := registry(t, health.Config{}, health.Check{Name: "x", Every: time.Minute, Run: func(context.Context) health.Result {
			runs++
			return health.Result{Status: status}
		}})
		for range 8 { // two minutes
			require.Equal(t, health.OK, r.Report(t.Context()).Status)
			time.Sleep(15 * time.Second)
		}
		require.Equal(t, 2, runs)
		status = health.Unknown
		for range 4 {
			r.Report(t.Context())
			time.Sleep(15 * time.Second)
		}
		require.Equal(t, 6, runs, "what could not be told is asked again")
	})
}

func TestAddRefuses(t *testing.T) {
	t.Parallel()
	r := registry(t, health.Config{}, health.Check{Name: "a", Run: is(health.OK)})
	for _, c := range []health.Check{
		{Run: is(health.OK)},
		{Name: "a", Run: is(health.OK)},
		{Name: "b"},
		{Name: "b", Needs: "c", Run: is(health.OK)},
		{Name: "b", Timeout: -1, Run: is(health.OK)},
	} {
		require.ErrorIs(t, r.Add(health.Check{Name: "x", Run: is(health.OK)}, c), fault.ErrInvalid)
	}
	require.Len(t, r.Report(t.Context()).Checks, 1, "all or none")
	_, err := health.New(health.Config{Cache: -1})
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = health.Thresholds{Lag: health.Limit[int64]{Warn: 2, Fail: 1}}.WithDefaults()
	require.ErrorIs(t, err, fault.ErrInvalid)
	_, err = health.Thresholds{Lag: health.Limit[int64]{Warn: 1 << 40}}.WithDefaults()
	require.ErrorIs(t, err, fault.ErrInvalid, "above the default failure")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	l := health.Limit[int64]{Warn: 10, Fail: 20}
	require.Equal(t, []health.Status{health.OK, health.Warn, health.Warn, health.Fail},
		[]health.Status{l.Grade(9), l.Grade(10), l.Grade(19), l.Grade(20)})
	require.Equal(t, "warn from 10, fail from 20", l.Text(health.Count))
	off := health.Limit[int64]{Warn: -1, Fail: -1}
	require.Equal(t, health.OK, off.Grade(1<<60))
	require.Empty(t, off.Text(health.Count))
	require.Equal(t, "1.5 MiB", health.Size(3<<19))
}

func TestHandler(t *testing.T) {
	t.Parallel()
	var status atomic.Value
	status.Store(health.OK)
	var asked atomic.Int32
	r := registry(t, health.Config{ReadyCache: time.Nanosecond, Cache: time.Nanosecond},
		health.Check{Name: "db", Ready: true, Run: func(context.Context) health.Result {
			asked.Add(1)
			return health.Result{Status: status.Load().(health.Status), Error: "broken", Fix: "mend it"}
		}},
		health.Check{Name: "wal", Run: is(health.Fail)})
	server := httptest.NewServer(r.Handler())
	t.Cleanup(server.Close)
	get := func(path string) (int, string, http.Header) {
		res, err := server.Client().Get(server.URL + path)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, errors.Join(err, res.Body.Close()))
		return res.StatusCode, string(body), res.Header
	}

	code, body, header := get("/livez")
	require.Equal(t, 200, code)
	require.Equal(t, "ok\n", body)
	require.Equal(t, "no-store", header.Get("Cache-Control"))
	require.Zero(t, asked.Load(), "being alive asks nobody")

	for s, want := range map[health.Status]int{health.OK: 200, health.Warn: 200, health.Skipped: 200, health.Unknown: 503, health.Fail: 503} {
		status.Store(s)
		code, body, header = get("/readyz")
		require.Equal(t, want, code, s)
		require.Equal(t, "application/json", header.Get("Content-Type"))
		var report health.Report
		require.NoError(t, json.Unmarshal([]byte(body), &report))
		require.Len(t, report.Checks, 1, "only what it is ready by")
		require.Equal(t, "mend it", report.Checks[0].Fix)
	}
	status.Store(health.OK)
	code, body, _ = get("/healthz")
	require.Equal(t, 503, code)
	require.NotContains(t, body, "wal")
	for _, query := range []string{"?verbose", "?verbose=1", "?verbose=true"} {
		code, body, _ = get("/healthz" + query)
		require.Equal(t, 503, code)
		require.Contains(t, body, `"name":"wal","status":"fail"`)
	}
	_, body, _ = get("/healthz?verbose=false")
	require.NotContains(t, body, "wal")
	code, _, _ = get("/elsewhere")
	require.Equal(t, 404, code)
	res, err := server.Client().Post(server.URL+"/readyz", "", nil)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 405, res.StatusCode)
}
