package observe

import (
	"context"
	"errors"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/attribute"
)

// keyPool is db.client.connection.pool.name of the semantic conventions.
const keyPool = attribute.Key("db.client.connection.pool.name")

// Tracer returns what a pool's connections trace with: otelpgx, and beside it theirs,
// which may be nil.
func (o *Observer) Tracer(theirs pgx.QueryTracer) pgx.QueryTracer {
	if o == nil || o.tracer == nil && !o.measured {
		return theirs
	}
	ours := &driverTracer{otelpgx.NewTracer(otelpgx.WithTracerProvider(o.tracers), otelpgx.WithMeterProvider(o.meter.provide()))}
	if theirs == nil {
		return ours
	}
	return multitracer.New(ours, theirs)
}

// Pool measures a pool under a name until [Observer.Close].
func (o *Observer) Pool(name string, pool *pgxpool.Pool) error {
	if o == nil || !o.measured {
		return nil
	}
	return otelpgx.RecordStats(pool, otelpgx.WithStatsMeterProvider(o.meter.provide()), otelpgx.WithStatsAttributes(keyPool.String(name)))
}

// driverTracer is otelpgx without the texts of the server's errors, which may repeat the
// values of a statement, and which ends its own spans although another tracer began some
// since.
type driverTracer struct{ *otelpgx.Tracer }

type begunKey struct{}

// begun keeps a context for the end of what begins.
func begun(ctx context.Context) context.Context { return context.WithValue(ctx, begunKey{}, ctx) }

func ended(ctx context.Context) context.Context {
	if own, is := ctx.Value(begunKey{}).(context.Context); is {
		return own
	}
	return ctx
}

// quiet is an error of the server by its code alone.
func quiet(err error) error {
	pg, is := errors.AsType[*pgconn.PgError](err)
	if !is {
		return err
	}
	return &pgconn.PgError{Severity: pg.Severity, Code: pg.Code, ConstraintName: pg.ConstraintName, Message: "the call's error says more"}
}

func (t *driverTracer) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return begun(t.Tracer.TraceQueryStart(ctx, conn, data))
}

func (t *driverTracer) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryEndData) {
	data.Err = quiet(data.Err)
	t.Tracer.TraceQueryEnd(ended(ctx), conn, data)
}

func (t *driverTracer) TraceBatchStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	return begun(t.Tracer.TraceBatchStart(ctx, conn, data))
}

func (t *driverTracer) TraceBatchQuery(ctx context.Context, conn *pgx.Conn, data pgx.TraceBatchQueryData) {
	data.Err = quiet(data.Err)
	t.Tracer.TraceBatchQuery(ended(ctx), conn, data)
}

func (t *driverTracer) TraceBatchEnd(ctx context.Context, conn *pgx.Conn, data pgx.TraceBatchEndData) {
	data.Err = quiet(data.Err)
	t.Tracer.TraceBatchEnd(ended(ctx), conn, data)
}

func (t *driverTracer) TraceCopyFromStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceCopyFromStartData) context.Context {
	return begun(t.Tracer.TraceCopyFromStart(ctx, conn, data))
}

func (t *driverTracer) TraceCopyFromEnd(ctx context.Context, conn *pgx.Conn, data pgx.TraceCopyFromEndData) {
	data.Err = quiet(data.Err)
	t.Tracer.TraceCopyFromEnd(ended(ctx), conn, data)
}

func (t *driverTracer) TracePrepareStart(ctx context.Context, conn *pgx.Conn, data pgx.TracePrepareStartData) context.Context {
	return begun(t.Tracer.TracePrepareStart(ctx, conn, data))
}

func (t *driverTracer) TracePrepareEnd(ctx context.Context, conn *pgx.Conn, data pgx.TracePrepareEndData) {
	data.Err = quiet(data.Err)
	t.Tracer.TracePrepareEnd(ended(ctx), conn, data)
}

func (t *driverTracer) TraceConnectStart(ctx context.Context, data pgx.TraceConnectStartData) context.Context {
	return begun(t.Tracer.TraceConnectStart(ctx, data))
}

func (t *driverTracer) TraceConnectEnd(ctx context.Context, data pgx.TraceConnectEndData) {
	data.Err = quiet(data.Err)
	t.Tracer.TraceConnectEnd(ended(ctx), data)
}

func (t *driverTracer) TraceAcquireStart(ctx context.Context, pool *pgxpool.Pool, data pgxpool.TraceAcquireStartData) context.Context {
	return begun(t.Tracer.TraceAcquireStart(ctx, pool, data))
}

func (t *driverTracer) TraceAcquireEnd(ctx context.Context, pool *pgxpool.Pool, data pgxpool.TraceAcquireEndData) {
	data.Err = quiet(data.Err)
	t.Tracer.TraceAcquireEnd(ended(ctx), pool, data)
}
