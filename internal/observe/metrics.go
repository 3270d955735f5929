package observe

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// metrics are the instruments. A nil one measures nothing.
type metrics struct {
	operationDuration metric.Float64Histogram
	retries           metric.Int64Counter

	records         metric.Int64Counter
	recordBatchSize metric.Int64Histogram

	appends          metric.Int64Counter
	ledgerBatchSize  metric.Int64Histogram
	lockWaitTime     metric.Float64Histogram
	verifications    metric.Int64Counter
	verifiedEntries  metric.Int64Counter
	faults           metric.Int64Counter
	verificationTime metric.Int64Gauge
	checkpointTime   metric.Int64Gauge
	checkpointSize   metric.Int64Gauge

	migrationDuration metric.Float64Histogram
	pending           metric.Int64Gauge
	waiting           metric.Int64UpDownCounter

	// of keeps attributes, which are the same few again and again.
	of sync.Map
}

var (
	// A round trip takes a millisecond; statements end after 30 s.
	callSeconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	fileSeconds = []float64{.01, .05, .1, .5, 1, 5, 15, 60, 300, 1800}
	batchSizes  = []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 5000, 10000}
)

func newMetrics(m metric.Meter) (*metrics, error) {
	k := &maker{Meter: m}
	s := &metrics{
		operationDuration: k.seconds("attestdb.operation.duration", "Duration of calls, by operation.", callSeconds),
		retries:           k.counter("attestdb.retries", "{retry}", "Statements and transactions that were begun again after a transient error."),
		records:           k.counter("attestdb.records", "{record}", "Evidence, SBOMs and proof chains that were given, by what became of them."),
		recordBatchSize:   k.sizes("attestdb.record.batch.size", "{record}", "Evidence that shared one statement."),
		appends:           k.counter("attestdb.ledger.appends", "{entry}", "Decisions that were given to ledgers, by what became of them."),
		ledgerBatchSize:   k.sizes("attestdb.ledger.batch.size", "{entry}", "New entries that shared one statement."),
		lockWaitTime:      k.seconds("attestdb.ledger.lock.wait_time", "Time until a ledger was locked, the round trip included.", callSeconds),
		verifications:     k.counter("attestdb.ledger.verifications", "{verification}", "Verifications of ledgers, by what they came to."),
		verifiedEntries:   k.counter("attestdb.ledger.verified_entries", "{entry}", "Entries that verifications recomputed."),
		faults:            k.counter("attestdb.ledger.faults", "{fault}", "Faults that verifications found, at most 100 of each."),
		verificationTime:  k.gauge("attestdb.ledger.verification.timestamp", "s", "When a ledger was last verified to its end, in seconds since 1970."),
		checkpointTime:    k.gauge("attestdb.ledger.checkpoint.timestamp", "s", "When a ledger was last signed, in seconds since 1970."),
		checkpointSize:    k.gauge("attestdb.ledger.checkpoint.size", "{entry}", "Entries that the last checkpoint is of; by tenant alone."),
		migrationDuration: k.seconds("attestdb.migration.duration", "Duration of migration files, by module.", fileSeconds),
		pending:           k.gauge("attestdb.migrations.pending", "{file}", "Migration files that the database lacked when it was last compared with the library."),
		waiting:           k.waiting("attestdb.schema.waiting", "{call}", "Calls of Open that wait for the schema."),
	}
	return s, errors.Join(k.errs...)
}

// known makes the series that alerts look at, since of one that begins at 1 nobody can
// see that it grew.
func (s *metrics) known(ctx context.Context, faults []string) {
	for _, f := range faults {
		s.faults.Add(ctx, 0, metric.WithAttributes(keyFault.String(f)))
	}
	for _, outcome := range []string{"ok", "faulty", "failed"} {
		s.verifications.Add(ctx, 0, metric.WithAttributes(keyOutcome.String(outcome)))
	}
	s.appends.Add(ctx, 0, metric.WithAttributes(keyOutcome.String("appended")))
	for _, kind := range []string{"outcome_unknown", "ledger_busy"} {
		s.appends.Add(ctx, 0, metric.WithAttributes(keyOutcome.String(string(failed)), keyErrorType.String(kind)))
	}
}

// maker makes instruments and keeps what goes wrong.
type maker struct {
	metric.Meter

	errs []error
}

func kept[T any](k *maker, instrument T, err error) T {
	if err != nil {
		k.errs = append(k.errs, err)
	}
	return instrument
}

func (k *maker) counter(name, unit, about string) metric.Int64Counter {
	c, err := k.Int64Counter(name, metric.WithUnit(unit), metric.WithDescription(about))
	return kept(k, c, err)
}

func (k *maker) waiting(name, unit, about string) metric.Int64UpDownCounter {
	c, err := k.Int64UpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(about))
	return kept(k, c, err)
}

func (k *maker) gauge(name, unit, about string) metric.Int64Gauge {
	g, err := k.Int64Gauge(name, metric.WithUnit(unit), metric.WithDescription(about))
	return kept(k, g, err)
}

func (k *maker) seconds(name, about string, buckets []float64) metric.Float64Histogram {
	h, err := k.Float64Histogram(name, metric.WithUnit("s"), metric.WithDescription(about), metric.WithExplicitBucketBoundaries(buckets...))
	return kept(k, h, err)
}

func (k *maker) sizes(name, unit, about string) metric.Int64Histogram {
	h, err := k.Int64Histogram(name, metric.WithUnit(unit), metric.WithDescription(about), metric.WithExplicitBucketBoundaries(batchSizes...))
	return kept(k, h, err)
}

// labels are the attributes of a measurement; "" is none.
type labels struct {
	operation, kind, outcome, fault, module, errorType string
	tenant                                             uuid.UUID
}

// attributes returns them as instruments take them.
func (s *metrics) attributes(l labels) metric.MeasurementOption {
	if have, known := s.of.Load(l); known {
		return have.(metric.MeasurementOption)
	}
	var list []attribute.KeyValue
	for _, a := range []attribute.KeyValue{
		keyOperation.String(l.operation), keyKind.String(l.kind), keyOutcome.String(l.outcome),
		keyFault.String(l.fault), keyModule.String(l.module), keyErrorType.String(l.errorType),
	} {
		if a.Value.AsString() != "" {
			list = append(list, a)
		}
	}
	if l.tenant != uuid.Nil {
		list = append(list, keyTenant.String(l.tenant.String()))
	}
	o := metric.WithAttributeSet(attribute.NewSet(list...))
	s.of.Store(l, o)
	return o
}

func (s *metrics) operation(c *Call, r reason, took time.Duration) {
	if s != nil {
		s.operationDuration.Record(c.Context, took.Seconds(), s.attributes(labels{operation: c.operation, outcome: string(r.outcome), errorType: r.kind}))
	}
}

func (s *metrics) retried(c *Call, r reason) {
	if s != nil {
		s.retries.Add(c.Context, 1, s.attributes(labels{operation: c.operation, errorType: r.kind}))
	}
}
