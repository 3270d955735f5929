package tests

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	attestdb "stella-ops.org/attestdb/domain"
	"stella-ops.org/attestdb/domain/attestor"
	"stella-ops.org/attestdb/domain/digest"
	"stella-ops.org/attestdb/domain/domaintest"
	"stella-ops.org/attestdb/internal/testdb"
)

func openError(t *testing.T, url string) error {
	t.Helper()
	db, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: url}})
	if err == nil {
		_ = db.Close(t.Context())
	}
	return err
}

func TestOpenRefusesWhatItCannotWorkWith(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "attestdb-own-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	s := startServerIn(t, filepath.Join(dir, "server"), map[string]string{"fsync": "off"})
	s.exec(t, "postgres", "CREATE DATABASE "+ownDatabase)
	s.exec(t, "postgres", "CREATE ROLE app LOGIN")

	err = openError(t, s.url("app"))
	require.ErrorIs(t, err, attestdb.ErrRole, "no role of attestdb's in the server")
	require.ErrorContains(t, err, "attestdb_app does not exist")
	require.ErrorContains(t, err, "migrate bootstrap")

	err = openError(t, s.url("owner"))
	require.ErrorIs(t, err, attestdb.ErrRole, "a login that the server does not know")

	require.NoError(t, attestdb.Bootstrap(t.Context(), s.superuser()))
	err = openError(t, s.url("app"))
	require.ErrorIs(t, err, attestdb.ErrRole, "a login in no group")
	require.ErrorContains(t, err, "GRANT attestdb_app")

	err = openError(t, s.superuser())
	require.ErrorIs(t, err, attestdb.ErrRole)
	var role *attestdb.RoleError
	require.ErrorAs(t, err, &role)
	require.Equal(t, "postgres", role.Login)
	require.Contains(t, role.Problem, "superuser")

	s.exec(t, "postgres", "GRANT attestdb_app TO app")
	err = openError(t, s.url("app"))
	require.ErrorIs(t, err, attestdb.ErrSchema, "nothing is migrated")
	err = openError(t, s.URL("app", "elsewhere"))
	require.ErrorIs(t, err, attestdb.ErrSchema, "no such database")

	s.exec(t, "postgres", "ALTER DATABASE "+ownDatabase+" ALLOW_CONNECTIONS false")
	err = openError(t, s.url("app"))
	require.ErrorIs(t, err, attestdb.ErrUnavailable, "the database lets nobody in")

	require.NoError(t, s.Kill())
	begun := time.Now()
	err = openError(t, s.url("app"))
	require.ErrorIs(t, err, attestdb.ErrUnavailable)
	require.Less(t, time.Since(begun), 10*time.Second)
}

// requireReadOnly checks that the evidence can be read and none written.
func requireReadOnly(t *testing.T, handle *attestdb.TenantDB, have *attestor.Evidence, id attestor.Recorded) {
	t.Helper()
	content, err := handle.Attestor().Content(t.Context(), id.ID)
	require.NoError(t, err)
	require.Equal(t, have.Content, content)
	_, err = handle.Attestor().Get(t.Context(), id.ID)
	require.NoError(t, err)
	_, err = handle.Record(t.Context(), domaintest.NewSigner(t).Evidence(t, "new", []byte("new")))
	require.ErrorIs(t, err, attestdb.ErrReadOnly)
	err = handle.InTx(t.Context(), func(ctx context.Context, tx *attestdb.TenantDB) error {
		_, err := tx.Record(ctx, have)
		return err
	})
	require.ErrorIs(t, err, attestdb.ErrReadOnly)
}

func TestReadOnlyServerIsReadAndNotWritten(t *testing.T) {
	t.Parallel()
	database := domaintest.NewDatabase(t)
	db := database.Open(t)
	acme := domaintest.Tenant(t, db, "acme")
	ev := domaintest.NewSigner(t).Evidence(t, "a", []byte("a"))
	rec, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)

	url := database.URL("app") + "&default_transaction_read_only=on"
	readOnly, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: url}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, readOnly.Close(context.Background())) })
	requireReadOnly(t, readOnly.Tenant(acme.ID()), ev, rec)
}

func TestHotStandbyIsReadAndNotWritten(t *testing.T) {
	t.Parallel()
	primary := startServer(t, true, map[string]string{"wal_level": "replica"})
	db := primary.open(t, 2)
	acme := domaintest.Tenant(t, db, "acme")
	ev := domaintest.NewSigner(t).Evidence(t, "a", []byte("a"))
	rec, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)
	require.NoError(t, primary.Stop(context.Background()))

	// A standby is a copy that was told so. It replays its own log for ever,
	// which is all that a reader sees of one.
	copied := filepath.Join(filepath.Dir(primary.cfg.Dir), "standby")
	out, err := exec.Command("cp", "-a", primary.cfg.Dir, copied).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.WriteFile(filepath.Join(copied, "data", "standby.signal"), nil, 0o644))
	standby := &ownServer{cfg: primary.cfg}
	standby.cfg.Dir = copied
	standby.start(t)
	t.Cleanup(func() { _ = standby.Kill() })

	replica, err := attestdb.Open(t.Context(), attestdb.Config{App: attestdb.Conn{URL: standby.url("app")}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, replica.Close(context.Background())) })
	requireReadOnly(t, replica.Tenant(acme.ID()), ev, rec)
}

func TestPoolRecoversWhenTheServerIsBack(t *testing.T) {
	t.Parallel()
	s := startServer(t, true, nil)
	db := s.open(t, 4)
	acme := domaintest.Tenant(t, db, "acme")
	signer := domaintest.NewSigner(t)
	ev := signer.Evidence(t, "a", []byte("a"))
	rec, err := acme.Record(t.Context(), ev)
	require.NoError(t, err)

	require.NoError(t, s.Kill())
	later := signer.Evidence(t, "b", []byte("b"))
	begun := time.Now()
	_, err = acme.Record(t.Context(), later)
	require.ErrorIs(t, err, attestdb.ErrUnavailable)
	_, err = acme.Attestor().Get(t.Context(), rec.ID)
	require.ErrorIs(t, err, attestdb.ErrUnavailable)
	require.Less(t, time.Since(begun), 20*time.Second, "a call does not wait for ever")

	s.start(t)
	got, err := acme.Attestor().Get(t.Context(), rec.ID)
	require.NoError(t, err, "the same handle")
	require.Equal(t, ev.SHA256, got.SHA256)
	again, err := acme.Record(t.Context(), later)
	require.NoError(t, err)
	require.False(t, again.Existed)
	requireWhole(t, s.pool(t, 1))
}

func TestTimeoutAndCancellationLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	database := testdb.New(t)
	db, err := attestdb.Open(t.Context(), attestdb.Config{
		App:              attestdb.Conn{URL: database.URL("app"), MaxConns: 2},
		Admin:            attestdb.Conn{URL: database.URL("admin")},
		StatementTimeout: 100 * time.Millisecond,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close(context.Background())) })
	acme := db.Tenant(domaintest.Tenant(t, openOn(t, database), "acme").ID()).As(domaintest.Actor)
	ev := domaintest.NewSigner(t).Evidence(t, "a", []byte("a"))
	record := func(ctx context.Context) error {
		_, err := acme.Record(ctx, ev)
		return err
	}

	// The last table to be written is locked, so that the others have been.
	blocker := database.Conn(t, "superuser")
	tx, err := blocker.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "LOCK TABLE attestor.statement_subjects IN SHARE MODE")
	require.NoError(t, err)

	var pg *pgconn.PgError
	require.ErrorAs(t, record(t.Context()), &pg)
	require.Equal(t, "57014", pg.Code, "statement_timeout")
	for range 5 { // more than the pool has connections
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		require.ErrorIs(t, record(ctx), context.DeadlineExceeded)
		cancel()
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		err := record(ctx)
		require.Error(t, err)
		require.ErrorIs(t, err, context.Canceled, "%v", err)
		cancel()
	}
	// A cancelled statement may still be ending in the server; one that was let
	// go on now could still be in time. The blocker's own transaction would see once
	// and for all what it saw first.
	observer := database.Conn(t, "superuser")
	require.Eventually(t, func() bool {
		var busy int
		err := observer.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND usename = 'attestdb_test_app' AND state <> 'idle'`).Scan(&busy)
		return err == nil && busy == 0
	}, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, tx.Rollback(t.Context()))
	_, err = acme.Attestor().IDBySHA256(t.Context(), ev.SHA256)
	require.ErrorIs(t, err, attestdb.ErrNotFound)
	for _, table := range []string{"envelopes", "envelope_contents", "envelope_signatures", "statements", "statement_subjects"} {
		var n int
		require.NoError(t, blocker.QueryRow(t.Context(), "SELECT count(*) FROM attestor."+pgx.Identifier{table}.Sanitize()).Scan(&n))
		require.Zero(t, n, table)
	}
	require.NoError(t, record(t.Context()), "the pool is usable")
	subject, err := digest.New("sha256", digest.Sum([]byte("a")).String())
	require.NoError(t, err)
	for _, err := range acme.Attestor().All(t.Context(), attestor.Query{Subject: subject}) {
		require.NoError(t, err)
	}
}
