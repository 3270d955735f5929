package observe

import (
	"errors"
	"sync"

	"go.opentelemetry.io/otel/metric"
)

// meter is a meter of a provider that keeps what is registered on it, so that it can be
// ended: a provider outlives a DB, and its callbacks would hold the DB's pools.
type meter struct {
	metric.Meter

	provider metric.MeterProvider
	kept     *registrations
}

// provide returns a provider of such meters, for instrumentation that asks for one.
func (m *meter) provide() metric.MeterProvider {
	return &meterProvider{MeterProvider: m.provider, kept: m.kept}
}

type meterProvider struct {
	metric.MeterProvider

	kept *registrations
}

func (p *meterProvider) Meter(name string, opts ...metric.MeterOption) metric.Meter {
	return &meter{Meter: p.MeterProvider.Meter(name, opts...), provider: p.MeterProvider, kept: p.kept}
}

func (m *meter) RegisterCallback(f metric.Callback, on ...metric.Observable) (metric.Registration, error) {
	r, err := m.Meter.RegisterCallback(f, on...)
	if err == nil {
		m.kept.add(r)
	}
	return r, err
}

type registrations struct {
	mu   sync.Mutex
	list []metric.Registration
}

func (r *registrations) add(reg metric.Registration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, reg)
}

func (r *registrations) unregister() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := make([]error, 0, len(r.list))
	for _, reg := range r.list {
		errs = append(errs, reg.Unregister())
	}
	r.list = nil
	return errors.Join(errs...)
}
