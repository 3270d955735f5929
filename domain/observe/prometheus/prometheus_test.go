package prometheus_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"stella-ops.org/attestdb/domain/observe/prometheus"
)

func served(t *testing.T, e *prometheus.Exporter) string {
	t.Helper()
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}

// A program's own registry is served with ours in it; without one, nothing of the
// process' global registry is.
func TestRegistry(t *testing.T) {
	t.Parallel()
	registry := client.NewRegistry()
	own := client.NewCounter(client.CounterOpts{Name: "own_total", Help: "The program's."})
	registry.MustRegister(own)
	with, err := prometheus.New(prometheus.WithRegistry(registry))
	require.NoError(t, err)
	alone, err := prometheus.New()
	require.NoError(t, err)
	for _, e := range []*prometheus.Exporter{with, alone} {
		c, err := e.MeterProvider().Meter("test").Int64Counter("a.counter", metric.WithUnit("{thing}"))
		require.NoError(t, err)
		c.Add(t.Context(), 3)
		require.Contains(t, served(t, e), "\na_counter_total 3\n")
	}
	require.Contains(t, served(t, with), "own_total 0")
	require.NotContains(t, served(t, alone), "own_total")
	require.NotContains(t, served(t, alone), "go_goroutines", "that is the global registry's")
	require.NoError(t, with.Shutdown(t.Context()))
	require.Contains(t, served(t, with), "own_total 0")
	require.NotContains(t, served(t, with), "a_counter_total")
}

// However many values an attribute has, a metric has no more series than MaxSeries.
func TestSeriesAreBounded(t *testing.T) {
	t.Parallel()
	e, err := prometheus.New()
	require.NoError(t, err)
	c, err := e.MeterProvider().Meter("test").Int64Counter("many")
	require.NoError(t, err)
	for i := range prometheus.MaxSeries + 10 {
		c.Add(t.Context(), 1, metric.WithAttributes(attribute.Int("n", i)))
	}
	require.Contains(t, served(t, e), `many_total{otel_metric_overflow="true"} 11`)
}
