// Package prometheus serves attestdb's metrics to Prometheus. It links the OpenTelemetry
// SDK, which package domain does not: a program that has an SDK of its own gives its
// providers to attestdb.Config instead.
package prometheus

import (
	"context"
	"fmt"
	"net/http"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
)

// MaxSeries is how many series each metric has at most: what comes after them is counted
// together, under otel_metric_overflow="true".
const MaxSeries = 2000

// Exporter is a provider of meters whose metrics it serves. It is safe for concurrent use.
type Exporter struct {
	provider *sdk.MeterProvider
	handler  http.Handler
}

// Option changes what [New] makes.
type Option func(*options)

type options struct{ registry *client.Registry }

// WithRegistry has the metrics registered with, and served from, a registry of the
// program's, beside what it has there. Without it they have a registry of their own.
func WithRegistry(r *client.Registry) Option { return func(o *options) { o.registry = r } }

// New returns an Exporter that has no global state. Nothing is read until it is scraped.
func New(opts ...Option) (*Exporter, error) {
	o := &options{}
	for _, opt := range opts {
		opt(o)
	}
	if o.registry == nil {
		o.registry = client.NewRegistry()
	}
	reader, err := prometheus.New(
		prometheus.WithRegisterer(o.registry),
		prometheus.WithTranslationStrategy(otlptranslator.UnderscoreEscapingWithSuffixes),
		prometheus.WithoutScopeInfo(), // two labels more on every series, always the same
	)
	if err != nil {
		return nil, fmt.Errorf("prometheus exporter: %w", err)
	}
	return &Exporter{
		provider: sdk.NewMeterProvider(sdk.WithReader(reader), sdk.WithCardinalityLimit(MaxSeries)),
		handler: promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{
			// One metric that cannot be read does not hide the others, and is counted.
			ErrorHandling: promhttp.ContinueOnError, Registry: o.registry,
			EnableOpenMetrics: true, // which has exemplars: traces of slow calls
		}),
	}, nil
}

// MeterProvider is for attestdb.Config and attestdb.MigrateConfig, and for the metrics of
// the program itself.
func (e *Exporter) MeterProvider() metric.MeterProvider { return e.provider }

// ServeHTTP serves the metrics as they are now, in the text format or in OpenMetrics. It
// never asks the database.
func (e *Exporter) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.handler.ServeHTTP(w, r) }

// Shutdown ends the provider: what is measured afterwards goes nowhere. Close the
// attestdb.DB first.
func (e *Exporter) Shutdown(ctx context.Context) error {
	if err := e.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("shut the provider down: %w", err)
	}
	return nil
}
