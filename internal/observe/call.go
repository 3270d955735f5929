package observe

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// Call is one call under way. A nil Call does nothing.
type Call struct {
	context.Context //nolint:containedctx // the call is its own context, in one allocation

	o         *Observer
	operation string
	tenant    uuid.UUID
	shared    bool
	span      trace.Span
	start     time.Time
}

func newCall(o *Observer, operation string, tenant uuid.UUID) *Call {
	return &Call{o: o, operation: operation, tenant: tenant, span: tracenoop.Span{}, start: time.Now()}
}

type callKey struct{}

// Value has the call itself, for [Retried].
func (c *Call) Value(key any) any {
	if key == (callKey{}) {
		return c
	}
	return c.Context.Value(key)
}

func from(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}

// outside hides another DB's call, within which a call of a DB that measures nothing is.
func outside(ctx context.Context) context.Context {
	if from(ctx) == nil {
		return ctx
	}
	return context.WithValue(ctx, callKey{}, (*Call)(nil))
}

// End ends the call as *err says, or the panic that it is deferred in.
func (c *Call) End(err *error) {
	if c == nil {
		return
	}
	if p := recover(); p != nil {
		c.end(errPanic)
		panic(p)
	}
	c.end(*err)
}

var errPanic = errors.New("panic")

func (c *Call) end(err error) {
	took := time.Since(c.start)
	r := c.o.reasonOf(err)
	if !c.shared {
		c.o.metrics.operation(c, r, took)
	}
	if c.span.IsRecording() {
		c.span.SetAttributes(keyOutcome.String(string(r.outcome)))
		if r.kind != "" {
			c.span.SetAttributes(keyErrorType.String(r.kind))
		}
		if state := sqlState(err); state != "" {
			c.span.SetAttributes(keySQLState.String(state))
		}
		if r.outcome == failed {
			// The text of the error may repeat what somebody sent.
			c.span.SetStatus(codes.Error, r.kind)
		}
	}
	c.span.End()
	if c.o.log.Enabled(c.Context, slog.LevelDebug) {
		attrs := append(c.attrs(), slog.Duration("duration", took), slog.String("outcome", string(r.outcome)))
		if r.kind != "" {
			attrs = append(attrs, slog.String("error_type", r.kind))
		}
		c.o.log.LogAttrs(c.Context, slog.LevelDebug, "call", attrs...)
	}
}

// attrs are what everything says that is logged of the call.
func (c *Call) attrs() []slog.Attr {
	attrs := make([]slog.Attr, 1, 5)
	attrs[0] = slog.String("operation", c.operation)
	if c.tenant != uuid.Nil {
		attrs = append(attrs, slog.String("tenant_id", c.tenant.String()))
	}
	return attrs
}

// Set gives the call's span an attribute of ours, attestdb.<name>.
func (c *Call) Set(name string, n int) {
	if c != nil && c.span.IsRecording() {
		c.span.SetAttributes(attribute.Int("attestdb."+name, n))
	}
}

// Name is [Call.Set] for a word.
func (c *Call) Name(name, word string) {
	if c != nil && c.span.IsRecording() {
		c.span.SetAttributes(attribute.String("attestdb."+name, word))
	}
}

// Link ties what is shared to the span of a caller who shares it, in both directions.
func (c *Call) Link(caller *Call) {
	if c == nil || caller == nil {
		return
	}
	if with := caller.span.SpanContext(); with.IsValid() {
		c.span.AddLink(trace.Link{SpanContext: with})
	}
	if with := c.span.SpanContext(); with.IsValid() {
		caller.span.AddLink(trace.Link{SpanContext: with})
	}
}

// Retried tells the call under way in ctx that err made it begin again.
func Retried(ctx context.Context, err error) {
	c := from(ctx)
	if c == nil {
		return
	}
	r := c.o.reasonOf(err)
	if state := sqlState(err); state != "" {
		r.kind = state
	}
	c.o.metrics.retried(c, r)
	c.span.AddEvent("retry", trace.WithAttributes(keyErrorType.String(r.kind)))
	c.o.log.LogAttrs(c.Context, slog.LevelWarn, "retry", append(c.attrs(), slog.Any("error", err))...)
}
