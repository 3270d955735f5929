// Package observe measures attestdb's calls by OpenTelemetry's API: a span and a
// duration of each, and counts of what became of it. It consults no global provider.
//
// An [Observer] is nil where nothing is asked for, and then costs nothing: every method
// of a nil Observer, and of the nil [Call] that it gives, does nothing and allocates
// nothing. docs/observability.md has every name.
package observe

import (
	"context"
	"log/slog"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
)

// Scope is the instrumentation scope of spans and metrics.
const Scope = "stella-ops.org/attestdb"

// The attributes of spans and metrics that are ours. The others are those of
// OpenTelemetry's semantic conventions.
const (
	keyOperation = attribute.Key("attestdb.operation")
	keyOutcome   = attribute.Key("attestdb.outcome")
	keyTenant    = attribute.Key("attestdb.tenant_id")
	keyKind      = attribute.Key("attestdb.kind")
	keyFault     = attribute.Key("attestdb.fault")
	keyModule    = attribute.Key("attestdb.module")
	keyErrorType = attribute.Key("error.type")
	keySQLState  = attribute.Key("db.response.status_code")
)

// Config says what is measured.
type Config struct {
	// TracerProvider and MeterProvider are where to; nil is nowhere.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider
	// Logger is told of repetitions, and on level Debug of every call; nil is silence.
	Logger *slog.Logger
	// ErrorType names failures that the modules know, "" for none; it may be nil.
	ErrorType func(error) string
	// ByTenant gives the counts of records and of ledgers the tenant as an attribute.
	ByTenant bool
}

// Observer measures the calls of one DB. It is safe for concurrent use.
type Observer struct {
	log      *slog.Logger
	tracer   trace.Tracer // nil without a provider
	meter    *meter       // never nil
	metrics  *metrics     // nil without a provider
	byTenant bool

	errorType func(error) string

	// What the driver's instrumentation is given: no-ops where ours is nil.
	tracers  trace.TracerProvider
	measured bool
}

// New returns an Observer, nil if cfg asks for nothing.
func New(cfg Config) (*Observer, error) {
	if cfg.TracerProvider == nil && cfg.MeterProvider == nil && cfg.Logger == nil {
		return nil, nil
	}
	o := &Observer{log: cfg.Logger, byTenant: cfg.ByTenant, errorType: cfg.ErrorType, tracers: cfg.TracerProvider, measured: cfg.MeterProvider != nil}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	if o.tracers == nil {
		o.tracers = tracenoop.NewTracerProvider()
	} else {
		o.tracer = o.tracers.Tracer(Scope)
	}
	provider := cfg.MeterProvider
	if provider == nil {
		provider = metricnoop.NewMeterProvider()
	}
	o.meter = &meter{Meter: provider.Meter(Scope), provider: provider, kept: &registrations{}}
	if o.measured {
		var err error
		if o.metrics, err = newMetrics(o.meter); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// Meter is where whoever has more to measure makes its instruments, under the same scope;
// one that measures nothing without a provider. What is registered on it ends with
// [Observer.Close].
func (o *Observer) Meter() metric.Meter {
	if o == nil {
		return metricnoop.NewMeterProvider().Meter(Scope)
	}
	return o.meter
}

// Close ends what was registered on the meter. Pools that are closed afterwards are not
// asked again.
func (o *Observer) Close() error {
	if o == nil {
		return nil
	}
	return o.meter.kept.unregister()
}

// Start begins a call for a tenant, or for none. The context that it returns has the
// call's span, for what the call does; [Call.End] ends it.
func (o *Observer) Start(ctx context.Context, operation string, tenant uuid.UUID) (context.Context, *Call) {
	if o == nil {
		return outside(ctx), nil
	}
	return o.start(ctx, operation, tenant)
}

// StartShared begins what several callers share, such as one transaction. It is a child
// of none of them: its span is a root, and [Call.Link] ties it to each. Its duration is
// not among those of calls, since each caller has one.
func (o *Observer) StartShared(ctx context.Context, operation string, tenant uuid.UUID) (context.Context, *Call) {
	if o == nil {
		return outside(ctx), nil
	}
	ctx, c := o.start(ctx, operation, tenant, trace.WithNewRoot())
	c.shared = true
	return ctx, c
}

func (o *Observer) start(ctx context.Context, operation string, tenant uuid.UUID, opts ...trace.SpanStartOption) (context.Context, *Call) {
	c := newCall(o, operation, tenant)
	if o.tracer != nil {
		attrs := make([]attribute.KeyValue, 1, 2)
		attrs[0] = keyOperation.String(operation)
		if tenant != uuid.Nil {
			attrs = append(attrs, keyTenant.String(tenant.String()))
		}
		ctx, c.span = o.tracer.Start(ctx, "attestdb."+operation, append(opts, trace.WithAttributes(attrs...))...) //nolint:spancheck // End ends it
	}
	c.Context = ctx
	return c, c
}
