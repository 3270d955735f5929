package tests

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/verdict"
)

// A call is one span of its caller's trace, and what it sends is below it.
func TestCallsAreSpansOfTheirCallers(t *testing.T) {
	t.Parallel()
	o := newObserved(t, nil)
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "app", []byte("app"))
	var rec attestor.Recorded
	for operation, call := range map[string]func(context.Context) error{
		"record": func(ctx context.Context) (err error) {
			rec, err = o.acme.Record(ctx, ev)
			return err
		},
		"record_all": func(ctx context.Context) error {
			_, err := o.acme.RecordAll(ctx, []*attestor.Evidence{ev, signer.Evidence(t, "b", []byte("b"))})
			return err
		},
		"import_sbom": func(ctx context.Context) error {
			_, err := o.acme.ImportSBOM(ctx, cycloneDX(t, "app", npm("left-pad", "1.0.0")))
			return err
		},
		"attestor.find": func(ctx context.Context) error {
			_, _, err := o.acme.Attestor().Find(ctx, attestor.Query{}, page.Request{})
			return err
		},
		"verdict.append_batch": func(ctx context.Context) error {
			_, err := o.acme.Verdict().AppendBatch(ctx, []verdict.Decision{decided("a"), decided("b")})
			return err
		},
		"verdict.verify": func(ctx context.Context) error {
			_, err := o.acme.Verdict().Verify(ctx, verdict.VerifyRequest{})
			return err
		},
		"verdict.checkpoint": func(ctx context.Context) error {
			_, err := o.acme.Verdict().Checkpoint(ctx, signingKey(t, "k"), "")
			return err
		},
		"transaction": func(ctx context.Context) error {
			return o.acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
				_, err := tx.Record(ctx, signer.Evidence(t, "c", []byte("c")))
				return err
			})
		},
		"decide": func(ctx context.Context) error {
			key, _ := receiptKey(t)
			_, err := o.acme.Decide(ctx, decided("c"), attestdb.SignReceipt(key))
			return err
		},
		"tenant_by_name": func(ctx context.Context) error {
			_, err := o.db.TenantByName(ctx, "acme")
			return err
		},
		"tenancy.list": func(ctx context.Context) error {
			_, err := o.db.Tenancy().List(ctx, "", 10)
			return err
		},
	} {
		t.Run(operation, func(t *testing.T) {
			spans, outer := o.during(t, func(ctx context.Context) { require.NoError(t, call(ctx)) })
			calls := named(spans, operation)
			require.Len(t, calls, 1)
			require.Equal(t, outer.SpanID(), calls[0].Parent.SpanID())
			require.Equal(t, operation, attr(calls[0], "attestdb.operation"))
			requireStatus(t, calls[0], "ok", "")
			if operation != "tenant_by_name" && operation != "tenancy.list" {
				require.Equal(t, o.acme.ID().String(), attr(calls[0], "attestdb.tenant_id"))
			}
			sent := of(spans, driverScope)
			require.NotEmpty(t, sent)
			byID := map[trace.SpanID]tracetest.SpanStub{}
			for _, s := range spans {
				byID[s.SpanContext.SpanID()] = s
			}
			for _, s := range sent {
				up := s
				for up.InstrumentationScope.Name == driverScope {
					up = byID[up.Parent.SpanID()]
				}
				require.Equal(t, ourScope, up.InstrumentationScope.Name, "%s is under no call", s.Name)
			}
		})
	}
	require.NotZero(t, rec.ID)
}

// Callers whose appends share a transaction have each their own span, and the
// transaction is below none of them: it is linked to all, and they to it.
func TestSharedTransactionsAreLinkedToTheirCallers(t *testing.T) {
	t.Parallel()
	const callers = 40
	o := newObserved(t, func(c *attestdb.Config) { c.App.MaxConns = 2 })
	signer := domaintest.NewSigner(t)
	evs := make([]*attestor.Evidence, callers)
	for i := range evs {
		evs[i] = signer.Evidence(t, fmt.Sprint(i), fmt.Append(nil, i))
	}
	for operation, do := range map[string]func(ctx context.Context, i int) error{
		"verdict.append": func(ctx context.Context, i int) error {
			_, err := o.acme.Verdict().Append(ctx, decided(fmt.Sprint(i)))
			return err
		},
		"record": func(ctx context.Context, i int) error {
			_, err := o.acme.Record(ctx, evs[i])
			return err
		},
	} {
		t.Run(operation, func(t *testing.T) {
			o.spans.Reset()
			var all sync.WaitGroup
			for i := range callers {
				all.Go(func() {
					ctx, span := o.tracer.Start(context.Background(), "request")
					defer span.End()
					require.NoError(t, do(ctx, i))
				})
			}
			all.Wait()
			o.soon(t, operation+"_shared")
			require.NoError(t, o.acme.InTx(t.Context(), func(context.Context, *attestdb.TenantDB) error { return nil }))
			spans := o.spans.GetSpans()
			shared := map[trace.SpanID]tracetest.SpanStub{}
			linked := map[[2]trace.SpanID]bool{}
			together := 0
			for _, s := range named(spans, operation+"_shared") {
				require.False(t, s.Parent.IsValid(), "what is shared is nobody's child")
				require.Equal(t, fmt.Sprint(len(s.Links)), attr(s, "attestdb.items"))
				together = max(together, len(s.Links))
				shared[s.SpanContext.SpanID()] = s
				for _, l := range s.Links {
					linked[[2]trace.SpanID{s.SpanContext.SpanID(), l.SpanContext.SpanID()}] = true
				}
			}
			require.Greater(t, together, 1)
			calls := named(spans, operation)
			require.Len(t, calls, callers)
			traces := map[trace.TraceID]bool{}
			for _, c := range calls {
				traces[c.SpanContext.TraceID()] = true
				require.True(t, c.Parent.IsValid())
				for _, l := range c.Links {
					require.Contains(t, shared, l.SpanContext.SpanID())
					require.True(t, linked[[2]trace.SpanID{l.SpanContext.SpanID(), c.SpanContext.SpanID()}], "both ways")
				}
				if len(c.Links) == 0 { // it went alone, and sent its statements itself
					require.Equal(t, "record", operation)
					require.NotEmpty(t, below(spans, c), "neither shared nor sent")
				}
			}
			require.Len(t, traces, callers)
		})
	}
}

// below are the spans whose parent is s.
func below(spans tracetest.SpanStubs, s tracetest.SpanStub) (children tracetest.SpanStubs) {
	for _, c := range spans {
		if c.Parent.SpanID() == s.SpanContext.SpanID() {
			children = append(children, c)
		}
	}
	return children
}

// What the caller can mend is no error of the span's; what somebody on call can is.
func TestSpansSayWhoseMatterAnErrorIs(t *testing.T) {
	t.Parallel()
	o := newObserved(t, nil)
	held := make(chan struct{})
	holding := make(chan struct{})
	var holder sync.WaitGroup
	for _, c := range []struct {
		operation, outcome, kind string
		call                     func(ctx context.Context) error
	}{
		{"attestor.get", "refused", "not_found", func(ctx context.Context) error {
			_, err := o.acme.Attestor().Get(ctx, uuid.New())
			return err
		}},
		{"verdict.append", "refused", "no_actor", func(ctx context.Context) error {
			_, err := o.db.Tenant(o.acme.ID()).Verdict().Append(ctx, decided("x"))
			return err
		}},
		{"verdict.append", "refused", "unknown_tenant", func(ctx context.Context) error {
			_, err := o.db.Tenant(attestdb.TenantID(uuid.New())).As("ci").Verdict().Append(ctx, decided("x"))
			return err
		}},
		{"record", "refused", "invalid", func(ctx context.Context) error {
			_, err := o.acme.Record(ctx, nil)
			return err
		}},
		{"attestor.count", "canceled", "canceled", func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			_, err := o.acme.Attestor().Count(ctx, attestor.Query{})
			return err
		}},
		{"attestor.count", "failed", "deadline_exceeded", func(ctx context.Context) error {
			ctx, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Second))
			defer cancel()
			_, err := o.acme.Attestor().Count(ctx, attestor.Query{})
			return err
		}},
		{"verdict.append", "failed", "ledger_busy", func(ctx context.Context) error {
			holder.Go(func() {
				_ = o.acme.InTx(context.Background(), func(ctx context.Context, tx *attestdb.TenantDB) error {
					_, err := tx.Verdict().Append(ctx, decided("slow"))
					close(holding)
					<-held
					return err
				})
			})
			<-holding
			ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
			defer cancel()
			_, err := o.acme.Verdict().Append(ctx, decided("late"))
			close(held)
			return err
		}},
		{"transaction", "failed", "_OTHER", func(ctx context.Context) error {
			return o.acme.InTx(ctx, func(context.Context, *attestdb.TenantDB) error { return errors.New("mine") })
		}},
		{"transaction", "failed", "panic", func(ctx context.Context) (err error) {
			defer func() { err = fmt.Errorf("%v", recover()) }()
			return o.acme.InTx(ctx, func(context.Context, *attestdb.TenantDB) error { panic("mine") })
		}},
	} {
		spans, outer := o.during(t, func(ctx context.Context) { require.Error(t, c.call(ctx)) })
		var calls tracetest.SpanStubs
		for _, s := range named(spans, c.operation) {
			if s.Parent.SpanID() == outer.SpanID() {
				calls = append(calls, s)
			}
		}
		require.Len(t, calls, 1, c.kind)
		requireStatus(t, calls[0], c.outcome, c.kind)
	}
	holder.Wait()
}

// A tracer of the caller's sees every statement as well, and neither ends the other's
// spans, though it makes some itself.
func TestTracerOfTheCallersWorksBeside(t *testing.T) {
	t.Parallel()
	theirs := tracetest.NewInMemoryExporter()
	o := newObserved(t, func(c *attestdb.Config) {
		// As one that makes spans does, under the same trace.
		c.App.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(providerInto(theirs)))
	})
	theirs.Reset()
	spans, _ := o.during(t, func(ctx context.Context) {
		require.NoError(t, o.acme.InTx(ctx, func(ctx context.Context, tx *attestdb.TenantDB) error {
			_, err := tx.Record(ctx, domaintest.NewSigner(t).Evidence(t, "a", []byte("a")))
			return err
		}))
	})
	count := func(spans tracetest.SpanStubs) map[string]int {
		n := map[string]int{}
		for _, s := range spans {
			n[s.Name]++
		}
		return n
	}
	require.NotEmpty(t, of(spans, driverScope))
	require.Equal(t, count(of(spans, driverScope)), count(theirs.GetSpans()))
}

// Neither evidence nor payloads, reasons, keys, actors or passwords are in spans,
// metrics or logs, whatever comes of a call.
func TestNothingThatIsStoredIsTold(t *testing.T) {
	t.Parallel()
	const marker = "xK9verysecretZq"
	var log syncBuffer
	o := newObserved(t, func(c *attestdb.Config) {
		c.Logger = debugLogger(&log)
		c.App.URL += "&password=" + marker
	})
	acme := o.acme.As(marker)
	d := decided(marker)
	d.Payload, d.Reason, d.IdempotencyKey = json.RawMessage(`{"a":"`+marker+`"}`), marker, marker
	o.spans.Reset()
	signer := domaintest.NewSigner(t)
	for range 2 {
		_, err := acme.Record(t.Context(), signer.Evidence(t, marker, []byte(marker)))
		require.NoError(t, err)
		_, err = acme.Verdict().Append(t.Context(), d)
		require.NoError(t, err)
	}
	d.Reason += "."
	_, err := acme.Verdict().Append(t.Context(), d)
	require.ErrorIs(t, err, attestdb.ErrIdempotencyConflict)
	_, err = o.db.TenantByName(t.Context(), "x"+"k9")
	require.ErrorIs(t, err, attestdb.ErrUnknownTenant)
	_, err = acme.Record(t.Context(), signer.Evidence(t, marker, []byte(marker)), attestdb.Verify(wordyVerifier(marker)))
	require.Error(t, err)
	_, err = o.acme.Verdict().Export(t.Context(), filepath.Join(t.TempDir(), marker), verdict.ExportRequest{})
	require.Error(t, err, "there is no checkpoint")

	// No server listens there; Open and what it is told of say so without the password.
	_, err = attestdb.Open(t.Context(), attestdb.Config{
		App: attestdb.Conn{URL: "postgres://someone:" + marker + "@127.0.0.1:1/db"}, Logger: debugLogger(&log),
		TracerProvider: providerInto(o.spans), WaitForSchema: time.Second,
	})
	require.ErrorIs(t, err, attestdb.ErrUnavailable)
	require.NotContains(t, err.Error(), marker)

	all, err := json.Marshal(o.spans.GetSpans())
	require.NoError(t, err)
	require.NotContains(t, string(all), marker)
	require.Greater(t, len(o.spans.GetSpans()), 10)
	require.NotContains(t, log.String(), marker)
	require.Contains(t, log.String(), `"operation":"verdict.append"`)
	for _, metric := range []string{"attestdb.operation.duration", "attestdb.records", "attestdb.ledger.appends", "attestdb.retries"} {
		for labels := range o.points(t, metric) {
			require.NotContains(t, labels, marker)
		}
	}
	require.NotEmpty(t, o.points(t, "attestdb.records"))
}
