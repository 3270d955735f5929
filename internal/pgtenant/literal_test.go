package pgtenant_test

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"stella-ops.org/attestdb/domain/fault"
	"stella-ops.org/attestdb/internal/pgtenant"
	"stella-ops.org/attestdb/internal/testdb"
)

// statements are what a pool sends, one line a statement.
type statements struct {
	mu   sync.Mutex
	list []string
}

func (s *statements) add(sql string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, sql)
}

func (s *statements) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.list
	s.list = nil
	return list
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s.add(data.SQL)
	return ctx
}
func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (*statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (s *statements) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	s.add("batch: " + data.SQL)
}
func (*statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// In the literal form every statement is in an explicit transaction that begins with SET
// LOCAL and a literal, nothing of it is a function's, and no tenant's text is kept as a
// prepared statement.
func TestLiteralFormIsWhatIsSent(t *testing.T) {
	t.Parallel()
	var sent statements
	cfg, err := pgxpool.ParseConfig(testdb.NewEmpty(t).URL("app"))
	require.NoError(t, err)
	cfg.MaxConns, cfg.ConnConfig.Tracer = 1, &sent
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)

	for range 3 {
		id := uuid.New()
		set := "SET LOCAL attestdb.tenant_id = E'" + id.String() + "'"
		conn := pgtenant.New(pool, id).Literal()
		sent.take()
		require.Equal(t, id.String(), seen(t, conn))
		require.Equal(t, []string{"BEGIN; " + set, "batch: " + current, "batch: COMMIT"}, sent.take())
		_, err = conn.Exec(t.Context(), "SELECT 1/0")
		require.Error(t, err)
		got := sent.take()
		require.Equal(t, "ROLLBACK", got[len(got)-1], "the connection is used again")

		tx, err := conn.Begin(t.Context())
		require.NoError(t, err)
		sent.take()
		for range 2 { // with each statement
			require.Equal(t, id.String(), seen(t, conn.With(tx)))
			require.Equal(t, []string{set, "batch: " + current}, sent.take())
		}
		guarded := conn.With(tx).Guarded()
		require.Equal(t, id.String(), seen(t, guarded))
		got = sent.take()
		require.Len(t, got, 2)
		require.Regexp(t, "; "+regexp.QuoteMeta(set)+"$", got[0])
		require.NoError(t, tx.Commit(t.Context()))
	}
	require.EqualValues(t, 1, pool.Stat().NewConnsCount(), "no connection was thrown away")
	var prepared int
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SET %'").Scan(&prepared))
	require.Zero(t, prepared)
}

// What is wrong when the transaction ends is told by the call whose it was.
func TestLiteralFormTellsOfTheCommit(t *testing.T) {
	t.Parallel()
	db := testdb.NewEmpty(t)
	super := db.Conn(t, "superuser")
	_, err := super.Exec(t.Context(), `CREATE SCHEMA own; CREATE TABLE own.a (id int PRIMARY KEY);
		CREATE TABLE own.b (a int REFERENCES own.a DEFERRABLE INITIALLY DEFERRED);
		GRANT USAGE ON SCHEMA own TO attestdb_app; GRANT SELECT, INSERT ON own.b TO attestdb_app`)
	require.NoError(t, err)
	pool := single(t, db, pgx.QueryExecModeCacheStatement)
	conn := pgtenant.New(pool, uuid.New()).Literal()
	for range 2 {
		_, err = conn.Exec(t.Context(), "INSERT INTO own.b VALUES (1)")
		var pg *pgconn.PgError
		require.ErrorAs(t, err, &pg)
		require.Equal(t, "23503", pg.Code)
		rows, err := conn.Query(t.Context(), "INSERT INTO own.b VALUES (1) RETURNING a")
		require.NoError(t, err)
		_, err = pgx.CollectRows(rows, pgx.RowTo[int])
		require.ErrorAs(t, err, &pg)
		require.Equal(t, "23503", pg.Code)
	}
	var n int
	require.NoError(t, super.QueryRow(t.Context(), "SELECT count(*) FROM own.b").Scan(&n))
	require.Zero(t, n)
	require.Empty(t, text(t, pool))
}

// A context that ends in the middle leaves neither a transaction nor a tenant behind.
func TestLiteralFormAndDeadlines(t *testing.T) {
	t.Parallel()
	pool := single(t, testdb.NewEmpty(t), pgx.QueryExecModeCacheStatement)
	conn := pgtenant.New(pool, uuid.New()).Literal()
	for i := range 60 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Microsecond)
		_, _ = conn.Exec(ctx, "SELECT pg_sleep(0.0005)")
		cancel()
		require.NoError(t, pool.AcquireFunc(t.Context(), func(c *pgxpool.Conn) error {
			require.EqualValues(t, 'I', c.Conn().PgConn().TxStatus())
			require.Empty(t, text(t, c))
			return nil
		}))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := conn.Exec(ctx, "SELECT 1")
	require.ErrorIs(t, err, context.Canceled)
}

// A string means the same whatever the session thinks of backslashes.
func TestLiteralFormWithOldStrings(t *testing.T) {
	t.Parallel()
	cfg, err := pgxpool.ParseConfig(testdb.NewEmpty(t).URL("app"))
	require.NoError(t, err)
	cfg.MaxConns = 1
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET standard_conforming_strings = off; SET escape_string_warning = off")
		return err
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	for _, name := range names {
		require.Equal(t, [2]string{name, ""}, named(t, pgtenant.NewNamed(pool, name).Literal()))
	}
}

func FuzzLiteralName(f *testing.F) {
	for _, name := range append([]string{"\x00", "\xff", "\\'", `\x27; SELECT 1`, `E'`, "a\u2028b", strings.Repeat(`\'`, 99)}, names...) {
		f.Add(name)
	}
	cfg, err := pgxpool.ParseConfig(testdb.NewEmpty(f).URL("app"))
	require.NoError(f, err)
	pool, err := pgxpool.NewWithConfig(f.Context(), cfg)
	require.NoError(f, err)
	f.Cleanup(pool.Close)
	f.Fuzz(func(t *testing.T, name string) {
		conn := pgtenant.NewNamed(pool, name).Literal()
		if !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
			_, err := conn.Exec(t.Context(), "SELECT 1")
			require.ErrorIs(t, err, fault.ErrInvalid)
			return
		}
		require.Equal(t, [2]string{name, ""}, named(t, conn))
		tx, err := conn.Begin(t.Context())
		require.NoError(t, err)
		defer func() { require.NoError(t, tx.Rollback(context.Background())) }()
		require.Equal(t, [2]string{name, ""}, named(t, conn.With(tx).Guarded()))
	})
}
