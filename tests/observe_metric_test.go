package tests

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/domain/page"
	"stella-ops.org/attestdb/domain/tenancy"
	"stella-ops.org/attestdb/domain/verdict"
	"stella-ops.org/attestdb/internal/testdb"
)

// What was given is counted once, by what became of it.
func TestRecordsAreCountedByWhatBecameOfThem(t *testing.T) {
	t.Parallel()
	o := newObserved(t, nil)
	signer := domaintest.NewSigner(t)
	var evs []*attestor.Evidence
	for i := range 5 {
		evs = append(evs, signer.Evidence(t, fmt.Sprint(i), fmt.Append(nil, i)))
	}
	for range 2 {
		_, err := o.acme.Record(t.Context(), evs[0])
		require.NoError(t, err)
	}
	_, err := o.acme.RecordAll(t.Context(), evs)
	require.NoError(t, err)
	for range 2 {
		_, err = o.acme.ImportSBOM(t.Context(), cycloneDX(t, "a", npm("left-pad", "1.0.0")))
		require.NoError(t, err)
	}
	_, err = o.db.Tenancy().As("admin").Require(t.Context(), o.acme.ID(), tenancy.Requirements{Verified: true})
	require.NoError(t, err)
	_, err = o.acme.RecordAll(t.Context(), []*attestor.Evidence{signer.Evidence(t, "x", nil), signer.Evidence(t, "y", nil)})
	require.ErrorIs(t, err, attestdb.ErrRequirement)
	_, err = o.acme.Record(t.Context(), nil)
	require.ErrorIs(t, err, attestdb.ErrInvalid)
	for range o.acme.RecordEach(t.Context(), namedSources(map[string]string{"no JSON": "-"})) {
	}
	require.Equal(t, map[string]int64{
		"kind=evidence outcome=stored":                         5,
		"kind=evidence outcome=existed":                        2,
		"kind=sbom outcome=stored":                             2, // of new documents: each has a serial number
		"kind=evidence outcome=refused error.type=invalid":     2,
		"kind=evidence outcome=refused error.type=requirement": 2,
	}, o.points(t, "attestdb.records"))
	require.EqualValues(t, 3, o.points(t, "attestdb.record.batch.size")[""], "two alone, and five together")
}

func TestAppendsAreCountedByWhatBecameOfThem(t *testing.T) {
	t.Parallel()
	o := newObserved(t, nil)
	before := o.points(t, "attestdb.ledger.appends")
	require.Equal(t, map[string]int64{
		"outcome=appended": 0, "outcome=failed error.type=outcome_unknown": 0, "outcome=failed error.type=ledger_busy": 0,
	}, before, "series that alerts look at are there before anything happens")
	d := decided("a")
	d.IdempotencyKey = "a"
	for range 3 {
		_, err := o.acme.Verdict().Append(t.Context(), d)
		require.NoError(t, err)
	}
	_, err := o.acme.Verdict().AppendBatch(t.Context(), []verdict.Decision{d, decided("b"), decided("c")})
	require.NoError(t, err)
	d.Reason += "."
	_, err = o.acme.Verdict().Append(t.Context(), d)
	require.ErrorIs(t, err, attestdb.ErrIdempotencyConflict)
	require.NoError(t, o.acme.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		_, err := tx.Verdict().Append(ctx, decided("d"))
		return err
	}))
	got := o.points(t, "attestdb.ledger.appends")
	require.EqualValues(t, 4, got["outcome=appended"])
	require.EqualValues(t, 3, got["outcome=existed"])
	require.EqualValues(t, 1, got["outcome=refused error.type=idempotency_conflict"])
	require.Zero(t, got["outcome=failed error.type=outcome_unknown"])
	require.EqualValues(t, 3, o.points(t, "attestdb.ledger.batch.size")[""])
	require.GreaterOrEqual(t, o.points(t, "attestdb.ledger.lock.wait_time")["outcome=ok"], int64(5))
}

func TestVerificationsAndCheckpointsAreMeasured(t *testing.T) {
	t.Parallel()
	for _, byTenant := range []bool{false, true} {
		o := newObserved(t, func(c *attestdb.Config) { c.MetricsByTenant = byTenant })
		of := ""
		if byTenant {
			of = "tenant_id=" + o.acme.ID().String()
		}
		with := func(labels string) string { return strings.TrimSpace(labels + " " + of) }
		begun := time.Now().Unix()
		_, err := o.acme.Verdict().AppendBatch(t.Context(), []verdict.Decision{decided("a"), decided("b")})
		require.NoError(t, err)
		_, err = o.acme.Verdict().Checkpoint(t.Context(), signingKey(t, "k"), "")
		require.NoError(t, err)
		for v := range o.db.VerifyLedgers(t.Context(), attestdb.LedgersRequest{Tenants: []attestdb.TenantID{o.acme.ID()}}) {
			require.NoError(t, v.Err)
			require.True(t, v.OK())
		}
		require.EqualValues(t, 1, o.points(t, "attestdb.ledger.verifications")[with("outcome=ok")])
		require.EqualValues(t, 3, o.points(t, "attestdb.ledger.verified_entries")[of])
		for _, metric := range []string{"attestdb.ledger.verification.timestamp", "attestdb.ledger.checkpoint.timestamp"} {
			at := o.points(t, metric)
			require.Len(t, at, 1)
			require.InDelta(t, begun, at[of], 60)
		}
		size := o.points(t, "attestdb.ledger.checkpoint.size")
		if byTenant {
			require.Equal(t, map[string]int64{of: 3}, size)
		} else {
			require.Empty(t, size, "of several tenants together it says nothing")
		}

		super := o.Conn(t, "superuser")
		_, err = super.Exec(t.Context(), "SET session_replication_role = replica")
		require.NoError(t, err)
		_, err = super.Exec(t.Context(), "UPDATE verdict.ledger_entries SET reason = 'another' WHERE tenant_id = $1 AND seq = 1", o.acme.ID())
		require.NoError(t, err)
		r, err := o.acme.Verdict().Verify(t.Context(), verdict.VerifyRequest{})
		require.NoError(t, err)
		require.False(t, r.OK())
		require.EqualValues(t, 1, o.points(t, "attestdb.ledger.verifications")[with("outcome=faulty")])
		faults := o.points(t, "attestdb.ledger.faults")
		require.EqualValues(t, 1, faults[with("fault=hash")])
		require.Zero(t, faults["fault=rollback"])
		require.Contains(t, faults, "fault=rollback", "series that alerts look at are there before anything happens")
	}
}

// A call that begins again says so, with its tenant, to log and metrics.
func TestRepetitionsAreCountedAndLogged(t *testing.T) {
	t.Parallel()
	var log syncBuffer
	o := newObserved(t, func(c *attestdb.Config) { c.Logger = debugLogger(&log) })
	super := o.Conn(t, "superuser")
	for i := 0; len(o.points(t, "attestdb.retries")) == 0; i++ {
		require.Less(t, i, 20)
		_, _, err := o.acme.Attestor().Find(t.Context(), attestor.Query{}, page.Request{})
		require.NoError(t, err)
		_, err = super.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND usename = 'attestdb_test_app'`)
		require.NoError(t, err)
		_, _, err = o.acme.Attestor().Find(t.Context(), attestor.Query{}, page.Request{})
		require.NoError(t, err)
	}
	for labels := range o.points(t, "attestdb.retries") {
		require.Regexp(t, `^operation=attestor\.find error\.type=(57P01|unavailable)$`, labels)
	}
	var said bool
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, `"msg":"retry"`) {
			said = true
			require.Contains(t, line, `"level":"WARN"`)
			require.Contains(t, line, `"operation":"attestor.find"`)
			require.Contains(t, line, `"tenant_id":"`+o.acme.ID().String()+`"`)
		}
	}
	require.True(t, said)
}

func TestMigrationsAreMeasured(t *testing.T) {
	t.Parallel()
	d := testdb.NewEmpty(t)
	o := &observed{DB: d, spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	cfg := attestdb.MigrateConfig{
		URL: d.URL("owner"), TracerProvider: providerInto(o.spans), MeterProvider: metric.NewMeterProvider(metric.WithReader(o.reader)),
	}
	_, err := attestdb.Migrations(t.Context(), cfg)
	require.NoError(t, err)
	pending := o.points(t, "attestdb.migrations.pending")
	require.Positive(t, pending["module=verdict"])
	report, err := attestdb.Migrate(t.Context(), cfg)
	require.NoError(t, err)
	files := int64(0)
	for _, n := range o.points(t, "attestdb.migration.duration") {
		files += n
	}
	require.EqualValues(t, len(report.Applied), files)
	require.Equal(t, pending["module=verdict"], o.points(t, "attestdb.migration.duration")["module=verdict outcome=ok"])
	require.Zero(t, o.points(t, "attestdb.migrations.pending")["module=verdict"])
	run := named(o.spans.GetSpans(), "migrate")
	require.Len(t, run, 1)
	each := named(o.spans.GetSpans(), "migrate_file")
	require.Len(t, each, len(report.Applied))
	for i, s := range each {
		require.Equal(t, run[0].SpanContext.SpanID(), s.Parent.SpanID())
		require.Equal(t, report.Applied[i].Name, attr(s, "attestdb.migration"))
	}
}

// A service that waits for its schema says so.
func TestWaitingForTheSchemaIsMeasured(t *testing.T) {
	t.Parallel()
	d := testdb.NewEmpty(t)
	reader := metric.NewManualReader()
	o := &observed{DB: d, reader: reader}
	meters := metric.NewMeterProvider(metric.WithReader(reader))
	ended := make(chan error, 1)
	var log syncBuffer
	go func() {
		db, err := attestdb.Open(context.Background(), attestdb.Config{
			App: attestdb.Conn{URL: d.URL("app")}, WaitForSchema: time.Minute, Logger: debugLogger(&log), MeterProvider: meters,
		})
		if err == nil {
			err = db.Close(context.Background())
		}
		ended <- err
	}()
	require.Eventually(t, func() bool { return o.points(t, "attestdb.schema.waiting")[""] == 1 }, 20*time.Second, 10*time.Millisecond)
	require.Contains(t, log.String(), `"operation":"open"`)
	_, err := attestdb.Migrate(t.Context(), attestdb.MigrateConfig{URL: d.URL("owner")})
	require.NoError(t, err)
	require.NoError(t, <-ended)
	require.Zero(t, o.points(t, "attestdb.schema.waiting")[""])
}

// Pools are measured by role until the DB is closed, though the provider lives on.
func TestPoolsAreMeasuredUntilTheyAreClosed(t *testing.T) {
	t.Parallel()
	o := newObserved(t, func(c *attestdb.Config) { c.App.MaxConns = 7 })
	of := func(role string) string {
		return "db.client.connection.pool.name=" + role + " db.system.name=postgresql"
	}
	most := o.points(t, "pgxpool.max_connections")
	require.Len(t, most, 3)
	require.EqualValues(t, 7, most[of("app")])
	require.Contains(t, most, of("auditor"))
	require.NoError(t, o.acme.InTx(t.Context(), func(context.Context, *attestdb.TenantDB) error {
		time.Sleep(1100 * time.Millisecond) // it is read once a second
		require.EqualValues(t, 1, o.points(t, "pgxpool.acquired_connections")[of("app")])
		return nil
	}))
	require.NoError(t, o.db.Close(t.Context()))
	require.Empty(t, o.points(t, "pgxpool.max_connections"))
}

// Without providers nothing is measured, whatever the process has as its own.
func TestNoGlobalProviderIsAsked(t *testing.T) {
	spans, reader := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	traces, meters := otel.GetTracerProvider(), otel.GetMeterProvider()
	otel.SetTracerProvider(providerInto(spans))
	otel.SetMeterProvider(metric.NewMeterProvider(metric.WithReader(reader)))
	t.Cleanup(func() {
		otel.SetTracerProvider(traces)
		otel.SetMeterProvider(meters)
	})
	both := newLedger(t)
	half := newObserved(t, func(c *attestdb.Config) { c.TracerProvider = nil })
	other := newObserved(t, func(c *attestdb.Config) { c.MeterProvider = nil })
	for _, h := range []*attestdb.TenantDB{both.acme, half.acme, other.acme} {
		ctx, span := otel.Tracer("program").Start(t.Context(), "request")
		_, err := h.Verdict().Append(ctx, decided("a"))
		require.NoError(t, err)
		span.End()
	}
	for _, s := range spans.GetSpans() {
		require.Equal(t, "program", s.InstrumentationScope.Name)
	}
	require.Len(t, spans.GetSpans(), 3)
	var data metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &data))
	require.Empty(t, data.ScopeMetrics)
	require.NotEmpty(t, half.points(t, "attestdb.ledger.appends"))
	require.Empty(t, half.spans.GetSpans())
	require.NotEmpty(t, other.spans.GetSpans())
}

// A call within another DB's does not speak in its name.
func TestCallsOfTwoDatabasesAreKeptApart(t *testing.T) {
	t.Parallel()
	o := newObserved(t, nil)
	silent := newLedger(t)
	super := silent.super
	require.NoError(t, o.acme.InTx(t.Context(), func(ctx context.Context, _ *attestdb.TenantDB) error {
		for range 5 {
			if _, err := silent.acme.Attestor().Count(ctx, attestor.Query{}); err != nil {
				return err
			}
			_, err := super.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND usename = 'attestdb_test_app'`)
			if err != nil {
				return err
			}
			if _, err := silent.acme.Attestor().Count(ctx, attestor.Query{}); err != nil {
				return errors.Join(errors.New("not repeated"), err)
			}
		}
		return nil
	}))
	require.Empty(t, o.points(t, "attestdb.retries"))
}
