package tests

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

const (
	ourScope    = "stella-ops.org/attestdb"
	driverScope = "github.com/exaring/otelpgx"
)

// observed is attestdb on a database of its own, with what it tells of itself.
type observed struct {
	*testdb.DB
	db     *attestdb.DB
	acme   *attestdb.TenantDB
	spans  *tracetest.InMemoryExporter
	tracer trace.Tracer // the program's own
	reader *sdkmetric.ManualReader
}

// newObserved opens attestdb with SDK providers, as change has it.
func newObserved(t testing.TB, change func(*attestdb.Config)) *observed {
	t.Helper()
	o := &observed{DB: testdb.New(t), spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader()}
	traces := sdktrace.NewTracerProvider(sdktrace.WithSyncer(o.spans))
	o.tracer = traces.Tracer("program")
	cfg := attestdb.Config{
		App: attestdb.Conn{URL: o.URL("app")}, Admin: attestdb.Conn{URL: o.URL("admin")}, Auditor: attestdb.Conn{URL: o.URL("auditor")},
		TracerProvider: traces, MeterProvider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(o.reader)),
	}
	if change != nil {
		change(&cfg)
	}
	o.db = openWith(t, cfg)
	o.acme = domaintest.Tenant(t, o.db, "acme").As("ci")
	return o
}

// during returns the spans that end while f runs, which has a span of the program's.
func (o *observed) during(t testing.TB, f func(ctx context.Context)) (stubs tracetest.SpanStubs, outer trace.SpanContext) {
	t.Helper()
	o.spans.Reset()
	ctx, span := o.tracer.Start(context.Background(), "request")
	f(ctx)
	span.End()
	return o.spans.GetSpans(), span.SpanContext()
}

// named returns the spans of an operation.
func named(stubs tracetest.SpanStubs, operation string) tracetest.SpanStubs {
	return slices.DeleteFunc(slices.Clone(stubs), func(s tracetest.SpanStub) bool { return s.Name != "attestdb."+operation })
}

func of(stubs tracetest.SpanStubs, scope string) tracetest.SpanStubs {
	return slices.DeleteFunc(slices.Clone(stubs), func(s tracetest.SpanStub) bool { return s.InstrumentationScope.Name != scope })
}

func attr(s tracetest.SpanStub, key string) string {
	for _, a := range s.Attributes {
		if string(a.Key) == key {
			return a.Value.String()
		}
	}
	return ""
}

// points are the values of a metric by the attributes that it has, as "a=1 b=2";
// histograms have their counts.
func (o *observed) points(t testing.TB, metric string) map[string]int64 {
	t.Helper()
	var data metricdata.ResourceMetrics
	require.NoError(t, o.reader.Collect(context.Background(), &data))
	values := map[string]int64{}
	for _, scope := range data.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name == metric {
				eachPoint(m.Data, func(set attribute.Set, v int64) { values[labelled(set)] = v })
			}
		}
	}
	return values
}

func eachPoint(data metricdata.Aggregation, f func(attribute.Set, int64)) {
	switch d := data.(type) {
	case metricdata.Sum[int64]:
		for _, p := range d.DataPoints {
			f(p.Attributes, p.Value)
		}
	case metricdata.Gauge[int64]:
		for _, p := range d.DataPoints {
			f(p.Attributes, p.Value)
		}
	case metricdata.Histogram[int64]:
		for _, p := range d.DataPoints {
			f(p.Attributes, int64(p.Count))
		}
	case metricdata.Histogram[float64]:
		for _, p := range d.DataPoints {
			f(p.Attributes, int64(p.Count))
		}
	default:
		panic(fmt.Sprintf("%T", data))
	}
}

func labelled(set attribute.Set) string {
	var parts []string
	for _, kv := range set.ToSlice() {
		parts = append(parts, strings.TrimPrefix(string(kv.Key), "attestdb.")+"="+kv.Value.String())
	}
	return strings.Join(parts, " ")
}

// soon waits for spans that end after their call has returned.
func (o *observed) soon(t testing.TB, operation string) tracetest.SpanStubs {
	t.Helper()
	var found tracetest.SpanStubs
	require.Eventually(t, func() bool {
		found = named(o.spans.GetSpans(), operation)
		return len(found) > 0
	}, 10*time.Second, time.Millisecond)
	return found
}

func requireStatus(t testing.TB, s tracetest.SpanStub, outcome, kind string) {
	t.Helper()
	require.Equal(t, outcome, attr(s, "attestdb.outcome"), s.Name)
	require.Equal(t, kind, attr(s, "error.type"), s.Name)
	want := codes.Unset
	if outcome == "failed" {
		want = codes.Error
	}
	require.Equal(t, want, s.Status.Code, s.Name)
}

// providerInto is a provider whose spans are kept in an exporter.
func providerInto(spans *tracetest.InMemoryExporter) *sdktrace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func debugLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
