package observe_test

import (
	"encoding/json"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/google/uuid"

	"stella-ops.org/attestdb/internal/observe"
	"stella-ops.org/attestdb/internal/testdb"
)

// The server repeats values in the texts of its errors. Spans have its codes.
func TestDriverSpansDoNotRepeatWhatTheServerSays(t *testing.T) {
	t.Parallel()
	const marker = "xK9verysecretZq"
	spans := tracetest.NewInMemoryExporter()
	o, err := observe.New(observe.Config{TracerProvider: sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))})
	require.NoError(t, err)
	cfg, err := pgxpool.ParseConfig(testdb.New(t).URL("app"))
	require.NoError(t, err)
	cfg.ConnConfig.Tracer = o.Tracer(nil)
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	defer pool.Close()
	ctx, call := o.Start(t.Context(), "test", uuid.Nil)
	_, err = pool.Exec(ctx, "SELECT $1::text::int", marker)
	call.End(&err)
	require.ErrorContains(t, err, marker)
	all, err := json.Marshal(spans.GetSpans())
	require.NoError(t, err)
	require.NotContains(t, string(all), marker)
	require.Contains(t, string(all), "22P02")
	require.Contains(t, string(all), "SELECT $1::text::int")
}
