package tests

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/domaintest"
)

// Every call of one side is traced and measured, none of the other's. A commit costs no
// wait, so that the difference is as large as it can be.
func BenchmarkMeasuredRecordAgainstUnmeasured(b *testing.B) {
	s := startServer(b, true, nil)
	traces := sdktrace.NewTracerProvider(sdktrace.WithBatcher(tracetest.NewNoopExporter()))
	measured, err := attestdb.Open(context.Background(), attestdb.Config{
		App: attestdb.Conn{URL: s.url("app"), MaxConns: 1}, TracerProvider: traces,
		MeterProvider: sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader())),
	})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, measured.Close(context.Background())) })
	plain := domaintest.Tenant(b, s.open(b, 1), "acme")
	const n = 300
	for b.Loop() {
		with, without, ratio := compare(b,
			func(int) float64 { return recordAll(b, measured.Tenant(plain.ID()), 1, evidences(b, n)) },
			func(int) float64 { return recordAll(b, plain, 1, evidences(b, n)) })
		report(b, "records", with, without, ratio, 0.6)
	}
	require.NoError(b, traces.Shutdown(context.Background()))
}
